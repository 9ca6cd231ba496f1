// Moderation: single keys decide, the next comment follows, a decision can be undone for ten seconds.
// Without this script every row has its buttons, and each of them is a form.

const LASTS = 10_000;
const RESTS = 150;
const ASKS_EVERY = 10_000;
const DONE = { approve: "approved", reject: "rejected", spam: "marked as spam" };

const said = document.querySelector(".admin-said");
const table = document.querySelector("#result_list");
const page = document.querySelector("#comment-page");
const aside = document.querySelector("[data-case-aside]");
const rejecting = document.querySelector("#admin-reject");
const keys = document.querySelector("#admin-keys");
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;

const readAt = document.querySelector("[name=read_at]")?.value ?? "";

const undoable = [];
let current = null;
let pending = 0;
let refilling;
let resting;

const rows = () => [...(table?.querySelectorAll("tr.case") ?? [])];
const chosen = () => rows().filter((row) => row.querySelector(".action-select")?.checked);
const addressOf = (row, deed) => `${row.dataset.comment}/${deed}/`;
const nameOf = (row) => row.querySelector("bdi").textContent;

async function send(address, fields = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries({ ...fields, csrfmiddlewaretoken: token })) body.append(name, value);
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  return { status: answer.status, ...(await answer.json()) };
}

// What was said last, with its undo

function tell(words, undo = null) {
  said.textContent = words;
  if (!undo) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button admin-undo";
  button.append("Undo ", Object.assign(document.createElement("kbd"), { textContent: "U" }));
  button.addEventListener("click", () => takeBack(undo));
  said.append(" ", button);
  setTimeout(() => button.remove(), LASTS);
}

function count(counts) {
  for (const tab of document.querySelectorAll("[data-queue] .admin-count")) {
    const number = counts?.[tab.parentElement.dataset.queue];
    if (number === undefined) continue;
    tab.textContent = number;
    tab.hidden = !number || !("counted" in tab.dataset);
  }
}

// Which one

function select(row) {
  current?.classList.remove("case-current");
  current?.removeAttribute("aria-current");
  current = row ?? null;
  current?.classList.add("case-current");
  current?.setAttribute("aria-current", "true");
  const beside = current?.querySelector("template")?.content.cloneNode(true);
  aside?.replaceChildren(...(beside ? [beside] : []));
}

function stand(row) {
  select(row);
  if (!current) return;
  current.focus({ preventScroll: true });
  current.scrollIntoView({ block: "nearest" });
  // Quick decisions pass over rows without claiming each.
  clearTimeout(resting);
  resting = setTimeout(claim, RESTS, current);
}

async function claim(row) {
  if (!row.isConnected) return;
  let other;
  try {
    ({ other } = await send(addressOf(row, "claim")));
  } catch {
    return; // The line is broken; deciding will say so.
  }
  mark(row, other);
  if (other && row === current) step(1);
}

function mark(row, other) {
  const words = row.querySelector(".case-claimed");
  words.hidden = !other;
  words.firstElementChild.textContent = other ?? "";
}

// Rows that somebody else has before them are passed over, unless there is nothing else.
function step(by) {
  const all = rows();
  const at = all.indexOf(current);
  const order = by > 0 ? all.slice(at + 1) : all.slice(0, Math.max(at, 0)).reverse();
  stand(order.find((row) => row.querySelector(".case-claimed").hidden) ?? (current ? current : all[0]));
}

// Deciding

async function decide(row, verb, fields = {}) {
  if (!row) return;
  const after = row.nextElementSibling ?? row.previousElementSibling;
  const place = { parent: row.parentElement, before: row.nextElementSibling };
  const was = row === current;
  row.remove();
  pending += 1;
  if (was) {
    current = null;
    stand(after);
  }
  let answer;
  try {
    answer = await send(addressOf(row, "decide"), { verb, seen: row.dataset.seen, read_at: readAt, ...fields });
  } catch {
    answer = { status: 0, said: "The line is broken; this one was not decided." };
  }
  pending -= 1;
  count(answer.counts);
  if (answer.status === 200 && answer.rows) {
    const undo = { rows: answer.rows, row, place, until: Date.now() + LASTS };
    undoable.push(undo);
    tell(`${nameOf(row)}: ${DONE[verb]}.`, undo);
  } else {
    tell(answer.said ? `${nameOf(row)}: ${answer.said}` : "");
    if (answer.status !== 409 && answer.status !== 200) putBack(row, place);
    if (answer.status === 423) mark(row, answer.said.split(" is looking")[0]);
  }
  refill();
}

function putBack(row, { parent, before }) {
  parent.insertBefore(row, before?.isConnected ? before : null);
}

// The page is empty: the next ones, once nothing can be undone on it any more or somebody goes on.
function refill() {
  clearTimeout(refilling);
  if (pending || rows().length || !waiting()) return;
  const stays = (undoable.at(-1)?.until ?? 0) - Date.now();
  if (stays <= 0) goOn();
  else {
    refilling = setTimeout(refill, stays);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button admin-undo";
    button.textContent = "The next ones (j)";
    button.addEventListener("click", goOn);
    said.append(" ", button);
  }
}

const waiting = () =>
  Number(document.querySelector(`[data-queue="${said.dataset.queue}"] .admin-count`)?.textContent) > 0;
const goOn = () => location.reload();

