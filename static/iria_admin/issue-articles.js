/* The articles of an issue (newsletter/admin/issue_form.py): dragged or moved with buttons, and
   found without leaving the page. Without this script places are numbers, an article is taken out by
   ticking a box, and a search saves the draft. */

function enhance(box) {
  const rows = box.querySelector(".issue-rows");
  const none = box.querySelector(".issue-none");
  const pattern = box.querySelector("template").content.firstElementChild;
  const search = box.querySelector("input[type=search]");
  const found = box.querySelector(".issue-found");
  let dragged = null;
  let asked = 0;

  box.classList.add("enhanced");
  [...rows.children].forEach(dress);
  number();

  function dress(row) {
    const tools = document.createElement("span");
    tools.className = "issue-tools";
    const grip = Object.assign(document.createElement("span"), { className: "issue-grip", textContent: "⠿", title: "Drag to move", draggable: true });
    grip.setAttribute("aria-hidden", "true");
    grip.addEventListener("dragstart", (event) => {
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setDragImage(row, 12, 12);
      row.classList.add("issue-dragged");
    });
    grip.addEventListener("dragend", () => { row.classList.remove("issue-dragged"); dragged = null; changed(); });
    row.prepend(grip);
    tools.append(
      tool("↑", "Move up", () => row.previousElementSibling?.before(row)),
      tool("↓", "Move down", () => row.nextElementSibling?.after(row)),
      tool("×", "Remove", () => {
        const next = row.nextElementSibling ?? row.previousElementSibling;
        row.remove();
        (next?.querySelector("button") ?? search).focus();
      }),
    );
    row.append(tools);
  }

  function tool(sign, words, act) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "issue-tool", textContent: sign, title: words });
    button.dataset.words = words;
    button.addEventListener("click", () => {
      act();
      changed();
      if (button.isConnected) button.focus();
    });
    return button;
  }

  /* Alt with an arrow moves the row that has the focus. */
  rows.addEventListener("keydown", (event) => {
    const row = event.target.closest(".issue-row");
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key) || !row) return;
    event.preventDefault();
    if (event.key === "ArrowUp") row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    changed();
    event.target.focus();
  });

  rows.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    const over = event.target.closest(".issue-row");
    if (!over || over === dragged) return;
    const { top, height } = over.getBoundingClientRect();
    if (event.clientY < top + height / 2) over.before(dragged);
    else over.after(dragged);
  });
  rows.addEventListener("drop", (event) => { if (dragged) event.preventDefault(); });

  function number() {
    [...rows.children].forEach((row, index) => {
      const headline = row.querySelector(".issue-headline bdi").textContent;
      row.querySelector(".issue-place input").value = index + 1;
      row.querySelector(".issue-heading input").setAttribute("aria-label", `Section heading above “${headline}”`);
      for (const button of row.querySelectorAll("button")) {
        button.setAttribute("aria-label", `${button.dataset.words}: “${headline}”, ${index + 1} of ${rows.children.length}`);
      }
    });
    none.hidden = rows.children.length > 0;
  }

  function changed() {
    number();
    rows.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function chosen() {
    return [...rows.querySelectorAll("input[type=hidden]")].map((field) => field.value);
  }

  box.addEventListener("change", (event) => {
    const ticked = event.target.closest(".issue-offer input");
    if (!ticked) return;
    event.stopPropagation();
    const offer = ticked.closest(".issue-offer");
    const row = pattern.cloneNode(true);
    row.querySelector("input[type=hidden]").value = ticked.value;
    row.querySelector(".issue-out").remove();
    row.querySelector(".issue-headline bdi").textContent = offer.querySelector("bdi").textContent;
    row.querySelector(".issue-headline small").textContent = offer.querySelector("small").textContent;
    row.querySelector(".article-thumbnail").replaceWith(offer.querySelector(".article-thumbnail"));
    dress(row);
    rows.append(row);
    const next = offer.nextElementSibling ?? offer.previousElementSibling;
    offer.remove();
    (next?.querySelector("input") ?? search).focus();
    changed();
    found.textContent = `Added “${row.querySelector(".issue-headline bdi").textContent}” at the end.`;
  });

  async function ask() {
    const turn = ++asked;
    const query = new URLSearchParams({ q: search.value });
    for (const key of chosen()) query.append("but", key);
    const answer = await fetch(`${box.dataset.address}?${query}`, { credentials: "same-origin" }).catch(() => null);
    if (turn !== asked) return;
    if (!answer?.ok || answer.redirected) {
      found.textContent = "The search failed. Try again; your text is unchanged.";
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const offers = page.querySelector(".issue-offers");
    box.querySelector(".issue-offers").replaceWith(offers);
    const count = offers.querySelectorAll(".issue-offer").length;
    found.textContent = search.value.trim() ? `${count} found` : "Latest articles";
  }

  const button = box.querySelector(".issue-search button");
  button.type = "button";
  button.addEventListener("click", ask);
  let pause = 0;
  search.addEventListener("input", (event) => {
    event.stopPropagation();
    clearTimeout(pause);
    pause = setTimeout(ask, 350);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    clearTimeout(pause);
    ask();
  });
}

document.querySelectorAll(".issue-articles").forEach(enhance);
