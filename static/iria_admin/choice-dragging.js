/* Orders the chips of a `choice-field` by dragging; their order counts when one is dropped. Its buttons and keys do the same. */

/* Of its own, so that the text editor and other fields accept no chip. */
const DRAGGED = "application/x-iria-choice";

export function orderByDragging(field, chips, dropped, ended) {
  let dragged = null;

  chips.addEventListener("dragstart", (event) => {
    dragged = event.target.closest(".choice-chip");
    event.dataTransfer.setData(DRAGGED, dragged.dataset.value);
    event.dataTransfer.effectAllowed = "move";
    dragged.classList.add("choice-dragged");
  });

  field.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    const over = event.target.closest(".choice-chip");
    if (!over || over === dragged) return;
    const { left, width } = over.getBoundingClientRect();
    const isLeft = event.clientX < left + width / 2;
    over[isLeft === (getComputedStyle(field).direction !== "rtl") ? "before" : "after"](dragged);
  });

  field.addEventListener("drop", (event) => {
    if (!dragged) return;
    event.preventDefault();
    const moved = dragged.dataset.value;
    dragged = null;
    dropped([...chips.children].map((chip) => chip.dataset.value), moved);
  });

  chips.addEventListener("dragend", () => {
    dragged = null;
    ended();
  });
}
