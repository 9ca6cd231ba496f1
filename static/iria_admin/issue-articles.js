/* The articles of an issue (newsletter/admin/issue_form.py) are found without leaving the page; `ordered-list.js`
   orders them. Without these scripts a search saves the draft. */

function enhance(box) {
  const list = box.querySelector("ordered-list");
  const none = box.querySelector(".issue-none");
  const search = box.querySelector("input[type=search]");
  const found = box.querySelector(".issue-found");
  let asked = 0;
  let pause = 0;

  list.addEventListener("input", () => { none.hidden = list.rows.children.length > 0; });

  box.addEventListener("change", (event) => {
    const ticked = event.target.closest(".issue-offer input");
    if (!ticked) return;
    event.stopPropagation();
    const offer = ticked.closest(".issue-offer");
    const row = list.pattern.cloneNode(true);
    row.querySelector("input[type=hidden]").value = ticked.value;
    for (const part of ["bdi", "small", ".article-thumbnail"]) row.querySelector(part).replaceWith(offer.querySelector(part));
    list.add(row);
    const next = offer.nextElementSibling ?? offer.previousElementSibling;
    offer.remove();
    (next?.querySelector("input") ?? search).focus();
    found.textContent = `Added “${row.querySelector("bdi").textContent}” at the end.`;
  });

  async function ask() {
    clearTimeout(pause);
    const turn = ++asked;
    const query = new URLSearchParams({ q: search.value });
    for (const field of list.querySelectorAll("input[type=hidden]")) query.append("but", field.value);
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
  search.addEventListener("input", (event) => {
    event.stopPropagation();
    clearTimeout(pause);
    pause = setTimeout(ask, 350);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    ask();
  });
}

document.querySelectorAll(".issue-articles").forEach(enhance);
