/* Says who is signed in. The page itself is the same for everybody; this asks a private address. */
customElements.define(
  "sign-in-state",
  class extends HTMLElement {
    async connectedCallback() {
      try {
        const answer = await fetch(this.getAttribute("from"), {
          credentials: "same-origin",
          headers: { Accept: "text/html" },
        });
        if (answer.ok) this.innerHTML = await answer.text();
      } catch {
        // Without an answer the plain link stays.
      }
    }
  },
);
