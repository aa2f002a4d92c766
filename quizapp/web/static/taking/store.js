// Answers that the server does not have yet: in the browser's database, else in its simple store.

const KEPT_DAYS = 7;
const PREFIX = "unsent:";

const simpleStore = {
  async all() {
    return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX)).map((name) => JSON.parse(localStorage[name]));
  },
  async put(kept) {
    localStorage.setItem(kept.id, JSON.stringify(kept));
  },
  async remove(id) {
    localStorage.removeItem(id);
  },
};

function databaseStore(database) {
  const run = (mode, act) =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction("unsent", mode);
      const asked = act(transaction.objectStore("unsent"));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  return {
    all: () => run("readonly", (store) => store.getAll()),
    put: (kept) => run("readwrite", (store) => store.put(kept)),
    remove: (id) => run("readwrite", (store) => store.delete(id)),
  };
}

function openDatabase() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("quizapp", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("unsent", { keyPath: "id" });
    asked.onsuccess = () => resolve(databaseStore(asked.result));
    asked.onerror = asked.onblocked = () => reject(asked.error);
  });
}

let store = Promise.resolve().then(openDatabase).catch(() => simpleStore);

// One step, by the simple store where the database refuses; fails where this browser keeps nothing at all.
export function keep(step) {
  return store.then((place) =>
    step(place).catch(() => {
      store = Promise.resolve(simpleStore);
      return step(simpleStore);
    }),
  );
}

// What is kept of one paper, in the order of giving; what nobody came back for within a week is forgotten.
export async function keptOf(attempt) {
  const all = await keep((place) => place.all());
  const dead = Date.now() - KEPT_DAYS * 86400000;
  for (const kept of all) if (kept.wall < dead) await keep((place) => place.remove(kept.id));
  return all.filter((kept) => kept.attempt === attempt && kept.wall >= dead).sort((one, other) => one.wall - other.wall);
}
