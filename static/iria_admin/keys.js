/* Single keys, outside fields. In lists J and K move from row to row and X selects, Enter opens, “/” searches and N adds
   one; U uploads into a library; “[” narrows the sidebar. They can be switched off in the account menu.
   The queue of comments has keys of its own (moderation.js). */

const KEPT = "desk.keys";
const RAIL = "admin-rail";
const FIELDS = "input:not([type=checkbox]), textarea, select, dialog, [contenteditable], [role=toolbar]";

const list = document.querySelector("#admin-keys") ? null : document.querySelector("table#result_list");
const linkOf = (row) => row.querySelector("th a");
const rows = () => [...(list?.querySelectorAll("tbody tr") ?? [])].filter(linkOf);
const current = () => document.activeElement.closest("#result_list tbody tr");

function press(selector) {
  const found = document.querySelector(selector);
  found?.click();
  return Boolean(found);
}

function step(by) {
  const all = rows();
  if (all.length === 0) return false;
  const here = all.indexOf(current()) + by;
  linkOf(all[Math.max(0, Math.min(here, all.length - 1))]).focus();
  return true;
}

function select() {
  const box = list && current()?.querySelector(".action-select");
  box?.click();
  return Boolean(box);
}

function clear() {
  const chosen = list?.querySelectorAll(".action-select:checked") ?? [];
  for (const box of chosen) box.click();
  return chosen.length > 0;
}

function search() {
  const field = document.querySelector("#searchbar");
  field?.focus();
  return Boolean(field);
}

/* The cookie says it to the server, so that the next page does not jump. Screens to work in are always narrow. */
function narrow() {
  const { body } = document;
  if (body.classList.contains("admin-work")) return false;
  const on = body.classList.toggle(RAIL);
  document.cookie = `admin_rail=${on ? "on; max-age=31536000" : "; max-age=0"}; path=/; samesite=lax`;
  for (const link of document.querySelectorAll(".admin-entry > a")) link.title = on ? link.querySelector("span").textContent : "";
  return true;
}

const DEEDS = {
  j: () => step(1),
  k: () => step(-1),
  x: select,
  Escape: clear,
  "/": search,
  n: () => !document.querySelector("#admin-keys") && press(".object-tools .addlink"),
  u: () => document.querySelector(".image-grid") && press(".object-tools .addlink"),
  "[": narrow,
};

const wanted = () => localStorage.getItem(KEPT) !== "off";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat || !wanted()) return;
  if (event.target.closest(FIELDS) || document.querySelector("dialog[open]")) return;
  if (DEEDS[event.key]?.()) event.preventDefault();
});

const menu = document.querySelector(".admin-account");
const narrower = menu?.querySelector("[data-narrow]");
if (narrower) {
  narrower.closest("li").hidden = document.body.classList.contains("admin-work");
  narrower.addEventListener("click", narrow);
}
const on = menu?.querySelector("[data-keys]");
if (on) {
  on.closest("li").hidden = false;
  on.checked = wanted();
  on.addEventListener("change", () => localStorage.setItem(KEPT, on.checked ? "on" : "off"));
}

// Closes an open menu when one clicks elsewhere or presses Escape. Without it the summary closes the menu.

const MENUS = ".admin-new, .admin-new-up, .admin-account, .article-menu, .admin-filter, .comment-reasons, .comment-more";

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(MENUS)) {
    if (menu.open && !menu.contains(event.target) && !menu.closest(":popover-open")) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.activeElement?.closest(MENUS);
  if (!menu?.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
  event.preventDefault();
});

// On a page of its own every filter shows its choices.
document.querySelector("#changelist-filter")?.addEventListener("beforetoggle", ({ target, newState }) => {
  for (const menu of target.querySelectorAll(".admin-filter")) menu.open = newState === "open";
});
