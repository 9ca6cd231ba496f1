/* Updates the delivery status of an issue while it is being sent. */

const PAUSE = 2000;

async function follow(panel) {
  const address = panel.dataset.follow;
  while (panel.isConnected && panel.dataset.follow) {
    await new Promise((go) => { setTimeout(go, PAUSE); });
    /* Do not replace a button that is about to be pressed. */
    if (document.hidden || panel.querySelector(":is(a, button, summary):is(:hover, :focus-visible)")) continue;
    const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || answer.redirected) continue;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector(".newsletter-delivery");
    if (!next) continue;
    const open = [...panel.querySelectorAll("details")].map((each) => each.open);
    next.querySelectorAll("details").forEach((each, index) => { each.open = open[index] ?? false; });
    panel.replaceWith(next);
    panel = next;
  }
}

const panel = document.querySelector(".newsletter-delivery[data-follow]");
if (panel) follow(panel);
