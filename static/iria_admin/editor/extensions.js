/* What the editor of a text does besides its blocks. */

import { Extension, Fullscreen, Plugin, crel, updateAttrsDialog } from "django-prose-editor/editor";
import { tamed } from "editor/pasted-html";

/* A click into the text from a field inside it, such as the width of an image.

   On focus the editor restores its own selection, at the old position of the caret, so the new position
   is set first. */

export const Clicking = Extension.create({
  name: "clicking",

  addProseMirrorPlugins() {
    const { editor } = this;

    const place = (view, event) => {
      if (view.hasFocus() || event.button !== 0 || event.target.closest("[contenteditable=false]")) return false;
      const found = view.posAtCoords({ left: event.clientX, top: event.clientY });
      if (found) editor.commands.setTextSelection(found.pos);
      return false;
    };
    return [new Plugin({ props: { handleDOMEvents: { mousedown: place } } })];
  },
});

/* The editor on the whole screen, with the buttons of the form that save and publish. */

const BUTTONS = ["_continue", "_publish"];

/* A button that presses the one of the form, wherever that one is. */
function pressing(button) {
  const className = button.name === "_publish" ? "button default" : "button";
  const made = crel("button", { type: "button", className, textContent: (button.innerText || button.textContent).trim() }); /* a closed menu has no rendered text */
  made.addEventListener("click", () => button.click());
  return made;
}

class Bar {
  constructor(editor, frame) {
    const { form } = frame.querySelector("textarea");
    const shown = form?.querySelector("[data-save-shown]");
    this.status = crel("p", { className: "admin-full-screen-status" });
    if (shown) {
      const copy = () => { this.status.textContent = shown.textContent; };
      new MutationObserver(copy).observe(shown, { childList: true, characterData: true, subtree: true });
      copy();
    }
    const leave = crel("button", { type: "button", className: "button", textContent: "Exit", "aria-label": "Exit full screen" });
    leave.addEventListener("click", () => editor.commands.toggleFullscreen());
    const buttons = BUTTONS.map((name) => form?.querySelector(`[name=${name}]`)).filter(Boolean).map(pressing);
    this.dom = crel("div", { className: "admin-full-screen-bar" }, [this.status, leave, ...buttons]);
    this.dom.hidden = true;
    frame.prepend(this.dom);
  }
}

export const FullScreen = Fullscreen.extend({
  addStorage() {
    return { ...this.parent?.(), bar: null };
  },

  addCommands() {
    const { toggleFullscreen } = this.parent();
    return {
      toggleFullscreen: () => (props) => {
        const { storage } = this;
        storage.bar ??= new Bar(this.editor, this.editor.view.dom.closest(".prose-editor"));
        const done = toggleFullscreen()(props);
        storage.bar.dom.hidden = !storage.fullscreen;
        return done;
      },
    };
  },
}).configure({ fullscreenClass: "admin-full-screen" });

/* Tells the stylesheet how much of the window the on-screen keyboard covers. */

export function followKeyboard(frame) {
  const { visualViewport } = globalThis;
  if (!visualViewport) return;
  const tell = () => {
    const covered = Math.max(0, innerHeight - visualViewport.height - visualViewport.offsetTop);
    frame.style.setProperty("--admin-keyboard", `${Math.round(covered)}px`);
  };
  visualViewport.addEventListener("resize", tell);
  visualViewport.addEventListener("scroll", tell);
}

/* The text as HTML, to view and edit. */

const BLOCKS = /(<\/(?:p|h[2-4]|ul|ol|li|blockquote|pre|figure|table|tr)>|<hr>)(?=<)/g;

const ask = updateAttrsDialog(
  {
    html: {
      type: "string",
      title: "HTML",
      description: "Elements that are not allowed in an article are removed.",
      format: "textarea",
    },
  },
  { title: "HTML source", submitText: "Apply" },
);

export const Source = Extension.create({
  name: "html",

  addCommands() {
    return {
      editHTML: () => ({ editor }) => {
        ask(editor, { html: editor.getHTML().replace(BLOCKS, "$1\n") }).then((answer) => {
          if (answer) editor.chain().focus().setContent(tamed(answer.html), { emitUpdate: true }).run();
        });
        return true;
      },
    };
  },
});

/* Words and reading time below the text, counted as on the site (articles/public/article_page.py). */

const WORDS_A_MINUTE = 230;
const SIGNS_A_MINUTE = 450;
const SIGN = /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]/gu;
const WORD = /[\p{L}\p{N}_]+(?:['’][\p{L}\p{N}_]+)?/gu;
const AFTER_TYPING = 300;

/* Only the block that changed is counted again. */
const counted = new WeakMap();

function countsOf(block) {
  if (counted.has(block)) return counted.get(block);
  const text = block.textBetween(0, block.content.size, " ", " ");
  const signs = (text.match(SIGN) ?? []).length;
  const words = (text.replace(SIGN, " ").match(WORD) ?? []).length;
  counted.set(block, { signs, words });
  return { signs, words };
}

export function countWords(editor, frame) {
  const shown = document.createElement("p");
  shown.className = "admin-count admin-word-count";
  frame.after(shown);
  let timer = 0;
  const count = () => {
    let signs = 0;
    let words = 0;
    editor.state.doc.forEach((block) => {
      const counts = countsOf(block);
      signs += counts.signs;
      words += counts.words;
    });
    const minutes = Math.max(1, Math.round(words / WORDS_A_MINUTE + signs / SIGNS_A_MINUTE));
    const total = words + signs;
    shown.textContent = total ? `${total.toLocaleString("en")} ${total === 1 ? "word" : "words"}, ${minutes} min to read` : "";
  };
  editor.on("create", count);
  editor.on("update", () => {
    clearTimeout(timer);
    timer = setTimeout(count, AFTER_TYPING);
  });
}
