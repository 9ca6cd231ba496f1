/* Issues of the newsletter: their articles, their delivery, and the e-mail beside the form. */

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

/* Updates the delivery status of an issue while it is being sent. */

const PAUSE = 2000;

async function followDelivery(panel) {
  const address = panel.dataset.follow;
  while (panel.isConnected && panel.dataset.follow) {
    await new Promise((go) => { setTimeout(go, PAUSE); });
    /* Do not replace a button that is about to be pressed. */
    if (document.hidden || panel.querySelector(":is(a, button, summary):is(:hover, :focus-visible)")) continue;
    const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || answer.redirected) continue;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector(".newsletter-delivery");
    if (!next) continue;
    const open = [...panel.querySelectorAll("details")].map((each) => each.open);
    next.querySelectorAll("details").forEach((each, index) => { each.open = open[index] ?? false; });
    panel.replaceWith(next);
    panel = next;
  }
}

const delivery = document.querySelector(".newsletter-delivery[data-follow]");
if (delivery) followDelivery(delivery);

/* The mail beside its form, drawn anew while somebody writes (newsletter/admin/issue_tools.py), and how
   much of a subject is seen. Without this script the same buttons draw it when they are pressed. */

const QUIET = 900;
const preview = document.querySelector(".issue-live");
if (preview) showEmail(preview);
document.querySelectorAll("input[data-shown]").forEach(count);

function showEmail(live) {
  const { form } = live.querySelector("button");
  const buttons = [...live.querySelectorAll("button[name=_look]")];
  let look = buttons[0];
  let pause = 0;
  let drawings = 0;

  live.classList.add("enhanced");
  for (const button of buttons) button.addEventListener("click", () => choose(button));
  form.addEventListener("submit", (event) => { if (event.submitter?.name === "_look") fresh(); });
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  choose(look);
  draw();

  function choose(button) {
    look = button;
    live.dataset.look = button.value;
    for (const each of buttons) each.setAttribute("aria-pressed", String(each === button));
  }

  function soon() {
    clearTimeout(pause);
    pause = setTimeout(draw, QUIET);
  }

  function draw() {
    form.requestSubmit(look);
  }

  /* A new frame for each drawing: nothing flickers, the page's history stays short, and the eye
     stays where it was in the mail. */
  function fresh() {
    const old = live.querySelector("iframe:last-of-type");
    const next = old.cloneNode();
    const at = old.contentWindow?.scrollY ?? 0;
    for (const gone of live.querySelectorAll("iframe:not(:last-of-type)")) gone.remove();
    drawings += 1;
    next.name = `issue-live-${drawings}`;
    for (const button of buttons) button.formTarget = next.name;
    next.classList.add("issue-live-waits");
    old.after(next);
    next.addEventListener("load", () => {
      /* Without a connection or a session the page is not ours, and the drawing before it stays. */
      if (!next.contentDocument || next.contentDocument.URL === "about:blank") return;
      next.contentWindow.scrollTo(0, at);
      next.classList.remove("issue-live-waits");
      old.remove();
    });
  }
}

function count(field) {
  const most = Number(field.dataset.shown);
  const shown = document.createElement("p");
  shown.className = "admin-count";
  shown.setAttribute("aria-live", "polite");
  const say = () => {
    const length = field.value.trim().length;
    const cut = length > most ? `; cut off ${field.dataset.where} after “${field.value.trim().slice(0, most)}”` : "";
    shown.textContent = length ? `${length} characters${cut}` : "";
    shown.classList.toggle("admin-lacks", length > most);
  };
  field.after(shown);
  field.addEventListener("input", say);
  say();
}
