/* The preview beside the text (articles/public/draft_preview.py). It shows what autosave saved; while it is open,
   the text is saved more often. On narrower screens, and without this script, the preview link opens instead. */

const SAVE_AFTER = 1_500;
const NOTHING = "Nothing to show yet. Write a headline or a sentence first.";
const FAILED = "The preview could not be loaded. Your text is not affected.";

const form = document.querySelector("#article_form");
const pane = form?.querySelector("[data-preview]");
if (pane) start();

function start() {
  const button = form.querySelector("[name=_preview]");
  const tabs = [...pane.querySelectorAll("[data-look]")];
  const schemes = [...pane.querySelectorAll("[data-scheme]")];
  const stage = pane.querySelector("[data-stage]");
  const device = pane.querySelector("[data-device]");
  const card = pane.querySelector("[data-card]");
  const message = pane.querySelector("[data-preview-message]");
  const shownAge = pane.querySelector("[data-preview-age]");
  const tabLink = pane.querySelector("[data-preview-tab]");
  const isWide = matchMedia("(width >= 1280px)");
  let { address } = pane.dataset;
  let isLive = "live" in pane.dataset;
  let savedAt = address ? performance.now() - Number(pane.dataset.savedSeconds) * 1000 : null;
  let look = "phone";
  let scheme = "light";
  let saves = 0;
  let drawn = "";
  let waiting = null;
  let timer = 0;

  button.setAttribute("aria-controls", pane.id);
  button.title = "Preview (Ctrl+Alt+P)";
  isWide.addEventListener("change", () => { if (!isWide.matches) close(); settle(); });
  choose("phone", "light");
  settle();

  function settle() {
    if (isWide.matches) button.setAttribute("aria-expanded", String(!pane.hidden));
    else button.removeAttribute("aria-expanded");
  }

  async function save() {
    const asked = [];
    form.dispatchEvent(new CustomEvent("article:save", { detail: asked }));
    await Promise.all(asked);
  }

  /* Open and closed */

  async function open() {
    pane.hidden = false;
    settle();
    form.dispatchEvent(new CustomEvent("article:preview", { detail: true }));
    if (address) draw();
    await save();
    if (!address) message.textContent = NOTHING;
  }

  function close({ sidebar = true } = {}) {
    if (pane.hidden) return;
    const inside = pane.contains(document.activeElement);
    pane.hidden = true;
    settle();
    if (sidebar) form.dispatchEvent(new CustomEvent("article:preview", { detail: false }));
    if (inside) button.focus();
  }

  /* The tab is opened at once, or browsers would block it. */
  async function openTab() {
    const opened = window.open("about:blank", "_blank");
    await save();
    if (!address) {
      opened?.close();
      form.elements.headline.focus();
    } else if (opened) {
      opened.location = address;
    } else {
      location.assign(address);
    }
  }

  function toggle() {
    if (!isWide.matches) openTab();
    else if (pane.hidden) open();
    else close();
  }

  /* What is shown */

  function choose(nextLook, nextScheme) {
    look = nextLook;
    scheme = nextScheme;
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab.dataset.look === look));
      tab.tabIndex = tab.dataset.look === look ? 0 : -1;
    }
    for (const each of schemes) each.setAttribute("aria-pressed", String(each.dataset.scheme === scheme));
    stage.setAttribute("aria-labelledby", `preview-${look}`);
    stage.dataset.look = look;
    stage.dataset.scheme = scheme;
    if (!pane.hidden && address) draw();
  }

  function draw() {
    message.textContent = "";
    if (look === "search" || look === "social") drawCard();
    else drawPage();
  }

  /* A new frame for each version: nothing flickers, the page's history stays short, and the reader stays at the
     same place of the text. One at a time, or a slow server would never finish one. */
  function drawPage() {
    const wanted = `${saves} ${scheme}`;
    if (waiting || wanted === drawn) return;
    const next = document.createElement("iframe");
    next.title = "Page of the article";
    next.setAttribute("sandbox", "allow-same-origin");
    next.className = "preview-waits";
    next.src = `${address}${scheme}/`;
    next.addEventListener("load", () => {
      waiting = null;
      drawn = wanted;
      if (next.contentDocument?.querySelector("article")) replace(next);
      else failed(next);
      if (!pane.hidden) draw();
    });
    waiting = next;
    device.append(next);
  }

  function replace(next) {
    const before = device.querySelector("iframe:not(.preview-waits)");
    const top = before?.contentWindow?.scrollY ?? 0;
    next.contentWindow.scrollTo({ top, behavior: "instant" });
    next.classList.remove("preview-waits");
    before?.remove();
  }

  function failed(frame) {
    frame.remove();
    setTimeout(() => { message.textContent = FAILED; });
  }

  async function drawCard() {
    const url = `${address}card/${look}/`;
    const wanted = `${saves} ${look}`;
    card.dataset.wanted = wanted;
    try {
      const response = await fetch(url, { redirect: "manual" });
      if (!response.ok) throw new Error(response.status);
      const html = await response.text();
      /* Escaped by the server's template. */
      if (card.dataset.wanted === wanted) card.innerHTML = html;
    } catch {
      message.textContent = FAILED;
    }
  }

  function since(seconds) {
    if (seconds < 5) return "just now";
    if (seconds < 60) return `${Math.round(seconds)} s ago`;
    if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
    if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
    const days = Math.round(seconds / 86_400);
    return `${days} day${days === 1 ? "" : "s"} ago`;
  }

  function age() {
    if (pane.hidden) return;
    const saved = savedAt === null ? "not saved yet" : `saved ${since((performance.now() - savedAt) / 1000)}`;
    shownAge.textContent = `${isLive ? "Live" : "Draft"}, ${saved}`;
  }
  setInterval(age, 5_000);

  form.addEventListener("article:saved", ({ detail }) => {
    saves += 1;
    savedAt = performance.now();
    isLive = isLive && !detail.changes_wait;
    address = new URL("../preview/", new URL(detail.url, location.href)).pathname;
    tabLink.href = address;
    if (!pane.hidden) draw();
    age();
  });
  form.addEventListener("input", () => {
    if (pane.hidden || timer) return;
    timer = setTimeout(() => { timer = 0; save(); }, SAVE_AFTER);
  });
  form.addEventListener("article:preview", age);
  form.addEventListener("article:sidebar", () => close({ sidebar: false }));

  /* Buttons and keys */

  button.addEventListener("click", (event) => {
    event.preventDefault();
    toggle();
  });
  pane.querySelector("[data-preview-close]").addEventListener("click", () => close());
  for (const tab of tabs) tab.addEventListener("click", () => choose(tab.dataset.look, scheme));
  for (const each of schemes) each.addEventListener("click", () => choose(look, each.dataset.scheme));
  pane.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
    const here = tabs.indexOf(document.activeElement);
    const isRtl = getComputedStyle(pane).direction === "rtl";
    const steps = { ArrowLeft: isRtl ? 1 : -1, ArrowRight: isRtl ? -1 : 1, Home: -here, End: tabs.length - 1 - here };
    if (here === -1 || !(event.key in steps)) return;
    event.preventDefault();
    const next = tabs[(here + steps[event.key] + tabs.length) % tabs.length];
    choose(next.dataset.look, scheme);
    next.focus();
  });
  pane.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.code !== "KeyP" || !(event.ctrlKey || event.metaKey) || !event.altKey) return;
    event.preventDefault();
    toggle();
  });
}
