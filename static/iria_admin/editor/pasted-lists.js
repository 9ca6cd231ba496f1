/* Lists in pasted text. */

const MARKER = /mso-list:\s*ignore/i;
const LEVEL = /mso-list:[^;]*level([1-9])/i;
const COUNTED = /^\(?([0-9]{1,3}|[a-z]|[ivx]{1,5})[.)]/i;

/* Word writes the items of a list as paragraphs with a bullet or a number in front. */
export function makeLists(page) {
  let open = []; /* the lists that the next item may continue, from the outer one to the inner one */
  for (const paragraph of page.querySelectorAll("p")) {
    const marker = [...paragraph.querySelectorAll("span")].find((span) => MARKER.test(span.dataset.style ?? ""));
    if (!marker) continue;
    const sign = marker.textContent.trim();
    const kind = COUNTED.test(sign) ? "ol" : "ul";
    const level = Number(LEVEL.exec(paragraph.dataset.style ?? "")?.[1] ?? 1);
    marker.remove();
    if (open[0]?.list.nextElementSibling !== paragraph) open = [];
    while (open.length && (open.at(-1).level > level || (open.at(-1).level === level && open.at(-1).list.localName !== kind))) open.pop();
    if (open.at(-1)?.level !== level) open.push({ level, list: listFor(page, kind, sign, open.at(-1)?.list, paragraph) });
    const item = page.createElement("li");
    item.append(...paragraph.childNodes);
    open.at(-1).list.append(item);
    paragraph.remove();
  }
  /* The number of a heading is not part of it. */
  for (const marker of page.querySelectorAll(":is(h1, h2, h3, h4, h5, h6) span")) if (MARKER.test(marker.dataset.style ?? "")) marker.remove();
}

function listFor(page, kind, sign, around, paragraph) {
  const list = page.createElement(kind);
  const first = kind === "ol" ? Number.parseInt(sign.replace("(", ""), 10) : 1;
  if (first > 1) list.setAttribute("start", first);
  if (around) around.lastElementChild.append(list);
  else paragraph.before(list);
  return list;
}

/* A list directly inside a list, as Google Docs and LibreOffice write them, belongs to the item before it. */
export function nestLists(page) {
  for (const list of page.querySelectorAll(":is(ul, ol) > :is(ul, ol)")) {
    const before = list.previousElementSibling;
    if (before?.localName === "li") before.append(list);
    else {
      const item = page.createElement("li");
      list.replaceWith(item);
      item.append(...[...list.children].flatMap((each) => [...each.childNodes]));
    }
  }
}
