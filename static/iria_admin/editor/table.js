/* New tables have a header row by default, which screen readers need. */

import { Table as BaseTable, updateAttrsDialog } from "django-prose-editor/editor";

const number = { type: "number", format: "number", min: "1", max: "100" };
const ask = updateAttrsDialog(
  {
    rows: { ...number, title: "Rows" },
    cols: { ...number, title: "Columns" },
    withHeaderRow: { type: "boolean", title: "Header row" },
  },
  { title: "Table", submitText: "Insert" },
);

const START = { rows: "3", cols: "3", withHeaderRow: true };

export const Table = BaseTable.extend({
  addCommands() {
    return {
      ...this.parent?.(),
      insertTableWithOptions: () => ({ editor }) => {
        ask(editor, START).then((answer) => {
          if (!answer) return;
          const { withHeaderRow } = answer;
          const [rows, cols] = ["rows", "cols"].map((name) => Number(answer[name] || START[name]));
          editor.chain().focus().insertTable({ rows, cols, withHeaderRow }).run();
        });
      },
    };
  },
});
