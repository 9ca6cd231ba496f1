/* The toolbar of an editor in one row: buttons, and menus for the rest. One stop for the Tab key. */

import { crel } from "django-prose-editor/editor";
import { ENTRIES, MENUS, definition, icon, label, run } from "editor/entries";
import { moveFocus, placeList } from "editor/popup";

/* A button of the toolbar that opens a menu. */

let numbered = 0;

function opening(editor) {
  const chevron = icon(editor, "chevron");
  chevron.classList.add("admin-icon-open");
  return chevron;
}

class MenuButton {
  constructor(editor, { name, title, entries, icon: shown, text, chosen, within, narrow = [] }) {
    Object.assign(this, { editor, entries, title, chosen, within });
    this.text = label(text ?? "");
    this.sign = crel("span", { className: "admin-narrow-only" });
    this.button = crel("button", {
      type: "button", className: "admin-tool admin-tool-menu", title, "aria-label": title, "aria-haspopup": "menu",
      "aria-expanded": "false", "data-menu": name,
    }, [...(shown ? [icon(editor, shown)] : []), ...(chosen ? [this.sign] : []), ...(text || chosen ? [this.text, opening(editor)] : [])]);
    this.items = [...narrow.map((each) => this.item(each, "admin-narrow-only")), ...entries.map((each) => this.item(each))];
    this.menu = crel("div", { id: `admin-menu-${++numbered}`, className: "admin-menu", role: "menu", "aria-label": title, popover: "auto" },
      this.items);
    this.button.popoverTargetElement = this.menu;
    this.button.setAttribute("aria-controls", this.menu.id);
    this.dom = crel("span", { className: "admin-tool-holder" }, [this.button, this.menu]);
    this.button.addEventListener("mousedown", (event) => event.preventDefault());
    this.menu.addEventListener("beforetoggle", (event) => this.prepare(event.newState === "open"));
    this.menu.addEventListener("toggle", (event) => this.toggled(event.newState === "open"));
    this.menu.addEventListener("keydown", (event) => this.key(event));
    editor.on("transaction", () => this.update());
  }

  item(name, className = "") {
    const { label: words, icon: shown, keys, typed } = ENTRIES[name];
    const made = crel("button", {
      type: "button", className: `admin-menu-item ${className}`, tabIndex: -1, "data-entry": name,
      role: this.chosen ? "menuitemradio" : "menuitem",
    }, [...(shown ? [icon(this.editor, shown)] : []), label(words)]);
    if (keys || typed) made.append(crel("kbd", { textContent: keys ?? typed, "aria-hidden": "true" }));
    made.addEventListener("click", () => {
      if (made.getAttribute("aria-disabled") === "true") return;
      this.menu.hidePopover();
      run(this.editor, name);
    });
    return made;
  }

  update() {
    if (this.within) this.dom.hidden = !this.editor.isActive(this.within);
    if (this.chosen) {
      const now = this.entries.findLast((name) => definition(this.editor, name).active(this.editor)) ?? "paragraph";
      this.text.textContent = ENTRIES[now].label;
      this.sign.replaceChildren(icon(this.editor, ENTRIES[now].icon));
      this.button.setAttribute("aria-label", `${this.title}: ${ENTRIES[now].label}`);
      for (const item of this.items) item.setAttribute("aria-checked", String(item.dataset.entry === now));
    }
    if (this.menu.matches(":popover-open")) this.enable();
  }

  enable() {
    for (const item of this.items) {
      const found = definition(this.editor, item.dataset.entry);
      item.setAttribute("aria-disabled", String(!found.enabled(this.editor) || Boolean(found.hidden(this.editor))));
    }
  }

  /* The browser gives the focus to an item with `autofocus` at once, so that no key is lost. */
  prepare(open) {
    const current = this.items.find((item) => item.getAttribute("aria-checked") === "true");
    for (const item of this.items) item.autofocus = open && (!current || item === current);
    if (open) this.enable();
  }

  toggled(open) {
    this.button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    placeList(this.menu, this.button.getBoundingClientRect());
  }

  key(event) {
    if (event.key === "Tab") this.menu.hidePopover();
    else if (moveFocus(event, this.items, ["ArrowUp", "ArrowDown"])) return;
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) this.byLetter(event);
  }

  byLetter(event) {
    const found = this.items.find((item) => item.checkVisibility() && item.textContent.toLowerCase().startsWith(event.key.toLowerCase()));
    found?.focus();
    if (event.key !== " ") event.preventDefault();
  }
}

const TOGGLES = new Set(["bold", "italic", "link", "bulletList", "orderedList", "blockquote", "subscript", "superscript"]);
/* Without room they are under “more” only. */
const WIDE = new Set(["orderedList", "history:undo", "history:redo"]);
const UNDER_MORE = ["history:undo", "history:redo", "orderedList"];

export const BODY = [
  [{ name: "style", title: "Style", entries: MENUS.style, chosen: true }],
  ["bold", "italic", "link"],
  ["bulletList", "orderedList", "blockquote"],
  [{ name: "insert", title: "Insert", icon: "plus", text: "Insert", entries: MENUS.insert }],
  [{ name: "table", title: "Table", icon: "table", entries: MENUS.table, within: "table" }],
  [{ name: "more", title: "More", icon: "ellipsis", entries: MENUS.more, narrow: UNDER_MORE }],
  ["history:undo", "history:redo"],
];
export const LETTER = [
  ["bold", "italic", "subscript", "superscript"], ["link"], ["bulletList", "orderedList"], ["history:undo", "history:redo"],
];
export const CAPTION = [["bold", "italic", "subscript", "superscript"], ["link"]];

/* The parts of the bar, for `Menu.configure({ items })`. */
export function parts(groups) {
  return ({ editor }) => groups.map((group) => crel("div", { className: "admin-tools" },
    group.map((each) => (typeof each === "string" ? tool(editor, each) : new MenuButton(editor, each).dom))));
}

export function tool(editor, name) {
  const { label: words, icon: shown, keys } = ENTRIES[name];
  const button = crel("button", {
    type: "button", className: "admin-tool", title: keys ? `${words} (${keys})` : words, "aria-label": words,
    "data-entry": name,
  }, [icon(editor, shown)]);
  button.classList.toggle("admin-wide-only", WIDE.has(name));
  button.addEventListener("mousedown", (event) => event.preventDefault()); /* the text keeps its selection */
  button.addEventListener("click", () => run(editor, name));
  editor.on("transaction", () => tell(editor, button, name));
  return button;
}

function tell(editor, button, name) {
  const item = definition(editor, name);
  if (TOGGLES.has(name) || name === "heading2") button.setAttribute("aria-pressed", String(Boolean(item.active(editor))));
  button.setAttribute("aria-disabled", String(!item.enabled(editor)));
}

export function dress(editor, name) {
  const bar = editor.storage.menu.dom;
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", `Formatting of the ${name.toLowerCase()}`);
  const tools = [...bar.querySelectorAll(".admin-tool")];
  for (const each of tools) each.tabIndex = each === tools[0] ? 0 : -1;
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.target.closest("[popover]")) editor.view.focus();
    else if (!event.target.closest("[popover]")) moveFocus(event, tools, arrows(bar));
  });
}

export function arrows(element) {
  return getComputedStyle(element).direction === "rtl" ? ["ArrowRight", "ArrowLeft"] : ["ArrowLeft", "ArrowRight"];
}
