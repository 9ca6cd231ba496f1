/* New tables have a header row by default, which screen readers need. */

import { Table as BaseTable, TableCell, TableHeader, TableRow, updateAttrsDialog } from "django-prose-editor/editor";
import { register } from "editor/entries";

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

const Table = BaseTable.extend({
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

register({
  extensions: [Table, TableCell, TableHeader, TableRow],
  entries: {
    table: { menu: "insert", label: "Table", icon: "table", hint: "With a header row", words: "rows columns" },
    "table:addRowAfter": { menu: "table", label: "Add row below" },
    "table:addColumnAfter": { menu: "table", label: "Add column after" },
    "table:toggleHeaderCell": { menu: "table", label: "Header cell on or off" },
    "table:mergeCells": { menu: "table", label: "Merge cells" },
    "table:splitCell": { menu: "table", label: "Split cell" },
    "table:deleteRow": { menu: "table", label: "Delete row" },
    "table:deleteColumn": { menu: "table", label: "Delete column" },
    "table:deleteTable": { menu: "table", label: "Delete table" },
  },
});
