/* Shows how far an import is; without this module, the browser reloads the page. */

const PAUSE = 1500;

async function follow(panel) {
  const bar = panel.querySelector("progress");
  const status = panel.querySelector("[role=status]");
  for (;;) {
    await new Promise((go) => { setTimeout(go, PAUSE); });
    if (document.hidden) continue;
    const answer = await fetch(panel.dataset.follow, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || answer.redirected) continue;
    const now = await answer.json();
    if (!now.running) {
      location.reload();
      return;
    }
    if (now.total) {
      bar.max = now.total;
      bar.value = now.done;
    }
    /* Unchanged words would be spoken again. */
    if (status.textContent !== now.text) status.textContent = now.text;
  }
}

const panel = document.querySelector(".import-progress");
if (panel) follow(panel);
