/* The toolbar of an editor in one row: buttons, and menus for the rest. One stop for the Tab key. */

import { crel } from "django-prose-editor/editor";
import { ENTRIES, MENUS, definition, icon, run } from "editor/entries";
import { moveFocus } from "editor/popup";
import { MenuButton } from "editor/toolbar-menu";

const TOGGLES = new Set(["bold", "italic", "link", "bulletList", "orderedList", "blockquote", "subscript", "superscript"]);
/* Without room they are under “more” only. */
const WIDE = new Set(["orderedList", "history:undo", "history:redo"]);
const UNDER_MORE = ["history:undo", "history:redo", "orderedList"];

export const BODY = [
  [{ name: "style", title: "Style", entries: MENUS.style, chosen: true }],
  ["bold", "italic", "link"],
  ["bulletList", "orderedList", "blockquote"],
  [{ name: "insert", title: "Insert", icon: "plus", text: "Insert", entries: MENUS.insert }],
  [{ name: "table", title: "Table", icon: "table", entries: MENUS.table, within: "table" }],
  [{ name: "more", title: "More", icon: "ellipsis", entries: MENUS.more, narrow: UNDER_MORE }],
  ["history:undo", "history:redo"],
];
export const LETTER = [
  ["bold", "italic", "subscript", "superscript"], ["link"], ["bulletList", "orderedList"], ["history:undo", "history:redo"],
];
export const CAPTION = [["bold", "italic", "subscript", "superscript"], ["link"]];

/* The parts of the bar, for `Menu.configure({ items })`. */
export function parts(groups) {
  return ({ editor }) => groups.map((group) => crel("div", { className: "admin-tools" },
    group.map((each) => (typeof each === "string" ? tool(editor, each) : new MenuButton(editor, each).dom))));
}

export function tool(editor, name) {
  const { label: words, icon: shown, keys } = ENTRIES[name];
  const button = crel("button", {
    type: "button", className: "admin-tool", title: keys ? `${words} (${keys})` : words, "aria-label": words,
    "data-entry": name,
  }, [icon(editor, shown)]);
  button.classList.toggle("admin-wide-only", WIDE.has(name));
  button.addEventListener("mousedown", (event) => event.preventDefault()); /* the text keeps its selection */
  button.addEventListener("click", () => run(editor, name));
  editor.on("transaction", () => tell(editor, button, name));
  return button;
}

function tell(editor, button, name) {
  const item = definition(editor, name);
  if (TOGGLES.has(name) || name === "heading2") button.setAttribute("aria-pressed", String(Boolean(item.active(editor))));
  button.setAttribute("aria-disabled", String(!item.enabled(editor)));
}

export function dress(editor, name) {
  const bar = editor.storage.menu.dom;
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", `Formatting of the ${name.toLowerCase()}`);
  const tools = [...bar.querySelectorAll(".admin-tool")];
  for (const each of tools) each.tabIndex = each === tools[0] ? 0 : -1;
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.target.closest("[popover]")) editor.view.focus();
    else if (!event.target.closest("[popover]")) moveFocus(event, tools, arrows(bar));
  });
}

export function arrows(element) {
  return getComputedStyle(element).direction === "rtl" ? ["ArrowRight", "ArrowLeft"] : ["ArrowLeft", "ArrowRight"];
}
