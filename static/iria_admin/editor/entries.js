/* What the menus of the editor offer: label, icon, and for the slash menu a hint and more words to find
   it by. What an entry does is defined by its extension (`addMenuItems`) under the same name. */

import { crel } from "django-prose-editor/editor";

const modifier = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl+";
const SVG = "http://www.w3.org/2000/svg";

export const ENTRIES = {
  paragraph: { label: "Paragraph", icon: "paragraph", keys: `${modifier}Alt+0` },
  heading2: { label: "Heading 2", icon: "heading-2", keys: `${modifier}Alt+2`, typed: "##", words: "title section" },
  heading3: { label: "Heading 3", icon: "heading-3", keys: `${modifier}Alt+3`, typed: "###", words: "title subheading" },
  heading4: { label: "Heading 4", icon: "heading-4", keys: `${modifier}Alt+4`, typed: "####" },
  bold: { label: "Bold", icon: "bold", keys: `${modifier}B` },
  italic: { label: "Italic", icon: "italic", keys: `${modifier}I` },
  strike: { label: "Strikethrough", icon: "strikethrough" },
  subscript: { label: "Subscript", icon: "subscript" },
  superscript: { label: "Superscript", icon: "footnote" },
  link: { label: "Link", icon: "link", keys: `${modifier}K` },
  unlink: { label: "Remove link", icon: "unlink" },
  bulletList: { label: "Bulleted list", icon: "bulleted-list", typed: "-", words: "unordered points" },
  orderedList: { label: "Numbered list", icon: "numbered-list", typed: "1.", words: "ordered" },
  blockquote: { label: "Quote", icon: "quote", typed: ">", words: "blockquote citation" },
  picture: { label: "Image", icon: "image", hint: "Upload or choose from the library", words: "photo upload" },
  gallery: { label: "Gallery", icon: "gallery", hint: "Several images with one caption", words: "images photos" },
  pullQuote: { label: "Pull quote", icon: "pull-quote", hint: "Words of the text, set large", words: "highlight" },
  callout: { label: "Callout", icon: "callout", hint: "A box beside the story", words: "box aside note" },
  embed: { label: "Embed", icon: "embed", hint: "Video, post or map", words: "youtube vimeo link card" },
  file: { label: "File", icon: "page", hint: "PDF or audio", words: "pdf audio document download attachment" },
  table: { label: "Table", icon: "table", hint: "With a header row", words: "rows columns" },
  footnote: { label: "Footnote", icon: "footnote", keys: `${modifier}Alt+F`, words: "note reference source" },
  horizontalRule: { label: "Divider", icon: "divider", typed: "---", words: "rule line separator" },
  "table:addRowAfter": { label: "Add row below" },
  "table:addColumnAfter": { label: "Add column after" },
  "table:toggleHeaderCell": { label: "Header cell on or off" },
  "table:mergeCells": { label: "Merge cells" },
  "table:splitCell": { label: "Split cell" },
  "table:deleteRow": { label: "Delete row" },
  "table:deleteColumn": { label: "Delete column" },
  "table:deleteTable": { label: "Delete table" },
  "history:undo": { label: "Undo", icon: "undo", keys: `${modifier}Z` },
  "history:redo": { label: "Redo", icon: "redo", keys: `${modifier}Shift+Z` },
  find: { label: "Find and replace", icon: "find", keys: `${modifier}Shift+H` },
  html: { label: "HTML source", icon: "source" },
  fullscreen: { label: "Full screen", icon: "full-screen", keys: "F11" },
  clear: { label: "Clear formatting", icon: "clear" },
};

export const STYLES = ["paragraph", "heading2", "heading3", "heading4"];
export const INSERT = [
  "picture", "gallery", "pullQuote", "callout", "embed", "file", "table", "footnote", "horizontalRule",
];
export const SLASH = [
  "picture", "gallery", "heading2", "heading3", "blockquote", "pullQuote", "callout", "bulletList",
  "orderedList", "embed", "file", "table", "footnote", "horizontalRule",
];
export const TABLE = Object.keys(ENTRIES).filter((name) => name.startsWith("table:"));
export const MORE = ["find", "html", "fullscreen", "strike", "subscript", "superscript", "unlink", "clear"];

const GROUPS = "headings blockType nodes lists marks link insert table history utility";
const definitions = new WeakMap();

/* The definition of an entry, or undefined if this editor does not have it. */
export function definition(editor, name) {
  if (!definitions.has(editor)) {
    const items = editor.storage.menu.menu.items(GROUPS);
    definitions.set(editor, new Map(items.map((item) => [item.name, item])));
  }
  return definitions.get(editor).get(name);
}

export function run(editor, name) {
  const item = definition(editor, name);
  editor.view.focus();
  if (item.enabled(editor)) item.command(editor);
}

/* An icon of static/iria_admin/icons.svg; the text area knows its URL. */
export function icon(editor, name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "adm-icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${editor.options.element.querySelector("textarea").dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

export function label(textContent) {
  return crel("span", { className: "admin-tool-label", textContent });
}
