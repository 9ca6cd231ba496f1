/* The bubble menu: a small toolbar beside the selected words, which it never covers. Tab or F6 enters it, F6
   once more leads to the toolbar (article-sidebar.js), Escape hides it until something else is selected. */

import { Extension, crel } from "django-prose-editor/editor";
import { moveFocus, place, room } from "editor/popup";
import { arrows, tool } from "editor/toolbar";

const TOOLS = ["bold", "italic", "link", "blockquote", "heading2"];
const IN_TEXT = { blockquote: (can) => can.toggleBlockquote(), heading2: (can) => can.toggleHeading({ level: 2 }) };

class BubbleMenu {
  constructor(editor) {
    this.editor = editor;
    this.tools = TOOLS.map((name) => tool(editor, name));
    this.dom = crel("div", { className: "admin-bubble", role: "toolbar", "aria-label": "Formatting of the selection", popover: "manual" },
      this.tools);
    this.pressed = false;
    this.dismissed = null;
    editor.view.dom.after(this.dom);
    this.dom.addEventListener("keydown", (event) => this.key(event));
    editor.view.dom.addEventListener("keydown", (event) => {
      if (event.key !== "F6" || event.shiftKey || !this.enter()) return;
      event.preventDefault();
      event.stopPropagation();
    });
    editor.view.dom.addEventListener("pointerdown", () => { this.pressed = true; });
    document.addEventListener("pointerup", () => { this.pressed = false; this.later(); });
    document.addEventListener("pointercancel", () => { this.pressed = false; });
    for (const name of ["selectionUpdate", "update", "focus", "blur"]) editor.on(name, () => this.later());
    this.dom.addEventListener("focusout", () => this.later());
    document.addEventListener("scroll", () => this.later(), { capture: true, passive: true });
    addEventListener("resize", () => this.later());
    /* The words move when an image above them or their typeface has loaded. */
    const moved = new ResizeObserver(() => this.later());
    for (const box of [editor.view.dom, editor.view.dom.closest("form") ?? document.body]) moved.observe(box);
    document.fonts.addEventListener("loadingdone", () => this.later());
  }

  /* After the focus is in its new place; no popover can be shown while another one opens. */
  later() {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.update();
    });
  }

  get open() {
    return this.dom.matches(":popover-open");
  }

  wanted() {
    const { state, view } = this.editor;
    const { selection, doc } = state;
    if (this.pressed || selection.empty || selection.node || selection.$anchorCell) return false;
    if (!view.hasFocus() && !this.dom.contains(document.activeElement)) return false;
    if (selection.$from.parent.type.spec.code || this.dismissed?.eq(selection)) return false;
    return doc.textBetween(selection.from, selection.to, " ").trim() !== "";
  }

  update() {
    if (!this.wanted()) return this.hide();
    const { view, state } = this.editor;
    const can = this.editor.can();
    for (const button of this.tools) button.hidden = !(IN_TEXT[button.dataset.entry]?.(can) ?? true);
    const reachable = this.tools.filter((button) => !button.hidden);
    if (!reachable.some((button) => button.tabIndex === 0)) reachable[0].tabIndex = 0;
    for (const button of this.tools) if (button !== reachable.find((each) => each.tabIndex === 0)) button.tabIndex = -1;
    if (!this.open) this.dom.showPopover();
    const start = view.coordsAtPos(state.selection.from);
    const end = view.coordsAtPos(state.selection.to, -1);
    const rect = { top: start.top, bottom: end.bottom, left: start.top === end.top ? start.left : Math.min(start.left, end.left) };
    /* Phones show their own menu above the words. */
    const sides = matchMedia("(pointer: coarse)").matches ? ["below", "above"] : ["above", "below"];
    if (!place(this.dom, rect, { sides, ...room(this.editor) })) this.hide();
    return undefined;
  }

  hide() {
    if (this.open) this.dom.hidePopover();
  }

  dismiss() {
    if (!this.open) return false;
    this.dismissed = this.editor.state.selection;
    if (this.dom.contains(document.activeElement)) this.editor.view.focus();
    this.hide();
    return true;
  }

  enter() {
    if (this.open) this.tools.find((button) => button.tabIndex === 0).focus();
    return this.open;
  }

  key(event) {
    if (event.key === "Escape" || event.key === "F6") {
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Escape") this.dismiss();
      else if (event.shiftKey) this.editor.view.focus();
      else this.editor.storage.menu.dom.querySelector("[tabindex='0']").focus();
    } else moveFocus(event, this.tools, arrows(this.dom));
  }
}

export const Bubble = Extension.create({
  name: "bubble",
  priority: 1000, /* Escape hides the menu before it leaves the full screen. */

  addStorage: () => ({ menu: null }),

  onCreate() {
    this.storage.menu = new BubbleMenu(this.editor);
  },

  addKeyboardShortcuts() {
    return { Escape: () => this.storage.menu?.dismiss() ?? false };
  },
});
