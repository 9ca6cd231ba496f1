/* Text copied from Word, LibreOffice, Google Docs or a web page, as the HTML that the editor keeps: headings,
   lists, tables, quotes, footnotes, formatting and links; without styles, empty paragraphs and images.
   The server sanitises once more (articles/body/sanitiser.py). */

import { rename } from "editor/pasted-elements";
import { cleanLinks } from "editor/pasted-links";
import { makeLists, nestLists } from "editor/pasted-lists";
import { placeNotes } from "editor/pasted-notes";
import { tidyTables } from "editor/pasted-tables";

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
