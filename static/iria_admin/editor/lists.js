/* Lists, numbered as one types. Letters have them too. */

import { BulletList, ListItem, OrderedList, wrappingInputRule } from "django-prose-editor/editor";
import { register } from "editor/entries";

/* “1. ” begins a list, which the library leaves out; a year at the start of a line does not. */
const NumberedList = OrderedList.extend({
  /* Readers see numbers only (articles/body/blocks/text.py). */
  addAttributes() {
    return { start: this.parent().start };
  },

  addInputRules() {
    return [wrappingInputRule({ find: /^1\.\s$/, type: this.type })];
  },
});

export const LISTS = [BulletList, ListItem, NumberedList];

register({
  extensions: LISTS,
  entries: {
    bulletList: { slash: true, label: "Bulleted list", icon: "bulleted-list", typed: "-", words: "unordered points" },
    orderedList: { slash: true, label: "Numbered list", icon: "numbered-list", typed: "1.", words: "ordered" },
  },
});
