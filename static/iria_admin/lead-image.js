/* The lead image in the article form: uploaded when a file is chosen or dropped here, shown as readers see it,
   with its alt text and credit below. Without this script it is chosen by its number in the library. */

import { AltLine, CreditLine, Progress, TYPES, detailsOf, imagesIn, upload } from "./image-details.js";
import { cropPosition } from "./focal-point.js";

const RATIO = 2.4;

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

class LeadImage extends HTMLElement {
  connectedCallback() {
    if (this.number) return;
    this.number = this.querySelector("input");
    const { form } = this.number;
    const { lead_alt: field, lead_decorative: box, lead_caption: caption } = form.elements;
    if (!field || !box) return;
    Object.assign(this, { caption, field, box });
    this.frame = this.querySelector(".image-widget-frame");
    this.image = make("img", { className: "image-widget-preview", alt: "", hidden: true });
    this.frame.replaceChildren(this.image);
    this.addButtons();
    this.addLines();
    this.takeFiles();
    this.number.closest("label").hidden = true;
    this.classList.add("enhanced");
    this.number.addEventListener("change", () => this.show());
    this.addEventListener("picture:chosen", (event) => this.take(event.detail));
    document.addEventListener("image:changed", ({ detail }) => { if (String(detail.id) === this.number.value) this.showDetails(detail); });
    this.show();
  }

  addButtons() {
    this.file = make("input", { type: "file", accept: TYPES, hidden: true });
    this.file.addEventListener("change", () => {
      this.upload([...this.file.files]);
      this.file.value = "";
    });
    this.uploader = this.button("Upload an image", () => this.file.click(), "button lead-image-upload");
    this.focal = this.button("Focal point", () => this.ask({ details: true, current: this.number.value }), "button lead-image-focus");
    this.chooser = this.querySelector(".image-widget-choose");
    this.chooser.setAttribute("role", "button");
    this.chooser.addEventListener("click", (event) => {
      event.preventDefault();
      this.ask({ details: true });
    });
    this.chooser.addEventListener("keydown", (event) => { if (event.key === " ") { event.preventDefault(); this.chooser.click(); } });
    this.clear = this.querySelector(".image-widget-clear");
    this.clear.addEventListener("click", () => this.take(null));
    this.hint = make("p", { className: "lead-image-hint", textContent: "Drop the lead image here" });
    this.tools = make("span", { className: "lead-image-tools" }, this.uploader, this.chooser, this.focal, this.clear);
    this.frame.after(this.hint, this.tools, this.file);
  }

  button(textContent, act, className) {
    const made = make("button", { type: "button", className, textContent });
    made.addEventListener("click", act);
    return made;
  }

  addLines() {
    const rows = [this.field, this.box].map((each) => each.closest(".form-row"));
    this.alt = new AltLine(() => this.showLines(), { field: this.field, box: this.box });
    this.credit = new CreditLine();
    this.lines = make("div", { className: "image-lines lead-image-lines", hidden: true }, this.alt.dom, this.credit.dom);
    rows.at(-1).after(this.lines);
    for (const row of rows) {
      row.querySelector("label").remove();
      row.hidden = !row.querySelector(".errorlist");
    }
    this.captionRow = this.caption?.closest(".form-row");
    this.captionRow?.classList.add("lead-image-caption");
  }

  takeFiles() {
    this.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      this.classList.add("over");
    });
    this.addEventListener("dragleave", (event) => { if (!this.contains(event.relatedTarget)) this.classList.remove("over"); });
    this.addEventListener("drop", (event) => {
      this.classList.remove("over");
      const files = imagesIn(event.dataTransfer);
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      if (files.length) this.upload(files);
    });
    this.addEventListener("paste", (event) => {
      const files = imagesIn(event.clipboardData);
      if (!files.length) return;
      event.preventDefault();
      this.upload(files);
    });
  }

  ask(detail) {
    this.dispatchEvent(new CustomEvent("picture:ask", { bubbles: true, detail }));
  }

  /* The article has one lead image: of several files the first is taken. */
  upload([file]) {
    if (!file) return;
    this.progress?.remove();
    const end = () => {
      progress.dom.remove();
      this.classList.remove("busy");
      if (this.progress === progress) this.progress = null;
    };
    const progress = new Progress(file.name || "Pasted image", (options) => upload(file, options), {
      removed: () => { end(); this.uploader.focus(); },
      done: ({ image }) => {
        end();
        this.take(image);
        this.askForMissing();
      },
    });
    this.progress = progress;
    this.classList.add("busy");
    this.frame.after(progress.dom);
    progress.run();
  }

  async askForMissing() {
    await this.shown;
    const missing = this.lines.querySelector("[aria-invalid]");
    const elsewhere = document.activeElement !== document.body && !this.contains(document.activeElement);
    if (missing && !elsewhere) missing.focus();
  }

  /* Another image has another alt text; a caption that was written stays. */
  take(image) {
    const same = image && String(image.id) === this.number.value;
    const before = this.details;
    this.number.value = image?.id ?? "";
    if (!same) {
      this.field.value = (image?.alt ?? "").replace(/\s+/g, " ").trim();
      this.box.checked = Boolean(image?.decorative);
      this.writeCaption(image?.caption ?? "", before?.caption ?? "");
    }
    this.number.dispatchEvent(new Event("change", { bubbles: true }));
    if (!image) this.uploader.focus();
  }

  writeCaption(text, before) {
    const plain = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.replace(/\s+/g, " ").trim();
    const written = plain(this.caption?.value ?? "");
    if (!this.caption || (written && written !== before)) return;
    const paragraph = make("p", { textContent: text.replace(/\s+/g, " ").trim() });
    this.caption.dispatchEvent(new CustomEvent("desk:write", { detail: text ? paragraph.outerHTML : "" }));
  }

  show() {
    this.shown = this.load();
  }

  async load() {
    const id = this.number.value;
    this.details = null;
    const details = id ? await detailsOf(id) : null;
    if (this.number.value === id) this.showDetails(details);
  }

  showDetails(details) {
    this.details = details;
    const { value } = this.number;
    const chosen = Boolean(value);
    this.classList.toggle("lead-image-empty", !chosen);
    const leaving = chosen && document.activeElement === this.uploader;
    this.uploader.hidden = this.hint.hidden = chosen;
    if (leaving) this.chooser.focus();
    this.chooser.textContent = chosen ? "Replace" : "Choose from the library";
    this.focal.hidden = this.clear.hidden = !chosen;
    this.querySelector(".image-widget-name").textContent = details?.name ?? (chosen ? `Image number ${value} is not in the library.` : "");
    this.image.hidden = !details?.preview;
    if (details?.preview) {
      if (this.image.getAttribute("src") !== details.preview) this.image.src = details.preview;
      this.image.style.objectPosition = cropPosition(details, RATIO);
    } else {
      this.image.removeAttribute("src");
    }
    this.lines.hidden = !details;
    this.lines.dataset.linesOf = value;
    if (this.captionRow) this.captionRow.hidden = !chosen && !this.captionRow.querySelector(".errorlist") && !this.caption.value;
    this.credit.show(details);
    this.showLines();
  }

  showLines() {
    this.alt.show(this.details, this.alt.value);
  }
}

customElements.define("lead-image", LeadImage);
