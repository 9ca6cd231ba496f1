/* Who is signed in: one question, for the head and for the menu on phones. */
let asked;
const ask = async (from) => {
  const answer = await fetch(from + "&article=" + document.querySelector("[data-view]")?.dataset.view);
  if (!answer.ok) throw new Error(answer.status);
  return answer.text();
};

class SignInState extends HTMLElement {
  async connectedCallback() {
    let signedIn = false;
    try {
      const html = await (asked ??= ask(this.getAttribute("from")));
      const focused = this.contains(document.activeElement);
      this.style.minInlineSize = `${this.offsetWidth}px`; // so that nothing beside it moves
      this.innerHTML = html;
      if (focused) this.querySelector("a, summary").focus();
      signedIn = Boolean(this.querySelector("bdi"));
    } catch {} // The plain link stays.
    document.querySelector("comment-thread")?.reader(signedIn);
  }
}
customElements.define("sign-in-state", SignInState);
