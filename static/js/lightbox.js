/* Full-size images within the page. */
const dialog = document.querySelector(".lightbox");
const ways = [...document.querySelectorAll(".enlarge")];
let at;

export const show = (way) => {
  at = ways.indexOf(way);
  const parts = [way.firstChild, way.nextSibling, way.closest(".gallery")?.lastChild];
  const [picture, ...words] = parts.map((each) => each?.cloneNode(true));
  for (const each of picture.children) each.sizes = "100vw";
  const said = words.filter((each) => each?.matches("figcaption"));
  dialog.lastElementChild.replaceChildren(picture, ...said);
  dialog.querySelector("p").textContent = dialog.dataset.place.replace("{}", at + 1);
  dialog.open || dialog.showModal();
};
const step = (by) => by && show(ways.at((at + by) % ways.length));

dialog.onclick = ({ target }) => step(+target.value);
dialog.onkeydown = ({ key }) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
  step(dialog.matches(":dir(rtl)") ? -by : by);
};
dialog.onclose = () => ways[at].focus();
