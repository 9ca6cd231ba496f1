/* Text copied from Word, LibreOffice, Google Docs or a web page, as the HTML that the editor keeps: headings,
   lists, tables, quotes, footnotes, formatting and links; without styles, empty paragraphs and images.
   The server sanitises once more (articles/body/sanitiser.py). */

/* Changes of single elements in pasted text. */

function rename(element, name) {
  const renamed = element.ownerDocument.createElement(name);
  renamed.append(...element.childNodes);
  element.replaceWith(renamed);
  return renamed;
}

/* Links in pasted text: only to pages, mailboxes and telephones, without what follows readers. */

const SCHEMES = /^(https?:|mailto:|tel:|internal:(article|page)\/\d)/i;
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const TRACKING = /^(utm_.+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|mc_cid|mc_eid|_hsenc|_hsmi|vero_id|oly_enc_id|oly_anon_id)$/i;
/* Pages that only forward, and the parameter with the URL meant. */
const FORWARDING = [
  [/^(www\.)?google\.[a-z.]+$/, "/url", ["q", "url"]],
  [/\.safelinks\.protection\.outlook\.com$/, "/", ["url"]],
  [/^lm?\.facebook\.com$/, "/l.php", ["u"]],
];

function cleanLinks(body) {
  for (const link of body.querySelectorAll("a")) {
    const href = clean(link.getAttribute("href") ?? "");
    if (href) link.setAttribute("href", href);
    else link.replaceWith(...link.childNodes);
  }
}

function clean(href, depth = 0) {
  const written = href.trim().replace(/[\u0000-\u001f]/g, "");
  if (!written || written.startsWith("#")) return "";
  if (!SCHEME.test(written)) return written;
  if (!SCHEMES.test(written)) return "";
  if (!/^https?:/i.test(written)) return written;
  let url;
  try {
    url = new URL(written);
  } catch {
    return "";
  }
  const meant = depth < 3 ? forwarded(url) : null;
  if (meant) return clean(meant, depth + 1);
  const tracking = [...url.searchParams.keys()].filter((name) => TRACKING.test(name));
  if (!tracking.length) return written;
  for (const name of tracking) url.searchParams.delete(name);
  return url.href;
}

function forwarded(url) {
  const found = FORWARDING.find(([host, path]) => host.test(url.hostname) && url.pathname.startsWith(path));
  return found?.[2].map((name) => url.searchParams.get(name)).find((value) => /^https?:/i.test(value ?? "")) ?? null;
}

/* Lists in pasted text. */

const MARKER = /mso-list:\s*ignore/i;
const LEVEL = /mso-list:[^;]*level([1-9])/i;
const COUNTED = /^\(?([0-9]{1,3}|[a-z]|[ivx]{1,5})[.)]/i;

