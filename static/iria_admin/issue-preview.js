/* The mail beside its form, drawn anew while somebody writes (newsletter/admin/issue_tools.py), and how
   much of a subject is seen. Without this script the same buttons draw it when they are pressed. */

const QUIET = 900;
const panel = document.querySelector(".issue-live");
if (panel) follow(panel);
document.querySelectorAll("input[data-shown]").forEach(count);

function follow(live) {
  const { form } = live.querySelector("button");
  const buttons = [...live.querySelectorAll("button[name=_look]")];
  let look = buttons[0];
  let pause = 0;
  let drawings = 0;

  live.classList.add("enhanced");
  for (const button of buttons) button.addEventListener("click", () => choose(button));
  form.addEventListener("submit", (event) => { if (event.submitter?.name === "_look") fresh(); });
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  choose(look);
  draw();

  function choose(button) {
    look = button;
    live.dataset.look = button.value;
    for (const each of buttons) each.setAttribute("aria-pressed", String(each === button));
  }

  function soon() {
    clearTimeout(pause);
    pause = setTimeout(draw, QUIET);
  }

  function draw() {
    form.requestSubmit(look);
  }

  /* A new frame for each drawing: nothing flickers, the page's history stays short, and the eye
     stays where it was in the mail. */
  function fresh() {
    const old = live.querySelector("iframe:last-of-type");
    const next = old.cloneNode();
    const at = old.contentWindow?.scrollY ?? 0;
    for (const gone of live.querySelectorAll("iframe:not(:last-of-type)")) gone.remove();
    drawings += 1;
    next.name = `issue-live-${drawings}`;
    for (const button of buttons) button.formTarget = next.name;
    next.classList.add("issue-live-waits");
    old.after(next);
    next.addEventListener("load", () => {
      /* Without a connection or a session the page is not ours, and the drawing before it stays. */
      if (!next.contentDocument || next.contentDocument.URL === "about:blank") return;
      next.contentWindow.scrollTo(0, at);
      next.classList.remove("issue-live-waits");
      old.remove();
    });
  }
}

function count(field) {
  const most = Number(field.dataset.shown);
  const shown = document.createElement("p");
  shown.className = "admin-count";
  shown.setAttribute("aria-live", "polite");
  const say = () => {
    const length = field.value.trim().length;
    const cut = length > most ? `; cut off ${field.dataset.where} after “${field.value.trim().slice(0, most)}”` : "";
    shown.textContent = length ? `${length} characters${cut}` : "";
    shown.classList.toggle("admin-lacks", length > most);
  };
  field.after(shown);
  field.addEventListener("input", say);
  say();
}
