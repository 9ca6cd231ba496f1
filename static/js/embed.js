/* A card of another site; its frame comes on request: the button, or a click on the image. */
class EmbedFrame extends HTMLElement {
  connectedCallback() {
    const ask = this.querySelector(".embed-ask");
    ask.hidden = false;
    this.image = this.querySelector(".embed-image");
    for (const part of [ask.querySelector("button"), this.image]) {
      part?.addEventListener("click", () => this.show(ask), { once: true });
    }
  }

  show(ask) {
    if (!ask.isConnected) return;
    const frame = document.createElement("iframe");
    frame.sandbox = "allow-scripts allow-same-origin allow-popups allow-presentation";
    frame.allow = "fullscreen; picture-in-picture; encrypted-media";
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    frame.title = this.dataset.title;
    frame.src = this.dataset.frame;
    ask.remove();
    this.image?.remove();
    this.prepend(frame);
    frame.focus();
  }
}
customElements.define("embed-frame", EmbedFrame);
