/* A card of another site; its frame comes on request. */
class EmbedFrame extends HTMLElement {
  connectedCallback() {
    const ask = this.querySelector(".embed-ask");
    ask.hidden = false;
    ask.querySelector("button").addEventListener("click", () => this.show(ask), { once: true });
  }

  show(ask) {
    const frame = document.createElement("iframe");
    frame.sandbox = "allow-scripts allow-same-origin allow-popups allow-presentation";
    frame.allow = "fullscreen; picture-in-picture; encrypted-media";
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    frame.title = this.dataset.title;
    frame.src = this.dataset.frame;
    ask.remove();
    this.prepend(frame);
    frame.focus();
  }
}
customElements.define("embed-frame", EmbedFrame);
