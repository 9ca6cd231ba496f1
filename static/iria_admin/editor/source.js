/* The text as HTML, to be seen and changed by hand. */

import { Extension, updateAttrsDialog } from "django-prose-editor/editor";
import { tamed } from "editor/pasting";

const BLOCKS = /(<\/(?:p|h[2-4]|ul|ol|li|blockquote|pre|figure|table|tr)>|<hr>)(?=<)/g;

const ask = updateAttrsDialog(
  {
    html: {
      type: "string",
      title: "HTML",
      description: "What has no place in an article is taken out when you keep it.",
      format: "textarea",
    },
  },
  { title: "The text as HTML", submitText: "Keep" },
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
