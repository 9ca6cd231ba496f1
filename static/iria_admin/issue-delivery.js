/* The run of an issue on its page: asked for again while it goes on. Without this script the page
   says how it was when it was opened. */

const PAUSE = 2000;

async function follow(run) {
  const address = run.dataset.follow;
  while (run.isConnected && run.dataset.follow) {
    await new Promise((go) => { setTimeout(go, PAUSE); });
    /* Whoever is about to press a button keeps it under the finger. */
    if (document.hidden || run.contains(document.activeElement) || run.matches(":hover")) continue;
    const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || answer.redirected) continue;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector(".letter-run");
    if (!next) continue;
    run.replaceWith(next);
    run = next;
  }
}

const run = document.querySelector(".letter-run[data-follow]");
if (run) follow(run);
