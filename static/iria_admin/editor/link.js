/* Links with a URL or a reference to an article or page (`internal:article/12`), without `target` and `rel`. */

import { InputRule, Link as BaseLink, crel } from "django-prose-editor/editor";

/* What internal links lead to, from the server (articles/editorial/admin/choices.py). */

const TARGETS = "/admin/articles/article/links/";
const REFERENCE = /^(internal:[a-z]+\/[1-9][0-9]{0,17})(?:[?#].*)?$/;

async function fetchTargets(parameters, options = {}) {
  const response = await fetch(`${TARGETS}?${new URLSearchParams(parameters)}`, { credentials: "same-origin", ...options });
  if (!response.ok || response.redirected) throw new Error(`status ${response.status}`);
  return response.json();
}

/* The reference of a link without query and anchor; null for a URL. */
const referenceOf = (href) => REFERENCE.exec(href ?? "")?.[1] ?? null;

/* Groups of targets with these words in their titles, the newest first. */
async function search(words, signal) {
  return (await fetchTargets({ q: words }, { signal })).groups;
}

const known = new Map();
let asked = null;

/* What a reference leads to; null if the server did not answer. One request for all links of a text. */
function targetOf(reference) {
  if (!known.has(reference)) {
    asked ??= { references: [], answer: Promise.resolve().then(describe) };
    asked.references.push(reference);
    known.set(reference, asked.answer.then((targets) => targets[reference] ?? null));
  }
  return known.get(reference);
}

/* Found by a search, so nothing is asked again. */
function remember(target) {
  known.set(target.reference, Promise.resolve(target));
}

const AT_ONCE = 200;

async function describe() {
  const { references } = asked;
  asked = null;
  const found = {};
  try {
    for (let at = 0; at < references.length; at += AT_ONCE) {
      const chunk = references.slice(at, at + AT_ONCE).map((reference) => ["reference", reference]);
      Object.assign(found, (await fetchTargets(chunk)).targets);
    }
  } catch {
    for (const reference of references) known.delete(reference);
  }
  return found;
}

/* The dialog for a link: a search for articles and pages, which also takes a URL or an e-mail address.
   It follows the ARIA pattern of a combobox with a listbox; the focus stays in the field. */

const WAIT = 150;
const EXPLICIT = /^(https?:\/\/|mailto:|tel:|\/|#)/i;
const EMAIL = /^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/;
const HOST = /^[^\s/:?#@]+\.[a-z\u00a1-\uffff]{2,}(:\d+)?([/?#]\S*)?$/i;

/* The URL that was typed, complete; empty for anything else. */
function urlOf(text) {
  const typed = text.trim();
  if (referenceOf(typed) || (EXPLICIT.test(typed) && !/\s/.test(typed))) return typed;
  if (EMAIL.test(typed)) return `mailto:${typed}`;
  return HOST.test(typed) ? `https://${typed}` : "";
}

let dialogs = 0;

/* The chosen `href`; empty to remove the link, null if nothing should change. */
function askForLink(editor, current, { byReference }) {
  return new Promise((resolve) => { new LinkDialog(editor, current, byReference, resolve).open(); });
}

class LinkDialog {
  constructor(editor, current, byReference, resolve) {
    Object.assign(this, { editor, current, byReference, resolve, answer: null, options: [], active: -1 });
    this.id = `admin-link-${dialogs += 1}`;
    this.field = crel("input", {
      type: "text", name: "href", role: "combobox", autocomplete: "off", spellcheck: "false",
      placeholder: "Search, or paste a URL", "aria-label": "Search articles and pages, or paste a URL",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${this.id}-list`,
    });
    this.now = crel("p", { className: "admin-link-now", hidden: true });
    this.list = crel("div", { id: `${this.id}-list`, role: "listbox", "aria-label": "Results", className: "admin-link-list" });
    this.status = crel("p", { role: "status", className: "admin-link-status" });
    const remove = crel("button", { type: "button", name: "remove", className: "button", textContent: "Remove link" });
    const cancel = crel("button", { type: "button", name: "cancel", className: "button", textContent: "Cancel" });
    const buttons = [crel("button", { type: "submit", className: "button default", textContent: "Link" }), cancel];
    if (current) buttons.push(remove);
    this.form = crel("form", { method: "dialog", novalidate: "" }, [
      this.field, this.now, this.list, this.status, crel("div", { className: "admin-buttons" }, buttons),
    ]);
    this.dom = crel("dialog", { className: "admin-link", "aria-label": "Link" }, [this.form]);
    remove.addEventListener("click", () => this.finish(""));
    cancel.addEventListener("click", () => this.dom.close());
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.apply(); });
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.dom.addEventListener("close", () => this.closed());
  }

  open() {
    document.body.append(this.dom);
    this.highlight();
    this.dom.showModal();
    this.place();
    if (this.current && !referenceOf(this.current)) this.field.value = this.current;
    this.field.select();
    this.showCurrent();
    this.typed(0);
  }

  /* Below the words that are linked, where there is room. */
  place() {
    const { from, to } = this.editor.state.selection;
    const [start, end] = [from, to].map((at) => this.editor.view.coordsAtPos(at));
    const below = end.bottom + 8;
    const room = innerHeight - this.dom.offsetHeight - 8;
    const left = Math.min(start.left, innerWidth - this.dom.offsetWidth - 8);
    this.dom.style.setProperty("--link-top", `${Math.max(8, Math.min(below, room))}px`);
    this.dom.style.setProperty("--link-left", `${Math.max(8, left)}px`);
  }

  /* The browser hides the selection of the text while the focus is here. */
  highlight() {
    if (!globalThis.CSS?.highlights) return;
    const { from, to } = this.editor.state.selection;
    const [start, end] = [from, to].map((at) => this.editor.view.domAtPos(at));
    const range = new Range();
    range.setStart(start.node, start.offset);
    range.setEnd(end.node, end.offset);
    CSS.highlights.set("linked", new Highlight(range));
  }

  async showCurrent() {
    const reference = referenceOf(this.current);
    const target = reference && await targetOf(reference);
    if (!target) return;
    this.now.hidden = false;
    this.now.textContent = target.title ? `Now: ${target.title} (${target.state})` : stateOf(target);
  }

  typed(wait = WAIT) {
    clearTimeout(this.timer);
    this.request?.abort();
    this.field.removeAttribute("aria-invalid");
    /* The results shown are those of the words before: Enter must not choose one. */
    this.activate(-1);
    const url = urlOf(this.field.value);
    if (url) this.show([{ label: "URL", targets: [{ value: url, title: url, detail: "" }] }]);
    else this.timer = setTimeout(() => this.look(), wait);
  }

  async look() {
    const words = this.field.value.trim();
    this.request = new AbortController();
    try {
      const groups = await search(words, this.request.signal);
      this.show(groups.map(({ label, targets }) => ({ label, targets: targets.filter((each) => this.fits(each)).map((each) => this.offer(each)) })));
    } catch (error) {
      if (error.name === "AbortError") return;
      this.show([]);
      this.status.textContent = "The search failed. Try again, or paste a URL.";
    }
  }

  /* Captions in the library have URLs, which only what is published has for readers. */
  fits(target) {
    return this.byReference || target.status === "public";
  }

  offer(target) {
    remember(target);
    const detail = [target.state, target.url].filter(Boolean).join(" · ");
    return { value: this.byReference ? target.reference : target.url, title: target.title, detail };
  }

  show(groups) {
    this.options = [];
    const shown = groups.filter(({ targets }) => targets.length);
    this.list.replaceChildren(...shown.map(({ label, targets }, index) => {
      const heading = crel("div", { id: `${this.id}-group-${index}`, className: "admin-link-group", textContent: label });
      const options = targets.map((target) => this.option(target));
      return crel("div", { role: "group", "aria-labelledby": heading.id }, [heading, ...options]);
    }));
    this.field.setAttribute("aria-expanded", String(this.options.length > 0));
    const typed = this.field.value.trim();
    const count = this.options.length;
    this.status.textContent = count ? (typed ? `${count} ${count === 1 ? "result" : "results"}` : "Newest") : "Nothing found";
    if (count) this.field.removeAttribute("aria-invalid");
    this.activate(typed && count ? 0 : -1);
  }

  option({ value, title, detail }) {
    const option = crel("div", { role: "option", id: `${this.id}-option-${this.options.length}`, className: "admin-link-option" }, [
      crel("span", { textContent: title }), crel("span", { className: "admin-link-detail", textContent: detail }),
    ]);
    option.addEventListener("mousedown", (event) => event.preventDefault());
    option.addEventListener("click", () => this.finish(value));
    this.options.push({ option, value });
    return option;
  }

  activate(index) {
    this.active = index;
    this.options.forEach(({ option }, at) => option.setAttribute("aria-selected", String(at === index)));
    const chosen = this.options[index]?.option;
    if (chosen) this.field.setAttribute("aria-activedescendant", chosen.id);
    else this.field.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !this.options.length) return;
    event.preventDefault();
    const from = this.active === -1 && step === -1 ? 0 : this.active;
    this.activate((from + step + this.options.length) % this.options.length);
  }

  apply() {
    const url = urlOf(this.field.value);
    if (this.active !== -1) this.finish(this.options[this.active].value);
    else if (url) this.finish(url);
    else if (!this.field.value.trim() && referenceOf(this.current)) this.dom.close();
    else if (!this.field.value.trim()) this.finish("");
    else {
      this.field.setAttribute("aria-invalid", "true");
      this.status.textContent = "Choose a result, or type a URL such as https://example.org/page or an e-mail address.";
      this.field.focus();
    }
  }

  finish(answer) {
    this.answer = answer;
    this.dom.close();
    /* The event comes later; what is typed meanwhile must find the link. */
    this.closed();
  }

  closed() {
    if (!this.dom.isConnected) return;
    clearTimeout(this.timer);
    this.request?.abort();
    globalThis.CSS?.highlights?.delete("linked");
    this.dom.remove();
    this.resolve(this.answer);
  }
}

/* In words, for a link that readers see as plain text. */
function stateOf(target) {
  if (target.status === "gone") return "Broken link: its target was deleted or is not published.";
  if (target.status === "waiting") return "Its target is not published yet.";
  return "";
}

/* Captions in the library have URLs. */
function takesReferences(editor) {
  return Boolean(editor.view.dom.closest(".admin-editor-body, #article_form, #issue_form"));
}

/* A link in the editor, which shows where it leads and whether it is broken. */
class LinkView {
  constructor(mark) {
    this.dom = this.contentDOM = document.createElement("a");
    this.dom.setAttribute("href", mark.attrs.href ?? "");
    this.show(referenceOf(mark.attrs.href));
  }

  async show(reference) {
    const target = reference && await targetOf(reference);
    if (!target) return;
    this.dom.title = [target.title, stateOf(target)].filter(Boolean).join(". ");
    this.dom.classList.toggle("admin-link-broken", target.status === "gone");
    this.dom.classList.toggle("admin-link-waiting", target.status === "waiting");
  }

  ignoreMutation(mutation) {
    return mutation.type === "attributes" && mutation.target === this.dom;
  }
}

export const Link = BaseLink.extend({
  addAttributes() {
    return { href: { default: null, parseHTML: (element) => element.getAttribute("href") } };
  },

  addCommands() {
    return {
      ...this.parent?.(),
      addLink: () => ({ editor }) => {
        const active = editor.isActive("link");
        if (editor.state.selection.empty && !active) return false;
        const current = active ? editor.getAttributes("link").href ?? "" : "";
        askForLink(editor, current, { byReference: takesReferences(editor) }).then((href) => {
          const chain = editor.chain().focus();
          if (href !== null && active) chain.extendMarkRange("link");
          if (href) chain.setLink({ href });
          else if (href === "") chain.unsetLink();
          chain.run();
        });
        return true;
      },
    };
  },

  /* `[text](URL)` becomes a link as one types. */
  addInputRules() {
    const handler = ({ state, range: { from, to }, match: [, words, typed] }) => {
      const href = urlOf(typed);
      if (!href || (referenceOf(href) && !takesReferences(this.editor))) return null;
      const mark = this.type.create({ href });
      const marks = state.doc.resolve(from + 1).marks().concat(mark);
      state.tr.replaceWith(from, to, state.schema.text(words, marks)).removeStoredMark(mark);
      return undefined;
    };
    return [new InputRule({ find: /(?<!!)\[([^[\]]+)\]\((\S+)\)$/, handler })];
  },

  addMarkView() {
    return ({ mark }) => new LinkView(mark);
  },
}).configure({
  openOnClick: false,
  autolink: false,
  linkOnPaste: true,
  enableTarget: false,
  defaultProtocol: "https",
  protocols: ["mailto", "tel", "internal"],
  HTMLAttributes: { target: null, rel: null, class: null },
});
