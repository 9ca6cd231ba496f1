/* The editor on the whole screen, with the buttons of the form that save and publish. */

import { Fullscreen, crel } from "django-prose-editor/editor";

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
