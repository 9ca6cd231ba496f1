/* The picture dialog of the desk. Its events and data attributes are described in
   articles/images/choosing.py. Without this script the same grid is a page of its own. */

import "./picture-drop.js";

const ADDRESS = "/admin/articles/image/choose/";

let asker = null;
let dialog = null;

function makeDialog() {
  const made = document.createElement("dialog");
  made.className = "picture-dialog";
  made.setAttribute("aria-label", "Choose a picture");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "picture-dialog-close button";
  close.textContent = "Close";
  close.addEventListener("click", () => made.close());
  const inside = document.createElement("div");
  inside.className = "picture-dialog-inside";
  inside.tabIndex = -1;
  made.append(close, inside);
  made.addEventListener("click", onClick);
  made.addEventListener("submit", onSubmit);
  made.addEventListener("picture:arrived", refresh);
  made.addEventListener("close", () => settle("picture:dismissed", null));
  document.body.append(made);
  return made;
}

async function show(address, options) {
  const inside = dialog.querySelector(".picture-dialog-inside");
  inside.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { credentials: "same-origin", ...options });
    if (!response.ok || response.redirected) throw new Error(String(response.status));
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    inside.replaceChildren(...page.body.childNodes);
  } catch {
    const sorry = document.createElement("p");
    sorry.className = "errornote";
    sorry.textContent = "The library did not answer. Close this and try again; your text is untouched.";
    inside.replaceChildren(sorry);
  }
  inside.removeAttribute("aria-busy");
  (inside.querySelector("input[type=search]") ?? inside).focus();
}

/* Files that were dropped have arrived: the grid is fetched anew, what was said of each file stays. */
async function refresh() {
  const response = await fetch(`${ADDRESS}?fragment=1`, { credentials: "same-origin" });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const chooser = dialog.querySelector(".picture-chooser");
  for (const old of chooser.querySelectorAll(":scope > .picture-grid, :scope > .picture-none, :scope > .picture-pages")) old.remove();
  chooser.append(...page.querySelectorAll(".picture-grid, .picture-none, .picture-pages"));
}

function settle(name, detail) {
  const element = asker;
  asker = null;
  if (element) element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
}

function onClick(event) {
  const choice = event.target.closest("[data-picture]");
  if (choice) {
    const { picture, ...rest } = choice.dataset;
    settle("picture:chosen", { id: picture, ...rest });
    dialog.close();
    return;
  }
  const link = event.target.closest(".picture-pages a");
  if (link) {
    event.preventDefault();
    show(link.href);
  }
}

function onSubmit(event) {
  const form = event.target;
  event.preventDefault();
  const data = new FormData(form, event.submitter);
  if (form.method === "post") {
    show(form.action, { method: "POST", body: data });
  } else {
    show(`${form.action}?${new URLSearchParams(data)}`);
  }
}

document.addEventListener("picture:ask", (event) => {
  asker = event.target;
  dialog ??= makeDialog();
  dialog.showModal();
  show(`${ADDRESS}?fragment=1`);
});

/* The widget of a form field (articles/images/widgets.py). */

function showChosen(widget, detail) {
  const input = widget.querySelector("input");
  input.value = detail?.id ?? "";
  widget.querySelector(".picture-widget-name").textContent =
    detail ? detail.headline || detail.caption || `Picture ${detail.id}` : "";
  const preview = Object.assign(document.createElement("img"), { className: "picture-widget-preview", alt: "" });
  if (detail?.thumbnail) preview.src = detail.thumbnail;
  widget.querySelector(".picture-widget-frame").replaceChildren(...(detail?.thumbnail ? [preview] : []));
  widget.querySelector(".picture-widget-clear").hidden = !input.value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function enhance(widget) {
  const input = widget.querySelector("input");
  const clear = widget.querySelector(".picture-widget-clear");
  widget.classList.add("enhanced");
  clear.hidden = !input.value;
  clear.addEventListener("click", () => showChosen(widget, null));
  widget.querySelector(".picture-widget-choose").addEventListener("click", (event) => {
    event.preventDefault();
    widget.dispatchEvent(new CustomEvent("picture:ask", { bubbles: true }));
  });
  widget.addEventListener("picture:chosen", (event) => showChosen(widget, event.detail));
}

document.querySelectorAll(".picture-widget").forEach(enhance);
