/* Who is signed in, a private address knows. */
class SignInState extends HTMLElement {
  async connectedCallback() {
    try {
      const answer = await fetch(this.getAttribute("from"));
      const text = await answer.text();
      const focused = this.contains(document.activeElement);
      if (answer.ok) this.innerHTML = text;
      if (focused) this.firstElementChild.focus();
    } catch {} // The plain link stays.
  }
}
customElements.define("sign-in-state", SignInState);
