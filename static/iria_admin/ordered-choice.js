/* Fields of several rows in their order (iria/publication/row_fields.py):
   rows are added, moved and removed with buttons. Without this script there are two empty rows. */

const FIELDS = "select, input";

function enhance(list) {
  const { row } = list.dataset;
  const spare = list.lastElementChild;
  const pattern = spare.cloneNode(true);
  const chosen = [...list.children].filter((item) => fields(item).some((field) => field.value));
  if (chosen.length) list.replaceChildren(...chosen);
  else list.replaceChildren(spare);
  const add = made("button", "button ordered-choice-add", "");
  add.addEventListener("click", () => appended().focus());
  list.after(add);
  [...list.children].forEach(dress);
  number();

  function appended() {
    const item = pattern.cloneNode(true);
    dress(item);
    list.append(item);
    number();
    return item.querySelector(FIELDS);
  }

  function dress(item) {
    const tools = document.createElement("span");
    tools.className = "ordered-choice-tools";
    tools.append(
      tool("↑", "Move up", () => item.previousElementSibling?.before(item)),
      tool("↓", "Move down", () => item.nextElementSibling?.after(item)),
      tool("×", "Remove", () => (list.children.length > 1 ? item.remove() : fields(item).forEach((field) => { field.value = ""; }))),
    );
    item.append(tools);
  }

  function tool(sign, label, act) {
    const button = made("button", "ordered-choice-tool", sign);
    button.title = label;
    button.addEventListener("click", () => {
      act();
      number();
      list.dispatchEvent(new Event("input", { bubbles: true }));
      if (button.isConnected) button.focus();
    });
    button.dataset.label = label;
    return button;
  }

  function number() {
    [...list.children].forEach((item, index) => {
      const name = `${row} ${index + 1}`;
      for (const field of fields(item)) {
        field.setAttribute("aria-label", field.dataset.says ? `${name}: ${field.dataset.says}` : name);
      }
      fields(item)[0].id = `${list.id}_${index}`;
      for (const button of item.querySelectorAll("button")) {
        button.setAttribute("aria-label", `${button.dataset.label}: ${name}`);
      }
    });
    add.textContent = list.children.length ? "Add another" : "Add one";
  }
}

function fields(item) {
  return [...item.querySelectorAll(FIELDS)];
}

function made(tag, className, textContent) {
  const element = document.createElement(tag);
  element.type = "button";
  Object.assign(element, { className, textContent });
  return element;
}

document.querySelectorAll("ol.ordered-choice").forEach(enhance);
