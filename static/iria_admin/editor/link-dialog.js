/* The dialog for a link: a search for articles and pages, which also takes a URL or an e-mail address.
   It follows the ARIA pattern of a combobox with a listbox; the focus stays in the field. */

import { crel } from "django-prose-editor/editor";
import { referenceOf, remember, search, targetOf } from "editor/link-targets";

const WAIT = 150;
const EXPLICIT = /^(https?:\/\/|mailto:|tel:|\/|#)/i;
const EMAIL = /^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/;
const HOST = /^[^\s/:?#@]+\.[a-z\u00a1-\uffff]{2,}(:\d+)?([/?#]\S*)?$/i;

/* The URL that was typed, complete; empty for anything else. */
export function urlOf(text) {
  const typed = text.trim();
  if (referenceOf(typed) || (EXPLICIT.test(typed) && !/\s/.test(typed))) return typed;
  if (EMAIL.test(typed)) return `mailto:${typed}`;
  return HOST.test(typed) ? `https://${typed}` : "";
}

let dialogs = 0;

/* The chosen `href`; empty to remove the link, null if nothing should change. */
export function askForLink(editor, current, { byReference }) {
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
export function stateOf(target) {
  if (target.status === "gone") return "Broken link: its target was deleted or is not published.";
  if (target.status === "waiting") return "Its target is not published yet.";
  return "";
}
