/* Comments in one step; without it, two. */
import { recommend, showNewComments, showRecommendations, showRelativeDates } from "./comment-list.js";

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
