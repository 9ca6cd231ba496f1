/* A file to download or to listen to: `<figure data-file="ID"><figcaption>description</figcaption></figure>`.
   Title, size and credit belong to the library and are only shown. The dialog shows the fragment of
   articles/files/admin.py. */

import { Node, crel } from "django-prose-editor/editor";
import { register } from "editor/entries";
import { FigureView, button, captioned, inMenu } from "editor/figure";
import { LibraryDialog } from "iria-admin/library-dialog";

const CHOOSER = "/admin/articles/file/choose/";
const FACTS = "/admin/articles/file/facts/";

let dialog = null;
let take = null;

function onClick(event) {
  const choice = event.target.closest("[data-file]");
  const link = event.target.closest(".image-pages a");
  if (choice) {
    take?.({ file: choice.dataset.file });
    dialog.dom.close();
  } else if (link) {
    event.preventDefault();
    dialog.show(link.href);
  }
}

function onSubmit(event) {
  if (event.target.method !== "get") return;
  event.preventDefault();
  dialog.show(`${CHOOSER}?${new URLSearchParams(new FormData(event.target))}`);
}

function refresh() {
  dialog.refresh(CHOOSER, (page) => {
    dialog.inside.querySelector(".file-choices").replaceWith(page.querySelector(".file-choices"));
  });
}

function makeDialog() {
  const made = new LibraryDialog("Choose a file");
  made.dom.addEventListener("click", onClick);
  made.dom.addEventListener("submit", onSubmit);
  made.dom.addEventListener("picture:arrived", refresh);
  return made;
}

function choose(chosen) {
  dialog ??= makeDialog();
  take = chosen;
  dialog.open(CHOOSER);
}

async function factsOf(id) {
  try {
    const response = await fetch(`${FACTS}?id=${id}`, { credentials: "same-origin" });
    return response.ok ? (await response.json())[id] ?? null : undefined;
  } catch {
    return undefined;
  }
}

const File = Node.create({
  name: "file",
  ...captioned("file"),

  addAttributes() {
    return {
      file: {
        default: null,
        parseHTML: (element) => element.dataset.file,
        renderHTML: ({ file }) => ({ "data-file": file }),
      },
    };
  },

  addCommands() {
    return {
      insertFile: () => ({ editor }) => {
        choose((attrs) => editor.chain().focus().insertContent({ type: this.name, attrs }).run());
        return true;
      },
    };
  },

  addMenuItems: inMenu("file", 114, "attach_file", "File", "insertFile"),

  addNodeView() {
    return ({ node, editor, getPos }) => new FileView(node, editor, getPos);
  },
});

class FileView extends FigureView {
  constructor(node, editor, getPos) {
    super(node, editor, getPos);
    this.title = crel("span", { className: "admin-file-title" });
    this.facts = crel("span", { className: "admin-file-facts" });
    this.edit = crel("a", { target: "_blank", className: "button", textContent: "Edit title and credit" });
    const shown = crel("div", { className: "admin-embed-shown admin-file-shown" }, [
      this.title,
      this.edit,
      button("Choose another file", () => choose((attrs) => this.change(attrs))),
      button("Remove file", () => this.remove()),
      this.facts,
    ]);
    this.build(shown, "Description");
    this.show();
  }

  async show() {
    this.markEmpty();
    const id = this.node.attrs.file;
    if (this.shownId === id) return;
    this.shownId = id;
    this.edit.href = `/admin/articles/file/${id}/change/`;
    this.title.textContent = `File number ${id}`;
    this.facts.textContent = "";
    const found = await factsOf(id);
    if (this.shownId !== id || found === undefined) return;
    this.title.textContent = found ? found.title : `File number ${id} is not in the library.`;
    this.facts.textContent = found ? [found.facts, found.warning || found.credit].join(" · ") : "";
    this.facts.classList.toggle("admin-lacks", Boolean(found?.warning));
  }
}

register({
  extensions: [File],
  wordless: ["file"],
  entries: {
    file: { menu: "insert", label: "File", icon: "page", hint: "PDF or audio", words: "pdf audio document download attachment" },
  },
});
