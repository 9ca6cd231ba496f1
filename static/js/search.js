/* Suggestions below the search field while somebody types (ARIA combobox, list autocomplete), and word of what
   was opened. Without this script the field is a field, and `ping` tells where it is on. */
class SearchSuggest extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.list = document.createElement("ul");
    this.list.id = "search-suggestions";
    this.list.hidden = true;
    this.set(this.list, { role: "listbox", "aria-label": this.getAttribute("label") });
    this.set(this.input, {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
    });
    this.append(this.list);
    this.input.addEventListener("input", () => {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.ask(), 150);
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.show([]));
    /* The field keeps the focus, so that a press on an option is not a blur first. */
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", ({ target }) => this.open(target.closest("li")));
  }

  set(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  }

  async ask() {
    const words = this.input.value.trim();
    const asked = words.length > 2 ? `${this.getAttribute("from")}?q=${encodeURIComponent(words)}` : "";
    this.asked = asked;
    try {
      const found = asked ? (await (await fetch(asked)).json()).suggestions : [];
      if (this.asked === asked && document.activeElement === this.input) this.show(found);
    } catch {
      this.show([]);
    }
  }

  show(found) {
    this.list.replaceChildren(
      ...found.map(({ kind, name, address }, place) => {
        const option = document.createElement("li");
        this.set(option, { role: "option", id: `suggestion-${place}`, "aria-selected": "false" });
        option.dataset.address = address;
        const what = document.createElement("span");
        what.textContent = kind;
        option.append(name, " ", what);
        return option;
      }),
    );
    this.list.hidden = !found.length;
    this.input.ariaExpanded = String(!this.list.hidden);
    this.choose(null);
  }

  choose(option) {
    this.chosen?.setAttribute("aria-selected", "false");
    this.chosen = option;
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    this.set(this.input, { "aria-activedescendant": option?.id ?? "" });
  }

  key(event) {
    if (this.list.hidden) return;
    const ring = [null, ...this.list.children];
    const place = ring.indexOf(this.chosen);
    if (event.key === "ArrowDown") this.choose(ring[(place + 1) % ring.length]);
    else if (event.key === "ArrowUp") this.choose(ring.at(place - 1));
    else if (event.key === "Enter" && this.chosen) this.open(this.chosen);
    else if (event.key === "Escape") this.show([]);
    else return;
    event.preventDefault();
  }

  open(option) {
    if (option) location.assign(option.dataset.address);
  }
}
customElements.define("search-suggest", SearchSuggest);

/* A browser whose `ping` is on would tell a second time, so the attribute goes. */
for (const link of document.querySelectorAll("a[ping]")) {
  const opened = link.ping;
  link.removeAttribute("ping");
  link.onclick = link.onauxclick = ({ button }) => {
    if (button < 2) navigator.sendBeacon(opened);
  };
}
