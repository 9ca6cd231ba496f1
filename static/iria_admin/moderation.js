// Moderation: single keys decide, the next comment follows, a decision can be undone for ten seconds.
// Without this script every row has its buttons, and each of them is a form.

const UNDO_MS = 10_000;
const CLAIM_DELAY_MS = 150;
const POLL_MS = 10_000;
const MAX_COUNTED = 99; // As the server counts in the navigation.
const DONE = { approve: "approved", reject: "rejected", spam: "marked as spam" };

const messageLine = document.querySelector(".admin-said");
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
let refillTimer;
let claimTimer;

const rows = () => [...(table?.querySelectorAll("tr.case") ?? [])];
const chosen = () => rows().filter((row) => row.querySelector(".action-select")?.checked);
const urlOf = (row, action) => `${row.dataset.comment}/${action}/`;
const nameOf = (row) => row.querySelector("bdi").textContent;

async function send(address, fields = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries({ ...fields, csrfmiddlewaretoken: token })) body.append(name, value);
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  return { status: answer.status, ...(await answer.json()) };
}

// The message line, with its undo button

function showMessage(text, undo = null) {
  messageLine.textContent = text;
  if (!undo) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button admin-undo";
  button.append("Undo ", Object.assign(document.createElement("kbd"), { textContent: "U" }));
  button.addEventListener("click", () => undoDecision(undo));
  messageLine.append(" ", button);
  setTimeout(() => button.remove(), UNDO_MS);
}

function count(counts) {
  for (const tab of document.querySelectorAll("[data-queue] .admin-count")) {
    const number = counts?.[tab.parentElement.dataset.queue];
    if (number === undefined) continue;
    tab.textContent = number;
    tab.hidden = !number || !("counted" in tab.dataset);
  }
  const badge = document.querySelector(".admin-waiting");
  if (!badge || counts?.held === undefined) return;
  badge.hidden = !counts.held;
  badge.firstElementChild.textContent = counts.held > MAX_COUNTED ? `${MAX_COUNTED}+` : counts.held;
}

// The selected row

function select(row) {
  current?.classList.remove("comment-current");
  current?.removeAttribute("aria-current");
  current = row ?? null;
  current?.classList.add("comment-current");
  current?.setAttribute("aria-current", "true");
  const beside = current?.querySelector("template")?.content.cloneNode(true);
  aside?.replaceChildren(...(beside ? [beside] : []));
}

function focusRow(row) {
  select(row);
  if (!current) return;
  current.focus({ preventScroll: true });
  current.scrollIntoView({ block: "nearest" });
  // Not at once, so that quick decisions do not claim every row in between.
  clearTimeout(claimTimer);
  claimTimer = setTimeout(claim, CLAIM_DELAY_MS, current);
}

async function claim(row) {
  if (!row.isConnected) return;
  let other;
  try {
    ({ other } = await send(urlOf(row, "claim")));
  } catch {
    return; // No connection: the decision will report it.
  }
  showClaim(row, other);
  if (other && row === current) step(1);
}

function showClaim(row, other) {
  const note = row.querySelector(".comment-claimed");
  note.hidden = !other;
  note.firstElementChild.textContent = other ?? "";
}

// Skips rows that others have claimed, unless there is no other.
function step(by) {
  const all = rows();
  const at = all.indexOf(current);
  const order = by > 0 ? all.slice(at + 1) : all.slice(0, Math.max(at, 0)).reverse();
  focusRow(order.find((row) => row.querySelector(".comment-claimed").hidden) ?? (current ? current : all[0]));
}

// Deciding

async function decide(row, decision, fields = {}) {
  if (!row) return;
  const after = row.nextElementSibling ?? row.previousElementSibling;
  const place = { parent: row.parentElement, before: row.nextElementSibling };
  const wasCurrent = row === current;
  row.remove();
  pending += 1;
  if (wasCurrent) {
    current = null;
    focusRow(after);
  }
  let answer;
  try {
    answer = await send(urlOf(row, "decide"), { decision, seen: row.dataset.seen, read_at: readAt, ...fields });
  } catch {
    answer = { status: 0, message: "Connection lost. This comment was not decided." };
  }
  pending -= 1;
  count(answer.counts);
  if (answer.status === 200 && answer.rows) {
    const undo = { rows: answer.rows, row, place, expires: Date.now() + UNDO_MS };
    undoable.push(undo);
    showMessage(`${nameOf(row)}: ${DONE[decision]}.`, undo);
  } else {
    showMessage(answer.message ? `${nameOf(row)}: ${answer.message}` : "");
    if (answer.status !== 409 && answer.status !== 200) putBack(row, place);
    if (answer.status === 423) showClaim(row, answer.other);
  }
  refill();
}

function putBack(row, { parent, before }) {
  parent.insertBefore(row, before?.isConnected ? before : null);
}

// An empty page loads the next comments, as soon as nothing on it can be undone.
function refill() {
  clearTimeout(refillTimer);
  if (pending || rows().length || !waiting()) return;
  const remaining = (undoable.at(-1)?.expires ?? 0) - Date.now();
  if (remaining <= 0) loadNext();
  else {
    refillTimer = setTimeout(refill, remaining);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button admin-undo";
    button.textContent = "Next comments (j)";
    button.addEventListener("click", loadNext);
    messageLine.append(" ", button);
  }
}

