/* A gallery: `<figure data-gallery data-width="wide">` with a figure for each image and a `<figcaption>`
   for all of them at the end. */

import { Node, crel } from "django-prose-editor/editor";
import { register } from "editor/entries";
import { CAPTION_MARKS, FigureView, button, inMenu, widthAttribute } from "editor/figure";
import { chooseSeveral, chosen } from "editor/picture";

const GalleryCaption = Node.create({
  name: "galleryCaption",
  content: "text*",
  marks: CAPTION_MARKS,
  isolating: true,
  defining: true,
  selectable: false,

  parseHTML() {
    return [{ tag: "figcaption", context: "gallery/" }];
  },

  renderHTML() {
    return ["figcaption", 0];
  },

  addNodeView() {
    return ({ node }) => {
      const dom = crel("figcaption", { className: "admin-figure-caption", "data-hint": "Caption of the gallery" });
      const show = ({ content }) => dom.classList.toggle("admin-empty", content.size === 0);
      show(node);
      return {
        dom,
        contentDOM: dom,
        update: (now) => now.type === node.type && (show(now), true),
        ignoreMutation: (mutation) => mutation.type === "attributes",
      };
    };
  },
});

const Gallery = Node.create({
  name: "gallery",
  group: "block",
  content: "picture+ galleryCaption",
  draggable: true,
  isolating: true,
  defining: true,

  addAttributes() {
    return { width: widthAttribute };
  },

  parseHTML() {
    return [{ tag: "figure[data-gallery]", priority: 60 }];
  },

  renderHTML({ HTMLAttributes }) {
    return ["figure", { "data-gallery": "", ...HTMLAttributes }, 0];
  },

  addCommands() {
    return {
      chooseGallery: () => ({ editor }) => {
        chooseSeveral(editor, (pictures) => {
          const content = [...pictures.map(chosen), { type: "galleryCaption" }];
          editor.chain().focus().insertContent({ type: this.name, content }).run();
        });
        return true;
      },
    };
  },

  addMenuItems: inMenu("gallery", 118, "photo_library", "Gallery", "chooseGallery"),

  addNodeView() {
    return ({ node, editor, getPos }) => new GalleryView(node, editor, getPos);
  },
});

class GalleryView extends FigureView {
  constructor(node, editor, getPos) {
    super(node, editor, getPos, "Width of the gallery");
    this.add = button("Add images", () => chooseSeveral(this.editor, (pictures) => this.put(pictures)));
    this.tools = crel("div", { className: "admin-figure-tools admin-gallery-tools" },
      [this.width, this.add, button("Ungroup", () => this.ungroup())]);
    this.tools.contentEditable = "false";
    this.contentDOM = crel("div", { className: "admin-gallery-images" });
    this.dom = crel("figure", { className: "admin-figure admin-gallery" }, [this.tools, this.contentDOM]);
    this.show();
  }

  show() {
    this.width.value = this.node.attrs.width;
  }

  /* After the last image, before the caption of the gallery. */
  put(pictures) {
    const end = this.getPos() + this.node.nodeSize - 1 - this.node.lastChild.nodeSize;
    this.editor.chain().insertContentAt(end, pictures.map(chosen)).run();
    this.add.focus();
  }

  /* Each image becomes a figure of its own; the caption of the gallery becomes a paragraph. */
  ungroup() {
    const { state, view } = this.editor;
    const { paragraph } = state.schema.nodes;
    const from = this.getPos();
    const alone = [];
    this.node.forEach((child) => {
      if (child.type.name === "picture") alone.push(child);
      else if (child.content.size) alone.push(paragraph.create(null, child.content));
    });
    view.dispatch(state.tr.replaceWith(from, from + this.node.nodeSize, alone));
    view.focus();
  }

  stopEvent(event) {
    return this.tools.contains(event.target);
  }
}

register({
  extensions: [Gallery, GalleryCaption],
  entries: {
    gallery: { menu: "insert", label: "Gallery", icon: "gallery", hint: "Several images with one caption", words: "images photos" },
  },
});
