/* Commenting in one step. Without this script the form leads through “Look it over”. */
const KEPT = "comment-text";

customElements.define(
  "comment-thread",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("focusin", (event) => event.target.form === this.form && this.seal());
      this.addEventListener("click", (event) => this.answer(event));
      this.addEventListener("submit", (event) => this.send(event));
      this.addEventListener("input", ({ target }) => {
        if (target.name === "text") sessionStorage.setItem(this.key, target.value);
      });
      const { text } = this.fields ?? {};
      if (text && !text.value) text.value = sessionStorage.getItem(this.key) ?? "";
    }

    get form() {
      return this.querySelector("form");
    }
    get fields() {
      return this.form?.elements;
    }
    get key() {
      return `${KEPT} ${location.pathname}`;
    }

    /* Asks once for what proves that the form is ours; without an answer it is looked over. */
    async seal() {
      if (this.asked || this.fields.token.value) return;
      this.asked = true;
      try {
        const answer = await fetch(this.getAttribute("from"));
        const { token, name } = await answer.json();
        this.fields.token.value = token;
        this.form.querySelector("button").textContent = "Send comment";
        if (name) this.form.classList.add("comment-form-signed");
        if (name) this.say(`You write as ${name}.`);
      } catch {
        this.asked = false;
      }
    }

    answer(event) {
      const link = event.target.closest("[data-parent]");
      if (!link || !this.form) return;
      event.preventDefault();
      this.fields.parent.value = link.dataset.parent;
      link.closest("article").after(this.form);
      this.fields.text.focus();
    }

    async send(event) {
      event.preventDefault();
      const { form } = this;
      if (form.ariaBusy === "true") return;
      form.ariaBusy = "true";
      try {
        const answer = await fetch(form.action, {
          method: "POST",
          body: new FormData(form, event.submitter),
        });
        if (answer.redirected) {
          sessionStorage.removeItem(this.key);
          location.assign(answer.url);
          return;
        }
        this.show(await answer.text());
      } catch {
        this.say("The connection was lost. Your words are still here; please send them again.");
      }
      form.ariaBusy = "false";
    }

    /* What the server has to say about the form, in the place of the form. */
    show(html) {
      const page = new DOMParser().parseFromString(html, "text/html");
      const form = page.querySelector("form.comment-form");
      const notice = page.querySelector(".notice");
      if (!form) return this.say(page.querySelector("main")?.innerText ?? "It did not work.");
      if (notice) form.prepend(notice);
      this.form.replaceWith(document.adoptNode(form));
      (form.querySelector("[aria-invalid]") ?? form.querySelector("[name=text]")).focus();
    }

    say(words) {
      let line = this.form.querySelector("[role=status]");
      if (!line) {
        line = document.createElement("p");
        line.className = "notice";
        line.role = "status";
        this.form.prepend(line);
      }
      line.textContent = words;
    }
  },
);
