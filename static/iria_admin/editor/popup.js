/* Places what floats over the text: menus, the slash menu and the bubble menu. */

const GAP = 6;
const EDGE = 8;

const windowHeight = () => globalThis.visualViewport?.height ?? innerHeight;

/* Beside `rect`, inside the window. `sides` are tried in order; false if there is room on none. */
export function place(popup, rect, { sides = ["below", "above"], top = EDGE, bottom = windowHeight() - EDGE } = {}) {
  const { offsetWidth: width, offsetHeight: height } = popup;
  const at = { above: rect.top - GAP - height, below: rect.bottom + GAP };
  const side = sides.find((each) => at[each] >= top && at[each] + height <= bottom);
  if (!side) return false;
  const left = Math.max(EDGE, Math.min(rect.left, innerWidth - width - EDGE));
  Object.assign(popup.style, { left: `${left}px`, top: `${at[side]}px` });
  return true;
}

/* The same for a list that scrolls: where there is more room, as high as that. */
export function placeList(list, rect) {
  list.style.maxHeight = "";
  if (place(list, rect)) return;
  const room = { above: rect.top - GAP - EDGE, below: windowHeight() - EDGE - GAP - rect.bottom };
  const side = room.below >= room.above ? "below" : "above";
  list.style.maxHeight = `${Math.floor(room[side])}px`;
  place(list, rect, { sides: [side], top: -Infinity, bottom: Infinity });
}

/* The part of the window that the toolbar does not cover: it stays at the top, on phones at the bottom. */
export function room(editor) {
  const bar = editor.storage.menu.dom;
  const { top, bottom } = bar.getBoundingClientRect();
  return getComputedStyle(bar).position === "fixed"
    ? { top: EDGE, bottom: top - 2 }
    : { top: Math.max(0, bottom) + 2, bottom: windowHeight() - EDGE };
}

/* One stop for the Tab key; the arrow keys move inside. */
export function moveFocus(event, items, keys) {
  const shown = items.filter((item) => item.checkVisibility());
  const here = shown.indexOf(document.activeElement);
  if (here === -1) return false;
  const to = { [keys[0]]: here - 1, [keys[1]]: here + 1, Home: 0, End: shown.length - 1 }[event.key];
  if (to === undefined) return false;
  event.preventDefault();
  const next = shown[(to + shown.length) % shown.length];
  for (const item of items) item.tabIndex = item === next ? 0 : -1;
  next.focus();
  return true;
}
