/* The focal point of an image, set with the mouse or the arrow keys. The two number fields of the form
   hold its value; without this script they are used alone. */

const STEPS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const within = (value, most) => Math.min(Math.max(value, 0), most);

/* Where a crop of this width and height is cut from an image, in per cent, like
   articles/images/processing/rendition_sizes.py: centred at the point as far as the edges allow. */
function crop({ width, height, x, y }, wide, tall) {
  const part = (whole, size, at) =>
    whole - size < 1 ? 50 : (within(whole * at - size / 2, whole - size) / (whole - size)) * 100;
  const left = part(width, Math.min(width, (height * wide) / tall), x);
  const upper = part(height, Math.min(height, (width * tall) / wide), y);
  return `${left}% ${upper}%`;
}

/* `object-position` of an image, by its details, in a frame with this ratio of width to height. */
export function cropPosition({ width, height, focus_x: x, focus_y: y }, ratio) {
  return crop({ width, height, x, y }, ratio, 1);
}

class FocalPoint extends HTMLElement {
  connectedCallback() {
    this.across = document.getElementById(this.dataset.across);
    this.down = document.getElementById(this.dataset.down);
    if (!this.across || !this.down || this.marker) return;
    this.picture = this.querySelector(".focal-image");
    this.words = this.querySelector(".focal-words");
    this.marker = document.createElement("button");
    this.marker.type = "button";
    this.marker.className = "focal-marker";
    this.said = document.createElement("span");
    this.said.className = "focal-said";
    this.said.setAttribute("role", "status");
    this.words.textContent =
      "Click to set the focal point, or move it with the arrow keys (with Shift in larger steps). ";
    this.words.append(this.said);
    this.picture.append(this.marker);
    this.picture.addEventListener("click", (event) => this.point(event));
    this.marker.addEventListener("keydown", (event) => this.step(event));
    for (const field of [this.across, this.down]) field.addEventListener("input", () => this.show());
    this.querySelector(".focal-crops").hidden = false;
    this.show();
  }

  point(event) {
    if (event.detail === 0) return; // Enter on the marker has no position
    const box = this.picture.getBoundingClientRect();
    this.set(
      ((event.clientX - box.left) / box.width) * 100,
      ((event.clientY - box.top) / box.height) * 100,
    );
    this.marker.focus({ preventScroll: true });
  }

  step(event) {
    const by = STEPS[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const far = event.shiftKey ? 10 : 1;
    this.set(Number(this.across.value) + by[0] * far, Number(this.down.value) + by[1] * far);
  }

  set(x, y) {
    this.across.value = Math.round(within(x, 100) * 10) / 10;
    this.down.value = Math.round(within(y, 100) * 10) / 10;
    for (const field of [this.across, this.down])
      field.dispatchEvent(new Event("change", { bubbles: true }));
    this.show();
  }

  show() {
    const x = within(Number(this.across.value), 100);
    const y = within(Number(this.down.value), 100);
    this.marker.style.left = `${x}%`;
    this.marker.style.top = `${y}%`;
    const place = `${x} % from the left, ${y} % from the top`;
    this.marker.setAttribute("aria-label", `Focal point: ${place}. Arrow keys move it.`);
    this.said.textContent = `Now ${place}.`;
    for (const frame of this.querySelectorAll(".focal-frame")) this.cut(frame, x / 100, y / 100);
  }

  cut(frame, x, y) {
    const [wide, tall] = frame.dataset.ratio.split(" / ").map(Number);
    const width = Number(this.dataset.width);
    const height = Number(this.dataset.height);
    frame.style.aspectRatio = frame.dataset.ratio;
    frame.firstElementChild.style.objectPosition = crop({ width, height, x, y }, wide, tall);
  }
}

if (!customElements.get("focal-point")) customElements.define("focal-point", FocalPoint);
