/* Pasting text from other programs.

   The editor sends `iria:paste-images` for images in pasted text: `detail.images` is a list of
   `{ src, alt, caption }`. A listener that takes care of them calls `preventDefault()`; otherwise the editor
   says that they were left out. */

import { Extension, Plugin } from "django-prose-editor/editor";
import { say } from "editor/messages";
import { tooMuch } from "editor/paste-limits";
import { tidied } from "editor/pasted-html";

function leaveOut(editor, images) {
  const offered = new CustomEvent("iria:paste-images", { bubbles: true, cancelable: true, detail: { editor, images } });
  if (!editor.view.dom.dispatchEvent(offered)) return;
  const some = images.length === 1 ? "One image was" : `${images.length} images were`;
  say(editor, `${some} left out. Add images with Insert, Image.`);
}

export const Pasting = Extension.create({
  name: "pasting",

  addProseMirrorPlugins() {
    const { editor } = this;

    const refuse = (view, event, data) => {
      const textarea = view.dom.closest(".prose-editor").querySelector("textarea");
      const problem = data && tooMuch(data, textarea);
      if (!problem) return false;
      event.preventDefault();
      if (problem.text) view.pasteText(problem.text);
      say(editor, problem.message);
      return true;
    };
    const tidy = (html, view) => {
      const { html: kept, images } = tidied(html, view.dom.dir || "ltr");
      /* After the text is in its place. */
      if (images.length) setTimeout(() => leaveOut(editor, images));
      return kept;
    };
    return [new Plugin({
      props: {
        transformPastedHTML: tidy,
        handleDOMEvents: {
          paste: (view, event) => refuse(view, event, event.clipboardData),
          drop: (view, event) => refuse(view, event, event.dataTransfer),
        },
      },
    })];
  },
});
