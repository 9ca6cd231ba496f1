/* Text pasted from Word, Google Docs or a web page, made into what the editor knows.
   The server understands the same (articles/body/pasting.py); here it is done so that the editor
   shows at once what will be kept. */

import { Extension, Plugin } from "django-prose-editor/editor";

const RENAMED = { H1: "h2", H5: "h4", H6: "h4", STRIKE: "s", DEL: "s" };
const MARKER = /mso-list:\s*ignore/i;
const COUNTED = /^\(?([0-9]{1,3}|[a-z]|[ivx]{1,5})[.)]/i;

export function tidied(html) {
  const page = new DOMParser().parseFromString(html.replace(/<!--[\s\S]*?-->/g, ""), "text/html");
  const notes = takeNotes(page.body);
  for (const link of page.querySelectorAll("a[href*='#_ftn'], a[href*='#_edn']")) {
    const note = notes.get(link.getAttribute("href").replace(/^.*#_/, ""));
    if (!note) continue;
    const mark = page.createElement("span");
    mark.dataset.footnote = note;
    link.replaceWith(mark);
  }
  listsOf(page);
  for (const element of page.querySelectorAll(Object.keys(RENAMED).join(","))) {
    const renamed = page.createElement(RENAMED[element.nodeName]);
    renamed.append(...element.childNodes);
    element.replaceWith(renamed);
  }
  for (const empty of page.querySelectorAll("p, h2, h3, h4")) {
    if (!empty.textContent.trim() && !empty.querySelector("img, [data-footnote], [data-image]")) empty.remove();
  }
  return page.body.innerHTML;
}

/* Word writes its footnotes below the text, each in a box of its own. */
function takeNotes(body) {
  const notes = new Map();
  for (const box of body.querySelectorAll("div[id^='ftn'], div[id^='edn']")) {
    notes.set(box.id, box.textContent.replace(/\s+/g, " ").trim().replace(/^\[?[0-9ivx]{1,5}\]?[.)]?\s+/i, ""));
    box.remove();
  }
  return notes;
}

/* Word writes its lists as paragraphs with a bullet or a number in front. */
function listsOf(page) {
  let list = null;
  for (const paragraph of page.querySelectorAll("p")) {
    const marker = [...paragraph.querySelectorAll("span")].find((span) => MARKER.test(span.getAttribute("style") ?? ""));
    if (!marker) continue;
    const kind = COUNTED.test(marker.textContent.trim()) ? "ol" : "ul";
    marker.remove();
    const item = page.createElement("li");
    item.append(...paragraph.childNodes);
    if (list?.localName !== kind || list.nextElementSibling !== paragraph) {
      list = page.createElement(kind);
      paragraph.before(list);
    }
    list.append(item);
    paragraph.remove();
  }
}

export const Pasting = Extension.create({
  name: "pasting",
  addProseMirrorPlugins: () => [new Plugin({ props: { transformPastedHTML: tidied } })],
});
