/* Asks before an article is published, and keeps its checklist up to date.
   Without this script the button publishes at once, and the server says what is missing. */

import { changedNames, valuesOf } from "iria-admin/form-values";

const AFTER_SAVING = 1_000;

const form = document.querySelector("#article_form");
const shown = form?.querySelector("[data-checklist]");
if (shown) start();

function start() {
  const button = form.querySelector("[data-publish]");
  const dialog = form.querySelector("[data-publish-dialog]");
  const isSheet = matchMedia("(width < 720px)");
  let submitter = null;
  let asking = false;
  let timer = 0;

  /* The checklist of what was saved last */

  const missing = () => Number(shown.querySelector("[data-required]")?.dataset.required ?? 0);

  async function refresh() {
    if (!location.pathname.endsWith("/change/")) return;
    try {
      const response = await fetch(new URL("../checklist/", location.href), { redirect: "manual" });
      if (!response.ok) return;
      shown.innerHTML = await response.text(); /* escaped by the server's template */
      form.dispatchEvent(new CustomEvent("article:checklist"));
    } catch { /* Offline: the server checks again before it publishes. */ }
  }

  form.addEventListener("article:tab", ({ detail }) => { if (detail === "tab-checklist") refresh(); });
  form.addEventListener("article:saved", ({ detail }) => {
    if (detail.changes_wait) {
      for (const each of form.querySelectorAll("[data-when-changed]")) each.hidden = false;
      for (const each of form.querySelectorAll("[data-until-changed]")) each.hidden = true;
    }
    if (!shown.querySelector(".article-open, .article-recommended")) return;
    clearTimeout(timer);
    timer = setTimeout(refresh, AFTER_SAVING);
  });

  /* Publishing */

  function press(name) {
    const found = submitter?.name === name ? submitter : form.querySelector(`button[type="submit"][name="${name}"]`);
    dialog?.close();
    form.requestSubmit(found);
  }

  async function ready() {
    const saving = [];
    form.dispatchEvent(new CustomEvent("article:save", { detail: saving }));
    await Promise.all(saving);
    await refresh();
    if (!missing()) return true;
    form.dispatchEvent(new CustomEvent("article:show", { detail: "tab-checklist" }));
    return false;
  }

  async function ask(pressed) {
    if (asking || dialog.open) return;
    asking = true;
    submitter = pressed;
    try {
      if (isSheet.matches) {
        form.dispatchEvent(new CustomEvent("article:show", { detail: "tab-publish" }));
      } else if (await ready()) {
        dialog.querySelector("[data-publish-headline]").textContent = form.elements.headline.value;
        recommend();
        dialog.showModal();
      }
    } finally {
      asking = false;
    }
  }

  function recommend() {
    const open = [...shown.querySelectorAll(".article-recommended > div")].map((item) => {
      const line = document.createElement("li");
      line.textContent = item.firstChild.textContent.trim();
      return line;
    });
    const list = document.createElement("ul");
    list.append(...open);
    dialog.querySelector("[data-publish-recommended]").replaceChildren(...(open.length ? [list] : []));
  }

  if (!dialog) return;
  for (const each of form.querySelectorAll("button[name='_publish']")) {
    each.addEventListener("click", (event) => {
      event.preventDefault();
      each.closest("details[data-menu]")?.removeAttribute("open");
      ask(each);
    });
  }
  for (const each of form.querySelectorAll("[data-press]")) {
    each.addEventListener("click", async () => { if (dialog.open || await ready()) press(each.dataset.press); });
  }
  dialog.querySelector("[data-dialog-close]").addEventListener("click", () => dialog.close());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !button || button.disabled) return;
    event.preventDefault();
    event.stopPropagation();
    ask(button);
  }, { capture: true });

  /* Nothing to publish until something changes */

  if (button?.dataset.unchanged && !form.querySelector("[data-save-state]")?.dataset.bound) {
    const label = button.querySelector("[data-publish-label]");
    const others = [button, ...form.querySelectorAll(".article-sheet-action")];
    const publish = label.textContent;
    const before = valuesOf(form);
    label.textContent = button.dataset.unchanged;
    for (const each of others) each.disabled = true;
    const changed = () => {
      if (!changedNames(valuesOf(form), before).length) return;
      label.textContent = publish;
      for (const each of others) each.disabled = false;
      form.removeEventListener("input", changed);
      form.removeEventListener("change", changed);
    };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
  }
}
