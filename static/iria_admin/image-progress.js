/* An upload in the place of its image: progress, and if it failed, why, with Retry and Remove. */

export class Progress {
  /* `start(options)` uploads and returns a promise; `done(result)` and `removed()` end it. */
  constructor(name, start, { done, removed }) {
    Object.assign(this, { name, start, done, removed });
    this.dom = document.createElement("div");
    this.dom.className = "image-progress";
    this.dom.contentEditable = "false";
    this.text = document.createElement("p");
    this.text.setAttribute("role", "status");
    this.bar = Object.assign(document.createElement("progress"), { max: 1 });
    this.bar.setAttribute("aria-label", name);
    this.buttons = document.createElement("div");
    this.buttons.className = "image-progress-buttons";
    this.dom.append(this.text, this.bar, this.buttons);
  }

  async run() {
    const control = new AbortController();
    this.dom.classList.remove("image-progress-failed");
    this.bar.hidden = false;
    this.bar.removeAttribute("value");
    this.text.textContent = `Uploading ${this.name}`;
    this.offer(["Cancel", () => { control.abort(); this.remove(); }]);
    try {
      const progress = (part) => {
        if (part < 1) this.bar.value = part;
        else this.bar.removeAttribute("value");
      };
      const result = await this.start({ progress, signal: control.signal });
      if (!control.signal.aborted) this.done(result);
    } catch (error) {
      if (!control.signal.aborted) this.fail(error.message);
    }
  }

  fail(message) {
    this.dom.classList.add("image-progress-failed");
    this.bar.hidden = true;
    this.text.textContent = `${this.name} was not uploaded: ${message}`;
    this.offer(["Retry", () => this.run()], ["Remove", () => this.remove()]);
  }

  remove() {
    this.removed();
  }

  offer(...choices) {
    this.buttons.replaceChildren(...choices.map(([label, act]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: label });
      button.addEventListener("click", act);
      return button;
    }));
  }
}

export function imagesIn(data) {
  return [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));
}
