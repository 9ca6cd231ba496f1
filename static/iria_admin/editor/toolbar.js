/* The row of buttons above the editor: its groups, its words, and what it tells those who hear it. */

const modifier = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl+";

const WORDS = {
  paragraph: "Paragraph",
  heading2: "Heading",
  heading3: "Heading, one rank lower",
  heading4: "Heading, two ranks lower",
  bold: `Bold (${modifier}B)`,
  italic: `Italic (${modifier}I)`,
  strike: "Struck out",
  subscript: "Below the line",
  superscript: "Above the line",
  link: `Link (${modifier}K)`,
  unlink: "Take the link away",
  bulletList: "List",
  orderedList: "Numbered list",
  blockquote: "Quotation",
  horizontalRule: "Line between two parts",
  table: "Table",
  picture: "Picture",
  gallery: "Gallery: several pictures side by side",
  embed: "From another site",
  footnote: `Footnote (${modifier}Alt+F)`,
  "history:undo": `Undo (${modifier}Z)`,
  "history:redo": `Redo (${modifier}Shift+Z)`,
  html: "See and change the HTML",
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
  bar.setAttribute("aria-label", `Form of the ${label.toLowerCase()}`);
  const buttons = [...bar.querySelectorAll("button[data-name]")];
  for (const button of buttons) {
    const words = WORDS[button.dataset.name] ?? button.title;
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
