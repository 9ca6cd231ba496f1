/* Comforts of the article's form. Everything works without them. */

const form = document.querySelector("#article_form");

/* Ctrl+S saves. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
  const save = form?.querySelector("[name=_continue]");
  if (!save) return;
  event.preventDefault();
  save.click();
});

/* A second click on a button does not send the form again; leaving with unsaved words is asked about. */
let unsaved = false;
let sent = false;
form?.addEventListener("input", () => { unsaved = true; });
form?.addEventListener("change", () => { unsaved = true; });
form?.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
  unsaved = false;
});
window.addEventListener("pageshow", () => { sent = false; });
window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

/* How long a text is, beside how long it is well to be. */
for (const field of document.querySelectorAll("textarea[data-count]")) {
  const shown = document.createElement("p");
  shown.className = "admin-count";
  shown.setAttribute("aria-live", "polite");
  const count = () => {
    const length = field.value.trim().length;
    const most = Number(field.dataset.count);
    shown.textContent = length ? `${length} characters; about ${most} is a good length` : "";
    shown.classList.toggle("admin-lacks", length > most * 1.3);
  };
  field.after(shown);
  field.addEventListener("input", count);
  count();
}

/* The lead picture brings its caption where none was written. */
const caption = form?.elements.lead_caption;
document.querySelector(".field-lead_picture .picture-widget")?.addEventListener("picture:chosen", (event) => {
  if (!caption || caption.value.trim()) return;
  const words = document.createElement("p");
  words.textContent = (event.detail.caption || "").replace(/\s+/g, " ").trim();
  if (words.textContent) caption.dispatchEvent(new CustomEvent("desk:write", { detail: words.outerHTML }));
});

/* The preview's address into the clipboard. */
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select and copy it by hand";
    }
  });
}
