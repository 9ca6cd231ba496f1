/* Enhancements of the article form. Everything works without them. */

const form = document.querySelector("#article_form");

/* The length of a text, when it comes near the recommended length. */
for (const field of document.querySelectorAll(":is(input, textarea)[data-count]")) {
  const shown = document.createElement("p");
  shown.className = "admin-count";
  shown.setAttribute("aria-live", "polite");
  const count = () => {
    const length = field.value.trim().length;
    const most = Number(field.dataset.count);
    shown.textContent = length > most * 0.85 ? `${length} characters; about ${most} recommended` : "";
    shown.classList.toggle("admin-lacks", length > most * 1.3);
  };
  field.after(shown);
  field.addEventListener("input", count);
  count();
}

/* A headline has one line. */
form?.elements.headline?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
  event.preventDefault();
  form.elements.standfirst.focus();
});

/* Categories and type above the headline, and authors below it, as they are chosen in the sidebar. */
for (const link of document.querySelectorAll("[data-names]")) {
  const name = () => {
    const chosen = [...form.querySelectorAll(`[name="${link.dataset.names}"]`)].filter((field) => field.value);
    const names = chosen.map((field) => field.dataset.label ?? field.selectedOptions[0].label.trim());
    link.textContent = names.join(", ") || link.dataset.none;
  };
  /* Not at each key in the text: the selector looks through all of it. */
  form.addEventListener("change", ({ target }) => { if (target.name === link.dataset.names) name(); });
  name();
}

/* Copies the preview link to the clipboard. */
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Press Ctrl+C to copy";
    }
  });
}
