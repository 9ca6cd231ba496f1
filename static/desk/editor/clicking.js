/* A click into the text that comes from a field within it, such as the width of a picture.

   ProseMirror puts its own selection back a moment after it gets the focus, and that one is still where the
   caret was before: so it is told first where the click goes. */

import { Extension, Plugin, TextSelection } from "django-prose-editor/editor";

function place(view, event) {
  if (view.hasFocus() || event.button !== 0 || event.target.closest("[contenteditable=false]")) return false;
  const found = view.posAtCoords({ left: event.clientX, top: event.clientY });
  if (!found) return false;
  const { state } = view;
  view.dispatch(state.tr.setSelection(TextSelection.near(state.doc.resolve(found.pos))));
  return false;
}

export const Clicking = Extension.create({
  name: "clicking",
  addProseMirrorPlugins: () => [new Plugin({ props: { handleDOMEvents: { mousedown: place } } })],
});
