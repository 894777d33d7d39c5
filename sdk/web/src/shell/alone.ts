/**
 * Ends every service worker of this address: the pages have none, so it is one that another program left behind while
 * it had the port. A page that came through one is loaded again without it.
 */
export async function alone(): Promise<void> {
  const workers = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker;
  if (!workers) return;
  const found = await workers.getRegistrations();
  await Promise.all(found.map((registration) => registration.unregister()));
  if (!workers.controller) return;
  location.reload();
  await new Promise(() => undefined);
}
