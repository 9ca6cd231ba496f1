/* Footnotes in pasted text become footnotes at their mark. Each program writes them below the text. */

const SIGN = /^\s*\[?[0-9ivx*]{1,5}\]?[.)]?\s+/i;
const BACK = "[role=doc-backlink], .footnote-back, .footnote-backref, a.sdfootnotesym, a.sdendnotesym, a[href*='#_ftnref'], "
  + "a[href*='#_ednref'], a[href*='#ftnt_ref'], a[href*='#fnref']";

export function placeNotes(page) {
  const notes = takeNotes(page);
  if (!notes.size) return;
  for (const link of page.querySelectorAll("a[href*='#']")) {
    const note = notes.get(link.getAttribute("href").replace(/^.*#/, ""));
    if (!note) continue;
    const mark = page.createElement("span");
    mark.dataset.footnote = note;
    const raised = link.closest("sup");
    (raised?.textContent.trim() === link.textContent.trim() ? raised : link).replaceWith(mark);
  }
}

/* What the mark of a note links to → the text of the note. */
function takeNotes(page) {
  const notes = new Map();
  const take = (anchor, box) => {
    for (const back of box.querySelectorAll(BACK)) back.remove();
    const text = box.textContent.replace(/\s+/g, " ");
    notes.set(anchor, text.replace(SIGN, "").trim());
    box.remove();
  };
  /* Word: <div id="ftn1">, linked as #_ftn1 */
  for (const box of page.querySelectorAll("div[id^='ftn'], div[id^='edn']")) take(`_${box.id}`, box);
  for (const list of page.querySelectorAll("[data-style*='footnote-list'], [data-style*='endnote-list']")) {
    if (!list.textContent.trim()) list.remove();
  }
  /* LibreOffice: <div id="sdfootnote1">, linked as #sdfootnote1sym */
  for (const box of page.querySelectorAll("div[id^='sdfootnote'], div[id^='sdendnote']")) take(`${box.id}sym`, box);
  /* Google Docs: <div><p><a id="ftnt1" href="#ftnt_ref1">; Word without boxes: <p><a name="_ftn1" href="#_ftnref1">;
     both below a line */
  for (const back of page.querySelectorAll("a[id^='ftnt']:not([id^='ftnt_ref']), a:is([name^='_ftn'], [name^='_edn']):not([name*='ref'])")) {
    const box = (back.id && back.closest("div")) || back.closest("p") || back;
    if (box.previousElementSibling?.localName === "hr") box.previousElementSibling.remove();
    take(back.id || back.name, box);
  }
  /* Web pages: a list with the role of endnotes */
  for (const section of page.querySelectorAll("[role=doc-endnotes], .footnotes")) {
    for (const item of section.querySelectorAll("li[id]")) take(item.id, item);
    if (!section.querySelector("li")) section.remove();
  }
  return notes;
}
