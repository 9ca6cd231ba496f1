/* A list in a form (iria/core/ordered_list.py): its rows are dragged, moved with buttons or with Alt and an arrow,
   removed and added. Without this script there are empty rows, or numbers and boxes to tick. */

const CONTROLS = "select, input:not([type=hidden])";
const STEPS = { ArrowUp: -1, ArrowDown: 1 };
/* Of its own, so that the text editor and other fields accept no item. */
const DRAGGED = "application/x-iria-item";

class OrderedList extends HTMLElement {
  connectedCallback() {
    if (this.rows) return;
    this.rows = this.querySelector("ol");
    const template = this.querySelector("template");
    const spare = this.rows.lastElementChild;
    this.pattern = template?.content.firstElementChild ?? spare.cloneNode(true);
    this.mayBeEmpty = Boolean(template);
    if (!template) {
      const filled = [...this.rows.children].filter((row) => controls(row).some(({ value }) => value));
      this.rows.replaceChildren(...(filled.length ? filled : [spare]));
      const button = made("button ordered-add", "Add another");
      button.addEventListener("click", () => controls(this.add(this.pattern.cloneNode(true)))[0].focus());
      this.rows.after(button);
    }
    [...this.rows.children].forEach((row) => this.#dress(row));
    this.#number();
    dragItems(this.rows, { dropped: () => this.#changed() });
    this.addEventListener("keydown", (event) => {
      const row = event.target.closest(".ordered-row");
      if (!event.altKey || !(event.key in STEPS) || !row) return;
      event.preventDefault();
      this.#move(row, STEPS[event.key]);
      event.target.focus();
    });
  }

  add(row) {
    this.#dress(row);
    this.rows.append(row);
    this.#changed();
    return row;
  }

  #dress(row) {
    for (const each of row.querySelectorAll("[data-plain]")) each.remove();
    const grip = made("ordered-grip", "⠿", "span");
    Object.assign(grip, { title: "Drag to move", draggable: true });
    grip.setAttribute("aria-hidden", "true");
    row.prepend(grip);
    const tools = made("ordered-tools", "", "span");
    tools.append(
      this.#tool("↑", "Move up", () => this.#move(row, -1)),
      this.#tool("↓", "Move down", () => this.#move(row, 1)),
      this.#tool("×", "Remove", () => this.#remove(row)),
    );
    row.append(tools);
  }

  #tool(sign, label, act) {
    const button = made("ordered-tool", sign);
    Object.assign(button, { title: label });
    button.addEventListener("click", () => {
      act();
      if (button.isConnected) button.focus();
    });
    return button;
  }

  #move(row, step) {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    other?.[step < 0 ? "before" : "after"](row);
    this.#changed();
  }

  #remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    if (next || this.mayBeEmpty) row.remove();
    else for (const control of controls(row)) control.value = "";
    this.#changed();
    (next?.querySelector("button") ?? this.parentElement.querySelector("input[type=search]"))?.focus();
  }

  #changed() {
    this.#number();
    this.rows.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #number() {
    const { length } = this.rows.children;
    [...this.rows.children].forEach((row, index) => {
      const headline = row.querySelector("bdi")?.textContent;
      const name = headline ? `“${headline}”, ${index + 1} of ${length}` : `${this.dataset.row} ${index + 1}`;
      for (const control of controls(row)) control.setAttribute("aria-label", `${name}: ${control.dataset.says}`);
      for (const button of row.querySelectorAll("button")) button.setAttribute("aria-label", `${button.title}: ${name}`);
      controls(row)[0].id = `${this.rows.id}_${index}`;
    });
  }
}

function controls(row) {
  return [...row.querySelectorAll(CONTROLS)];
}

function made(className, textContent, tag = "button") {
  const element = Object.assign(document.createElement(tag), { className, textContent });
  if (tag === "button") element.type = "button";
  return element;
}

/* The items of a list are dragged within a zone; `dropped` is called with the one that was moved. */
export function dragItems(list, { zone = list, inLine = false, dropped }) {
  let dragged = null;
  let next = null;
  let isDropped = false;

  list.addEventListener("dragstart", (event) => {
    if (!event.target.draggable) return; /* selected text */
    dragged = event.target.closest("li");
    next = dragged.nextElementSibling;
    isDropped = false;
    event.dataTransfer.setData(DRAGGED, "");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setDragImage(dragged, 12, 12);
    dragged.classList.add("ordered-dragged");
  });

  zone.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    const over = event.target.closest("li");
    if (over === dragged || over?.parentElement !== list) return;
    const { left, top, width, height } = over.getBoundingClientRect();
    const isLeft = event.clientX < left + width / 2;
    const isEarlier = inLine
      ? isLeft === (getComputedStyle(zone).direction !== "rtl")
      : event.clientY < top + height / 2;
    over[isEarlier ? "before" : "after"](dragged);
  });

  zone.addEventListener("drop", (event) => {
    if (!dragged) return;
    event.preventDefault();
    isDropped = true;
  });

  list.addEventListener("dragend", () => {
    if (!dragged) return;
    const item = dragged;
    item.classList.remove("ordered-dragged");
    dragged = null;
    if (isDropped) dropped(item);
    else list.insertBefore(item, next);
  });
}

customElements.define("ordered-list", OrderedList);
