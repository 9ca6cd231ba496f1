/* Shows who is signed in, fetched from a private URL, and to staff a link to edit this article. */
class SignInState extends HTMLElement {
  async connectedCallback() {
    try {
      const answer = await fetch(this.getAttribute("from"));
      const focused = this.contains(document.activeElement);
      if (answer.ok) this.innerHTML = await answer.text();
      this.offerEditing();
      if (focused) this.querySelector("a:not([hidden])").focus();
      if (this.querySelector("bdi")) document.querySelector("comment-thread")?.seal();
    } catch {} // The plain link stays.
  }

  offerEditing() {
    const link = this.querySelector("[data-edit-link]");
    const article = document.querySelector("[data-view]");
    if (!link || !article) return;
    link.setAttribute("href", link.getAttribute("href").replace("/0/", `/${article.dataset.view}/`));
    link.hidden = false;
  }
}
customElements.define("sign-in-state", SignInState);
