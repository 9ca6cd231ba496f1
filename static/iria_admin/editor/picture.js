/* An image in the text: `<figure data-image="ID" data-alt="…" data-width="wide"><figcaption>…</figcaption></figure>`.
   Caption, alt text and credit are edited here; the credit belongs to the image. */

import { Node, crel } from "django-prose-editor/editor";
import { register } from "editor/entries";
import { CAPTION_MARKS, FigureView, button, captioned, inMenu, widthAttribute } from "editor/figure";
import { AltLine, CreditLine, detailsOf } from "iria-admin/image-details";

/* The image dialog (static/iria_admin/images.js) is opened and answers by events; with a list for several images. */
export function choose(editor, take, detail = null) {
  const frame = editor.view.dom.closest(".prose-editor");
  const chosen = (event) => { stop(); take(event.detail); };
  const stop = () => {
    frame.removeEventListener("picture:chosen", chosen);
    frame.removeEventListener("picture:dismissed", stop);
  };
  frame.addEventListener("picture:chosen", chosen);
  frame.addEventListener("picture:dismissed", stop);
  frame.dispatchEvent(new CustomEvent("picture:ask", { bubbles: true, detail }));
}

function chooseSeveral(editor, take) {
  choose(editor, take, { several: true });
}

const onOneLine = (text) => (text || "").replace(/\s+/g, " ").trim();

/* An image from the library with its default caption and alt text. */
export function chosen({ id, caption, alt, decorative = false }) {
  const words = onOneLine(caption);
  const content = words ? [{ type: "text", text: words }] : [];
  return { type: "picture", attrs: { image: String(id), alt: onOneLine(alt), decorative }, content };
}

const Picture = Node.create({
  name: "picture",
  ...captioned("image"),

  addAttributes() {
    return {
      image: {
        default: null,
        parseHTML: (element) => element.dataset.image,
        renderHTML: ({ image }) => ({ "data-image": image }),
      },
      alt: {
        default: "",
        parseHTML: (element) => element.dataset.alt ?? "",
        renderHTML: ({ alt, decorative }) => (alt.trim() && !decorative ? { "data-alt": alt } : {}),
      },
      decorative: {
        default: false,
        parseHTML: (element) => element.dataset.decorative !== undefined,
        renderHTML: ({ decorative }) => (decorative ? { "data-decorative": "" } : {}),
      },
      width: widthAttribute,
    };
  },

  addCommands() {
    return {
      choosePicture: () => ({ editor }) => {
        choose(editor, (picture) => editor.chain().focus().insertContent(chosen(picture)).run(), { details: true });
        return true;
      },
    };
  },

  addMenuItems: inMenu("picture", 120, "image", "Image", "choosePicture"),

  addNodeView() {
    return ({ node, editor, getPos }) => new PictureView(node, editor, getPos);
  },
});

class PictureView extends FigureView {
  constructor(node, editor, getPos) {
    super(node, editor, getPos, "Width of the image");
    this.image = crel("img", { className: "admin-figure-image", alt: "" });
    this.name = crel("span", { className: "admin-figure-name" });
    const tools = crel("div", { className: "admin-figure-tools" }, [
      this.width,
      button("Earlier", () => this.move(-1), "button admin-move"),
      button("Later", () => this.move(1), "button admin-move"),
      button("Replace", () => this.chooseAnother()),
      button("Focal point", () => choose(this.editor, () => {}, { details: true, current: this.node.attrs.image })),
      button("Remove", () => this.takeOut()),
    ]);
    const shown = crel("div", { className: "admin-figure-shown" }, [this.image, this.name, tools]);
    this.altLine = new AltLine((value) => this.change(value));
    this.creditLine = new CreditLine();
    this.lines = crel("div", { className: "image-lines" }, [this.altLine.dom, this.creditLine.dom]);
    this.build(shown, "Caption", this.lines);
    this.changed = ({ detail }) => { if (String(detail.id) === this.node.attrs.image) this.showDetails(detail); };
    document.addEventListener("image:changed", this.changed);
    this.show();
  }

  destroy() {
    document.removeEventListener("image:changed", this.changed);
  }

  chooseAnother() {
    const take = ({ id, alt, decorative = false }) => this.change({ image: String(id), alt: onOneLine(alt), decorative });
    choose(this.editor, take, { details: true });
  }

  /* Inside a gallery, where the two buttons are shown. */
  move(by) {
    const { state, view } = this.editor;
    const from = this.getPos();
    const place = state.doc.resolve(from);
    const other = place.parent.maybeChild(place.index() + by);
    if (other?.type !== this.node.type) return;
    const to = by < 0 ? from - other.nodeSize : from + other.nodeSize;
    view.dispatch(state.tr.delete(from, from + this.node.nodeSize).insert(to, this.node).scrollIntoView());
    view.nodeDOM(to).querySelectorAll(".admin-move")[by < 0 ? 0 : 1].focus();
  }

  /* A gallery is removed with its last image. */
  takeOut() {
    const from = this.getPos();
    const place = this.editor.state.doc.resolve(from);
    const whole = place.parent.type.name === "gallery" && place.parent.childCount === 2;
    const range = whole ? { from: place.before(), to: place.after() } : { from, to: from + this.node.nodeSize };
    this.editor.chain().focus().deleteRange(range).run();
  }

  async show() {
    const { image, width } = this.node.attrs;
    this.width.value = width;
    this.dom.dataset.width = width;
    this.markEmpty();
    if (this.shownImage === image) {
      this.showDetails(this.details);
      return;
    }
    this.shownImage = image;
    this.details = undefined;
    const details = await detailsOf(image);
    if (this.shownImage === image) this.showDetails(details);
  }

  showDetails(details) {
    this.details = details;
    this.altLine.show(details, this.node.attrs);
    if (details === undefined) return;
    this.lines.dataset.linesOf = this.node.attrs.image;
    this.lines.hidden = !details;
    this.image.hidden = !details?.thumbnail;
    if (details?.thumbnail && this.image.getAttribute("src") !== details.thumbnail) this.image.src = details.thumbnail;
    this.image.alt = this.node.attrs.alt || details?.alt || "";
    this.name.textContent = details ? details.name : `Image number ${this.node.attrs.image} is not in the library.`;
    this.creditLine.show(details);
  }

  stopEvent(event) {
    if (this.lines.contains(event.target)) return true;
    return !this.contentDOM.contains(event.target) && event.target !== this.dom
      && ["SELECT", "OPTION", "BUTTON"].includes(event.target.nodeName);
  }
}

register({
  extensions: [Picture],
  wordless: ["picture"],
  entries: {
    picture: { menu: "insert", label: "Image", icon: "image", hint: "Upload or choose from the library", words: "photo upload" },
  },
});

/* A gallery: `<figure data-gallery data-width="wide">` with a figure for each image and a `<figcaption>`
   for all of them at the end. */

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
