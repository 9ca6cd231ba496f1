// Closes an open menu when one clicks elsewhere or presses Escape. Without it the summary closes the menu.
const MENUS = ".adm-new, .adm-new-up, .adm-account, .article-menu";

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(MENUS)) {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.activeElement?.closest(MENUS);
  if (!menu?.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
  event.preventDefault();
});
