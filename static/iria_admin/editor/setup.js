/* Turns text areas with `data-editor` into editors. Without this script they show the HTML itself.
   The editor's own start script is not used, because it adds a style element to the page, which the CSP
   blocks; static/iria_admin/editor.css has these styles. */

import {
  Blockquote, Bold, BulletList, Code, CodeBlock, Document, Dropcursor, Editor, Fullscreen, Gapcursor,
  HardBreak, Heading, History, HorizontalRule, Italic, ListItem, Menu, OrderedList, Paragraph,
  Placeholder, Strike, Subscript, Superscript, TableCell, TableHeader, TableRow, Text,
  TrailingNode, Underline, crel,
} from "django-prose-editor/editor";
import { Clicking } from "editor/clicking";
import { Embed } from "editor/embed";
import { File } from "editor/file";
import { Find } from "editor/find";
import { Footnote } from "editor/footnote";
import { Gallery, GalleryCaption } from "editor/gallery";
import { Link } from "editor/link";
import { Cite, Kept, Passage } from "editor/marks";
import { Pasting } from "editor/pasting";
import { Picture } from "editor/picture";
import { Source } from "editor/source";
import { Table } from "editor/table";
import { GROUPS, dress } from "editor/toolbar";
import { countWords } from "editor/word-count";

const COMMON = [Document, Paragraph, Text, Bold, Italic, Subscript, Superscript, Link, History];

const KINDS = {
  body: () => [
    ...COMMON, Blockquote, BulletList, Cite, Clicking, Code, CodeBlock, Dropcursor, Embed, File, Find, Footnote, Fullscreen, Gallery,
    GalleryCaption, Gapcursor, HardBreak, Heading.configure({ levels: [2, 3, 4] }), HorizontalRule, Kept, ListItem, OrderedList,
    Passage, Pasting, Picture, Source, Strike, Table, TableCell, TableHeader, TableRow, TrailingNode, Underline,
    Menu.configure({ groups: GROUPS }),
    Placeholder.configure({ placeholder: "Start writing" }),
  ],
  letter: () => [
    ...COMMON, BulletList, HardBreak, ListItem, OrderedList,
    Menu.configure({ groups: [{ group: "marks" }, { group: "link" }, { group: "lists" }, { group: "history" }] }),
  ],
  caption: () => [
    ...COMMON, Menu.configure({ groups: [{ group: "marks" }, { group: "link" }] }),
  ],
};

/* Our groups of menu items are finer than those of the library. */
const MOVED = { paragraph: "headings", blockquote: "lists", horizontalRule: "insert" };
/* Supported, also by keyboard, but without buttons. */
const UNSHOWN = new Set(["underline", "code", "codeBlock"]);

function regroup(menu) {
  const define = menu.defineItem;
  menu.defineItem = (item) => {
    if (!UNSHOWN.has(item.name)) define.call(menu, { ...item, groups: MOVED[item.name] ?? item.groups });
  };
}

/* The editor considers a text without characters empty; an image without caption is not empty. */
const WORDLESS = new Set(["picture", "embed", "file"]);

function isBlank(editor) {
  let blank = editor.isEmpty;
  editor.state.doc.descendants((node) => { blank &&= !WORDLESS.has(node.type.name); });
  return blank;
}

function edit(textarea) {
  const kind = textarea.dataset.editor;
  const label = textarea.getAttribute("aria-label");
  const frame = crel("div", { className: `prose-editor admin-editor admin-editor-${kind}` });
  textarea.before(frame);
  frame.append(textarea);
  const editor = new Editor({
    element: frame,
    injectCSS: false,
    extensions: KINDS[kind](),
    content: textarea.value,
    editorProps: {
      attributes: { "aria-label": label, "aria-multiline": "true", role: "textbox", spellcheck: "true" },
    },
    onBeforeCreate: ({ editor: made }) => regroup(made.storage.menu.menu),
    onUpdate: ({ editor: changed }) => {
      textarea.value = isBlank(changed) ? "" : changed.getHTML();
      textarea.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  editor.on("create", () => dress(editor, label));
  if (kind === "body") countWords(editor, frame);
  for (const named of textarea.labels ?? []) named.addEventListener("click", () => editor.commands.focus());
  textarea.addEventListener("desk:write", (event) => editor.commands.setContent(event.detail, { emitUpdate: true }));
  followLanguage(textarea, editor);
}

/* The browser's spelling and the direction of writing follow the article's language. */
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

function followLanguage(textarea, editor) {
  const chosen = textarea.form?.elements.language;
  if (!chosen) return;
  const follow = () => {
    editor.view.dom.lang = chosen.value;
    editor.view.dom.dir = RIGHT_TO_LEFT.has(chosen.value) ? "rtl" : "ltr";
  };
  chosen.addEventListener("change", follow);
  editor.on("create", follow);
}

document.querySelectorAll("textarea[data-editor]").forEach(edit);
