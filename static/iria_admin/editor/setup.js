/* Turns text areas with `data-editor` into editors. Without this script they show the HTML itself.
   The editor's own start script is not used, because it adds a style element to the page, which the CSP
   blocks; static/iria_admin/editor.css has these styles. */

import {
  Blockquote, Bold, BulletList, Code, CodeBlock, Document, Dropcursor, Editor, Gapcursor, HardBreak, Heading,
  History, HorizontalRule, Italic, ListItem, Menu, Paragraph, Placeholder, Strike, Subscript,
  Superscript, TableCell, TableHeader, TableRow, Text, TrailingNode, Underline, crel, getHTMLFromFragment, pm,
} from "django-prose-editor/editor";
import { Callout, Document as BodyDocument, PullQuote } from "editor/asides";
import { Bubble } from "editor/bubble";
import { Clear, NumberedList, headingKeys } from "editor/formatting";
import { Clicking } from "editor/clicking";
import { Embed } from "editor/embed";
import { File } from "editor/file";
import { Find } from "editor/find";
import { Footnote } from "editor/footnote";
import { FullScreen } from "editor/full-screen";
import { Gallery, GalleryCaption } from "editor/gallery";
import { followKeyboard } from "editor/keyboard-room";
import { Link } from "editor/link";
import { Cite, Kept, Passage } from "editor/marks";
import { Pasting } from "editor/pasting";
import { Picture } from "editor/picture";
import { Slash } from "editor/slash";
import { Source } from "editor/source";
import { Table } from "editor/table";
import { BODY, CAPTION, LETTER, dress, parts } from "editor/toolbar";
import { Uploads } from "editor/uploads";
import { countWords } from "editor/word-count";

const COMMON = [Paragraph, Text, Bold, Italic, Subscript, Superscript, Link, History];
const toolbar = (groups) => Menu.configure({ cssClass: "admin-toolbar", items: parts(groups) });

const KINDS = {
  body: () => [
    ...COMMON, BodyDocument, Blockquote, Bubble, BulletList, Callout, Cite, Clear, Clicking, Code, CodeBlock, Dropcursor, Embed,
    File, Find, Footnote, FullScreen, Gallery, GalleryCaption, Gapcursor, HardBreak, headingKeys(Heading, [2, 3, 4]), HorizontalRule,
    Kept, ListItem, NumberedList, Passage, Pasting, Picture, PullQuote, Slash, Source, Strike, Table, TableCell, TableHeader,
    TableRow, TrailingNode, Underline, Uploads, toolbar(BODY),
    Placeholder.configure({ placeholder: "Write here, or press / for images, quotes and more" }),
  ],
  letter: () => [...COMMON, Document, BulletList, HardBreak, ListItem, NumberedList, toolbar(LETTER)],
  caption: () => [...COMMON, Document, toolbar(CAPTION)],
};

/* The editor considers a text without characters empty; an image without caption is not empty. */
const WORDLESS = new Set(["picture", "embed", "file"]);

function isBlank(editor) {
  let blank = editor.isEmpty;
  if (blank) editor.state.doc.descendants((node) => { blank &&= !WORDLESS.has(node.type.name); });
  return blank;
}

/* Only the block that changed is written again: in a profile 1 ms a key instead of 21, with 20,000 words. */
const written = new WeakMap();

function htmlOf({ schema, state }) {
  let html = "";
  state.doc.forEach((block) => {
    if (!written.has(block)) written.set(block, getHTMLFromFragment(pm.model.Fragment.from(block), schema));
    html += written.get(block);
  });
  return html;
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
    onUpdate: ({ editor: changed }) => {
      textarea.value = isBlank(changed) ? "" : htmlOf(changed);
      textarea.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  editor.on("create", () => dress(editor, label));
  if (kind === "body") {
    countWords(editor, frame);
    followKeyboard(frame);
  }
  for (const named of textarea.labels ?? []) named.addEventListener("click", () => editor.commands.focus());
  textarea.addEventListener("desk:write", (event) => editor.commands.setContent(event.detail, { emitUpdate: true }));
  editor.on("create", () => followLanguage(textarea.form, editor.view.dom));
}

/* The browser's spelling and the direction of writing follow the article's language. */
const rightToLeft = document.querySelector("[data-right-to-left]")?.dataset.rightToLeft.split(" ") ?? [];

function followLanguage(form, field) {
  const chosen = form?.elements.language;
  if (!chosen) return;
  const follow = () => {
    field.lang = chosen.value;
    field.dir = rightToLeft.includes(chosen.value) ? "rtl" : "ltr";
  };
  chosen.addEventListener("change", follow);
  follow();
}

document.querySelectorAll("textarea[data-editor]").forEach(edit);
for (const field of document.querySelectorAll("#article_form textarea:not([data-editor])")) followLanguage(field.form, field);
