/* Loads the scripts a page needs; it works without them. */
const has = (part) => document.querySelector(part);
const bring = async () => {
  if (has("main search-suggest")) import("./search.js");
  if (has("embed-frame")) import("./embed.js");
  if (has("share-links")) import("./share.js");
  if (has("[data-view]")) import("./count-view.js");
  if (has("comment-thread")) await import("./comments.js");
  if (has("sign-in-state")) import("./sign-in-state.js");
  if (has(".masthead")) import("./masthead.js");
};
if (document.readyState === "complete") bring();
else addEventListener("load", bring);

addEventListener("click", (event) => {
  const way = event.target.closest(".enlarge");
  if (!way || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  import("./lightbox.js").then(({ show }) => show(way), () => (location = way));
});
