/* Suggestions below the search field while somebody types (ARIA combobox, list autocomplete), and word of what
   was opened. Without this script the field is a field, and `ping` tells where it is on. */
class SearchSuggest extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.list = document.createElement("ul");
    Object.assign(this.list, {
      id: `${this.input.id}-suggestions`,
      hidden: true,
      role: "listbox",
      ariaLabel: this.getAttribute("label"),
    });
    Object.assign(this.input, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false" });
    this.input.setAttribute("aria-controls", this.list.id);
    this.append(this.list);
    this.input.oninput = () => {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.ask(), 150);
    };
    this.input.onkeydown = (event) => this.key(event);
    this.input.onblur = () => this.show([]);
    /* The field keeps the focus, so that a press on an option is not a blur first. */
    this.list.onmousedown = () => false;
    this.list.onclick = ({ target }) => this.open(target.closest("li"));
    /* What was typed before this script was there. */
    if (document.activeElement === this.input && this.input.value) this.input.oninput();
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
        Object.assign(option, { role: "option", id: `${this.list.id}-${place}`, ariaSelected: "false" });
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
    if (this.chosen) this.chosen.ariaSelected = "false";
    this.chosen = option;
    if (option) option.ariaSelected = "true";
    option?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option?.id ?? "");
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
