/* The details of images in forms, and uploads (articles/images/admin/details.py).
   When an image is changed, `image:changed` is dispatched at the document with its details. */

const IMAGES = "/admin/articles/image/";
const SEVERAL = "/admin/articles/article/pictures/";
const BROKEN = "The connection was interrupted.";

export const TYPES = "image/jpeg,image/png,image/webp,image/avif,image/tiff,image/gif";

const known = new Map();
let asked = null;

/* Null if it is not in the library; all images of a page come with one request. */
export function detailsOf(id) {
  const number = String(id);
  if (known.has(number)) return known.get(number);
  asked ??= { ids: new Set(), answer: Promise.resolve().then(fetchSeveral) };
  asked.ids.add(number);
  const found = asked.answer.then((all) => all[number] ?? null);
  known.set(number, found);
  return found;
}

async function fetchSeveral() {
  const { ids } = asked;
  asked = null;
  try {
    const query = new URLSearchParams([...ids].map((id) => ["id", id]));
    const response = await fetch(`${SEVERAL}?${query}`, { credentials: "same-origin" });
    return response.ok ? await response.json() : {};
  } catch {
    for (const id of ids) known.delete(id);
    return {};
  }
}

/* With where it is used, and why it cannot be changed. Raises an error with a message. */
export async function everythingOf(id) {
  const details = await answerOf(fetch(`${IMAGES}${id}/details/`, { credentials: "same-origin" }));
  remember(details);
  return details;
}

const changing = new Set();

/* Raises an error whose message says what is wrong. */
export async function change(id, values) {
  const body = new FormData();
  for (const [name, value] of Object.entries(values)) body.append(name, value);
  const answer = answerOf(post(`${IMAGES}${id}/details/`, body));
  changing.add(answer);
  const details = await answer.finally(() => changing.delete(answer));
  remember(details);
  document.dispatchEvent(new CustomEvent("image:changed", { detail: details }));
  return details;
}

/* Publishing waits for changes that are under way. */
document.addEventListener("article:save", ({ detail }) => detail.push(Promise.allSettled(changing)), true);

/* The result of the file; raises an error whose message says what is wrong. */
export function upload(file, { progress = () => {}, signal } = {}) {
  const body = new FormData();
  body.append("pictures", file, file.name || "pasted-image");
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${IMAGES}upload/`);
    request.setRequestHeader("X-CSRFToken", token());
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    signal?.addEventListener("abort", () => request.abort());
    request.addEventListener("loadend", () => {
      if (signal?.aborted) return;
      try {
        if (request.status === 413) throw new Error("The file is too large. Save a smaller version and upload that.");
        if (request.status !== 200) throw new Error(BROKEN);
        resolve(onlyResult(JSON.parse(request.responseText)));
      } catch (error) {
        reject(error instanceof SyntaxError ? new Error(BROKEN) : error);
      }
    });
    request.send(body);
  });
}

/* The same for an image of another site, which the server fetches. */
export async function importFrom(url, { signal } = {}) {
  const body = new FormData();
  body.append("url", url);
  return onlyResult(await answerOf(post(`${IMAGES}import/`, body, signal)));
}

function onlyResult({ results }) {
  const [result] = results;
  if (!result?.image) throw new Error(result?.message || BROKEN);
  remember(result.image);
  return result;
}

function remember(details) {
  known.set(String(details.id), Promise.resolve(details));
}

/* In production this module can be loaded twice, by its name and by its path. */
document.addEventListener("image:changed", ({ detail }) => remember(detail));

function token() {
  return document.querySelector("[name=csrfmiddlewaretoken]").value;
}

function post(url, body, signal) {
  return fetch(url, { method: "POST", body, signal, redirect: "manual", headers: { "X-CSRFToken": token() } });
}

async function answerOf(request) {
  let response;
  let answer = {};
  try {
    response = await request;
    answer = await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
  }
  if (response?.ok) return answer;
  const wrong = Object.values(answer.errors ?? {}).flat().join(" ");
  throw new Error(wrong || answer.message || `Not saved: ${BROKEN.toLowerCase()} Try again.`);
}
