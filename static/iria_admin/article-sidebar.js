/* The sidebar of the article form: its tabs, whether it is open, and links that lead to a field.
   Without this script its sections are shown one below the other. */

const form = document.querySelector("#article_form");
const sidebar = form?.querySelector("#article-sidebar");
if (sidebar) start();

function start() {
  const toggle = form.querySelector("[data-sidebar-toggle]");
  const closing = sidebar.querySelector("[data-sidebar-close]");
  const panels = [...sidebar.querySelectorAll("[data-tab]")];
  const tabs = panels.map(tabOf);
  const list = sidebar.querySelector("[data-tabs]");
  const isBeside = matchMedia("(width >= 1120px)");
  const isSheet = matchMedia("(width < 720px)");
  let wanted = true; /* beside the text, until it is closed */
  let cameFrom = null;

  list.setAttribute("role", "tablist");
  list.append(...tabs);
  list.hidden = false;
  toggle.hidden = false;
  closing.hidden = false;
  sidebar.dataset.ready = "";
  for (const action of sidebar.querySelectorAll("[data-press]")) action.hidden = false;
  show(panels.find((panel) => panel.querySelector(".errorlist")) ?? panels[0]);
  sidebar.hidden = !isBeside.matches;
  settle();

  function tabOf(panel) {
    const tab = document.createElement("button");
    Object.assign(tab, { type: "button", id: `${panel.id}-tab`, textContent: panel.dataset.tab });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    tab.addEventListener("click", () => show(panel));
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    return tab;
  }

  function show(panel) {
    panels.forEach((each, index) => {
      each.hidden = each !== panel;
      tabs[index].setAttribute("aria-selected", String(each === panel));
      tabs[index].tabIndex = each === panel ? 0 : -1;
    });
    sidebar.scrollTop = 0;
    form.dispatchEvent(new CustomEvent("article:tab", { detail: panel.id }));
  }

  /* Counts in the tabs: fields with errors, and what is required and missing. */
  function count() {
    panels.forEach((panel, index) => {
      const wrong = panel.querySelectorAll(".errorlist").length;
      const missing = Number(panel.querySelector("[data-required]")?.dataset.required ?? 0);
      tabs[index].textContent = panel.dataset.tab;
      if (!wrong && !missing) return;
      const shown = document.createElement("span");
      shown.className = "article-tab-count";
      shown.textContent = ` ${wrong || missing}`;
      const words = document.createElement("span");
      words.className = "visually-hidden";
      words.textContent = wrong ? " to correct" : " required";
      shown.append(words);
      tabs[index].append(shown);
    });
  }
  count();
  form.addEventListener("article:checklist", count);

  list.addEventListener("keydown", (event) => {
    const here = tabs.indexOf(document.activeElement);
    const back = getComputedStyle(list).direction === "rtl" ? "ArrowRight" : "ArrowLeft";
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -here, End: tabs.length - 1 - here };
    if (here === -1 || !(event.key in steps)) return;
    event.preventDefault();
    const step = event.key.startsWith("Arrow") ? (event.key === back ? -1 : 1) : steps[event.key];
    const next = (here + step + tabs.length) % tabs.length;
    show(panels[next]);
    tabs[next].focus();
  });

  /* Open or closed */

  function open({ focus = true } = {}) {
    form.dispatchEvent(new CustomEvent("article:sidebar")); /* the preview makes room */
    if (sidebar.hidden) cameFrom = document.activeElement;
    if (isBeside.matches) wanted = true;
    sidebar.hidden = false;
    settle();
    if (focus) tabs.find((tab) => tab.tabIndex === 0).focus();
  }

  function close() {
    const inside = sidebar.contains(document.activeElement);
    if (isBeside.matches) wanted = false;
    sidebar.hidden = true;
    settle();
    if (inside) (cameFrom?.isConnected && cameFrom !== document.body ? cameFrom : toggle).focus();
  }

  /* Behind the sheet on phones nothing can be reached. */
  function settle() {
    const modal = isSheet.matches && !sidebar.hidden;
    for (const part of [form.querySelector(".article-bar"), form.querySelector(".admin-main")]) part.inert = modal;
    sidebar.setAttribute("role", modal ? "dialog" : "complementary");
    toggle.setAttribute("aria-expanded", String(!sidebar.hidden));
  }

  isBeside.addEventListener("change", () => { sidebar.hidden = !(isBeside.matches && wanted); settle(); });
  isSheet.addEventListener("change", settle);
  form.addEventListener("article:preview", ({ detail: isOpen }) => {
    sidebar.hidden = isOpen || !(isBeside.matches && wanted);
    settle();
  });
  toggle.addEventListener("click", () => {
    if (!sidebar.hidden) return close();
    if (isSheet.matches) show(panels.find((panel) => panel.id === "tab-details") ?? panels[0]);
    return open();
  });
  closing.addEventListener("click", close);
  document.addEventListener("pointerdown", (event) => {
    if (isSheet.matches && !sidebar.hidden && !sidebar.contains(event.target) && !event.target.closest("dialog")) close();
  });
  form.addEventListener("article:show", ({ detail }) => {
    show(panels.find((panel) => panel.id === detail) ?? panels[0]);
    open();
  });

  /* Keys */

  document.addEventListener("keydown", (event) => {
    if (event.key === "." && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (sidebar.hidden) open();
      else close();
    } else if (event.key === "F6") {
      event.preventDefault();
      walk(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape" && !event.defaultPrevented && !isBeside.matches && !sidebar.hidden
        && !document.querySelector("dialog[open], details[data-menu][open]")) {
      event.preventDefault();
      close();
    }
  });

  const isPreviewed = () => form.querySelector("#article-preview")?.hidden === false;

  function walk(step) {
    const places = [
      [".admin-editor-body .ProseMirror"],
      [".admin-editor-body [role='toolbar']", "[tabindex='0']"],
      ["#article-preview", "[role='tab'][tabindex='0']"],
      ["#article-sidebar", "[role='tab'][tabindex='0']"],
    ].map(([area, inside]) => [form.querySelector(area), inside]).filter(([area]) => area?.offsetParent || (area === sidebar && !isPreviewed()));
    const here = places.findIndex(([area]) => area.contains(document.activeElement));
    const [area, inside] = places[here === -1 ? (step > 0 ? 0 : places.length - 1) : (here + step + places.length) % places.length];
    if (area === sidebar) open();
    else (inside ? area.querySelector(inside) ?? area : area).focus();
  }

  /* Links to a field open its tab and focus it. */

  function lead(hash) {
    const field = document.getElementById(hash.slice(1));
    if (!field || !form.contains(field)) return false;
    const panel = field.closest("[data-tab]");
    if (panel) {
      show(panel);
      open({ focus: false });
    } else if (!isBeside.matches && !sidebar.hidden) {
      close();
    }
    for (let around = field.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
    const editor = field.dataset.editor && field.closest(".admin-editor")?.querySelector(".ProseMirror");
    const target = editor || (field.offsetParent ? field : field.closest(".form-row")?.querySelector("button, a[href]")) || field;
    target.scrollIntoView({ block: "center" });
    target.focus({ preventScroll: true });
    return true;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href*='#id_']");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.pathname !== location.pathname || !lead(link.hash)) return;
    event.preventDefault();
    link.closest("details[data-menu]")?.removeAttribute("open");
  });
  window.addEventListener("load", () => {
    if (location.hash.startsWith("#id_")) lead(location.hash);
    else if (document.querySelector(".messagelist .error") && Number(sidebar.querySelector("[data-required]")?.dataset.required)) {
      show(panels.find((panel) => panel.id === "tab-checklist"));
      if (!isSheet.matches) open({ focus: false });
    }
  });
}
