/* A line of the editor that says what happened, such as after pasting. */

import { crel } from "django-prose-editor/editor";

export function say(editor, message) {
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
