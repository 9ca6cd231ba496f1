/* What images, galleries, embeds and files share in the editor: a figure with a caption. */

import { crel } from "django-prose-editor/editor";

export const CAPTION_MARKS = "bold italic link subscript superscript";

/* Of a node with the caption as its content: `<figure data-NAME="…"><figcaption>…</figcaption></figure>`. */
export const captioned = (name) => ({
  group: "block",
  content: "text*",
  marks: CAPTION_MARKS,
  draggable: true,
  isolating: true,
  defining: true,

  parseHTML() {
    const captionOf = (element) => element.querySelector("figcaption") ?? element;
    return [{ tag: `figure[data-${name}]`, contentElement: captionOf }];
  },

  renderHTML({ HTMLAttributes }) {
    return ["figure", HTMLAttributes, ["figcaption", 0]];
  },
});

const WIDTHS = [["normal", "Text width"], ["wide", "Wide"], ["full", "Full width"]];

export const widthAttribute = {
  default: "normal",
  parseHTML: (element) => element.dataset.width || "normal",
  renderHTML: ({ width }) => (width === "normal" ? {} : { "data-width": width }),
};

function widthChooser(change, label) {
  const select = crel("select", { "aria-label": label },
    WIDTHS.map(([value, textContent]) => crel("option", { value, textContent })));
  select.addEventListener("change", () => change(select.value));
  return select;
}

export function button(textContent, act, className = "button") {
  const made = crel("button", { type: "button", className, textContent });
  made.addEventListener("click", act);
  return made;
}

/* A button in the menu, pressed while the cursor is in a node of this name. */
export function inMenu(name, priority, icon, title, command) {
  return ({ buttons, menu }) => menu.defineItem({
    name,
    groups: "insert",
    priority,
    button: buttons.material(icon, title),
    command: (editor) => editor.commands[command](),
    active: (editor) => editor.isActive(name),
  });
}

/* The view of a figure in the editor, with a choice of width if it has one. Subclasses have `show()`. */
export class FigureView {
  constructor(node, editor, getPos, widthLabel = "") {
    Object.assign(this, { node, editor, getPos });
    if (widthLabel) this.width = widthChooser((width) => this.change({ width }), widthLabel);
  }

  /* What is shown of it, lines below, and its caption. */
  build(shown, hint, ...lines) {
    this.fixed = [shown, ...lines];
    for (const part of this.fixed) part.contentEditable = "false";
    this.contentDOM = crel("figcaption", { className: "admin-figure-caption", "data-hint": hint });
    this.dom = crel("figure", { className: "admin-figure" }, [...this.fixed, this.contentDOM]);
  }

  change(attributes) {
    const { state, view } = this.editor;
    view.dispatch(state.tr.setNodeMarkup(this.getPos(), undefined, { ...this.node.attrs, ...attributes }));
  }

  remove() {
    const from = this.getPos();
    this.editor.chain().focus().deleteRange({ from, to: from + this.node.nodeSize }).run();
  }

  markEmpty() {
    this.contentDOM.classList.toggle("admin-empty", this.node.content.size === 0);
  }

  update(node) {
    if (node.type !== this.node.type) return false;
    this.node = node;
    this.show();
    return true;
  }

  stopEvent(event) {
    return this.fixed.some((part) => part.contains(event.target));
  }

  ignoreMutation(mutation) {
    return mutation.type !== "selection" && !this.contentDOM.contains(mutation.target)
      || (mutation.type === "attributes" && mutation.target === this.contentDOM);
  }
}
