/* An embed: `<figure data-embed="https://…"><figcaption>its title</figcaption></figure>`.
   Nothing of it is loaded here; the list of providers decides what readers get. */

import { Node, crel, updateAttrsDialog } from "django-prose-editor/editor";

const ask = updateAttrsDialog(
  {
    address: {
      type: "string",
      title: "URL of the page",
      description: "Starts with https://. You can also paste a URL on a line of its own.",
    },
  },
  { title: "Embed", submitText: "Apply" },
);

const kept = (text) => {
  try {
    const address = new URL(text.trim());
    return address.protocol === "https:" && !address.username && !address.port ? address.href : "";
  } catch {
    return "";
  }
};

export const Embed = Node.create({
  name: "embed",
  group: "block",
  content: "text*",
  marks: "bold italic link subscript superscript",
  draggable: true,
  isolating: true,
  defining: true,

  addAttributes() {
    return {
      address: {
        default: "",
        parseHTML: (element) => element.dataset.embed,
        renderHTML: ({ address }) => ({ "data-embed": address }),
      },
    };
  },

  parseHTML() {
    const titleOf = (element) => element.querySelector("figcaption") ?? element;
    return [{ tag: "figure[data-embed]", contentElement: titleOf }];
  },

  renderHTML({ HTMLAttributes }) {
    return ["figure", HTMLAttributes, ["figcaption", 0]];
  },

  addCommands() {
    return {
      editEmbed: () => ({ editor }) => {
        const { selection } = editor.state;
        const there = selection.node?.type.name === this.name ? selection.node : null;
        ask(editor, { address: there?.attrs.address ?? "" }).then((answer) => {
          const address = answer ? kept(answer.address) : "";
          if (!address) return;
          const chain = editor.chain().focus();
          if (there) chain.updateAttributes(this.name, { address }).run();
          else chain.insertContent({ type: this.name, attrs: { address } }).run();
        });
        return true;
      },
    };
  },

  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "embed",
      groups: "insert",
      priority: 115,
      button: buttons.material("smart_display", "Embed"),
      command: (editor) => editor.commands.editEmbed(),
      active: (editor) => editor.isActive("embed"),
    });
  },

  addNodeView() {
    return ({ node, editor, getPos }) => {
      const address = crel("span", { className: "admin-embed-address", textContent: node.attrs.address });
      const change = crel("button", { type: "button", className: "button", textContent: "Change URL" });
      change.addEventListener("click", () => {
        editor.commands.setNodeSelection(getPos());
        editor.commands.editEmbed();
      });
      const shown = crel("div", { className: "admin-embed-shown" }, [address, change]);
      shown.contentEditable = "false";
      const contentDOM = crel("figcaption", { className: "admin-figure-caption", "data-hint": "Title of the link card" });
      const dom = crel("figure", { className: "admin-figure admin-embed" }, [shown, contentDOM]);
      const show = (now) => {
        address.textContent = now.attrs.address;
        contentDOM.classList.toggle("admin-empty", now.content.size === 0);
      };
      show(node);
      return {
        dom,
        contentDOM,
        update: (now) => now.type === node.type && (show(now), true),
        stopEvent: (event) => shown.contains(event.target),
        ignoreMutation: (mutation) => mutation.type !== "selection" && !contentDOM.contains(mutation.target)
          || (mutation.type === "attributes" && mutation.target === contentDOM),
      };
    };
  },
});
