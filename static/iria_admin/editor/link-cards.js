/* Title and image of embedded pages, which the worker fetches (articles/embeds/views.py).
   One request asks for all embeds of a text. Those that are not fetched yet are asked about a few times
   more, at growing intervals, as long as their embeds are in the editor. */

const CARDS = "/admin/articles/linkcard/ask/";
const INTERVALS = [1000, 2000, 4000, 8000, 15000, 30000, 60000];
const AT_ONCE = 100;
const UNKNOWN = { state: "failed", provider: "", title: "", thumbnail: "" };

/* URL → functions that get its card, at once and whenever it changes. */
const followers = new Map();
const known = new Map();
const unasked = new Set();
let timer = null;
let round = 0;

export const cardOf = (url) => known.get(url);

/* Returns a function that ends it. */
export function follow(url, show) {
  if (!followers.has(url)) followers.set(url, new Set());
  followers.get(url).add(show);
  if (known.has(url)) {
    show(known.get(url));
  } else {
    if (!unasked.size) Promise.resolve().then(ask);
    unasked.add(url);
  }
  return () => {
    followers.get(url)?.delete(show);
    if (!followers.get(url)?.size) followers.delete(url);
  };
}

async function ask() {
  const urls = [...unasked];
  unasked.clear();
  for (let at = 0; at < urls.length; at += AT_ONCE) {
    const some = urls.slice(at, at + AT_ONCE);
    const body = new FormData();
    for (const url of some) body.append("url", url);
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const cards = await load(CARDS, { method: "POST", body, headers: { "X-CSRFToken": token } });
    for (const url of some) tell(url, cards?.[url] ?? UNKNOWN);
  }
  round = 0;
  wait();
}

function wait() {
  clearTimeout(timer);
  const urls = [...followers.keys()].filter((url) => known.get(url)?.state === "pending").slice(0, AT_ONCE);
  if (!urls.length) return;
  if (round === INTERVALS.length) {
    for (const url of urls) tell(url, { ...known.get(url), state: "late" });
    return;
  }
  timer = setTimeout(async () => {
    const cards = await load(`${CARDS}?${new URLSearchParams(urls.map((url) => ["url", url]))}`) ?? {};
    for (const [url, card] of Object.entries(cards)) tell(url, card);
    wait();
  }, INTERVALS[round]);
  round += 1;
}

function tell(url, card) {
  known.set(url, card);
  for (const show of [...followers.get(url) ?? []]) show(card);
}

/* URL → card; null if the server did not answer. */
async function load(address, options) {
  try {
    const response = await fetch(address, { credentials: "same-origin", ...options });
    return response.ok && !response.redirected ? (await response.json()).cards : null;
  } catch {
    return null;
  }
}
