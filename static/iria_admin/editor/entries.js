/* What the menus of the editor offer: label, icon, and for the slash menu a hint and more words to find
   it by. What an entry does is defined by its extension (`addMenuItems`) under the same name. Blocks register theirs. */

import { crel } from "django-prose-editor/editor";

export const modifier = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl+";
const SVG = "http://www.w3.org/2000/svg";

export const ENTRIES = {
  bold: { label: "Bold", icon: "bold", keys: `${modifier}B` },
  italic: { label: "Italic", icon: "italic", keys: `${modifier}I` },
  strike: { label: "Strikethrough", icon: "strikethrough" },
  subscript: { label: "Subscript", icon: "subscript" },
  superscript: { label: "Superscript", icon: "footnote" },
  link: { label: "Link", icon: "link", keys: `${modifier}K` },
  unlink: { label: "Remove link", icon: "unlink" },
  "history:undo": { label: "Undo", icon: "undo", keys: `${modifier}Z` },
  "history:redo": { label: "Redo", icon: "redo", keys: `${modifier}Shift+Z` },
  find: { label: "Find and replace", icon: "find", keys: `${modifier}Shift+H` },
  html: { label: "HTML source", icon: "source" },
  fullscreen: { label: "Full screen", icon: "full-screen", keys: "F11" },
  clear: { label: "Clear formatting", icon: "clear" },
};

export const MENUS = {
  style: [],
  insert: [],
  table: [],
  more: ["find", "html", "fullscreen", "strike", "subscript", "superscript", "unlink", "clear"],
};
export const SLASH = [];
export const EXTENSIONS = [];
/* Nodes that are content without a word. */
export const WORDLESS = new Set();

/* What a block adds to the editor of a text. Its module calls this when it is loaded: the page has the modules of all
   blocks that articles/body/registry.py knows, in its order.
   An entry has `menu` (style, insert or table), and `slash` if the slash menu has it too, as it has all of insert. */
export function register({ extensions, entries = {}, wordless = [] }) {
  EXTENSIONS.push(...extensions);
  for (const name of wordless) WORDLESS.add(name);
  for (const [name, entry] of Object.entries(entries)) {
    ENTRIES[name] = entry;
    if (entry.menu) MENUS[entry.menu].push(name);
    if (entry.slash || entry.menu === "insert") SLASH.push(name);
  }
}

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
  svg.setAttribute("class", "admin-icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${editor.options.element.querySelector("textarea").dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

export function label(textContent) {
  return crel("span", { className: "admin-tool-label", textContent });
}
