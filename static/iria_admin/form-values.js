/* The values of the form of an article or an issue by field name, each a list, and writing them back. */

const FIELD = /^[a-z_]+(-heading)?$/;
/* The articles of an issue are rows that the server draws. */
const ROWS = "chosen_articles";
const NOT_WRITTEN = new Set(["csrfmiddlewaretoken", "version", "form_token", "schedule_for"]);

function fieldsOf(form) {
  return [...form.elements].filter(({ name, type }) => (
    FIELD.test(name) && !name.startsWith("_") && !NOT_WRITTEN.has(name) && type !== "submit" && type !== "file"
  ));
}

export function valuesOf(form) {
  const found = {};
  for (const field of fieldsOf(form)) {
    const value = field.type === "checkbox" ? String(field.checked) : field.value;
    (found[field.name] ??= []).push(value);
  }
  return found;
}

/* Empty rows of a list mean nothing; a field that was not there before is a change. */
function isSame(now, before) {
  const [own, others] = [now, before].map((values) => values?.filter(Boolean));
  return own.length === others?.length && own.every((value, index) => value === others[index]);
}

export function changedNames(now, before) {
  return Object.keys(now).filter((name) => !isSame(now[name], before[name]));
}

export function writeValues(form, values) {
  for (const [name, wanted] of Object.entries(values)) {
    const fields = fieldsOf(form).filter((field) => field.name === name);
    const choices = fields[0]?.closest("choice-field");
    if (choices) choices.values = wanted;
    else if (!name.startsWith(ROWS)) fields.forEach((field, index) => write(field, wanted[index] ?? ""));
  }
}

function write(field, value) {
  if (field.dataset.editor) field.dispatchEvent(new CustomEvent("desk:write", { detail: value }));
  if (field.type === "checkbox") field.checked = value === "true";
  else field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

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
