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

/* An upload in the place of its image: progress, and if it failed, why, with Retry and Remove. */

export class Progress {
  /* `start(options)` uploads and returns a promise; `done(result)` and `removed()` end it. */
  constructor(name, start, { done, removed }) {
    Object.assign(this, { name, start, done, removed });
    this.dom = document.createElement("div");
    this.dom.className = "image-progress";
    this.dom.contentEditable = "false";
    this.text = document.createElement("p");
    this.text.setAttribute("role", "status");
    this.bar = Object.assign(document.createElement("progress"), { max: 1 });
    this.bar.setAttribute("aria-label", name);
    this.buttons = document.createElement("div");
    this.buttons.className = "image-progress-buttons";
    this.dom.append(this.text, this.bar, this.buttons);
  }

  async run() {
    const control = new AbortController();
    this.dom.classList.remove("image-progress-failed");
    this.bar.hidden = false;
    this.bar.removeAttribute("value");
    this.text.textContent = `Uploading ${this.name}`;
    this.offer(["Cancel", () => { control.abort(); this.remove(); }]);
    try {
      const progress = (part) => {
        if (part < 1) this.bar.value = part;
        else this.bar.removeAttribute("value");
      };
      const result = await this.start({ progress, signal: control.signal });
      if (!control.signal.aborted) this.done(result);
    } catch (error) {
      if (!control.signal.aborted) this.fail(error.message);
    }
  }

  fail(message) {
    this.dom.classList.add("image-progress-failed");
    this.bar.hidden = true;
    this.text.textContent = `${this.name} was not uploaded: ${message}`;
    this.offer(["Retry", () => this.run()], ["Remove", () => this.remove()]);
  }

  remove() {
    this.removed();
  }

  offer(...choices) {
    this.buttons.replaceChildren(...choices.map(([label, act]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: label });
      button.addEventListener("click", act);
      return button;
    }));
  }
}

export function imagesIn(data) {
  return [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));
}

/* The lines below an image in a form: alt text, which belongs to this use, and credit, which belongs to
   the image. What is missing is asked for there. */

export const UNDESCRIBED = "Describe the image or mark it as decorative.";
const UNCREDITED = "Add a credit. Without one, readers do not see the image.";

let count = 0;

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/* A line with a label, a field and what is wrong with it. */
export class Line {
  constructor(label, field) {
    this.field = field;
    field.id ||= `image-line-${++count}`;
    this.problem = make("div", { className: "image-line-problem", id: `${field.id}-problem`, hidden: true });
    field.setAttribute("aria-describedby", this.problem.id);
    this.dom = make("div", { className: "image-line" },
      make("label", { htmlFor: field.id, textContent: label }), field, this.problem);
    /* These fields are not part of the form, and must not send it. */
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.preventDefault();
    });
  }

  say(problem) {
    this.problem.hidden = !problem;
    if (this.problem.textContent !== problem) this.problem.textContent = problem;
    this.dom.classList.toggle("image-line-lacks", Boolean(problem));
    if (problem) this.field.setAttribute("aria-invalid", "true");
    else this.field.removeAttribute("aria-invalid");
  }
}

export class CreditLine extends Line {
  constructor() {
    super("Credit", make("input", { type: "text", maxLength: 300, className: "image-credit-field", autocomplete: "off" }));
    this.hint = make("div", { className: "image-line-hint", textContent: "Belongs to the image: changes everywhere it is used." });
    this.field.after(this.hint);
    this.field.addEventListener("change", () => this.save());
    this.field.addEventListener("keydown", (event) => { if (event.key === "Enter") this.save(); });
    this.field.addEventListener("input", () => { if (this.field.value.trim()) this.say(""); });
  }

  async save() {
    const credit = this.field.value.trim();
    if (!this.details || credit === this.details.credit_name) return;
    const { id } = this.details;
    try {
      await change(id, { credit });
    } catch (error) {
      if (this.details?.id === id) this.say(error.message);
    }
  }

  show(details) {
    const same = this.details?.id === details?.id;
    this.details = details;
    this.dom.hidden = !details;
    if (!details) return;
    this.field.readOnly = details.is_composed;
    this.hint.textContent = details.is_composed
      ? "From photographer and agency: change it in the library."
      : "Belongs to the image: changes everywhere it is used.";
    if (!same || document.activeElement !== this.field) this.field.value = details.credit_name;
    this.say(details.needs_credit ? UNCREDITED : "");
    if (!details.needs_credit && !details.credit_name) this.field.placeholder = "No credit needed";
  }
}

/* `taken({ alt, decorative })` is called with every change. The fields may be those of a form. */
export class AltLine extends Line {
  constructor(taken, { field = make("textarea"), box = make("input", { type: "checkbox" }) } = {}) {
    super("Alt text", Object.assign(field, { rows: 1, maxLength: 1000 }));
    field.classList.add("image-alt-field");
    this.box = box;
    this.field.after(make("label", { className: "image-decorative" }, this.box, " Decorative"));
    this.field.addEventListener("input", () => taken(this.value));
    this.box.addEventListener("change", () => taken(this.value));
    this.offer = make("button", { type: "button", className: "button image-alt-offer", textContent: "Save in the library too", hidden: true });
    this.offer.addEventListener("click", () => this.save());
    this.problem.before(this.offer);
  }

  /* For other articles with an image that has no alt text of its own. */
  async save() {
    this.field.focus();
    try {
      await change(this.details.id, { alt_text: this.value.alt.trim() });
    } catch (error) {
      this.say(error.message);
    }
  }

  get value() {
    return { alt: this.field.value.replace(/\s+/g, " "), decorative: this.box.checked };
  }

  show(details, { alt, decorative }) {
    this.details = details;
    if (document.activeElement !== this.field) this.field.value = alt;
    this.box.checked = decorative;
    this.field.disabled = decorative;
    const own = details?.is_decorative ? "" : details?.alt ?? "";
    this.field.placeholder = decorative ? "" : own;
    const described = decorative || alt.trim() || own || details?.is_decorative;
    this.offer.hidden = !details || details.alt || details.is_decorative || decorative || !alt.trim();
    this.say(details && !described ? UNDESCRIBED : "");
  }
}

/* Links to fix an image lead to its line on this page if it is here, else to the library. */
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href*='/image/']");
  const found = link?.getAttribute("href").match(/\/image\/(\d+)\/change\/#id_(alt_text|credit)$/);
  if (!found || link.closest("dialog.image-dialog")) return;
  const [, id, field] = found;
  const fields = document.querySelectorAll(`[data-lines-of="${id}"] .image-${field === "credit" ? "credit" : "alt"}-field`);
  const first = [...fields].find((each) => each.getAttribute("aria-invalid")) ?? fields[0];
  if (!first) return;
  event.preventDefault();
  /* The sidebar lies over the text on narrow screens. */
  const over = matchMedia("(width < 1120px)").matches && link.closest("#article-sidebar");
  if (over) over.querySelector("[data-sidebar-close]")?.click();
  first.scrollIntoView({ block: "center" });
  first.focus({ preventScroll: true });
});
