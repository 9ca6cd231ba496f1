/* Keys for headings, and a command that leaves only the text. */

import { Extension } from "django-prose-editor/editor";

/* AltGr is Ctrl and Alt to the browser, and writes a character. */
const unlessAltGr = (command) => () => !globalThis.event?.getModifierState?.("AltGraph") && command();

export const headingKeys = (Heading, levels) => Heading.extend({
  addKeyboardShortcuts() {
    return Object.fromEntries(levels.map((level) => [
      `Mod-Alt-${level}`, unlessAltGr(() => this.editor.commands.toggleHeading({ level })),
    ]));
  },
}).configure({ levels });

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
