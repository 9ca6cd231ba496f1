/* Links with an address and nothing else: what a reader's browser does with them is the reader's. */

import { Link as BaseLink, updateAttrsDialog } from "django-prose-editor/editor";

const ask = updateAttrsDialog(
  {
    href: {
      type: "string",
      title: "Address",
      description: "like https://example.org/page, /about/ or mailto:desk@example.org; empty takes the link away",
    },
  },
  { title: "Link", submitText: "Keep" },
);

/* What somebody meant who typed an address by hand. */
function meant(address) {
  const typed = address.trim();
  if (!typed || /^(https?:|mailto:|tel:|\/|#)/i.test(typed)) return typed;
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(typed)) return `mailto:${typed}`;
  return /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(typed) ? "" : `https://${typed}`;
}

export const Link = BaseLink.extend({
  addAttributes() {
    return { href: { default: null, parseHTML: (element) => element.getAttribute("href") } };
  },

  addCommands() {
    return {
      ...this.parent?.(),
      addLink: () => ({ editor }) => {
        const active = editor.isActive("link");
        if (editor.state.selection.empty && !active) return false;
        ask(editor, { href: editor.getAttributes("link").href ?? "" }).then((answer) => {
          if (!answer) return;
          const href = meant(answer.href);
          const chain = editor.chain().focus();
          if (active) chain.extendMarkRange("link");
          if (href) chain.setLink({ href }).run();
          else chain.unsetLink().run();
        });
        return true;
      },
    };
  },
}).configure({
  openOnClick: false,
  autolink: false,
  linkOnPaste: true,
  enableTarget: false,
  defaultProtocol: "https",
  protocols: ["mailto", "tel"],
  HTMLAttributes: { target: null, rel: null, class: null },
});
