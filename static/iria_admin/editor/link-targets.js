/* What internal links lead to, from the server (articles/editorial/admin/choices.py). */

const TARGETS = "/admin/articles/article/links/";
const REFERENCE = /^(internal:[a-z]+\/[1-9][0-9]{0,17})(?:[?#].*)?$/;

async function fetchTargets(parameters, options = {}) {
  const response = await fetch(`${TARGETS}?${new URLSearchParams(parameters)}`, { credentials: "same-origin", ...options });
  if (!response.ok || response.redirected) throw new Error(`status ${response.status}`);
  return response.json();
}

/* The reference of a link without query and anchor; null for a URL. */
export const referenceOf = (href) => REFERENCE.exec(href ?? "")?.[1] ?? null;

/* Groups of targets with these words in their titles, the newest first. */
export async function search(words, signal) {
  return (await fetchTargets({ q: words }, { signal })).groups;
}

const known = new Map();
let asked = null;

/* What a reference leads to; null if the server did not answer. One request for all links of a text. */
export function targetOf(reference) {
  if (!known.has(reference)) {
    asked ??= { references: [], answer: Promise.resolve().then(describe) };
    asked.references.push(reference);
    known.set(reference, asked.answer.then((targets) => targets[reference] ?? null));
  }
  return known.get(reference);
}

/* Found by a search, so nothing is asked again. */
export function remember(target) {
  known.set(target.reference, Promise.resolve(target));
}

const AT_ONCE = 200;

async function describe() {
  const { references } = asked;
  asked = null;
  const found = {};
  try {
    for (let at = 0; at < references.length; at += AT_ONCE) {
      const chunk = references.slice(at, at + AT_ONCE).map((reference) => ["reference", reference]);
      Object.assign(found, (await fetchTargets(chunk)).targets);
    }
  } catch {
    for (const reference of references) known.delete(reference);
  }
  return found;
}
