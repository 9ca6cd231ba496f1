/* Commenting in one step. Without this script the form leads through “Look it over”. */
customElements.define(
  "comment-thread",
  class extends HTMLElement {
    connectedCallback() {
      if (!this.form) return;
      this.place = this.form.previousElementSibling;
      this.key = `comment ${location.pathname}`;
      this.fields.text.value ||= sessionStorage.getItem(this.key) ?? "";
      this.addEventListener("focusin", ({ target }) => target.form && this.seal());
      this.addEventListener("click", (event) => this.answer(event));
      this.addEventListener("submit", (event) => this.send(event));
      this.addEventListener("input", ({ target }) => {
        if (target.name === "text") sessionStorage.setItem(this.key, target.value);
      });
    }

    get form() {
      return this.querySelector("form");
    }
    get fields() {
      return this.form.elements;
    }

    /* Asks once for what proves that the form is ours; without an answer it is looked over. */
    async seal() {
      if (this.asked || this.fields.token.value) return;
      this.asked = true;
      try {
        const { token, name } = await (await fetch(this.getAttribute("from"))).json();
        this.fields.token.value = token;
        this.form.querySelector("button").textContent = "Send comment";
        if (!name) return;
        this.form.classList.add("comment-form-signed");
        this.say(`You write as ${name}.`);
      } catch {
        this.asked = false;
      }
    }

    /* “Reply” brings the form to the comment; once more, and it goes back. */
    answer(event) {
      const link = event.target.closest("[data-parent]");
      if (!link) return;
      event.preventDefault();
      const { parent, text } = this.fields;
      const back = parent.value === link.dataset.parent;
      parent.value = back ? "" : link.dataset.parent;
      (back ? this.place : link.closest("article")).after(this.form);
      text.focus();
    }

    async send(event) {
      event.preventDefault();
      const { form } = this;
      if (form.ariaBusy === "true") return;
      form.ariaBusy = "true";
      try {
        const body = new FormData(form, event.submitter);
        const answer = await fetch(form.action, { method: "POST", body });
        if (answer.redirected) {
          sessionStorage.removeItem(this.key);
          location.assign(answer.url);
        } else this.show(await answer.text());
      } catch {
        this.say("The connection was lost. Your words are still here; please send them again.");
      }
      form.ariaBusy = "false";
    }

    /* The server's own form, with what it has to say, in the place of this one. */
    show(html) {
      const page = new DOMParser().parseFromString(html, "text/html");
      const form = page.querySelector(".comment-form");
      if (!form) return this.say(page.querySelector("main")?.innerText ?? "Nothing was sent.");
      form.prepend(...page.querySelectorAll(".comment-page .notice"));
      this.form.replaceWith(form);
      (form.querySelector("[aria-invalid]") ?? form.elements.text).focus();
    }

    say(words) {
      const line = this.form.querySelector("[role=status]") ?? document.createElement("p");
      line.className = "notice";
      line.role = "status";
      line.textContent = words;
      this.form.prepend(line);
    }
  },
);
