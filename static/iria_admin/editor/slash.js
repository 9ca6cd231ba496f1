/* The slash menu: “/” in an empty paragraph opens a list, typing narrows it. The focus stays in the text,
   which names the chosen option (`aria-activedescendant`). */

import { Extension, crel } from "django-prose-editor/editor";
import { ENTRIES, SLASH, definition, icon, label, run } from "editor/entries";
import { placeList } from "editor/popup";

const TYPED = /^\/([\p{L}\p{N}][\p{L}\p{N} ]{0,30})?$/u;
const LIST = "admin-slash-menu";

/* What was typed after the slash, or null if the paragraph is something else. */
function queryIn({ selection }) {
  const { $from, empty } = selection;
  if (!empty || $from.parent.type.name !== "paragraph" || $from.parentOffset !== $from.parent.content.size) return null;
  const found = TYPED.exec($from.parent.textContent);
  return found && $from.parent.childCount === 1 ? found[1] ?? "" : null;
}

function matches(name, query) {
  const { label: words, words: more = "" } = ENTRIES[name];
  return query.toLowerCase().split(" ").every((part) => `${words} ${more}`.toLowerCase().split(" ").some((word) => word.startsWith(part)));
}

class SlashMenu {
  constructor(editor) {
    this.editor = editor;
    this.query = null;
    this.active = 0;
    this.shown = [];
    this.dom = crel("div", { id: LIST, className: "admin-menu admin-slash", role: "listbox", "aria-label": "Insert", popover: "manual", tabIndex: 0 });
    this.status = crel("p", { className: "visually-hidden", role: "status" });
    editor.view.dom.after(this.dom, this.status);
    this.dom.addEventListener("mousedown", (event) => event.preventDefault());
    editor.on("update", () => this.follow());
    editor.on("selectionUpdate", () => { if (this.open && queryIn(editor.state) === null) this.close(); });
    editor.on("blur", () => this.close());
    document.addEventListener("scroll", (event) => { if (this.open && event.target !== this.dom) this.place(); }, { capture: true, passive: true });
  }

  get open() {
    return this.dom.matches(":popover-open");
  }

  /* Opens when a slash is typed, not when the caret comes to one. */
  follow() {
    const query = queryIn(this.editor.state);
    if (query === null) this.close();
    else if (this.open || query === "") this.show(query);
  }

  show(query) {
    if (query === this.query) return;
    this.query = query;
    this.shown = SLASH.filter((name) => definition(this.editor, name) && matches(name, query));
    if (!this.shown.length) {
      this.close();
      this.status.textContent = "Nothing found";
      return;
    }
    const options = this.shown.map((name) => this.option(name));
    this.dom.replaceChildren(...options);
    if (!this.open) this.dom.showPopover();
    this.place();
    this.choose(0);
    this.status.textContent = `${options.length} ${options.length === 1 ? "choice" : "choices"}`;
    const { dom } = this.editor.view;
    dom.setAttribute("aria-haspopup", "listbox");
    dom.setAttribute("aria-controls", LIST);
  }

  option(name) {
    const { label: words, icon: shown, hint, typed, keys } = ENTRIES[name];
    const texts = crel("span", { className: "admin-slash-texts" }, [label(words)]);
    if (hint) texts.append(crel("span", { className: "admin-slash-hint", textContent: hint }));
    const made = crel("div", { id: `admin-slash-${name}`, className: "admin-menu-item", role: "option", "data-entry": name },
      [icon(this.editor, shown), texts]);
    if (typed ?? keys) made.append(crel("kbd", { textContent: typed ?? keys, "aria-hidden": "true" }));
    made.addEventListener("mousemove", () => this.choose(this.shown.indexOf(name)));
    made.addEventListener("click", () => this.insert(name));
    return made;
  }

  choose(index) {
    this.active = index;
    [...this.dom.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = this.dom.children[index];
    option.scrollIntoView({ block: "nearest" });
    this.editor.view.dom.setAttribute("aria-activedescendant", option.id);
  }

  place() {
    const { view, state } = this.editor;
    const paragraph = view.coordsAtPos(state.selection.$from.start());
    const caret = view.coordsAtPos(state.selection.from);
    placeList(this.dom, { top: caret.top, bottom: caret.bottom, left: paragraph.left });
  }

  close() {
    this.query = null;
    if (!this.open) return false;
    this.dom.hidePopover();
    for (const name of ["haspopup", "controls", "activedescendant"]) this.editor.view.dom.removeAttribute(`aria-${name}`);
    return true;
  }

  insert(name) {
    const { $from } = this.editor.state.selection;
    this.close();
    this.editor.chain().deleteRange({ from: $from.start(), to: $from.end() }).run();
    run(this.editor, name);
  }

  key(event) {
    if (!this.open || event.isComposing) return false;
    const last = this.shown.length - 1;
    if (event.key === "ArrowDown") this.choose(this.active === last ? 0 : this.active + 1);
    else if (event.key === "ArrowUp") this.choose(this.active === 0 ? last : this.active - 1);
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) this.insert(this.shown[this.active]);
    else if (event.key === "Escape") this.close();
    else {
      if (event.key === "Tab") this.close();
      return false;
    }
    return true;
  }
}

export const Slash = Extension.create({
  name: "slash",
  priority: 1100,

  addStorage: () => ({ menu: null }),

  onCreate() {
    this.storage.menu = new SlashMenu(this.editor);
    /* Before the keys of the editor. */
    this.editor.view.dom.addEventListener("keydown", (event) => {
      if (!this.storage.menu.key(event)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    }, { capture: true });
  },
});
