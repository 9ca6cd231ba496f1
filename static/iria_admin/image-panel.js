/* The details of the selected image in the image dialog: focal point with its crops, alt text and caption for
   this article, credit and licence. What belongs to the image is saved at once, and changes everywhere. */

import "./focal-point.js";
import { AltLine, CreditLine, Line, change, everythingOf } from "./image-details.js";

/* As in articles/images/processing/rendition_sizes.py. */
const CROPS = [["3 / 2", "Cards"], ["1 / 1", "Portraits"], ["40 / 21", "Link previews"]];

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function button(label, act, className = "button") {
  const made = make("button", { type: "button", textContent: label, className });
  made.addEventListener("click", act);
  return made;
}

export class Panel {
  /* `current`: the image that is used already; its alt text and caption are edited below it. */
  constructor({ current = "", use, back }) {
    Object.assign(this, { current: String(current), give: use, back });
    this.shown = "";
    this.body = make("div", { className: "image-panel-body" });
    this.status = make("p", { className: "image-panel-status" });
    this.status.setAttribute("role", "status");
    this.useButton = button("Use this image", () => this.use(), "button default image-use");
    this.useButton.disabled = true;
    this.dom = make("section", { className: "image-panel" },
      this.body,
      make("div", { className: "image-panel-foot" }, button("Back to the images", () => back(), "button image-panel-back"), this.status, this.useButton));
    this.dom.setAttribute("aria-label", "Selected image");
    this.empty();
  }

  empty() {
    this.body.replaceChildren(make("p", { className: "image-panel-hint", textContent: "Select an image to see its details." }));
  }

  async show(id) {
    this.shown = String(id);
    this.useButton.disabled = true;
    this.status.textContent = "";
    this.dom.closest("dialog")?.classList.add("image-dialog-detailed");
    try {
      const details = await everythingOf(id);
      if (this.shown !== String(id)) return;
      this.fill(details);
      this.useButton.disabled = false;
      this.useButton.focus();
    } catch (error) {
      if (this.shown !== String(id)) return;
      this.empty();
      this.status.textContent = error.message;
    }
  }

  fill(details) {
    this.details = details;
    const isCurrent = this.shown === this.current;
    this.useButton.textContent = isCurrent ? "Done" : "Use this image";
    const parts = [make("h3", { textContent: details.name })];
    if (details.preview) parts.push(this.focalPoint(details));
    this.alt = this.caption = null;
    if (!isCurrent) {
      let value = { alt: details.alt, decorative: details.is_decorative };
      this.alt = new AltLine((now) => { value = now; this.alt.show(details, value); });
      this.alt.show(details, value);
      this.caption = new Line("Caption for this article", make("textarea", { rows: 3, maxLength: 2000, value: details.caption }));
      parts.push(this.alt.dom, this.caption.dom);
    }
    parts.push(this.ofTheImage(details));
    this.body.replaceChildren(...parts);
  }

  /* Everything that changes wherever the image is used. */
  ofTheImage(details) {
    const credit = new CreditLine();
    credit.show(details);
    this.credit = credit;
    const until = this.saved("Licence ends", "licence_until", make("input", { type: "datetime-local" }), details);
    const terms = this.saved("Usage terms", "usage_terms", make("textarea", { rows: 2 }), details);
    const where = details.use_count ? "Changes in these fields appear wherever it is used." : "";
    const set = make("fieldset", { className: "image-panel-image", disabled: Boolean(details.why_unchangeable) },
      make("legend", { textContent: "Of the image" }),
      make("div", { className: "image-line-hint", textContent: details.why_unchangeable || where }),
      credit.dom, until.dom, terms.dom,
      this.usesOf(details),
      make("a", { href: details.change_url, target: "_blank", textContent: "All fields in the library" }));
    return set;
  }

  usesOf({ uses, use_count: count, change_url: all }) {
    const rows = uses.map(({ label, url }) => [label, url]);
    if (count > rows.length) rows.push([`${count - rows.length} more`, all]);
    const list = make("ul", {}, ...rows.map(([textContent, href]) => make("li", {}, make("a", { href, target: "_blank", textContent }))));
    const box = make("div", { className: "image-panel-uses" }, make("h4", { textContent: count ? "Used in" : "Not used" }));
    if (rows.length) box.append(list);
    return box;
  }

  saved(label, name, field, details) {
    const line = new Line(label, field);
    field.value = details[name];
    field.addEventListener("change", () => this.save(line, { [name]: field.value }));
    return line;
  }

  async save(line, values) {
    try {
      await change(this.details.id, values);
      line?.say("");
      this.status.textContent = "Saved";
    } catch (error) {
      if (line) line.say(error.message);
      else this.status.textContent = error.message;
    }
  }

  focalPoint(details) {
    const percent = (value) => Math.round(value * 1000) / 10;
    const [across, down] = [["x", details.focus_x, "Left (%)"], ["y", details.focus_y, "Top (%)"]].map(
      ([name, value, label]) => {
        const field = make("input", { type: "number", min: 0, max: 100, step: 0.1, id: `image-panel-${name}`, value: percent(value) });
        field.disabled = Boolean(details.why_unchangeable);
        return make("label", { className: "image-panel-percent" }, label, field);
      });
    const element = make("focal-point", { className: "focal-point" },
      make("div", { className: "focal-image" }, make("img", { src: details.preview, alt: details.alt })),
      make("p", { className: "focal-words help" }),
      make("div", { className: "focal-crops", hidden: true }, ...CROPS.map(([ratio, name]) => {
        const frame = make("div", { className: "focal-frame" }, make("img", { src: details.preview, alt: "" }));
        frame.dataset.ratio = ratio;
        return make("figure", { className: "focal-crop" }, frame, make("figcaption", { textContent: name }));
      })));
    Object.assign(element.dataset, { across: "image-panel-x", down: "image-panel-y", width: details.width, height: details.height });
    const box = make("div", { className: "image-panel-focus", inert: Boolean(details.why_unchangeable) },
      make("div", { className: "image-panel-percents" }, across, down), element);
    let timer = 0;
    box.addEventListener("change", () => {
      clearTimeout(timer);
      const values = { focus_x: across.lastChild.value, focus_y: down.lastChild.value };
      timer = setTimeout(() => this.save(null, values), 400);
    });
    return box;
  }

  /* A credit that was just typed is saved first. */
  async use() {
    if (this.useButton.disabled) return;
    await this.credit.save();
    if (this.credit.field.getAttribute("aria-invalid") && this.credit.field.value.trim()) {
      this.credit.field.focus();
      return;
    }
    const { id, ...rest } = this.details;
    const chosen = { ...rest, id: String(id), credit: this.credit.field.value };
    if (this.alt) Object.assign(chosen, this.alt.value, { caption: this.caption.field.value });
    this.give(chosen);
  }
}
