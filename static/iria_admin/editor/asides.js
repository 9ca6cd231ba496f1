/* Boxes beside the story: a callout, and words of the text set large. */

import { Document as BaseDocument, Node, crel } from "django-prose-editor/editor";
import { register } from "editor/entries";
import { kept } from "editor/marks";

/* Only at the top of the text, as the server stores them. */
export const Document = BaseDocument.extend({ content: "(block | aside)+" });

/* The extension of a block `<aside data-NAME>`; with `repeatsWords` it takes over what is selected. */
export function aside(name, attribute, content, options = {}) {
  const command = `toggle${name[0].toUpperCase()}${name.slice(1)}`;
  return Node.create({
    name,
    group: "aside",
    content,
    defining: true,

    addAttributes: () => ({ lang: kept("lang"), dir: kept("dir") }),

    /* Readers' pages, from which text may be copied, have a class. */
    parseHTML: () => [{ tag: `aside[${attribute}]` }, { tag: `aside.${attribute.replace("data-", "")}` }],
    renderHTML: ({ HTMLAttributes }) => ["aside", { ...HTMLAttributes, [attribute]: "" }, 0],

    /* An aside of the text is no landmark of the form. */
    addNodeView: () => ({ node }) => {
      const dom = crel("aside", { role: "note", [attribute]: "", lang: node.attrs.lang ?? "", dir: node.attrs.dir ?? "" });
      return { dom, contentDOM: dom };
    },

    addCommands() {
      return {
        [command]: () => ({ editor, commands, state }) => {
          if (editor.isActive(name)) return commands.lift(name);
          const { $from, $to, empty } = state.selection;
          const words = empty ? "" : state.doc.textBetween($from.pos, $to.pos, " ").trim();
          if (options.repeatsWords && words && $from.depth) return commands.insertContentAt($from.before(1), filled(name, words));
          return commands.wrapIn(name) || commands.insertContentAt($to.depth ? $to.after(1) : $to.pos, filled(name));
        },
      };
    },

    addMenuItems({ menu }) {
      menu.defineItem({
        name,
        groups: "insert",
        command: (editor) => editor.commands[command](),
        active: (editor) => editor.isActive(name),
      });
    },
  });
}

function filled(type, text) {
  return { type, content: [{ type: "paragraph", content: text ? [{ type: "text", text }] : [] }] };
}

register({
  extensions: [
    aside("pullQuote", "data-pull-quote", "paragraph+", { repeatsWords: true }),
    aside("callout", "data-callout", "(paragraph | heading | bulletList | orderedList)+"),
  ],
  entries: {
    pullQuote: { menu: "insert", label: "Pull quote", icon: "pull-quote", hint: "Words of the text, set large", words: "highlight" },
    callout: { menu: "insert", label: "Callout", icon: "callout", hint: "A box beside the story", words: "box aside note" },
  },
});
