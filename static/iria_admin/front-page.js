/* The front-page composer (articles/public/front_page/admin.py): articles are dragged into slots, or picked up
   with Space, moved with the arrows and pinned with Enter. Without this script each slot has its fields. */

const form = document.querySelector("[data-composer]");
const slots = [...form.querySelectorAll("[data-slot]")];
const words = form.querySelector("#composer-words");
const opened = new Map(slots.map((slot) => [slot, choice(slot)]));
const isWrong = Boolean(form.querySelector(".errornote"));
let picked = null;
let asked = 0;

function field(slot) {
  return slot.querySelector(".composer-choice input");
}
function value(slot) {
  return field(slot).value;
}
/* The article and until when. */
function choice(slot) {
  return [...slot.querySelectorAll(".composer-choice input")].map((each) => each.value).join("\n");
}
function announce(text) {
  form.querySelector("[data-announce]").textContent = text;
}

/* Puts an article into a slot and takes it out of any other. */
function pin(slot, article) {
  for (const other of slots) if (other !== slot && value(other) === article.label) unpin(other);
  field(slot).value = article.label;
  slot.querySelector("[data-shown]").replaceChildren(...article.shown.map((each) => each.cloneNode(true)));
  state(slot, "Pinned");
  announce(`Pinned in ${slot.dataset.slot}.`);
}
function unpin(slot) {
  for (const input of slot.querySelectorAll(".composer-choice input")) input.value = "";
  state(slot, "Automatic");
  announce(`${slot.dataset.slot} is automatic.`);
}
function state(slot, text) {
  const label = slot.querySelector("[data-state]");
  label.textContent = text;
  label.className = text === "Pinned" ? "composer-pinned" : "composer-automatic";
  count();
}
function count() {
  const patterns = [...form.querySelectorAll(".composer-pattern select")];
  const changed = slots.filter((slot) => choice(slot) !== opened.get(slot)).length
    + patterns.filter((each) => !each.querySelector(":checked").defaultSelected).length;
  const detail = form.querySelector("[data-changes]");
  detail.hidden = !changed;
  const publish = form.querySelector(".composer-actions .button.default");
  if (publish) publish.disabled = !changed && !isWrong;
  detail.textContent = changed === 1 ? "1 change not published" : `${changed} changes not published`;
}

function articleOf(element) {
  if (element.dataset.article) {
    const image = element.querySelector(".composer-thumb");
    const shown = [...element.querySelectorAll("p")];
    if (image) {
      const large = image.cloneNode(true);
      large.className = "composer-image";
      shown.unshift(large);
    }
    return { label: element.dataset.article, shown };
  }
  return value(element) ? { label: value(element), shown: [...element.querySelector("[data-shown]").children] } : null;
}

function pickUp(element) {
  drop();
  if (!articleOf(element)) return;
  picked = element;
  element.classList.add("composer-picked");
  announce("Picked up. Choose a slot with the arrows and pin with Enter; Escape cancels.");
}
function drop() {
  picked?.classList.remove("composer-picked");
  form.querySelector(".composer-over")?.classList.remove("composer-over");
  picked = null;
}
function over(slot) {
  form.querySelector(".composer-over")?.classList.remove("composer-over");
  slot?.classList.add("composer-over");
}
function place(slot) {
  const article = articleOf(picked);
  const from = picked;
  drop();
  if (from !== slot) pin(slot, article);
}

function movable(element) {
  element.tabIndex = 0;
  element.draggable = true;
  element.addEventListener("dragstart", (event) => {
    pickUp(element);
    if (!picked) event.preventDefault();
    else event.dataTransfer.setData("text/plain", articleOf(element).label);
  });
  element.addEventListener("dragend", drop);
  element.addEventListener("keydown", (event) => keys(event, element));
}

function keys(event, element) {
  if (event.target !== element) return;
  const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
  const target = form.querySelector(".composer-over");
  if (event.key === " ") {
    if (picked === element) drop();
    else pickUp(element);
  } else if (event.key === "Escape" && picked) {
    drop();
  } else if (event.key in steps && picked) {
    const next = slots[(slots.indexOf(target) + steps[event.key] + slots.length) % slots.length];
    over(next);
    next.scrollIntoView({ block: "nearest" });
    announce(next.dataset.slot);
  } else if (event.key === "Enter") {
    const free = slots.find((slot) => !value(slot));
    if (picked && target) place(target);
    else if (element.dataset.article && free) pin(free, articleOf(element));
  } else if (event.key === "Delete" && element.dataset.slot) {
    unpin(element);
  } else {
    return;
  }
  event.preventDefault();
}

for (const slot of slots) {
  movable(slot);
  slot.addEventListener("dragover", (event) => {
    if (!picked) return;
    event.preventDefault();
    over(slot);
  });
  slot.addEventListener("drop", (event) => {
    if (!picked) return;
    event.preventDefault();
    place(slot);
  });
  slot.querySelector("[data-grip]").hidden = false;
}

function dress() {
  form.querySelectorAll("[data-article]").forEach(movable);
}

async function search() {
  const turn = ++asked;
  const address = new URL(location.href);
  address.searchParams.set("q", words.value);
  const response = await fetch(address, { credentials: "same-origin" }).catch(() => null);
  if (turn !== asked) return;
  if (!response?.ok || response.redirected) {
    announce("The search failed. Try again; your changes are kept.");
    return;
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  form.querySelector("[data-found]").replaceWith(page.querySelector("[data-found]"));
  dress();
}

let pause = 0;
words.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(search, 300);
});
form.querySelector(".composer-search .button").hidden = true;
form.querySelector("[data-keys]").hidden = false;
form.addEventListener("input", count);
words.form.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
dress();
count();
