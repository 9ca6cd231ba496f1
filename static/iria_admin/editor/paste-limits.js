/* Pasted text that is too long for an article is refused before the browser reads it. */

import { withoutUnread } from "editor/pasted-html";

/* Characters of markup; styles, comments and embedded images do not count. */
const MOST_MARKUP = 2_000_000;
const EMBEDDED = /\bsrc\s*=\s*(["'])data:[^"']*\1/gi;

/* What to say, and whether to paste the text without its markup; null if all is well. */
export function tooMuch(data, textarea) {
  const html = data.getData("text/html");
  const text = data.getData("text/plain");
  const longest = Number(textarea.dataset.longest);
  const left = longest - textarea.value.length;
  const number = (count) => count.toLocaleString("en");
  if (text.length > left || (!text && html.length > longest * 10)) {
    return {
      message: `Not pasted: the text has ${number(text.length || html.length)} characters, and there is room for ${number(Math.max(0, left))}. `
        + "Split it into several articles.",
    };
  }
  if (html.length <= MOST_MARKUP || withoutUnread(html).replace(EMBEDDED, "").length <= MOST_MARKUP) return null;
  return { message: "Pasted without formatting, of which there was too much.", text };
}
