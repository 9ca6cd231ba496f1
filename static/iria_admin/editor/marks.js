/* Attributes without buttons that imported articles have: language and direction of a passage, anchors
   of headings, titles of works. */

import { Extension, Mark } from "django-prose-editor/editor";

const kept = (name) => ({
  default: null,
  parseHTML: (element) => element.getAttribute(name),
  renderHTML: (attributes) => (attributes[name] ? { [name]: attributes[name] } : {}),
});

export const Kept = Extension.create({
  name: "kept",
  addGlobalAttributes() {
    return [
      { types: ["paragraph", "heading", "blockquote", "callout", "pullQuote"], attributes: { lang: kept("lang"), dir: kept("dir") } },
      { types: ["heading"], attributes: { id: kept("id") } },
      { types: ["tableHeader"], attributes: { scope: kept("scope") } },
    ];
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
