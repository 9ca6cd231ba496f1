/* A click into the text that comes from a field within it, such as the width of a picture.

   The editor puts its own selection back a moment after it gets the focus, and that one is still where the
   caret was before: so it is told first where the click goes. */

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
