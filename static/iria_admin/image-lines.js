/* The lines below an image in a form: alt text, which belongs to this use, and credit, which belongs to
   the image. What is missing is asked for there. */

import { change } from "./image-details.js";

export const UNDESCRIBED = "Describe the image or mark it as decorative.";
const UNCREDITED = "Add a credit. Without one, readers do not see the image.";

let count = 0;

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/* A line with a label, a field and what is wrong with it. */
export class Line {
  constructor(label, field) {
    this.field = field;
    field.id ||= `image-line-${++count}`;
    this.problem = make("div", { className: "image-line-problem", id: `${field.id}-problem`, hidden: true });
    field.setAttribute("aria-describedby", this.problem.id);
    this.dom = make("div", { className: "image-line" },
      make("label", { htmlFor: field.id, textContent: label }), field, this.problem);
    /* These fields are not part of the form, and must not send it. */
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.preventDefault();
    });
  }

  say(problem) {
    this.problem.hidden = !problem;
    if (this.problem.textContent !== problem) this.problem.textContent = problem;
    this.dom.classList.toggle("image-line-lacks", Boolean(problem));
    if (problem) this.field.setAttribute("aria-invalid", "true");
    else this.field.removeAttribute("aria-invalid");
  }
}

export class CreditLine extends Line {
  constructor() {
    super("Credit", make("input", { type: "text", maxLength: 300, className: "image-credit-field", autocomplete: "off" }));
    this.hint = make("div", { className: "image-line-hint", textContent: "Belongs to the image: changes everywhere it is used." });
    this.field.after(this.hint);
    this.field.addEventListener("change", () => this.save());
    this.field.addEventListener("keydown", (event) => { if (event.key === "Enter") this.save(); });
    this.field.addEventListener("input", () => { if (this.field.value.trim()) this.say(""); });
  }

  async save() {
    const credit = this.field.value.trim();
    if (!this.details || credit === this.details.credit_name) return;
    const { id } = this.details;
    try {
      await change(id, { credit });
    } catch (error) {
      if (this.details?.id === id) this.say(error.message);
    }
  }

  show(details) {
    const same = this.details?.id === details?.id;
    this.details = details;
    this.dom.hidden = !details;
    if (!details) return;
    this.field.readOnly = details.is_composed;
    this.hint.textContent = details.is_composed
      ? "From photographer and agency: change it in the library."
      : "Belongs to the image: changes everywhere it is used.";
    if (!same || document.activeElement !== this.field) this.field.value = details.credit_name;
    this.say(details.needs_credit ? UNCREDITED : "");
    if (!details.needs_credit && !details.credit_name) this.field.placeholder = "No credit needed";
  }
}

/* `taken({ alt, decorative })` is called with every change. The fields may be those of a form. */
export class AltLine extends Line {
  constructor(taken, { field = make("textarea"), box = make("input", { type: "checkbox" }) } = {}) {
    super("Alt text", Object.assign(field, { rows: 1, maxLength: 1000 }));
    field.classList.add("image-alt-field");
    this.box = box;
    this.field.after(make("label", { className: "image-decorative" }, this.box, " Decorative"));
    this.field.addEventListener("input", () => taken(this.value));
    this.box.addEventListener("change", () => taken(this.value));
    this.offer = make("button", { type: "button", className: "button image-alt-offer", textContent: "Save in the library too", hidden: true });
    this.offer.addEventListener("click", () => this.save());
    this.problem.before(this.offer);
  }

  /* For other articles with an image that has no alt text of its own. */
  async save() {
    this.field.focus();
    try {
      await change(this.details.id, { alt_text: this.value.alt.trim() });
    } catch (error) {
      this.say(error.message);
    }
  }

  get value() {
    return { alt: this.field.value.replace(/\s+/g, " "), decorative: this.box.checked };
  }

  show(details, { alt, decorative }) {
    this.details = details;
    if (document.activeElement !== this.field) this.field.value = alt;
    this.box.checked = decorative;
    this.field.disabled = decorative;
    const own = details?.is_decorative ? "" : details?.alt ?? "";
    this.field.placeholder = decorative ? "" : own;
    const described = decorative || alt.trim() || own || details?.is_decorative;
    this.offer.hidden = !details || details.alt || details.is_decorative || decorative || !alt.trim();
    this.say(details && !described ? UNDESCRIBED : "");
  }
}

/* Links to fix an image lead to its line on this page if it is here, else to the library. */
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href*='/image/']");
  const found = link?.getAttribute("href").match(/\/image\/(\d+)\/change\/#id_(alt_text|credit)$/);
  if (!found || link.closest("dialog.image-dialog")) return;
  const [, id, field] = found;
  const fields = document.querySelectorAll(`[data-lines-of="${id}"] .image-${field === "credit" ? "credit" : "alt"}-field`);
  const first = [...fields].find((each) => each.getAttribute("aria-invalid")) ?? fields[0];
  if (!first) return;
  event.preventDefault();
  /* The sidebar lies over the text on narrow screens. */
  const over = matchMedia("(width < 1120px)").matches && link.closest("#article-sidebar");
  if (over) over.querySelector("[data-sidebar-close]")?.click();
  first.scrollIntoView({ block: "center" });
  first.focus({ preventScroll: true });
});
