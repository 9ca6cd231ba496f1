/* Turns text areas with `data-editor` into editors. Without this script they show the HTML itself.
   The editor's own start script is not used, because it adds a style element to the page, which the CSP
   blocks; static/iria_admin/editor.css has these styles. */

import {
  Bold, Code, Document, Dropcursor, Editor, Gapcursor, HardBreak, History, Italic, Menu, Paragraph, Placeholder, Strike,
  Subscript, Superscript, Text, TrailingNode, Underline, crel, getHTMLFromFragment, pm,
} from "django-prose-editor/editor";
import { Document as BodyDocument } from "editor/asides";
import { Bubble } from "editor/bubble";
import { EXTENSIONS, WORDLESS } from "editor/entries";
import { Clicking, FullScreen, Source, countWords, followKeyboard } from "editor/extensions";
import { Find } from "editor/find";
import { Link } from "editor/link";
import { LISTS } from "editor/lists";
import { Cite, Clear, Kept, Passage } from "editor/marks";
import { Pasting } from "editor/pasting";
import { Slash } from "editor/slash";
import { BODY, CAPTION, LETTER, dress, parts } from "editor/toolbar";
import { Uploads } from "editor/uploads";

const COMMON = [Paragraph, Text, Bold, Italic, Subscript, Superscript, Link, History];
const toolbar = (groups) => Menu.configure({ cssClass: "admin-toolbar", items: parts(groups) });

const KINDS = {
  body: () => [
    ...COMMON, BodyDocument, ...EXTENSIONS, Bubble, Cite, Clear, Clicking, Code, Dropcursor, Find, FullScreen, Gapcursor, HardBreak,
    Kept, Passage, Pasting, Slash, Source, Strike, TrailingNode, Underline, Uploads, toolbar(BODY),
    Placeholder.configure({ placeholder: "Write here, or press / for images, quotes and more" }),
  ],
  letter: () => [...COMMON, Document, HardBreak, ...LISTS, toolbar(LETTER)],
  caption: () => [...COMMON, Document, toolbar(CAPTION)],
};

/* The editor considers a text without characters empty; an image without caption is not empty. */
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
