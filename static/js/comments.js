/* Comments in one step; without it, two. */

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
function showRelativeDates(thread) {
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
function showNewComments(thread) {
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

async function showRecommendations(thread) {
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
async function recommend(button, failed) {
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

const store = (name) => {
  try {
    return window[name];
  } catch {
    return {};
  }
};
const words = store("sessionStorage");
class CommentThread extends HTMLElement {
  connectedCallback() {
    showRelativeDates(this);
    showNewComments(this);
    this.addEventListener("click", (event) => this.recommend(event));
    if (!this.form) return;
    this.place = this.form.previousElementSibling;
    this.key = `comment ${location.pathname}`;
    words[this.key] = this.fields.text.value ||= words[this.key] ?? "";
    this.home = this.fields.parent.value;
    if (this.form.contains(document.activeElement)) this.seal();
    this.addEventListener("focusin", ({ target }) => target.form && this.seal());
    this.addEventListener("click", (event) => this.answer(event));
    this.addEventListener("submit", (event) => this.send(event));
    this.addEventListener("input", ({ target }) => {
      if (target.name === "text") words[this.key] = target.value;
    });
  }

  /* Called when it is known who is signed in. Guests also have to enter a name and an e-mail address. */
  reader(signedIn) {
    if (this.signedIn === signedIn) return;
    this.signedIn = signedIn;
    const guest = this.querySelector(".comment-form-guest");
    if (guest) guest.hidden = guest.disabled = signedIn;
    if (!signedIn) return;
    showRecommendations(this);
    if (this.form) this.seal();
  }

  /* A guest is sent to sign in by the form itself. */
  recommend(event) {
    const button = event.target.closest(".comment-recommend");
    if (!button || !this.signedIn) return;
    event.preventDefault();
    recommend(button, this.dataset.failed);
  }

  get form() {
    return this.querySelector(".comment-form");
  }
  get fields() {
    return this.form?.elements;
  }

  async seal() {
    if (this.fields?.token.value !== "") return;
    try {
      this.asked ??= fetch(this.getAttribute("from")).then((it) => it.json());
      const { token, says } = await this.asked;
      this.fields.token.value ||= token;
      this.form.querySelector("button").textContent = this.dataset.send;
      const guest = this.querySelector(".comment-form-guest");
      if (guest) guest.hidden = guest.disabled = Boolean(says);
      if (!says) return;
      this.querySelector(".comment-form-moderation")?.remove();
      this.say(says);
    } catch {
      this.asked = null;
    }
  }

  /* Reply brings the form; once more takes it back. */
  answer(event) {
    const link = event.target.closest(".comment-reply");
    if (!link) return;
    event.preventDefault();
    const { parent, text } = this.fields;
    const id = new URL(link.href).searchParams.get("parent");
    const back = parent.value === id;
    parent.value = back ? this.home : id;
    (back ? this.place : link.closest("article")).after(this.form);
    text.focus();
  }

  async send(event) {
    const { form } = this;
    if (event.target !== form) return;
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = true;
    await this.seal();
    try {
      const body = new FormData(form, event.submitter);
      const answer = await fetch(form.action, { method: "POST", body });
      if (answer.redirected) {
        delete words[this.key];
        location = answer.url;
      } else this.show(await answer.text());
    } catch {
      this.say(this.dataset.lost);
    }
    form.ariaBusy = false;
  }

  /* The server's form, with what it has to say. */
  show(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const form = page.querySelector(".comment-form");
    if (!form) return this.say(this.dataset.closed);
    form.prepend(...page.querySelectorAll(".comment-page .notice"));
    this.form.replaceWith(form);
    (form.querySelector("[aria-invalid]") ?? form.elements.text).focus();
  }

  say(words) {
    const line = this.form.querySelector("[role=status]") ?? document.createElement("p");
    Object.assign(line, { className: "notice", role: "status", textContent: words });
    this.form.prepend(line);
  }
}
customElements.define("comment-thread", CommentThread);
