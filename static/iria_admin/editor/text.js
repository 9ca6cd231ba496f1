/* Headings, quotes and code. */

import { Blockquote, CodeBlock, Heading } from "django-prose-editor/editor";
import { modifier, register } from "editor/entries";

const LEVELS = [2, 3, 4];

/* AltGr is Ctrl and Alt to the browser, and writes a character. */
const unlessAltGr = (command) => () => !globalThis.event?.getModifierState?.("AltGraph") && command();

const Headings = Heading.extend({
  addKeyboardShortcuts() {
    return Object.fromEntries(LEVELS.map((level) => [
      `Mod-Alt-${level}`, unlessAltGr(() => this.editor.commands.toggleHeading({ level })),
    ]));
  },
}).configure({ levels: LEVELS });

register({
  extensions: [Headings, Blockquote, CodeBlock],
  entries: {
    paragraph: { menu: "style", label: "Paragraph", icon: "paragraph", keys: `${modifier}Alt+0` },
    heading2: {
      menu: "style", slash: true, label: "Heading 2", icon: "heading-2", keys: `${modifier}Alt+2`, typed: "##", words: "title section",
    },
    heading3: {
      menu: "style", slash: true, label: "Heading 3", icon: "heading-3", keys: `${modifier}Alt+3`, typed: "###", words: "title subheading",
    },
    heading4: { menu: "style", label: "Heading 4", icon: "heading-4", keys: `${modifier}Alt+4`, typed: "####" },
    blockquote: { slash: true, label: "Quote", icon: "quote", typed: ">", words: "blockquote citation" },
  },
});
