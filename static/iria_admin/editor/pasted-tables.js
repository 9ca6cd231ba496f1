/* Tables in pasted text get a header row where the source shows one; a table of one cell was only a frame. */

import { rename } from "editor/pasted-elements";

const BOLD = /font-weight:\s*(bold|[6-9]00)/i;

export function tidyTables(page) {
  for (const table of page.querySelectorAll("table")) {
    const cells = [...table.querySelectorAll("td, th")];
    if (cells.length === 1) {
      table.replaceWith(...cells[0].childNodes);
      continue;
    }
    for (const cell of table.querySelectorAll("thead td")) rename(cell, "th");
    const first = [...(table.querySelector("tr")?.children ?? [])];
    if (table.rows.length > 1 && first.some((cell) => cell.textContent.trim()) && first.every((cell) => cell.localName === "td" && isBold(cell))) {
      for (const cell of first) rename(cell, "th");
    }
    for (const strong of table.querySelectorAll("th :is(b, strong)")) strong.replaceWith(...strong.childNodes);
    for (const styled of table.querySelectorAll("th [data-style]")) styled.dataset.style = styled.dataset.style.replace(BOLD, "");
  }
}

/* Whether every word of the cell is bold; the corner of a table is often empty. */
function isBold(cell) {
  const walker = cell.ownerDocument.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const bold = text.parentElement.closest("b, strong, [data-style*='font-weight']");
    if (!text.data.trim()) continue;
    if (!bold || !cell.contains(bold) || (bold.dataset.style?.includes("font-weight") && !BOLD.test(bold.dataset.style))) return false;
  }
  return true;
}
