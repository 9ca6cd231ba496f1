/* The list below the text field of a `choice-field`: rows from articles/editorial/admin/choices.py whose name contains
   what was typed, and “New …” where there is none of this name and the user may add one. */

const PAUSE = 150;
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export class Suggestions {
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

export function made(tag, className, properties = {}) {
  return Object.assign(document.createElement(tag), { className, ...properties });
}
