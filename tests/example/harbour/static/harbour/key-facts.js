import { aside } from "editor/asides";
import { register } from "editor/entries";

register({
  extensions: [aside("keyFacts", "data-key-facts", "(paragraph | bulletList | orderedList)+")],
  entries: { keyFacts: { menu: "insert", label: "Key facts", icon: "callout", words: "numbers box" } },
});