const waiting = () =>
  Number(document.querySelector(`[data-queue="${messageLine.dataset.queue}"] .admin-count`)?.textContent) > 0;
const loadNext = () => location.reload();

async function undoDecision(undo = undoable.at(-1)) {
  if (!undo || undo.expires < Date.now()) {
    document.querySelector(".messagelist .admin-undo")?.click();
    return;
  }
  const at = undoable.indexOf(undo);
  if (at < 0) return; // Pressed twice.
  undoable.splice(at, 1);
  const answer = await send(messageLine.closest("body").querySelector("#admin-undo").action, { rows: undo.rows });
  showMessage(answer.message);
  count(answer.counts);
  if (answer.status !== 200) return;
  if (undo.row) {
    putBack(undo.row, undo.place);
    focusRow(undo.row);
  }
}

// Several at once are submitted with the form, as without this script.
function decideChosen(decision, fields) {
  const form = document.querySelector("#changelist-form");
  for (const [name, value] of Object.entries(fields ?? {})) {
    const field = form.elements[name];
    if (field?.type === "checkbox") field.checked = true;
    else if (field) field.value = value;
  }
  form.querySelector(`.actions [value=${decision}_chosen]`).click();
}

const NONE_SELECTED = "No comment is selected. Press j to select the first one.";

function perform(decision, fields) {
  if (page) {
    for (const [name, value] of Object.entries(fields ?? {})) {
      const field = page.querySelector(`[name=${name}]`);
      if (field.type === "checkbox") field.checked = true;
      else field.value = value;
    }
    page.querySelector(`[value=${decision}]`)?.click();
  } else if (chosen().length) decideChosen(decision, fields);
  else if (current) decide(current, decision, fields);
  else showMessage(NONE_SELECTED);
}

// Rejecting asks for a reason: a number chooses one, or none, and rejects. Before, Enter does nothing.

function ask() {
  if (!page && !current && !chosen().length) {
    showMessage(NONE_SELECTED);
    return;
  }
  rejecting.querySelector("form").reset();
  enableReject();
  rejecting.returnValue = "";
  rejecting.showModal();
  rejecting.querySelector("[name=listed]").focus();
}

function enableReject() {
  const isChosen = rejecting.querySelector("[name=listed]:checked") ?? rejecting.querySelector("[name=reason]").value.trim();
  rejecting.querySelector("button[value=reject]").disabled = !isChosen;
}

rejecting?.addEventListener("input", enableReject);

rejecting?.addEventListener("keydown", (event) => {
  // Without an enabled “Reject”, Enter in a field would press “Cancel”.
  if (event.key === "Enter" && !event.target.matches("button") && rejecting.querySelector(":disabled")) event.preventDefault();
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
  else focusRow(current);
});

// Keys

// The first comment is selected when the page opens, but the focus is not moved there: j does that first.
const enterOrStep = () => (current && !current.contains(document.activeElement) ? focusRow(current) : step(1));
function follow(selector) {
  if (page ?? current) (page ?? current).querySelector(selector)?.click();
  else showMessage(NONE_SELECTED);
}
const SHORTCUTS = {
  j: () => (page ? follow(".comment-next") : rows().length || !waiting() ? enterOrStep() : loadNext()),
  k: () => (page ? history.back() : step(-1)),
  a: () => perform("approve"),
  r: ask,
  s: () => perform("spam"),
  f: () => follow("[aria-keyshortcuts=f]"),
  b: () => follow(".comment-ban"),
  u: () => undoDecision(),
  x: () => current?.querySelector(".action-select")?.click(),
  o: () => current?.querySelector(".comment-link")?.click(),
  "?": () => keys.showModal(),
};

const STORAGE_KEY = "desk.keys";
const areKeysOn = () => localStorage.getItem(STORAGE_KEY) !== "off";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]")) return;
  if (!areKeysOn() && event.key !== "?") return;
  const action = SHORTCUTS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

const on = document.querySelector("#admin-keys-on");
if (on) {
  on.checked = areKeysOn();
  on.addEventListener("change", () => localStorage.setItem(STORAGE_KEY, on.checked ? "on" : "off"));
}

// The buttons of the rows, without loading a page

table?.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=decision]");
  const row = event.target.closest("tr.case");
  if (row && row !== current) (event.target.closest("a, input, details") ? choose : focusRow)(row);
  /* Approving and replying leads to another page. */
  if (!button || button.value === "reply") return;
  event.preventDefault();
  const { listed } = button.dataset;
  if (listed) decide(row, "reject", { listed, ...(row.querySelector(".comment-notify :checked") && { tell: "on" }) });
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

// Decisions and claims of others

async function poll() {
  if (document.visibilityState !== "visible" || !messageLine) return;
  const shown = rows().map((row) => row.dataset.comment);
  const query = new URLSearchParams({ queue: messageLine.dataset.queue, shown });
  try {
    const answer = await fetch(`${messageLine.dataset.live}?${query}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const updates = await answer.json();
    count(updates.counts);
    for (const row of rows()) {
      if (updates.gone.includes(Number(row.dataset.comment))) {
        if (row === current) step(1);
        row.remove();
      } else showClaim(row, updates.claimed[row.dataset.comment]);
    }
  } catch {
    // No connection: the next poll tries again.
  }
}

if (messageLine) setInterval(poll, POLL_MS);
if (areKeysOn()) select(rows().find((row) => row.querySelector(".comment-claimed").hidden));
