/* The image dialog of the admin. Its events and data attributes are described in
   articles/images/admin/chooser.py. Without this script the same grid is a page of its own. */

import "./image-upload.js";
import { Panel } from "./image-panel.js";
import { LibraryDialog } from "./library-dialog.js";

const ADDRESS = "/admin/articles/image/choose/";

let asker = null;
let dialog = null;
/* Id → data of the selected images, in this order; null if only one may be selected. */
let picked = null;
/* The details of the selected image, if the asker wants them; else a click chooses the image. */
let panel = null;

function choices() {
  return [...dialog.dom.querySelectorAll("[data-picture]")];
}

function factsOf({ dataset: { picture, ...rest } }) {
  return { id: picture, ...rest };
}

function pick(choice, on) {
  if (on) picked.set(choice.dataset.picture, factsOf(choice));
  else picked.delete(choice.dataset.picture);
}

/* New uploads are selected, once. */
function pickArrived() {
  for (const { dataset } of dialog.dom.querySelectorAll("[data-arrived]")) {
    picked.set(dataset.arrived, { id: dataset.arrived, caption: dataset.caption });
    delete dataset.arrived;
  }
}

/* A new upload is selected when it arrives. */
function showArrived() {
  const [first] = dialog.dom.querySelectorAll("[data-arrived]");
  if (!panel || !first) return;
  panel.show(first.dataset.arrived);
  for (const { dataset } of dialog.dom.querySelectorAll("[data-arrived]")) delete dataset.arrived;
}

function tellPicked() {
  showArrived();
  markShown();
  const count = dialog.dom.querySelector(".image-count");
  if (!picked || !count) return;
  pickArrived();
  for (const choice of choices()) choice.setAttribute("aria-pressed", picked.has(choice.dataset.picture));
  const { size } = picked;
  count.textContent = size ? `${size} ${size === 1 ? "image" : "images"} selected.` : "No image selected.";
  dialog.dom.querySelector(".image-done").disabled = !size;
}

function markShown() {
  if (!panel) return;
  for (const choice of choices()) choice.setAttribute("aria-pressed", choice.dataset.picture === panel.shown);
}

function onSeveral(what) {
  if (what === "done") {
    give([...picked.values()]);
    return;
  }
  if (what === "all") choices().forEach((choice) => pick(choice, true));
  else picked.clear();
  tellPicked();
}

function give(detail) {
  settle("picture:chosen", detail);
  dialog.dom.close();
}

function firstPage() {
  return `${ADDRESS}?fragment=1${picked ? "&several=1" : ""}`;
}

function makeDialog() {
  /* The filter that was just changed keeps the focus. */
  let changed = "";
  const made = new LibraryDialog("Choose an image", () => {
    tellPicked();
    const filter = changed && made.inside.querySelector(`.image-search [name=${changed}]`);
    changed = "";
    filter?.focus?.();
    return !filter && !panel?.shown;
  });
  made.dom.addEventListener("click", onClick);
  made.dom.addEventListener("dblclick", ({ target }) => { if (panel && target.closest("[data-picture]")) panel.use(); });
  made.dom.addEventListener("submit", onSubmit);
  made.dom.addEventListener("change", ({ target }) => {
    if (!target.matches(".image-search select")) return;
    changed = target.name;
    target.form.requestSubmit();
  });
  made.dom.addEventListener("picture:arrived", refresh);
  made.dom.addEventListener("close", () => settle("picture:dismissed", null));
  return made;
}

function refresh() {
  dialog.refresh(firstPage(), (page) => {
    const chooser = dialog.inside.querySelector(".image-chooser");
    const parts = ".image-grid, .image-none, .image-pages, .image-several";
    for (const old of chooser.querySelectorAll(parts)) old.remove();
    chooser.append(...page.querySelectorAll(parts));
    tellPicked();
  });
}

function settle(name, detail) {
  const element = asker;
  asker = null;
  if (element) element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
}

function onClick(event) {
  const choice = event.target.closest("[data-picture]");
  if (choice && picked) {
    pick(choice, !picked.has(choice.dataset.picture));
    tellPicked();
    return;
  }
  if (choice && panel) {
    panel.show(choice.dataset.picture);
    markShown();
    return;
  }
  if (choice) {
    give(factsOf(choice));
    return;
  }
  const several = event.target.closest("[data-several]");
  if (several) {
    onSeveral(several.dataset.several);
    return;
  }
  const link = event.target.closest(".image-pages a");
  if (link) {
    event.preventDefault();
    dialog.show(link.href);
  }
}

function onSubmit(event) {
  const form = event.target;
  event.preventDefault();
  if (form.closest(".image-panel")) return;
  const data = new FormData(form, event.submitter);
  // An image that is deleted as a duplicate is no longer selected.
  if (event.submitter?.value) picked?.delete(form.dataset.twin);
  if (form.method === "post") {
    dialog.show(form.action, { method: "POST", body: data });
  } else {
    dialog.show(`${form.action}?${new URLSearchParams(data)}`);
  }
}

document.addEventListener("picture:ask", (event) => {
  asker = event.target;
  const { several = false, details = false, current = "" } = event.detail ?? {};
  picked = several ? new Map() : null;
  dialog ??= makeDialog();
  panel?.dom.remove();
  panel = details ? new Panel({ current, use: give, back: () => dialog.dom.classList.remove("image-dialog-detailed") }) : null;
  dialog.dom.classList.toggle("image-dialog-panelled", Boolean(panel));
  dialog.dom.classList.remove("image-dialog-detailed");
  dialog.dom.setAttribute("aria-label", picked ? "Choose images" : "Choose an image");
  if (panel) dialog.dom.append(panel.dom);
  dialog.open(firstPage());
  if (current) panel?.show(current);
});

/* The widget of a form field (articles/images/admin/forms.py). */

function showChosen(widget, detail) {
  const input = widget.querySelector("input");
  input.value = detail?.id ?? "";
  widget.querySelector(".image-widget-name").textContent =
    detail ? detail.headline || detail.caption || `Image ${detail.id}` : "";
  const preview = Object.assign(document.createElement("img"), { className: "image-widget-preview", alt: "" });
  if (detail?.thumbnail) preview.src = detail.thumbnail;
  widget.querySelector(".image-widget-frame").replaceChildren(...(detail?.thumbnail ? [preview] : []));
  widget.querySelector(".image-widget-clear").hidden = !input.value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function enhance(widget) {
  const input = widget.querySelector("input");
  const clear = widget.querySelector(".image-widget-clear");
  input.closest("label").hidden = true;
  widget.classList.add("enhanced");
  clear.hidden = !input.value;
  clear.addEventListener("click", () => showChosen(widget, null));
  widget.querySelector(".image-widget-choose").addEventListener("click", (event) => {
    event.preventDefault();
    widget.dispatchEvent(new CustomEvent("picture:ask", { bubbles: true }));
  });
  widget.addEventListener("picture:chosen", (event) => showChosen(widget, event.detail));
}

document.querySelectorAll("span.image-widget").forEach(enhance);
