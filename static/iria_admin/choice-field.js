/* A field with several values (articles/editorial/admin/fields.py): chips, and a text field with completion
   (articles/editorial/admin/choices.py). Without this script its selects, or its text field, are used as they are.
   The values stay in the form as hidden inputs, so that everything that reads the form finds them. */

import { dragItems } from "iria-admin/ordered-list";

/* The list below the text field of a `choice-field`: rows from articles/editorial/admin/choices.py whose name contains
   what was typed, and “New …” where there is none of this name and the user may add one. */

const PAUSE = 150;
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

class Suggestions {
  #field;
  #rows = []; /* the offered ones; the last one may have `isNew` */
  #known = []; /* with those that are chosen already */
  #active = 0;
  #shownFor = null;
  #request = null;
  #timer = 0;

  constructor(field, choose) {
    const { input, row } = field;
    this.#field = field;
    this.mayAdd = field.isText; /* until the server says it */
    this.list = made("ul", "choice-list", { id: `${input.id}-list`, hidden: true });
    attributes(this.list, { role: "listbox", "aria-label": `${row}: suggestions` });
    attributes(input, {
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id,
    });
    /* The text field keeps the focus. */
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const at = [...this.list.children].findIndex((item) => item.contains(event.target));
      if (at !== -1) choose(this.#rows[at]);
    });
  }

  get isOpen() {
    return !this.list.hidden;
  }

  /* Whether they belong to what is typed now. */
  get areCurrent() {
    return this.#shownFor === this.#field.typed;
  }

  get active() {
    return this.#rows[this.#active];
  }

  /* The row of exactly the typed name, if there is one. */
  get exact() {
    const found = this.areCurrent ? this.#known.filter((row) => row.exact) : [];
    return found.length === 1 ? found[0] : null;
  }

  later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.look(), PAUSE);
  }

  async look() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#request = new AbortController();
    const { signal } = this.#request;
    const { typed, url } = this.#field;
    try {
      const response = await fetch(`${url}?q=${encodeURIComponent(typed)}`, {
        signal, redirect: "manual", headers: { Accept: "application/json" },
      });
      if (!response.ok) throw new Error(response.status);
      const { results, may_add: mayAdd } = await response.json();
      if (signal.aborted || typed !== this.#field.typed || !this.#field.contains(document.activeElement)) return;
      this.mayAdd = mayAdd;
      this.#show(typed, results);
    } catch {
      if (!signal.aborted) this.#field.warn("The suggestions could not be loaded. Check your connection.");
    }
  }

  close() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#shut();
  }

  move(step) {
    this.#activate(this.#active + step);
  }

  #shut() {
    this.list.hidden = true;
    this.list.replaceChildren();
    this.#field.input.setAttribute("aria-expanded", "false");
    this.#field.input.removeAttribute("aria-activedescendant");
  }

  #show(typed, results) {
    const field = this.#field;
    this.#known = results.map((row) => ({ ...row, value: field.isText ? row.name : String(row.id) }));
    this.#rows = this.#known.filter(({ value }) => !field.chosen.includes(value));
    this.#shownFor = typed;
    const isKnown = this.#known.some((row) => row.exact);
    if (typed && this.mayAdd && !isKnown) this.#rows.push({ isNew: true, label: typed });
    if (!this.#rows.length) {
      this.#shut();
      field.warn(this.#known.length ? "All matches are already chosen." : `No match${typed ? ` for “${typed}”` : ""}.`);
      return;
    }
    this.list.replaceChildren(...this.#rows.map((row, index) => this.#option(row, index, typed)));
    this.list.hidden = false;
    field.input.setAttribute("aria-expanded", "true");
    field.warn("");
    this.#activate(0);
    this.list.scrollIntoView({ block: "nearest" });
    field.say(`${this.#rows.length} ${this.#rows.length === 1 ? "suggestion" : "suggestions"}`);
  }

  #option(row, index, typed) {
    const item = made("li", "choice-option", { id: `${this.list.id}-${index}` });
    item.setAttribute("role", "option");
    if (row.isNew) {
      item.classList.add("choice-new");
      item.textContent = `New ${this.#field.row.toLowerCase()} “${row.label}”`;
      return item;
    }
    const label = made("span", "choice-label");
    label.append(...emphasised(row.label, typed));
    if (row.detail) label.append(made("span", "choice-detail", { textContent: row.detail }));
    item.append(label);
    if (row.articles !== undefined) {
      const count = `${row.articles} ${row.articles === 1 ? "article" : "articles"}`;
      item.append(made("span", "choice-count", { textContent: count }));
    }
    return item;
  }

  #activate(index) {
    this.#active = (index + this.#rows.length) % this.#rows.length;
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === this.#active)));
    const active = this.list.children[this.#active];
    this.#field.input.setAttribute("aria-activedescendant", active.id);
    active.scrollIntoView({ block: "nearest" });
  }
}

