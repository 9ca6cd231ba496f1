// What a page has to stand besides axe's rules: a keyboard, large text, forced colours, no motion.
// Evaluated by the debugger; each function gives back a list of complaints.
(() => {
  const named = (element) => {
    const words = (element.innerText || element.name || element.getAttribute("aria-label") || "").trim();
    const form = element.id ? `#${element.id}` : element.className && `.${[...element.classList].join(".")}`;
    return `${element.localName}${form || ""} “${words.slice(0, 30)}”`;
  };

  const seen = (element) => element.checkVisibility({ visibilityProperty: true });

  const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex], [contenteditable]";

  const reachable = () =>
    [...document.querySelectorAll(FOCUSABLE)].filter(
      (each) => seen(each) && !each.disabled && each.tabIndex >= 0 && !each.closest("[inert]"),
    );

  // Everything that opens without a script is opened: what is inside has to be reached too.
  const unfold = () => {
    for (const each of document.querySelectorAll("details")) {
      each.removeAttribute("name");
      each.open = true;
    }
  };

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const pixels = new Map();
  const pixel = (colour) => {
    if (!pixels.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      pixels.set(colour, canvas.getImageData(0, 0, 1, 1).data);
    }
    return pixels.get(colour);
  };
  const light = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dim, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dim + 0.05);
  };
  // A ring lies outside of what it is around.
  const paper = (element) => {
    for (let around = element.parentElement; around; around = around.parentElement) {
      const colour = pixel(getComputedStyle(around).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return pixel("Canvas");
  };

  const hasRing = (element, part) => {
    const style = getComputedStyle(element, part);
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return false;
    return contrast(pixel(style.outlineColor), paper(element)) >= 3;
  };
  // Around the element itself, or around the card that a link fills.
  const ringed = (element) => {
    const card = element.closest("article.card");
    return hasRing(element) || hasRing(element, "::after") || Boolean(card && hasRing(card));
  };

  const keyboard = () => {
    unfold();
    const complaints = [];
    for (const element of reachable()) {
      if (element.tabIndex > 0) complaints.push(`${named(element)} jumps the queue of the keyboard`);
      element.focus({ focusVisible: true });
      if (document.activeElement !== element) {
        complaints.push(`${named(element)} cannot be reached by keyboard`);
        continue;
      }
      const box = element.getBoundingClientRect();
      const there = box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight;
      if (!there) complaints.push(`${named(element)} has the focus where nobody sees it`);
      else if (!ringed(element)) complaints.push(`${named(element)} shows no ring when it has the focus`);
    }
    document.activeElement?.blur();
    return complaints;
  };

  const wide = () => {
    const over = document.documentElement.scrollWidth - innerWidth;
    if (over <= 0) return [];
    const widest = [...document.body.querySelectorAll("*")]
      .filter((each) => seen(each) && each.getBoundingClientRect().right > innerWidth + 1)
      .pop();
    return [`${over} pixels wider than the screen${widest ? `, by ${named(widest)}` : ""}`];
  };

  const cut = () =>
    [...document.body.querySelectorAll("*")]
      .filter((each) => {
        // What has no place in the row of sections is in the menu beside it.
        if (!each.innerText || !seen(each) || each.closest(".unseen, .honeypot, .sections-row")) return false;
        const style = getComputedStyle(each);
        const hides = (way) => way === "hidden" || way === "clip";
        return (
          (hides(style.overflowY) && each.scrollHeight > each.clientHeight + 2) ||
          (hides(style.overflowX) && each.scrollWidth > each.clientWidth + 2)
        );
      })
      .map((each) => `${named(each)} cuts its words off`);

  const large = () => {
    unfold();
    document.documentElement.style.fontSize = "200%";
    const complaints = [...wide(), ...cut()].map((each) => `in large text: ${each}`);
    document.documentElement.style.fontSize = "";
    return complaints;
  };

  // On an enlarged page little is seen at once: nothing that stays in place may lie over the rest.
  const staying = () =>
    [...document.body.querySelectorAll("*")]
      .filter((each) => {
        if (!["fixed", "sticky"].includes(getComputedStyle(each).position) || !seen(each)) return false;
        const { width, height } = each.getBoundingClientRect();
        return width * height > (innerWidth * innerHeight) / 4;
      })
      .map((each) => `${named(each)} stays in place on more than a quarter of the window`);

  const middle = (from, to, end) => (Math.max(from, 0) + Math.min(to, end)) / 2;

  const covered = () => {
    const complaints = [];
    const controls = reachable();
    // The focus scrolls to the nearest edge: from above to the lower one, from below to the upper one.
    for (const element of [...controls, ...controls.toReversed()]) {
      element.focus({ focusVisible: true });
      const [box] = element.getClientRects();
      if (!box || box.width <= 1 || box.height <= 1) continue;
      const hit = document.elementFromPoint(
        middle(box.left, box.right, innerWidth),
        middle(box.top, box.bottom, innerHeight),
      );
      const itself = hit && (element.contains(hit) || hit.contains(element) || [...(element.labels ?? [])].includes(hit));
      if (!itself) complaints.push(`${named(element)} is covered by ${hit ? named(hit) : "nothing, outside the window"}`);
    }
    document.activeElement?.blur();
    return complaints;
  };

  const zoomed = () => [...wide(), ...cut(), ...staying(), ...covered()].map((each) => `enlarged: ${each}`);

  const seconds = (times) => Math.max(...times.split(",").map(parseFloat));

  const motion = () => {
    const complaints = [];
    if (getComputedStyle(document.documentElement).scrollBehavior === "smooth") complaints.push("scrolls smoothly");
    for (const element of document.querySelectorAll("body, body *")) {
      const style = getComputedStyle(element);
      const moves =
        (style.transitionProperty !== "none" && seconds(style.transitionDuration) > 0.01) ||
        (style.animationName !== "none" && seconds(style.animationDuration) > 0.01);
      if (moves) complaints.push(`${named(element)} moves although the reader asked for no motion`);
    }
    return complaints;
  };

  // In forced colours every background is the same: a control needs an edge, an icon a colour of its own.
  const forced = () => {
    const complaints = [];
    for (const element of document.querySelectorAll("button, .button, input, select, textarea")) {
      const boxless = ["hidden", "checkbox", "radio", "file", "range", "color"].includes(element.type);
      if (boxless || !seen(element) || element.closest(".honeypot")) continue;
      const style = getComputedStyle(element);
      const edged = ["Top", "Right", "Bottom", "Left"].some(
        (side) => style[`border${side}Style`] !== "none" && parseFloat(style[`border${side}Width`]) >= 1,
      );
      if (!edged && style.textDecorationLine === "none") complaints.push(`${named(element)} has no edge in forced colours`);
    }
    for (const element of document.querySelectorAll("body *")) {
      for (const part of [null, "::before", "::after"]) {
        const style = getComputedStyle(element, part);
        if (style.maskImage !== "none" && style.forcedColorAdjust !== "none")
          complaints.push(`${named(element)} has an icon that forced colours hide`);
      }
    }
    return complaints;
  };

  window.everybody = { keyboard, large, zoomed, motion, forced };
})();
