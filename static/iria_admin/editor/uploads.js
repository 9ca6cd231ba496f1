/* Image files that are dropped on the text or pasted into it, and images of pasted text. Until an image is
   uploaded, its place is a decoration: it is no part of the document, so it is never saved. */

import { Extension, pm } from "django-prose-editor/editor";
import { chosen } from "editor/picture";
import { Progress, imagesIn, importFrom, upload } from "iria-admin/image-details";

const { Plugin, PluginKey } = pm.state;
const { Decoration, DecorationSet } = pm.view;

const key = new PluginKey("imageUploads");
const MOST = 20;

/* Where a figure can be put: beside the block at this position; before an empty one. */
function placeOf(doc, position) {
  const place = doc.resolve(Math.min(position, doc.content.size));
  if (!place.depth) return place.pos;
  const block = place.node(1);
  return block.isTextblock && !block.content.size ? place.before(1) : place.after(1);
}

/* Uploads one after the other, so that the images keep their order. */
let queue = Promise.resolve();

function start(editor, position, name, send, { alt = "", caption = "" } = {}) {
  const { view } = editor;
  const id = {};
  const find = () => key.getState(editor.state).find(undefined, undefined, (spec) => spec.id === id)[0]?.from;
  const remove = () => editor.view.dispatch(editor.state.tr.setMeta(key, { remove: id }).setMeta("addToHistory", false));
  const progress = new Progress(name, send, {
    removed: () => { remove(); editor.commands.focus(); },
    done: ({ image }) => {
      const at = find();
      remove();
      if (at === undefined) return;
      const figure = chosen({ ...image, alt: alt || image.alt, caption: caption || image.caption });
      editor.chain().insertContentAt(at, figure, { updateSelection: false }).run();
    },
  });
  view.dispatch(view.state.tr.setMeta(key, { add: { position, id, dom: progress.dom } }).setMeta("addToHistory", false));
  progress.text.textContent = `${name} is waiting`;
  queue = queue.then(() => progress.run());
}

function uploadAll(editor, files, position) {
  const at = placeOf(editor.state.doc, position);
  for (const file of files) start(editor, at, file.name || "Pasted image", (options) => upload(file, options));
}

/* Programs put an image of the text beside the text: then the text is meant. */
function isText(data) {
  const html = data.getData("text/html");
  if (!html) return Boolean(data.getData("text/plain").trim());
  return Boolean(html.replace(/<!--[\s\S]*?-->|<style[\s\S]*?<\/style>|<[^>]*>/gi, "").replace(/&nbsp;/g, " ").trim());
}

/* `{ src, alt, caption }` of each image of a pasted text. */
async function takePasted(editor, images) {
  for (const { src, alt, caption } of images.slice(0, MOST)) {
    const position = placeOf(editor.state.doc, editor.state.selection.to);
    const embedded = /^data:image\//i.test(src);
    const name = alt?.slice(0, 60) || (embedded ? "Pasted image" : src.slice(0, 80));
    const send = embedded ? async (options) => upload(fileOf(src, name), options) : (options) => importFrom(src, options);
    start(editor, position, name, send, { alt, caption });
  }
  for (const { src, alt } of images.slice(MOST)) {
    const left = new Error(`at most ${MOST} images of a pasted text are taken.`);
    start(editor, placeOf(editor.state.doc, editor.state.selection.to), alt || src.slice(0, 80), () => Promise.reject(left));
  }
}

/* Decoded here: the policy of the page does not allow to fetch `data:` URLs. */
function fileOf(url, name) {
  const [, type, coded, data] = url.match(/^data:(image\/[\w.+-]+)[^,]*?(;base64)?,([\s\S]*)$/i) ?? [];
  if (!type) throw new Error("this image cannot be read.");
  try {
    const text = coded ? atob(data.replace(/\s/g, "")) : decodeURIComponent(data);
    return new File([Uint8Array.from(text, (character) => character.charCodeAt(0))], name, { type });
  } catch {
    throw new Error("this image cannot be read.");
  }
}

export const Uploads = Extension.create({
  name: "imageUploads",
  priority: 1000,

  addProseMirrorPlugins() {
    const { editor } = this;
    return [new Plugin({
      key,
      state: {
        init: () => DecorationSet.empty,
        apply(transaction, shown) {
          const now = shown.map(transaction.mapping, transaction.doc);
          const { add, remove } = transaction.getMeta(key) ?? {};
          if (add) return now.add(transaction.doc, [Decoration.widget(add.position, add.dom, { id: add.id, side: 1, stopEvent: () => true, ignoreSelection: true })]);
          if (remove) return now.remove(now.find(undefined, undefined, (spec) => spec.id === remove));
          return now;
        },
      },
      props: {
        decorations: (state) => key.getState(state),
        handlePaste(view, event) {
          const files = imagesIn(event.clipboardData);
          if (!files.length || isText(event.clipboardData)) return false;
          uploadAll(editor, files, view.state.selection.to);
          return true;
        },
        handleDrop(view, event, _slice, moved) {
          const files = moved ? [] : imagesIn(event.dataTransfer);
          if (!files.length) return false;
          event.preventDefault();
          const under = view.posAtCoords({ left: event.clientX, top: event.clientY });
          uploadAll(editor, files, under?.pos ?? view.state.selection.to);
          return true;
        },
        handleDOMEvents: {
          "iria:paste-images": (_view, event) => {
            event.preventDefault();
            takePasted(editor, event.detail.images);
            return true;
          },
        },
      },
    })];
  },
});
