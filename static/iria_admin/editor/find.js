/* Find and replace in the text. Matches are shown with the CSS Custom Highlight API, which changes
   neither the document nor the history; a browser without it selects the current match only. */

import { Extension, crel } from "django-prose-editor/editor";

const INLINE_LEAF = "\ufffc"; /* one character for a footnote or line break, as in the document's positions */

export function matchesIn(doc, words, matchCase) {
  const wanted = matchCase ? words : words.toLowerCase();
  const found = [];
  if (!wanted) return found;
  doc.descendants((node, position) => {
    if (!node.isTextblock) return true;
    const text = node.textBetween(0, node.content.size, undefined, INLINE_LEAF);
    const searched = matchCase || text.toLowerCase().length !== text.length ? text : text.toLowerCase();
    for (let at = searched.indexOf(wanted); at !== -1; at = searched.indexOf(wanted, at + wanted.length)) {
      found.push({ from: position + 1 + at, to: position + 1 + at + wanted.length });
    }
    return false;
  });
  return found;
}

class Panel {
  constructor(editor, frame) {
    this.editor = editor;
    this.words = crel("input", { type: "search", "aria-label": "Find" });
    this.instead = crel("input", { type: "text", "aria-label": "Replace with" });
    this.matchCase = crel("input", { type: "checkbox" });
    this.count = crel("span", { role: "status" });
    this.dom = crel("div", { className: "admin-find", role: "search" }, [
      this.words, this.instead,
      crel("label", {}, [this.matchCase, " Match case"]),
      this.count,
      this.button("Previous", () => this.go(-1)),
      this.button("Next", () => this.go(1)),
      this.button("Replace", () => this.replace()),
      this.button("Replace all", () => this.replaceAll()),
      this.button("Close", () => this.close()),
    ]);
    this.dom.hidden = true;
    this.index = 0;
    this.matches = [];
    for (const field of [this.words, this.matchCase]) field.addEventListener("input", () => { this.index = 0; this.look(); });
    /* These fields are not part of the article. */
    for (const name of ["input", "change"]) this.dom.addEventListener(name, (event) => event.stopPropagation());
    this.dom.addEventListener("keydown", (event) => this.key(event));
    editor.storage.menu.dom.after(this.dom);
    editor.on("update", () => { if (!this.dom.hidden) this.look(); });
  }

  button(label, act) {
    const made = crel("button", { type: "button", className: "button", textContent: label });
    made.addEventListener("click", act);
    return made;
  }

  key(event) {
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && event.target !== this.matchCase && event.target.tagName === "INPUT") this.go(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  open() {
    const { from, to } = this.editor.state.selection;
    const chosen = this.editor.state.doc.textBetween(from, to, " ");
    if (chosen && chosen.length < 200) this.words.value = chosen;
    this.dom.hidden = false;
    this.words.focus();
    this.words.select();
    this.look();
  }

  close() {
    this.dom.hidden = true;
    globalThis.CSS?.highlights?.delete("found");
    globalThis.CSS?.highlights?.delete("found-current");
    this.editor.view.focus(); /* at once: the next key may be pressed before the next frame */
  }

  look() {
    this.matches = matchesIn(this.editor.state.doc, this.words.value, this.matchCase.checked);
    this.index = Math.min(this.index, Math.max(0, this.matches.length - 1));
    const total = this.matches.length;
    this.count.textContent = this.words.value ? (total ? `${this.index + 1} of ${total}` : "Not found") : "";
    this.paint();
  }

  paint() {
    if (!globalThis.CSS?.highlights) return;
    const ranges = this.matches.map(({ from, to }) => this.range(from, to));
    CSS.highlights.set("found", new Highlight(...ranges));
    CSS.highlights.set("found-current", new Highlight(...ranges.slice(this.index, this.index + 1)));
  }

  range(from, to) {
    const range = new Range();
    const start = this.editor.view.domAtPos(from);
    const end = this.editor.view.domAtPos(to);
    range.setStart(start.node, start.offset);
    range.setEnd(end.node, end.offset);
    return range;
  }

  go(step) {
    if (!this.matches.length) return;
    this.index = (this.index + step + this.matches.length) % this.matches.length;
    this.look();
    const { from, to } = this.matches[this.index];
    this.editor.commands.setTextSelection({ from, to });
    this.range(from, to).startContainer.parentElement?.scrollIntoView({ block: "center" });
  }

  replace() {
    const match = this.matches[this.index];
    if (!match) return;
    this.editor.view.dispatch(this.put(this.editor.state.tr, match));
    this.look();
  }

  replaceAll() {
    const { tr } = this.editor.state;
    for (const match of [...this.matches].reverse()) this.put(tr, match);
    if (tr.docChanged) this.editor.view.dispatch(tr);
    this.look();
  }

  put(tr, { from, to }) {
    return this.instead.value ? tr.insertText(this.instead.value, from, to) : tr.delete(from, to);
  }
}

export const Find = Extension.create({
  name: "find",

  addStorage: () => ({ panel: null }),

  addCommands() {
    return {
      findInText: () => ({ editor }) => {
        this.storage.panel ??= new Panel(editor, editor.view.dom.closest(".prose-editor"));
        setTimeout(() => this.storage.panel.open());
        return true;
      },
    };
  },

  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "find",
      groups: "utility",
      priority: 90,
      button: buttons.material("find_replace", "Find and replace"),
      command: (editor) => editor.commands.findInText(),
      active: () => this.storage.panel?.dom.hidden === false,
    });
  },

  addKeyboardShortcuts() {
    return { "Mod-Shift-h": () => this.editor.commands.findInText() };
  },
});
