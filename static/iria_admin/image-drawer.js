/* The drawer beside the grid of the library: the image that was clicked, with its fields, saved one at a time
   (articles/images/admin/views.py). On narrow screens it is a sheet. Arrow keys move in the grid. The open image is
   in the URL of the list, so the drawer can be linked and reloaded, and Back closes it. */

import { change } from "./image-details.js";

const drawer = document.querySelector(".image-drawer");
const grid = document.querySelector("#changelist .image-grid");
const title = drawer?.querySelector("h2");
const body = drawer?.querySelector(".image-drawer-body");
const status = drawer?.querySelector(".image-drawer-status");
const wide = matchMedia("(width >= 64rem)");

/* The link of the image that is shown. */
let shown = null;
/* Changes are saved one after the other, and an image is loaded after them. */
let saved = Promise.resolve();
/* Resolved when the history is at the list again after the drawer was closed. */
let left = Promise.resolve();

const links = () => [...grid.querySelectorAll("a.image-choice")];
const idOf = (link) => link.pathname.match(/\/(\d+)\/change\/$/)[1];

async function fragmentOf(link) {
  const url = new URL("../drawer/", link.href);
  url.searchParams.set("_changelist_filters", location.search.slice(1));
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok || response.redirected) throw new Error(String(response.status));
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/* The image that the URL names; it may be on another page of the list. */
function linked() {
  const id = new URLSearchParams(location.search).get("open");
  const other = document.querySelector(".image-linked a.image-choice");
  return [...links(), ...(other ? [other] : [])].find((link) => idOf(link) === id);
}

/* The URL of the list with this image open, or with none. */
function urlWith(link) {
  const url = new URL(location.href);
  if (link) url.searchParams.set("open", idOf(link));
  else url.searchParams.delete("open");
  return url;
}

async function open(link) {
  await left;
  leaveField();
  select(link);
  if (linked() !== link) {
    if (drawer.open) history.replaceState(history.state, "", urlWith(link));
    else history.pushState({ drawer: true }, "", urlWith(link));
  }
  if (!drawer.open) {
    if (wide.matches) drawer.show();
    else drawer.showModal();
  }
  title.textContent = link.querySelector(".image-name").textContent;
  status.textContent = "";
  body.setAttribute("aria-busy", "true");
  title.focus();
  try {
    await saved;
    const page = await fragmentOf(link);
    if (shown === link) body.replaceChildren(...page.body.childNodes);
  } catch {
    if (shown !== link) return;
    body.replaceChildren();
    status.textContent = drawer.dataset.failed;
  }
  body.removeAttribute("aria-busy");
  /* A point has no size of its own in the units of the image. */
  body.querySelector("circle")?.setAttribute("r", (body.querySelector("svg").viewBox.baseVal.width * 12) / body.clientWidth);
}

function select(link) {
  shown?.removeAttribute("aria-current");
  shown = link;
  shown?.setAttribute("aria-current", "true");
  if (!link) return;
  const at = links().indexOf(link);
  for (const step of drawer.querySelectorAll("[data-step]")) step.disabled = !links()[at + Number(step.dataset.step)];
  link.scrollIntoView({ block: "nearest" });
}

/* What was typed is saved when its field is left. */
function leaveField() {
  if (body.contains(document.activeElement)) document.activeElement.blur();
}

function close() {
  leaveField();
  drawer.close();
}

async function save(link, field) {
  const value = field.type === "checkbox" ? (field.checked ? "on" : "") : field.value;
  status.textContent = drawer.dataset.saving;
  let problem = "";
  try {
    await change(idOf(link), { [field.name]: value });
  } catch (error) {
    problem = error.message;
  }
  if (shown === link) {
    const line = field.closest(".image-drawer-field").querySelector(".image-lacks");
    line.textContent = problem;
    line.hidden = !problem;
    field.setAttribute("aria-invalid", String(Boolean(problem)));
    field.setAttribute("aria-describedby", line.id);
    status.textContent = problem ? drawer.dataset.notSaved : drawer.dataset.saved;
  }
  if (!problem) await refresh(link);
}

/* What the card and the drawer say about the image now. */
async function refresh(link) {
  const page = await fragmentOf(link).catch(() => null);
  if (!page) return;
  const card = link.closest(".image-card");
  while (link.nextSibling) link.nextSibling.remove();
  card.append(page.querySelector(".image-drawer-state").content);
  if (shown === link) body.querySelector(".image-drawer-notes").replaceWith(page.querySelector(".image-drawer-notes"));
}

/* The image that an arrow key leads to. */
function neighbour(link, key) {
  const all = links();
  const top = (each) => each.closest("li").offsetTop;
  const columns = all.filter((each) => top(each) === top(all[0])).length;
  const along = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
  const by = { ArrowLeft: -along, ArrowRight: along, ArrowUp: -columns, ArrowDown: columns }[key];
  return by && all[all.indexOf(link) + by];
}

if (drawer && grid) {
  grid.addEventListener("click", (event) => {
    const link = event.target.closest("a.image-choice");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(link);
  });
  grid.addEventListener("keydown", (event) => {
    const link = event.target.closest("a.image-choice");
    const next = link && neighbour(link, event.key);
    if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    next.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drawer.open || event.defaultPrevented) return;
    if (!drawer.contains(event.target) && !grid.contains(event.target)) return;
    event.preventDefault();
    close();
  });
  drawer.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (step) open(links()[links().indexOf(shown) + Number(step.dataset.step)]);
    else if (event.target.closest("[data-close]")) close();
  });
  drawer.addEventListener("close", () => {
    /* The event comes later: an image may have been opened again. */
    if (drawer.open) return;
    const link = shown;
    select(null);
    (grid.contains(link) ? link : links()[0])?.focus();
    if (!linked()) return;
    if (history.state?.drawer) {
      left = new Promise((resolve) => addEventListener("popstate", resolve, { once: true }));
      history.back();
    } else history.replaceState(null, "", urlWith(null));
  });
  addEventListener("popstate", () => {
    if (linked()) open(linked());
    else if (drawer.open) close();
  });
  body.addEventListener("change", ({ target }) => {
    const link = shown;
    saved = saved.then(() => save(link, target));
  });
  wide.addEventListener("change", () => { if (drawer.open) close(); });
  if (linked()) open(linked());
}
