/* Keys for headings, numbered lists as one types, and a command that leaves only the text. */

import { Extension, OrderedList, wrappingInputRule } from "django-prose-editor/editor";

/* AltGr is Ctrl and Alt to the browser, and writes a character. */
const unlessAltGr = (command) => () => !globalThis.event?.getModifierState?.("AltGraph") && command();

export const headingKeys = (Heading, levels) => Heading.extend({
  addKeyboardShortcuts() {
    return Object.fromEntries(levels.map((level) => [
      `Mod-Alt-${level}`, unlessAltGr(() => this.editor.commands.toggleHeading({ level })),
    ]));
  },
}).configure({ levels });

/* “1. ” begins a list, which the library leaves out; a year at the start of a line does not. */
export const NumberedList = OrderedList.extend({
  /* Readers see numbers only (articles/body/sanitiser.py). */
  addAttributes() {
    return { start: this.parent().start };
  },

  addInputRules() {
    return [wrappingInputRule({ find: /^1\.\s$/, type: this.type })];
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
