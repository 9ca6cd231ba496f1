/* A button of the toolbar that opens a menu. */

import { crel } from "django-prose-editor/editor";
import { ENTRIES, definition, icon, label, run } from "editor/entries";
import { moveFocus, placeList } from "editor/popup";

let numbered = 0;

function opening(editor) {
  const chevron = icon(editor, "chevron");
  chevron.classList.add("admin-icon-open");
  return chevron;
}

export class MenuButton {
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
