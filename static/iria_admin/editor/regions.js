/* F6 and Shift+F6: from the text to the bubble menu, the toolbar, the column beside it, and back. */

const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";

export function linkRegions(editor, frame) {
  const side = document.querySelector(".admin-side");
  const regions = [
    { holder: editor.view.dom, enter: () => { editor.view.focus(); return true; } },
    { holder: editor.storage.bubble.menu.dom, enter: () => editor.storage.bubble.menu.enter() },
    { holder: editor.storage.menu.dom, enter: () => enter(editor.storage.menu.dom.querySelectorAll(".admin-tool[tabindex='0']")) },
    { holder: side, enter: () => side !== null && enter(side.querySelectorAll(FOCUSABLE)) },
  ];
  const move = (event) => {
    const here = regions.findIndex(({ holder }) => holder?.contains(event.target));
    if (event.key !== "F6" || event.ctrlKey || here === -1) return;
    event.preventDefault();
    const step = event.shiftKey ? -1 : 1;
    for (let count = 1; count <= regions.length; count += 1) {
      if (regions[(here + step * count + regions.length * 2) % regions.length].enter()) return;
    }
  };
  frame.addEventListener("keydown", move);
  side?.addEventListener("keydown", move);
}

function enter(candidates) {
  const first = [...candidates].find((each) => each.checkVisibility() && !each.disabled);
  first?.focus();
  return Boolean(first);
}
