/* The comments of a thread: relative dates, new comments, recommendations. */
const UNITS = [
  ["year", 31557600],
  ["month", 2629800],
  ["week", 604800],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/* In the language of the page; the title has the exact date. */
export function showRelativeDates(thread) {
  const { lang } = thread.closest("[lang]");
  const format = new Intl.RelativeTimeFormat(lang);
  const now = new Intl.RelativeTimeFormat(lang, { numeric: "auto" }).format(0, "second");
  for (const time of thread.querySelectorAll(".comment-date time")) {
    const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
    const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? [];
    time.title ||= time.textContent;
    time.textContent = seconds < 60 ? now : format.format(-Math.floor(seconds / length), unit);
  }
}

const visits = () => {
  try {
    return localStorage;
  } catch {
    return {};
  }
};

/* Written since the last visit, which is kept in this browser. Each leads to the next one. */
export function showNewComments(thread) {
  const { count, news, next } = thread.dataset;
  const stored = visits();
  const key = `comments ${thread.getAttribute("from")}`;
  const [seen, at] = (stored[key] ?? "").split(" ").map(Number);
  stored[key] = `${count} ${Date.now()}`;
  if (!at) return;
  const dates = [...thread.querySelectorAll(".comment-date time")];
  const fresh = dates.filter((time) => Date.parse(time.dateTime) > at);
  const number = Math.max(count - seen, fresh.length);
  if (number < 1) return;
  const places = fresh.map((time) => time.closest(".comment"));
  places.forEach((comment, index) => {
    const label = link(places[index + 1]?.id, thread.dataset.new);
    label.className = "comment-new";
    if (label.href) label.title = next;
    comment.querySelector(".comment-date").after(label);
  });
  const jump = link(places[0]?.id, news.replace("{n}", number));
  if (!places[0]) jump.href = thread.querySelector(".thread-orders a:nth-child(2)")?.href ?? "#comments";
  jump.className = "thread-new";
  thread.querySelector("h2").after(jump);
}

const link = (id, text) => {
  const made = document.createElement("a");
  if (id) made.href = `#${id}`;
  made.textContent = text;
  return made;
};

export async function showRecommendations(thread) {
  const buttons = [...thread.querySelectorAll(".comment-recommend")];
  if (!buttons.length) return;
  for (const button of buttons) button.ariaPressed = "false";
  try {
    const { recommended } = await (await fetch(thread.dataset.recommended)).json();
    for (const id of recommended)
      thread.querySelector(`#comment-${id} .comment-recommend`)?.setAttribute("aria-pressed", "true");
  } catch {} // They are shown as not pressed; the server knows better.
}

/* Saves or deletes a recommendation, and shows what the server has. */
export async function recommend(button, failed) {
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  const body = new FormData();
  if (button.ariaPressed === "true") body.set("undo", "1");
  let message = failed;
  try {
    const headers = { Accept: "application/json" };
    const answer = await fetch(button.formAction, { method: "POST", body, headers });
    const { recommended, count, error } = await answer.json();
    message = error;
    button.ariaPressed = String(recommended);
    const shown = button.querySelector(".comment-recommendations") ?? document.createElement("span");
    Object.assign(shown, { className: "comment-recommendations", textContent: count || "" });
    button.append(" ", shown);
  } catch {} // The message says so.
  button.ariaBusy = "false";
  const line = button.parentElement.querySelector("[role=status]") ?? document.createElement("p");
  Object.assign(line, { className: "notice", role: "status", textContent: message });
  if (message) button.parentElement.append(line);
  else line.remove();
}