/* Word writes the items of a list as paragraphs with a bullet or a number in front. */
function makeLists(page) {
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
function nestLists(page) {
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

/* Footnotes in pasted text become footnotes at their mark. Each program writes them below the text. */

const SIGN = /^\s*\[?[0-9ivx*]{1,5}\]?[.)]?\s+/i;
const BACK = "[role=doc-backlink], .footnote-back, .footnote-backref, a.sdfootnotesym, a.sdendnotesym, a[href*='#_ftnref'], "
  + "a[href*='#_ednref'], a[href*='#ftnt_ref'], a[href*='#fnref']";

function placeNotes(page) {
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

/* Tables in pasted text get a header row where the source shows one; a table of one cell was only a frame. */

const BOLD = /font-weight:\s*(bold|[6-9]00)/i;

function tidyTables(page) {
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

const RENAMED = { H1: "h2", H5: "h4", H6: "h4", STRIKE: "s", DEL: "s" };
const TAG = /<[a-z](?:"[^"]*"|'[^']*'|[^"'>])*>/gi;
const ATTRIBUTE = /([^\s=>"'/]+)(\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))/g;
const UNREAD = "button, input, select, textarea, nav, svg, math, template, noscript, iframe, object, embed, video, audio, canvas, "
  + "[hidden], .MsoCommentReference, a.msocomanchor, [data-style*='mso-element:comment-list']";
const HIDDEN = /display:\s*none|visibility:\s*hidden|mso-hide:\s*all/i;
const STYLED = [
  [/font-weight:\s*(bold|[6-9]00)/i, "strong"],
  [/font-style:\s*(italic|oblique)/i, "em"],
  [/vertical-align:\s*super/i, "sup"],
  [/vertical-align:\s*sub(?!\w)/i, "sub"],
  [/text-decoration[a-z-]*:[^;]*line-through/i, "s"],
];
const UNSTYLED = [["b, strong", /font-weight:\s*(normal|400)/i], ["i, em", /font-style:\s*normal/i]];
/* How Word shows the same letters in other scripts, such as `mso-bidi-font-weight: normal` beside bold. */
const OTHER_SCRIPTS = /mso-(ansi|ascii|bidi|fareast|hansi)-[^;]*;?/gi;
const BLOCKS = "p, div, h1, h2, h3, h4, h5, h6, ul, ol, table, blockquote, pre, figure, hr, section, article";
const KEPT = "[data-footnote], [data-image], [data-embed], [data-file], img, table, hr";

/* Without what stands between two marks. Each mark is searched once, so that long texts take no longer. */
function without(html, open, close) {
  const found = html.toLowerCase();
  const parts = [];
  let at = 0;
  for (let from = found.indexOf(open); from !== -1; from = found.indexOf(open, at)) {
    parts.push(html.slice(at, from));
    const to = found.indexOf(close, from + open.length);
    if (to === -1) return parts.join("");
    at = to + close.length;
  }
  return parts.join("") + html.slice(at);
}

export function withoutUnread(html) {
  let rest = without(html, "<!--", "-->");
  for (const name of ["script", "style", "title", "xml"]) rest = without(rest, `<${name}`, `</${name}>`);
  return rest;
}

/* Markup without anything that the CSP would block while it is parsed: styles become data attributes;
   handlers, scripts and comments are removed. */
export function tamed(html) {
  return withoutUnread(html)
    .replace(/<(link|meta|base)\b[^>]*>/gi, "")
    .replace(TAG, (tag) => tag.replace(ATTRIBUTE, (whole, name, value) =>
      (/^(on.+|style)$/i.test(name) ? `data-${name}${value}` : whole)));
}

/* The HTML to insert, and the images that are not in it. `direction` is that of the text around it. */
export function tidied(html, direction = "ltr") {
  const page = new DOMParser().parseFromString(tamed(html), "text/html");
  const { body } = page;
  /* Copied in this editor. */
  if (!body.querySelector("[data-pm-slice]")) {
    for (const element of body.querySelectorAll(UNREAD)) element.remove();
    for (const element of body.querySelectorAll("[data-style]")) if (HIDDEN.test(element.dataset.style)) element.remove();
    for (const element of body.querySelectorAll("[data-style*='mso-']")) element.dataset.style = element.dataset.style.replace(OTHER_SCRIPTS, "");
    placeNotes(page);
    nameHeadings(page);
    makeLists(page);
    nestLists(page);
    tidyTables(page);
    readStyles(page);
    for (const element of body.querySelectorAll(Object.keys(RENAMED).join(","))) rename(element, RENAMED[element.nodeName]);
    splitAtBreaks(page);
    for (const element of body.querySelectorAll(`[dir=${direction}]`)) element.removeAttribute("dir");
  }
  cleanLinks(body);
  const images = takeImages(body);
  if (!body.querySelector("[data-pm-slice]")) removeEmpty(body);
  return { html: body.innerHTML, images };
}

/* Word has a style for titles; its web version says the level in an attribute. */
function nameHeadings(page) {
  for (const title of page.querySelectorAll("p.MsoTitle")) rename(title, "h2");
  for (const heading of page.querySelectorAll("[role=heading][aria-level]:not(h1, h2, h3, h4, h5, h6)")) {
    rename(heading, `h${Math.min(6, Number(heading.getAttribute("aria-level")) || 2)}`);
  }
}

/* Google Docs uses styles instead of elements. */
function readStyles(page) {
  for (const [names, unmarked] of UNSTYLED) {
    for (const element of page.querySelectorAll(names)) {
      if (unmarked.test(element.dataset.style ?? "")) element.replaceWith(...element.childNodes);
    }
  }
  for (const element of page.querySelectorAll("[data-style]:is(p, li, td, th, div, span, font, a, b, strong, i, em)")) {
    for (const [pattern, name] of STYLED) {
      if (!pattern.test(element.dataset.style) || element.closest(name)) continue;
      const mark = page.createElement(name);
      mark.append(...element.childNodes);
      element.append(mark);
    }
  }
  for (const strong of page.querySelectorAll(":is(h1, h2, h3, h4, h5, h6) :is(b, strong)")) strong.replaceWith(...strong.childNodes);
}

/* Two line breaks end a paragraph. */
function splitAtBreaks(page) {
  for (const block of page.querySelectorAll("p, div")) {
    if (block.querySelector(BLOCKS)) continue;
    let breaks = 0;
    let part = block;
    for (const node of [...block.childNodes]) {
      if (node.nodeName === "BR") breaks += 1;
      else if (node.nodeType !== 3 || node.data.trim()) {
        if (breaks > 1) {
          const next = page.createElement("p");
          part.after(next);
          part = next;
        }
        breaks = 0;
      }
      if (part !== block) part.append(node);
    }
  }
  for (const line of [...page.querySelectorAll("br")].reverse()) {
    const beside = [line.previousElementSibling, line.nextElementSibling];
    const last = !line.nextSibling || (line.nextSibling.nodeType === 3 && !line.nextSibling.data.trim() && !line.nextElementSibling);
    if (last || !line.previousSibling || beside.some((other) => other?.matches(BLOCKS))) line.remove();
  }
}

/* What the page measures its readers with has one or two pixels; a face is a character. */
function takeImages(body) {
  const images = [];
  for (const image of body.querySelectorAll("img")) {
    const size = ["width", "height"].map((name) => parseFloat(image.getAttribute(name) ?? "9"));
    const counting = size.some((each) => each <= 2);
    const face = /\p{Extended_Pictographic}/u.test(image.alt) && image.alt.length < 12;
    if (face) image.replaceWith(image.alt);
    else {
      if (!counting) images.push({ src: image.getAttribute("src") ?? "", alt: image.alt, caption: captionOf(image) });
      image.remove();
    }
  }
  return images;
}

function captionOf(image) {
  return image.closest("figure")?.querySelector("figcaption")?.textContent.replace(/\s+/g, " ").trim() ?? "";
}

function removeEmpty(body) {
  for (const empty of [...body.querySelectorAll("p, h2, h3, h4, li, blockquote, figure, a, strong, em, ul, ol")].reverse()) {
    if (!empty.textContent.trim() && !empty.querySelector(KEPT) && !empty.matches(KEPT)) {
      /* Space between words may be formatted. */
      if (empty.matches("a, strong, em")) empty.replaceWith(...empty.childNodes);
      else empty.remove();
    }
  }
}
