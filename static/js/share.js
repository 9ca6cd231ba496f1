/* Sharing through the system and copying the link. */
class ShareLinks extends HTMLElement {
  connectedCallback() {
    const { url, title } = this.dataset;
    const button = this.querySelector("button");
    const label = button.lastElementChild;
    button.onclick = async () => {
      try {
        await navigator.clipboard.writeText(url);
        label.textContent = button.dataset.copied;
      } catch {
        this.showField();
      }
    };
    for (const link of document.querySelectorAll('a[href="#share"]')) {
      if (navigator.share) {
        link.onclick = (event) => {
          event.preventDefault();
          navigator.share({ url, title }).catch(() => {}); // Closing the sheet is no error.
        };
      }
    }
  }

  showField() {
    this.lastElementChild.classList.add("shown");
    this.querySelector("input").select();
  }
}
customElements.define("share-links", ShareLinks);

for (const button of document.querySelectorAll("[data-print]")) {
  button.onclick = () => print();
}
