/* Converts text pasted from Word, Google Docs or a web page.
   The server does the same (articles/body/paste_formats.py); here it is done so that the editor shows at
   once what will be saved. */

import { Extension, Plugin } from "django-prose-editor/editor";

const RENAMED = { H1: "h2", H5: "h4", H6: "h4", STRIKE: "s", DEL: "s" };
const MARKER = /mso-list:\s*ignore/i;
const COUNTED = /^\(?([0-9]{1,3}|[a-z]|[ivx]{1,5})[.)]/i;
const TAG = /<[a-z](?:"[^"]*"|'[^']*'|[^"'>])*>/gi;
const ATTRIBUTE = /([^\s=>"'/]+)(\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))/g;
const STYLED = [
  [/font-weight:\s*(bold|[6-9]00)/, "strong"],
  [/font-style:\s*(italic|oblique)/, "em"],
  [/vertical-align:\s*super/, "sup"],
  [/vertical-align:\s*sub(?!\w)/, "sub"],
];

/* Markup without anything that the CSP would block while it is parsed: styles become data attributes;
   handlers, scripts and comments are removed. */
export function tamed(html) {
  return html
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<(script|style|title|xml)\b[\s\S]*?<\/\1\s*>/gi, "")
    .replace(/<(link|meta|base)\b[^>]*>/gi, "")
    .replace(TAG, (tag) => tag.replace(ATTRIBUTE, (whole, name, value) =>
      (/^(on.+|style)$/i.test(name) ? `data-${name}${value}` : whole)));
}

export function tidied(html) {
  const page = new DOMParser().parseFromString(tamed(html), "text/html");
  const notes = takeNotes(page.body);
  for (const link of page.querySelectorAll("a[href*='#_ftn'], a[href*='#_edn']")) {
    const note = notes.get(link.getAttribute("href").replace(/^.*#_/, ""));
    if (!note) continue;
    const mark = page.createElement("span");
    mark.dataset.footnote = note;
    link.replaceWith(mark);
  }
  makeLists(page);
  readStyles(page);
  for (const element of page.querySelectorAll(Object.keys(RENAMED).join(","))) rename(element, RENAMED[element.nodeName]);
  for (const empty of page.querySelectorAll("p, h2, h3, h4")) {
    if (!empty.textContent.trim() && !empty.querySelector("[data-footnote], [data-image], [data-embed]")) empty.remove();
  }
  return page.body.innerHTML;
}

function rename(element, name) {
  const renamed = element.ownerDocument.createElement(name);
  renamed.append(...element.childNodes);
  element.replaceWith(renamed);
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
function makeLists(page) {
  let list = null;
  for (const paragraph of page.querySelectorAll("p")) {
    const marker = [...paragraph.querySelectorAll("span")].find((span) => MARKER.test(span.dataset.style ?? ""));
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

/* Google Docs uses styles instead of elements. */
function readStyles(page) {
  for (const element of page.querySelectorAll("b[data-style*='font-weight:normal']")) {
    element.replaceWith(...element.childNodes);
  }
  for (const span of page.querySelectorAll("span[data-style]")) {
    for (const [pattern, name] of STYLED) {
      if (!pattern.test(span.dataset.style)) continue;
      const mark = page.createElement(name);
      mark.append(...span.childNodes);
      span.append(mark);
    }
  }
}

export const Pasting = Extension.create({
  name: "pasting",
  addProseMirrorPlugins: () => [new Plugin({ props: { transformPastedHTML: tidied } })],
});
