/* Pasting text from other programs.

   The editor sends `iria:paste-images` for images in pasted text: `detail.images` is a list of
   `{ src, alt, caption }`. A listener that takes care of them calls `preventDefault()`; otherwise the editor
   says that they were left out. */

import { Extension, Plugin, crel } from "django-prose-editor/editor";
import { tidied, withoutUnread } from "editor/pasted-html";

/* A line of the editor that says what happened, such as after pasting. */

function say(editor, message) {
  const frame = editor.view.dom.closest(".prose-editor");
  const line = frame.querySelector(".admin-editor-message") ?? make(editor, frame);
  line.hidden = false;
  line.querySelector("[role=status]").textContent = message;
}

function make(editor, frame) {
  const close = crel("button", { type: "button", className: "button", textContent: "Close" });
  const line = crel("div", { className: "admin-editor-message" }, [crel("p", { role: "status" }), close]);
  close.addEventListener("click", () => {
    line.hidden = true;
    editor.view.focus();
  });
  frame.append(line);
  return line;
}

/* Pasted text that is too long for an article is refused before the browser reads it. */

/* Characters of markup; styles, comments and embedded images do not count. */
const MOST_MARKUP = 2_000_000;
const EMBEDDED = /\bsrc\s*=\s*(["'])data:[^"']*\1/gi;

/* What to say, and whether to paste the text without its markup; null if all is well. */
function tooMuch(data, textarea) {
  const html = data.getData("text/html");
  const text = data.getData("text/plain");
  const longest = Number(textarea.dataset.longest);
  const left = longest - textarea.value.length;
  const number = (count) => count.toLocaleString("en");
  if (text.length > left || (!text && html.length > longest * 10)) {
    return {
      message: `Not pasted: the text has ${number(text.length || html.length)} characters, and there is room for ${number(Math.max(0, left))}. `
        + "Split it into several articles.",
    };
  }
  if (html.length <= MOST_MARKUP || withoutUnread(html).replace(EMBEDDED, "").length <= MOST_MARKUP) return null;
  return { message: "Pasted without formatting, of which there was too much.", text };
}

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
