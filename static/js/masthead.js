/* The field that the search link opens, and menus that close with Escape or a click beside them. */
const head = document.querySelector(".masthead");
const link = head.querySelector(".search-link");
const form = head.querySelector(".masthead-search");
const menus = () => head.querySelectorAll("details[open]");

const search = (opens) => {
  form.hidden = !opens;
  link.ariaExpanded = String(opens);
};

if (form) {
  search(false);
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    search(form.hidden);
    if (form.hidden) return;
    for (const menu of menus()) menu.open = false;
    import("./search.js");
    form.elements.q.focus();
  });
}

addEventListener("click", ({ target }) => {
  for (const menu of menus()) if (!menu.contains(target)) menu.open = false;
  if (form && !form.hidden && !form.contains(target) && !link.contains(target)) search(false);
});

head.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  for (const menu of menus()) {
    menu.open = false;
    menu.firstElementChild.focus();
  }
  if (form && !form.hidden) {
    search(false);
    link.focus();
  }
});
