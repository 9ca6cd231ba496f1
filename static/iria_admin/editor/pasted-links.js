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

export function cleanLinks(body) {
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
