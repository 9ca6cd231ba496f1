/* A footnote where its mark goes: `<span data-footnote="the note"></span>`. */

import { Node, crel, updateAttrsDialog } from "django-prose-editor/editor";
import { modifier, register } from "editor/entries";

const ask = updateAttrsDialog(
  { note: { type: "string", title: "Note", format: "textarea" } },
  { title: "Footnote", submitText: "Apply" },
);

const Footnote = Node.create({
  name: "footnote",
  group: "inline",
  inline: true,
  atom: true,
  selectable: true,

  addAttributes() {
    return {
      note: {
        default: "",
        parseHTML: (element) => element.dataset.footnote,
        renderHTML: ({ note }) => ({ "data-footnote": note }),
      },
    };
  },

  parseHTML() {
    return [{ tag: "span[data-footnote]", priority: 60 }];
  },

  renderHTML({ HTMLAttributes }) {
    return ["span", HTMLAttributes];
  },

  renderText: () => "",

  addCommands() {
    return {
      editFootnote: () => ({ editor }) => {
        const { selection } = editor.state;
        const there = selection.node?.type.name === this.name ? selection.node : null;
        ask(editor, { note: there?.attrs.note ?? "" }).then((answer) => {
          if (!answer) return;
          const note = answer.note.replace(/\s+/g, " ").trim();
          const chain = editor.chain().focus();
          if (there && note) chain.updateAttributes(this.name, { note }).run();
          else if (there) chain.deleteSelection().run();
          else if (note) chain.setTextSelection(selection.to).insertContent({ type: this.name, attrs: { note } }).run();
        });
        return true;
      },
    };
  },

  addKeyboardShortcuts() {
    return {
      "Mod-Alt-f": () => this.editor.commands.editFootnote(),
      Enter: () => this.editor.state.selection.node?.type.name === this.name
        && this.editor.commands.editFootnote(),
    };
  },

  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "footnote",
      groups: "insert",
      priority: 110,
      button: buttons.material("format_list_bulleted_add", "Footnote"),
      command: (editor) => editor.commands.editFootnote(),
      active: (editor) => editor.isActive("footnote"),
    });
  },

  addNodeView() {
    return ({ node, editor, getPos }) => {
      const dom = crel("sup", { className: "admin-note", title: node.attrs.note });
      dom.addEventListener("dblclick", () => {
        editor.commands.setNodeSelection(getPos());
        editor.commands.editFootnote();
      });
      return { dom };
    };
  },
});

register({
  extensions: [Footnote],
  entries: {
    footnote: { menu: "insert", label: "Footnote", icon: "footnote", keys: `${modifier}Alt+F`, words: "note reference source" },
  },
});
