/* Who is signed in: one question, for the head and for the menu on phones. */
let asked;
const ask = async (from) => {
  const answer = await fetch(from + "&article=" + document.querySelector("[data-view]")?.dataset.view);
  return answer.ok ? answer.text() : null;
};

class SignInState extends HTMLElement {
  async connectedCallback() {
    try {
      const html = await (asked ??= ask(this.getAttribute("from")));
      if (html === null) return;
      const focused = this.contains(document.activeElement);
      this.style.minInlineSize = `${this.offsetWidth}px`; // so that nothing beside it moves
      this.innerHTML = html;
      if (focused) this.querySelector("a, summary").focus();
      if (this.querySelector("bdi")) document.querySelector("comment-thread")?.seal();
    } catch {} // The plain link stays.
  }
}
customElements.define("sign-in-state", SignInState);