/* The label with the typed part in bold type. */
function emphasised(label, typed) {
  const plain = folded(label);
  const at = typed && plain.length === label.length ? plain.lastIndexOf(folded(typed)) : -1;
  if (at === -1) return [label];
  const end = at + folded(typed).length;
  return [label.slice(0, at), made("strong", "", { textContent: label.slice(at, end) }), label.slice(end)];
}

function attributes(element, values) {
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
}

function made(tag, className, properties = {}) {
  return Object.assign(document.createElement(tag), { className, ...properties });
}

const PART = /\s*(?:"([^"]*)"|([^,]*))\s*(?:,|$)/g;
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

const oneLine = (text) => text.replace(/[\s\p{Cc}]+/gu, " ").trim();
/* As in fields.py: names separated by commas; one with a comma is in quotes. */
const split = (text) => [...text.matchAll(PART)].map(([, quoted, plain]) => oneLine(quoted ?? plain ?? "")).filter(Boolean);
const join = (names) => names.map((name) => (name.includes(",") ? `"${name.replaceAll('"', "")}"` : name)).join(", ");
const shortName = (label) => label.split(" › ").at(-1);

class ChoiceField extends HTMLElement {
  #chosen = []; /* {value, label} in their order */
  #labels = new Map();
  #isBusy = false;

  connectedCallback() {
    if (this.input) return;
    const { row, name, url, kind } = this.dataset;
    Object.assign(this, { row, name, url, isText: kind === "text" });
    this.plain = this.firstElementChild;
    const id = this.isText ? this.plain.id : this.plain.querySelector("select").id;
    const description = this.plain.getAttribute("aria-describedby");
    const chosen = this.isText ? [this.plain.value] : this.#readSelects();
    this.#build(id, description);
    this.#set(chosen);
    this.#hold();
    this.#listen();
  }

  get chosen() {
    return this.#chosen.map(({ value }) => value);
  }

  /* The values, as the form sends them; `static/iria_admin/form-values.js` sets them. */
  set values(values) {
    this.#set(values);
    this.#changed();
  }

