// Closes an open menu when one clicks elsewhere or presses Escape. Without it the summary closes the menu.
const MENUS = ".adm-new, .adm-new-up, .adm-account, .article-menu, .adm-filter, .case-reasons, .case-more";

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(MENUS)) {
    if (menu.open && !menu.contains(event.target) && !menu.closest(":popover-open")) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.activeElement?.closest(MENUS);
  if (!menu?.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
  event.preventDefault();
});

// On a page of its own every filter shows its choices.
document.querySelector("#changelist-filter")?.addEventListener("beforetoggle", ({ target, newState }) => {
  for (const menu of target.querySelectorAll(".adm-filter")) menu.open = newState === "open";
});
