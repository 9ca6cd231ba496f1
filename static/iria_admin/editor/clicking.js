/* A click into the text from a field inside it, such as the width of an image.

   On focus the editor restores its own selection, at the old position of the caret, so the new position
   is set first. */

import { Extension, Plugin } from "django-prose-editor/editor";

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
