/* The dialog of a library (images, files): it shows a fragment of the server. */

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

export class LibraryDialog {
  /* Counts requests: a response that arrives after a newer request is ignored. */
  #requests = 0;

  /* `shown` is called after every load; the search field gets the focus unless it returns false. */
  constructor(label, shown = () => true) {
    const close = make("button", { type: "button", className: "image-dialog-close", title: "Close", ariaLabel: "Close", textContent: "×" });
    this.shown = shown;
    this.inside = make("div", { className: "image-dialog-inside", tabIndex: -1 });
    this.dom = make("dialog", { className: "image-dialog", ariaLabel: label }, close, this.inside);
    close.addEventListener("click", () => this.dom.close());
    document.body.append(this.dom);
  }

  open(url) {
    /* What was there the last time must not be selectable until the library has responded. */
    this.inside.replaceChildren();
    this.dom.showModal();
    this.show(url);
  }

  async show(url, options) {
    const mine = ++this.#requests;
    this.inside.setAttribute("aria-busy", "true");
    try {
      const page = await load(url, options);
      if (mine !== this.#requests) return;
      this.inside.replaceChildren(...page.body.childNodes);
    } catch {
      if (mine !== this.#requests) return;
      this.inside.replaceChildren(make("p", {
        className: "errornote",
        textContent: "The library did not respond. Close this dialog and try again. Your text is not affected.",
      }));
    }
    this.inside.removeAttribute("aria-busy");
    if (this.shown() !== false) (this.inside.querySelector("input[type=search]") ?? this.inside).focus();
  }

  /* After an upload: replaces the list only, so that the result of each file stays. */
  async refresh(url, replace) {
    const mine = this.#requests;
    const page = await load(url).catch(() => null);
    if (page && mine === this.#requests) replace(page);
  }
}

async function load(url, options) {
  const response = await fetch(url, { credentials: "same-origin", ...options });
  if (!response.ok || response.redirected) throw new Error(String(response.status));
  return new DOMParser().parseFromString(await response.text(), "text/html");
}
