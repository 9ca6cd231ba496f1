/* Says once that an article was opened: its number, without a cookie. Not while it is fetched ahead. */
const tell = () => {
  if (document.hidden) return;
  document.removeEventListener("visibilitychange", tell);
  navigator.sendBeacon("/seen/", document.querySelector("[data-seen]").dataset.seen);
};
document.addEventListener("visibilitychange", tell);
tell();