async function takeBack(undo = undoable.at(-1)) {
  const at = undoable.indexOf(undo);
  if (at < 0 || undo.until < Date.now()) {
    document.querySelector(".messagelist .admin-undo")?.click();
    return;
  }
  undoable.splice(at, 1);
  const answer = await send(said.closest("body").querySelector("#admin-undo").action, { rows: undo.rows });
  tell(answer.said);
  count(answer.counts);
  if (answer.status !== 200) return;
  if (undo.row) {
    putBack(undo.row, undo.place);
    stand(undo.row);
  }
}

// Many at once go the way they go without this script.
function decideChosen(verb, fields) {
  const form = document.querySelector("#changelist-form");
  for (const [name, value] of Object.entries(fields ?? {})) {
    const field = form.elements[name];
    if (field?.type === "checkbox") field.checked = true;
    else if (field) field.value = value;
  }
  form.querySelector(`.actions [value=${verb}_chosen]`).click();
}

const NONE_SELECTED = "No comment is selected. Press j to select the first one.";

function perform(verb, fields) {
  if (page) {
    for (const [name, value] of Object.entries(fields ?? {})) {
      const field = page.querySelector(`[name=${name}]`);
      if (field.type === "checkbox") field.checked = true;
      else field.value = value;
    }
    page.querySelector(`[value=${verb}]`)?.click();
  } else if (chosen().length) decideChosen(verb, fields);
  else if (current) decide(current, verb, fields);
  else tell(NONE_SELECTED);
}

// Rejecting asks why; a number is a reason, Enter goes without

function ask() {
  if (!page && !current && !chosen().length) {
    tell(NONE_SELECTED);
    return;
  }
  rejecting.querySelector("form").reset();
  rejecting.returnValue = "";
  rejecting.showModal();
  rejecting.querySelector("button[value=reject]").focus();
}

rejecting?.addEventListener("keydown", (event) => {
  if (event.target.matches(".vTextField") || event.ctrlKey || event.metaKey || event.altKey) return;
  const reason = rejecting.querySelector(`[data-key="${event.key}"]`);
  if (event.key === "t") {
    rejecting.querySelector("[name=tell]").click();
    event.preventDefault();
  } else if (reason) {
    reason.checked = true;
    rejecting.close("reject");
    event.preventDefault();
  }
});

rejecting?.addEventListener("close", () => {
  const fields = Object.fromEntries(new FormData(rejecting.querySelector("form")));
  if (rejecting.returnValue === "reject") perform("reject", fields);
  else stand(current);
});

// Keys

// The first comment is selected when the page opens, but the focus is not moved there: j does that first.
const enterOrStep = () => (current && !current.contains(document.activeElement) ? stand(current) : step(1));
function follow(selector) {
  if (page ?? current) (page ?? current).querySelector(selector)?.click();
  else tell(NONE_SELECTED);
}
const DEEDS = {
  j: () => (page ? follow(".case-next") : rows().length || !waiting() ? enterOrStep() : goOn()),
  k: () => (page ? history.back() : step(-1)),
  a: () => perform("approve"),
  r: ask,
  s: () => perform("spam"),
  f: () => follow("[aria-keyshortcuts=f]"),
  b: () => follow(".case-ban"),
  u: () => takeBack(),
  x: () => current?.querySelector(".action-select")?.click(),
  o: () => current?.querySelector(".case-page")?.click(),
  "?": () => keys.showModal(),
};

const KEPT = "desk.keys";
const wanted = () => localStorage.getItem(KEPT) !== "off";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]")) return;
  if (!wanted() && event.key !== "?") return;
  const deed = DEEDS[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
});

const on = document.querySelector("#admin-keys-on");
if (on) {
  on.checked = wanted();
  on.addEventListener("change", () => localStorage.setItem(KEPT, on.checked ? "on" : "off"));
}

// Buttons of the rows do at once what they do without this script after a page

table?.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=verb]");
  const row = event.target.closest("tr.case");
  if (row && row !== current) (event.target.closest("a, input, details") ? choose : stand)(row);
  /* Approving and replying leads to another page. */
  if (!button || button.value === "reply") return;
  event.preventDefault();
  const { listed } = button.dataset;
  if (listed) decide(row, "reject", { listed, ...(row.querySelector(".case-notify :checked") && { tell: "on" }) });
  else if (button.value === "reject") ask();
  else decide(row, button.value);
});

function choose(row) {
  select(row);
  claim(row);
}

/* The hints of the selected row make its buttons wider: not between pressing and releasing a pointer. */
let isPressed = false;
table?.addEventListener("pointerdown", () => { isPressed = true; });
for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => { isPressed = false; });

table?.addEventListener("focusin", (event) => {
  const row = event.target.closest("tr.case");
  if (row && row !== current && !isPressed) choose(row);
});

// What others do meanwhile

async function lookAround() {
  if (document.visibilityState !== "visible" || !said) return;
  const shown = rows().map((row) => row.dataset.comment);
  const query = new URLSearchParams({ queue: said.dataset.queue, shown });
  try {
    const answer = await fetch(`${said.dataset.live}?${query}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const news = await answer.json();
    count(news.counts);
    for (const row of rows()) {
      if (news.gone.includes(Number(row.dataset.comment))) {
        if (row === current) step(1);
        row.remove();
      } else mark(row, news.claimed[row.dataset.comment]);
    }
  } catch {
    // The line is broken; the next look says more.
  }
}

if (said) setInterval(lookAround, ASKS_EVERY);
if (wanted()) select(rows().find((row) => row.querySelector(".case-claimed").hidden));
