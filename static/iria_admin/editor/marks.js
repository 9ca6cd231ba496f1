/* Attributes without buttons that imported articles have: language and direction of a passage, anchors
   of headings, titles of works. And a command that leaves only the text. */

import { Extension, Mark } from "django-prose-editor/editor";

export const kept = (name) => ({
  default: null,
  parseHTML: (element) => element.getAttribute(name),
  renderHTML: (attributes) => (attributes[name] ? { [name]: attributes[name] } : {}),
});

export const Kept = Extension.create({
  name: "kept",
  addGlobalAttributes() {
    return [
      { types: ["paragraph", "heading", "blockquote"], attributes: { lang: kept("lang"), dir: kept("dir") } },
      { types: ["heading"], attributes: { id: kept("id") } },
      { types: ["tableHeader"], attributes: { scope: kept("scope") } },
    ];
  },
});

export const Clear = Extension.create({
  name: "clear",

  addMenuItems({ menu }) {
    menu.defineItem({
      name: "clear",
      groups: "utility",
      command: (editor) => editor.chain().focus().unsetAllMarks().clearNodes().run(),
    });
  },
});

export const Passage = Mark.create({
  name: "passage",
  addAttributes: () => ({ lang: kept("lang"), dir: kept("dir") }),
  parseHTML: () => [{ tag: "span[lang]" }, { tag: "span[dir]" }],
  renderHTML: ({ HTMLAttributes }) => ["span", HTMLAttributes, 0],
});

export const Cite = Mark.create({
  name: "cite",
  parseHTML: () => [{ tag: "cite" }],
  renderHTML: () => ["cite", 0],
});
