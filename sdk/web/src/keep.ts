// All that a browser keeps of a page goes through here, under the name of its hive: another hive that is served at
// this address finds nothing of it. The lint forbids every other way.

/** A stable name of the hive's root, which the host puts into the page; a worker has it in its own name. */
export const hive: string =
  typeof document === "undefined"
    ? ((globalThis as { name?: string }).name?.split(" ")[1] ?? "")
    : (document.documentElement.dataset["hive"] ?? "");

/** Of the shared worker: each hive has one of its own. */
export const workerName = `hive-feed ${hive}`;

/** Words of settings and the like. A browser that keeps nothing gives nothing; what cannot be kept throws. */
export const texts = {
  read: (name: string): string | undefined => {
    try {
      return localStorage.getItem(`hive.${hive}.${name}`) ?? undefined;
    } catch {
      return undefined;
    }
  },
  write: (name: string, text: string | undefined): void => {
    if (text === undefined) localStorage.removeItem(`hive.${hive}.${name}`);
    else localStorage.setItem(`hive.${hive}.${name}`, text);
  },
  /** Another page of this browser has changed it. */
  onChange: (name: string, told: () => void): void => {
    addEventListener("storage", (event) => {
      if (event.key === `hive.${hive}.${name}`) told();
    });
  },
};

/** For the host, so that a page never flashes; it lets nobody in. */
export function keepTheme(theme: string): void {
  document.cookie = `theme-${hive}=${theme}; path=/; max-age=31536000; samesite=strict`;
}

/** A session of this browser. The key can be used here and cannot be taken out. */
export interface Kept {
  session: string;
  key: CryptoKey;
}
/** A session whose key one page or worker has taken out of the store and holds in its memory. */
export interface Held {
  session: string;
}
export interface KeyStore {
  read: () => Promise<Kept | Held | undefined>;
  write: (kept: Kept) => Promise<unknown>;
  /** Leaves of this session only that it is held; another one stays as it is. */
  hold: (session: string) => Promise<unknown>;
  remove: () => Promise<unknown>;
}

const storeName = "session";
const onlyKey = "this";

/** Where the pages and the worker of this hive find the session. */
export const keys: KeyStore = {
  read: () => inStore("readonly", (store) => ended(store.get(onlyKey) as IDBRequest<Kept | Held | undefined>)),
  write: (kept) => inStore("readwrite", (store) => ended(store.put(kept, onlyKey))),
  hold: (session) =>
    inStore("readwrite", async (store) => {
      const kept = await ended(store.get(onlyKey) as IDBRequest<Kept | Held | undefined>);
      if (kept?.session === session) await ended(store.put({ session } satisfies Held, onlyKey));
    }),
  remove: () => inStore("readwrite", (store) => ended(store.delete(onlyKey))),
};

async function inStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => Promise<T>): Promise<T> {
  const opening = indexedDB.open(`hive.${hive}`);
  opening.onupgradeneeded = () => opening.result.createObjectStore(storeName);
  const database = await ended(opening);
  try {
    const transaction = database.transaction(storeName, mode, { durability: "strict" });
    const result = await work(transaction.objectStore(storeName));
    if (mode === "readwrite") await committed(transaction);
    return result;
  } finally {
    database.close();
  }
}

function ended<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(unkept(request.error));
  });
}

function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(unkept(transaction.error));
  });
}

function unkept(why: unknown): Error {
  return new Error(`This browser does not keep the session: ${String(why)}`);
}