  #set(values) {
    const keys = this.isText ? split(values.join(", ")) : values.filter(Boolean);
    this.#chosen = [...new Set(keys)].map((value) => ({ value, label: this.#labels.get(value) ?? value }));
    this.#showChips();
  }

  #readSelects() {
    const selects = [...this.plain.querySelectorAll("select")];
    for (const option of selects[0].options) this.#labels.set(option.value, option.dataset.label ?? option.text.trim());
    return selects.map((select) => select.value);
  }

  #build(id, description) {
    this.chips = made("ul", "choice-chips");
    this.chips.setAttribute("aria-label", `${this.row}: chosen`);
    this.input = made("input", "choice-input", { type: "text", autocomplete: "off", spellcheck: false });
    this.note = made("p", "choice-note");
    this.spoken = made("p", "visually-hidden");
    this.store = made("div", "", { hidden: true });
    const box = made("div", "choice-box");
    if (this.isText) {
      this.plain.removeAttribute("id");
      this.plain.type = "hidden";
      this.store.append(this.plain);
    } else {
      this.plain.remove();
      this.input.setAttribute("aria-label", `Add ${this.row.toLowerCase()}`);
    }
    this.input.id = id;
    if (description) this.input.setAttribute("aria-describedby", description);
    this.suggestions = new Suggestions(this, (row) => this.#choose(row));
    this.note.setAttribute("role", "alert");
    this.spoken.setAttribute("role", "status");
    box.append(this.chips, this.input);
    box.addEventListener("mousedown", (event) => {
      if (event.target !== box && event.target !== this.chips) return;
      event.preventDefault();
      this.input.focus();
    });
    this.append(box, this.suggestions.list, this.note, this.spoken, this.store);
  }

  /* The values in the form */

  #hold() {
    if (this.isText) {
      const written = join(this.chosen);
      if (split(this.plain.value).join() !== split(written).join()) this.plain.value = written;
      return;
    }
    /* An empty value says that the field is there, so that the last choice can be removed. */
    const chosen = this.#chosen.length ? this.#chosen : [{ value: "", label: "" }];
    this.store.replaceChildren(...chosen.map(({ value, label }) => {
      const field = made("input", "", { type: "hidden", name: this.name, value });
      field.dataset.label = shortName(label);
      return field;
    }));
  }

  #changed() {
    this.#hold();
    for (const type of ["input", "change"]) this.store.firstElementChild.dispatchEvent(new Event(type, { bubbles: true }));
  }

  #add(row) {
    this.#labels.set(row.value, row.label);
    this.input.value = "";
    this.suggestions.close();
    this.warn("");
    if (this.chosen.some((value) => value.toLowerCase() === row.value.toLowerCase())) {
      this.say(`${row.label} is already chosen`);
      return;
    }
    const most = Number(this.dataset.most || Infinity);
    if (most === 1) this.#chosen = [];
    else if (this.#chosen.length >= most) {
      this.warn(`At most ${most}. Remove one first.`);
      return;
    }
    this.#chosen.push(row);
    this.#showChips();
    this.#changed();
    this.say(`${row.label} added`);
  }

  #remove(index) {
    const [row] = this.#chosen.splice(index, 1);
    this.#showChips();
    this.#changed();
    this.say(`${row.label} removed`);
    (this.#chip(Math.min(index, this.#chosen.length - 1))?.querySelector(".choice-remove") ?? this.input).focus();
  }

  #move(index, step, pressed) {
    const to = index + step;
    if (!this.dataset.ordered || to < 0 || to >= this.#chosen.length) return;
    const [row] = this.#chosen.splice(index, 1);
    this.#chosen.splice(to, 0, row);
    this.#showChips();
    this.#changed();
    this.#sayPlace(row);
    const same = this.#chip(to).querySelector(`.${pressed}`);
    (same.disabled ? this.#chip(to).querySelector(".choice-remove") : same).focus();
  }

  #sayPlace(row) {
    const place = this.#chosen.indexOf(row) + 1;
    const first = place === 1 && this.dataset.first ? `, ${this.dataset.first}` : "";
    this.say(`${row.label} is now ${place} of ${this.#chosen.length}${first}`);
  }

  /* Chips */

  #chip(index) {
    return this.chips.children[index];
  }

  #showChips() {
    this.chips.replaceChildren(...this.#chosen.map(({ value, label }, index) => {
      const chip = made("li", "choice-chip");
      chip.dataset.value = value;
      chip.append(made("span", "choice-name", { textContent: label }));
      if (index === 0 && this.dataset.first) chip.append(made("span", "choice-first", { textContent: this.dataset.first }));
      if (this.dataset.ordered && this.#chosen.length > 1) {
        chip.draggable = true;
        const back = this.#tool("choice-back", "‹", `Move ${label} earlier`, () => this.#move(index, -1, "choice-back"));
        const on = this.#tool("choice-on", "›", `Move ${label} later`, () => this.#move(index, 1, "choice-on"));
        back.disabled = index === 0;
        on.disabled = index === this.#chosen.length - 1;
        chip.append(back, on);
      }
      const remove = this.#tool("choice-remove", "×", `Remove ${label}`, () => this.#remove(index));
      remove.setAttribute("aria-keyshortcuts", `Delete${chip.draggable ? " Alt+ArrowLeft Alt+ArrowRight" : ""}`);
      chip.append(remove);
      return chip;
    }));
    this.chips.hidden = !this.#chosen.length;
  }

  #tool(className, sign, label, act) {
    const button = made("button", `choice-tool ${className}`, { type: "button", textContent: sign, title: label });
    button.setAttribute("aria-label", label);
    button.addEventListener("click", act);
    return button;
  }

  #pressedInChip(event) {
    const index = [...this.chips.children].findIndex((chip) => chip.contains(event.target));
    if (event.key === "Delete" || event.key === "Backspace") this.#remove(index);
    else if (event.altKey && event.key in STEPS) this.#move(index, this.#step(event), event.target.classList.item(1));
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const next = this.#chip(index + this.#step(event));
      if (next) next.querySelector(".choice-remove").focus();
      else if (this.#step(event) > 0) this.input.focus();
    } else return;
    event.preventDefault();
  }

  #step({ key }) {
    const isTurned = getComputedStyle(this).direction === "rtl" && !key.endsWith("Up") && !key.endsWith("Down");
    return isTurned ? -STEPS[key] : STEPS[key];
  }

  #dropped(moved) {
    const order = [...this.chips.children].map((chip) => chip.dataset.value);
    this.#chosen.sort((one, other) => order.indexOf(one.value) - order.indexOf(other.value));
    this.#showChips();
    this.#changed();
    this.#sayPlace(this.#chosen[order.indexOf(moved)]);
  }

  /* The text field */

  #listen() {
    this.chips.addEventListener("keydown", (event) => this.#pressedInChip(event));
    if (this.dataset.ordered) {
      dragItems(this.chips, { zone: this, inLine: true, dropped: (chip) => this.#dropped(chip.dataset.value) });
    }
    this.input.addEventListener("keydown", (event) => { if (!event.isComposing) this.#pressed(event); });
    this.input.addEventListener("input", (event) => {
      event.stopPropagation();
      this.warn("");
      if (this.isText && /[,\n]/.test(this.input.value) && !this.input.value.startsWith('"')) this.#addTyped();
      else if (this.typed) this.suggestions.later();
      else this.suggestions.close();
    });
    this.input.addEventListener("change", (event) => event.stopPropagation());
    this.input.addEventListener("click", () => { if (!this.isText || this.typed) this.suggestions.look(); });
    this.addEventListener("focusout", (event) => {
      if (this.contains(event.relatedTarget)) return;
      this.suggestions.close();
      if (this.isText) this.#addTyped();
    });
  }

  /* What is typed, for the suggestions. */
  get typed() {
    return oneLine(this.input.value);
  }

  #pressed(event) {
    const { isOpen } = this.suggestions;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) this.#entered();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (isOpen) this.suggestions.move(STEPS[event.key]);
      else this.suggestions.look();
    } else if (event.key === "Escape" && isOpen) {
      event.stopPropagation();
      this.suggestions.close();
    } else if (event.key === "Backspace" && !this.input.value && this.#chosen.length) {
      this.#remove(this.#chosen.length - 1);
      this.input.focus();
    } else if (event.key in STEPS && !event.altKey && !this.input.selectionEnd && this.#step(event) < 0 && this.#chosen.length) {
      this.chips.lastElementChild.querySelector(".choice-remove").focus();
    } else return;
    event.preventDefault();
  }

  /* What Enter chooses has been shown; before that, only a tag or the row of exactly this name. */
  async #entered() {
    if (this.suggestions.isOpen && this.suggestions.areCurrent) {
      this.#choose(this.suggestions.active);
    } else if (this.isText) {
      this.#addTyped();
    } else if (this.typed) {
      await this.suggestions.look();
      if (this.suggestions.exact) this.#choose(this.suggestions.exact);
    }
  }

  #addTyped() {
    const names = split(this.input.value);
    const known = names.length === 1 && this.suggestions.exact;
    if (known) this.#add(known);
    else if (!names.length) this.input.value = "";
    else if (this.suggestions.mayAdd) names.forEach((name) => this.#add({ value: name, label: name }));
    else this.warn("Choose a tag from the list.");
  }

  #choose(row) {
    if (!row) return;
    if (!row.isNew) this.#add(row);
    else if (this.isText) this.#add({ value: row.label, label: row.label });
    else this.#create(row.label);
  }

  async #create(name) {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const body = new FormData();
    body.append("name", name);
    try {
      const response = await fetch(this.url, {
        method: "POST",
        body,
        redirect: "manual",
        headers: { "X-CSRFToken": this.closest("form").elements.csrfmiddlewaretoken.value, Accept: "application/json" },
      });
      const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
      const answer = isJson ? await response.json() : {};
      if (response.ok) this.#add({ value: String(answer.id), label: answer.label });
      else this.warn(answer.message ?? `The ${this.row.toLowerCase()} was not created. Try again.`);
    } catch {
      this.warn(`The ${this.row.toLowerCase()} was not created. Check your connection and try again.`);
    } finally {
      this.#isBusy = false;
    }
  }

  warn(text) {
    if (this.note.textContent !== text) this.note.textContent = text;
  }

  say(text) {
    this.spoken.textContent = text;
  }
}

customElements.define("choice-field", ChoiceField);
