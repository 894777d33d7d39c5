/**
 * Ends every service worker of this address: the pages have none, so it is one that another program left behind while
 * it had the port. A page that came through one is loaded again without it.
 */
export async function alone(): Promise<void> {
  const workers = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker;
  if (!workers) return;
  const found = await workers.getRegistrations().catch((error: unknown) => {
    if (workers.controller) throw error;
    // A browser that keeps nothing says so, and has no such worker.
    console.warn(`The service workers of this address cannot be listed: ${String(error)}`);
    return [];
  });
  await Promise.all(found.map((registration) => registration.unregister()));
  if (!workers.controller) return;
  location.reload();
  await new Promise(() => undefined);
}
