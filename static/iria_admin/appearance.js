/* The preview of the theme follows the fields; the server says which contrasts are too low. */

const WAIT = 400;
const form = document.querySelector("[data-appearance]");
const frame = document.querySelector("[data-preview]");
const message = document.querySelector("[data-message]");
const schemes = document.querySelector("[data-schemes]");
let scheme = "light";
let timer = 0;
let asked = 0;

schemes.hidden = false;
schemes.addEventListener("click", (event) => {
  const button = event.target.closest("[data-scheme]");
  if (!button) return;
  scheme = button.dataset.scheme;
  for (const each of schemes.children) each.setAttribute("aria-pressed", String(each === button));
  show(frame.getAttribute("src"));
});
form.addEventListener("input", (event) => {
  paint(event.target);
  clearTimeout(timer);
  timer = setTimeout(check, WAIT);
});
form.addEventListener("reset", () => setTimeout(() => {
  for (const input of form.querySelectorAll(".appearance-field input")) paint(input);
  check();
}));

function show(url) {
  const wanted = url.replace(/(light|dark)\/$/, `${scheme}/`);
  if (wanted !== frame.getAttribute("src")) frame.src = wanted;
}

function paint(input) {
  const swatch = input.parentElement.querySelector("rect");
  const colour = (input.value || input.placeholder).trim();
  if (swatch && /^#([0-9a-f]{3}){1,2}$/i.test(colour)) swatch.setAttribute("fill", colour);
}

async function check() {
  const number = ++asked;
  const values = new URLSearchParams(new FormData(form));
  values.delete("csrfmiddlewaretoken");
  try {
    const response = await fetch(`${form.dataset.check}?${values}`);
    if (!response.ok) throw new Error(response.statusText);
    const { problems, preview } = await response.json();
    if (number !== asked) return;
    for (const list of form.querySelectorAll("[data-errors]")) {
      list.replaceChildren(...problems.filter((each) => each.field === list.dataset.errors).map((each) => {
        const item = document.createElement("li");
        item.textContent = each.message;
        return item;
      }));
      form.elements[list.dataset.errors].toggleAttribute("aria-invalid", list.childElementCount > 0);
    }
    message.textContent = problems.length ? `${problems.length} to correct before you can save.` : "";
    show(preview);
  } catch {
    message.textContent = "The preview could not be loaded. Your changes are not affected.";
  }
}
