/* Says once that an article was opened: its number, without a cookie. Not while it is fetched ahead. */
const number = document.querySelector("[data-seen]")?.dataset.seen;
const tell = () => {
  if (document.visibilityState !== "visible") return;
  document.removeEventListener("visibilitychange", tell);
  navigator.sendBeacon("/seen/", number);
};
if (number && navigator.sendBeacon) {
  document.addEventListener("visibilitychange", tell);
  tell();
}
