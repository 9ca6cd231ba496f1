/* The text as HTML, to view and edit. */

import { Extension, updateAttrsDialog } from "django-prose-editor/editor";
import { tamed } from "editor/pasted-html";

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
