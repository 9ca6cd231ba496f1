/* Counts a view once, without a cookie, not while prerendering. */
const count = () => {
  if (document.hidden) return;
  document.removeEventListener("visibilitychange", count);
  navigator.sendBeacon("/seen/", document.querySelector("[data-view]").dataset.view);
};
document.addEventListener("visibilitychange", count);
count();
