/* A file to download or to listen to: `<figure data-file="ID"><figcaption>description</figcaption></figure>`.
   Title, size and credit belong to the library and are only shown. The dialog shows the fragment of
   articles/files/admin/chooser.py. */

import { Node, crel } from "django-prose-editor/editor";

const CHOOSER = "/admin/articles/file/choose/";
const FACTS = "/admin/articles/file/facts/";

let dialog = null;
let take = null;
/* Counts requests: a response that arrives after a newer request is ignored. */
let asked = 0;

async function fetched(address) {
  const response = await fetch(address, { credentials: "same-origin" });
  if (!response.ok || response.redirected) throw new Error(String(response.status));
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

async function show(address) {
  const inside = dialog.querySelector(".image-dialog-inside");
  const mine = ++asked;
  inside.setAttribute("aria-busy", "true");
  try {
    const page = await fetched(address);
    if (mine !== asked) return;
    inside.replaceChildren(...page.body.childNodes);
  } catch {
    if (mine !== asked) return;
    inside.replaceChildren(crel("p", {
      className: "errornote",
      textContent: "The library did not respond. Close this dialog and try again. Your text is not affected.",
    }));
  }
  inside.removeAttribute("aria-busy");
  (inside.querySelector("input[type=search]") ?? inside).focus();
}

/* After an upload the list is loaded again; the result of each file stays. */
async function refresh() {
  const mine = asked;
  const page = await fetched(CHOOSER).catch(() => null);
  if (page && mine === asked) {
    dialog.querySelector(".file-choices").replaceWith(page.querySelector(".file-choices"));
  }
}

function onClick(event) {
  const choice = event.target.closest("[data-file]");
  const link = event.target.closest(".image-pages a");
  if (choice) {
    take?.({ file: choice.dataset.file });
    dialog.close();
  } else if (link) {
    event.preventDefault();
    show(link.href);
  }
}

function onSubmit(event) {
  if (event.target.method !== "get") return;
  event.preventDefault();
  show(`${CHOOSER}?${new URLSearchParams(new FormData(event.target))}`);
}

function makeDialog() {
  const close = crel("button", { type: "button", className: "image-dialog-close button", textContent: "Close" });
  const inside = crel("div", { className: "image-dialog-inside", tabIndex: -1 });
  const made = crel("dialog", { className: "image-dialog", "aria-label": "Choose a file" }, [close, inside]);
  close.addEventListener("click", () => made.close());
  made.addEventListener("click", onClick);
  made.addEventListener("submit", onSubmit);
  made.addEventListener("picture:arrived", refresh);
  document.body.append(made);
  return made;
}

function choose(chosen) {
  dialog ??= makeDialog();
  take = chosen;
  dialog.showModal();
  show(CHOOSER);
}

async function factsOf(id) {
  try {
    const response = await fetch(`${FACTS}?id=${id}`, { credentials: "same-origin" });
    return response.ok ? (await response.json())[id] ?? null : undefined;
  } catch {
    return undefined;
  }
}

export const File = Node.create({
  name: "file",
  group: "block",
  content: "text*",
  marks: "bold italic link subscript superscript",
  draggable: true,
  isolating: true,
  defining: true,

  addAttributes() {
    return {
      file: {
        default: null,
        parseHTML: (element) => element.dataset.file,
        renderHTML: ({ file }) => ({ "data-file": file }),
      },
    };
  },

  parseHTML() {
    const captionOf = (element) => element.querySelector("figcaption") ?? element;
    return [{ tag: "figure[data-file]", contentElement: captionOf }];
  },

  renderHTML({ HTMLAttributes }) {
    return ["figure", HTMLAttributes, ["figcaption", 0]];
  },

  addCommands() {
    return {
      insertFile: () => ({ editor }) => {
        choose((attrs) => editor.chain().focus().insertContent({ type: this.name, attrs }).run());
        return true;
      },
    };
  },

  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "file",
      groups: "insert",
      priority: 114,
      button: buttons.material("attach_file", "File"),
      command: (editor) => editor.commands.insertFile(),
      active: (editor) => editor.isActive("file"),
    });
  },

  addNodeView() {
    return ({ node, editor, getPos }) => {
      const title = crel("span", { className: "admin-file-title" });
      const facts = crel("span", { className: "admin-file-facts" });
      const change = (attrs) => {
        const { state, view } = editor;
        view.dispatch(state.tr.setNodeMarkup(getPos(), undefined, { ...node.attrs, ...attrs }));
      };
      const buttons = [
        ["Choose another file", () => choose(change)],
        ["Remove file", () => {
          const from = getPos();
          editor.chain().focus().deleteRange({ from, to: from + node.nodeSize }).run();
        }],
      ].map(([textContent, act]) => {
        const made = crel("button", { type: "button", className: "button", textContent });
        made.addEventListener("click", act);
        return made;
      });
      const shown = crel("div", { className: "admin-embed-shown admin-file-shown" }, [title, ...buttons, facts]);
      const edit = crel("a", { target: "_blank", className: "button", textContent: "Edit title and credit" });
      buttons[0].before(edit);
      shown.contentEditable = "false";
      const contentDOM = crel("figcaption", { className: "admin-figure-caption", "data-hint": "Description (optional)" });
      const dom = crel("figure", { className: "admin-figure admin-embed" }, [shown, contentDOM]);
      let shownId = null;
      const draw = async () => {
        contentDOM.classList.toggle("admin-empty", node.content.size === 0);
        const id = node.attrs.file;
        if (shownId === id) return;
        shownId = id;
        edit.href = `/admin/articles/file/${id}/change/`;
        title.textContent = `File number ${id}`;
        facts.textContent = "";
        const found = await factsOf(id);
        if (shownId !== id || found === undefined) return;
        title.textContent = found ? found.title : `File number ${id} is not in the library.`;
        facts.textContent = found ? [found.facts, found.warning || found.credit].join(" · ") : "";
        facts.classList.toggle("admin-lacks", Boolean(found?.warning));
      };
      draw();
      return {
        dom,
        contentDOM,
        update(now) {
          if (now.type !== node.type) return false;
          node = now;
          draw();
          return true;
        },
        stopEvent: (event) => shown.contains(event.target),
        ignoreMutation: (mutation) => mutation.type !== "selection" && !contentDOM.contains(mutation.target)
          || (mutation.type === "attributes" && mutation.target === contentDOM),
      };
    };
  },
});
