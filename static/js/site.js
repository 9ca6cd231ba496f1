/* The one script of every page. It brings the script of each part that stands on this one, once the
   page itself is there; without it every part still works, in plain HTML. */
const bring = () => {
  if (document.querySelector("sign-in-state")) import("./sign-in-state.js");
  if (document.querySelector("comment-thread")) import("./comments.js");
  if (document.querySelector("search-suggest")) import("./search.js");
  if (document.querySelector("embed-frame")) import("./embed.js");
  if (document.querySelector("[data-seen]")) import("./seen.js");
};
if (document.readyState === "complete") bring();
else addEventListener("load", bring, { once: true });
