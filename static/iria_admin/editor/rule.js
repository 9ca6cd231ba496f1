/* A line between parts of a text. */

import { HorizontalRule } from "django-prose-editor/editor";
import { register } from "editor/entries";

register({
  extensions: [HorizontalRule],
  entries: {
    horizontalRule: { menu: "insert", label: "Divider", icon: "divider", typed: "---", words: "rule line separator" },
  },
});
