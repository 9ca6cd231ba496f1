/* The toolbar of the editor: groups, labels and accessibility. */

const modifier = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl+";

const LABELS = {
  paragraph: "Paragraph",
  heading2: "Heading",
  heading3: "Subheading",
  heading4: "Small heading",
  bold: `Bold (${modifier}B)`,
  italic: `Italic (${modifier}I)`,
  strike: "Strikethrough",
  subscript: "Subscript",
  superscript: "Superscript",
  link: `Link (${modifier}K)`,
  unlink: "Remove link",
  bulletList: "Bulleted list",
  orderedList: "Numbered list",
  blockquote: "Quote",
  horizontalRule: "Separator",
  table: "Table",
  picture: "Image",
  gallery: "Gallery",
  embed: "Embed",
  file: "File",
  footnote: `Footnote (${modifier}Alt+F)`,
  "history:undo": `Undo (${modifier}Z)`,
  "history:redo": `Redo (${modifier}Shift+Z)`,
  find: `Find and replace (${modifier}Shift+H)`,
  html: "HTML source",
  fullscreen: "Full screen",
};

export const GROUPS = [
  { group: "headings" },
  { group: "marks" },
  { group: "link" },
  { group: "lists" },
  { group: "insert" },
  { group: "table" },
  { group: "history" },
  { group: "utility" },
];

export function dress(editor, label) {
  const bar = editor.storage.menu?.dom;
  if (!bar) return;
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", `Formatting of the ${label.toLowerCase()}`);
  const buttons = [...bar.querySelectorAll("button[data-name]")];
  for (const button of buttons) {
    const words = LABELS[button.dataset.name] ?? button.title;
    button.title = words;
    button.setAttribute("aria-label", words.replace(/ \(.*\)$/, ""));
    button.tabIndex = button === buttons[0] ? 0 : -1;
  }
  bar.addEventListener("keydown", (event) => step(event, buttons));
  const tell = () => {
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.classList.contains("active")));
      button.setAttribute("aria-disabled", String(button.classList.contains("disabled")));
    }
  };
  editor.on("transaction", tell);
  tell();
}

/* One stop for the Tab key, arrows from button to button. */
function step(event, buttons) {
  const steps = { ArrowRight: 1, ArrowLeft: -1 };
  if (!(event.key in steps)) return;
  const shown = buttons.filter((button) => button.offsetParent);
  const here = shown.indexOf(document.activeElement);
  if (here === -1) return;
  event.preventDefault();
  const next = shown[(here + steps[event.key] + shown.length) % shown.length];
  for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
  next.focus();
}
