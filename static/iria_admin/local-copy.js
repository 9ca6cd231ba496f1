/* A copy of unsaved text in this browser (IndexedDB), so that a crash or a lost connection loses nothing. */

const STORE = "copies";

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("iria", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function run(mode, action) {
  try {
    const database = await opened();
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = action(transaction.objectStore(STORE));
      transaction.oncomplete = () => { database.close(); resolve(request.result); };
      transaction.onerror = () => { database.close(); reject(transaction.error); };
    });
  } catch {
    return undefined; /* Private windows may have no storage; saving on the server goes on. */
  }
}

export const keep = (key, copy) => run("readwrite", (store) => store.put(copy, key));
export const kept = (key) => run("readonly", (store) => store.get(key));
export const forget = (key) => run("readwrite", (store) => store.delete(key));
