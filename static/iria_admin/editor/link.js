/* Links with a URL only, without `target` and `rel`. */

import { Link as BaseLink, updateAttrsDialog } from "django-prose-editor/editor";

const ask = updateAttrsDialog(
  {
    href: {
      type: "string",
      title: "URL",
      description: "For example https://example.org/page, /about/ or mailto:desk@example.org. Empty: no link.",
    },
  },
  { title: "Link", submitText: "Apply" },
);

/* Completes a URL that was typed by hand. */
function completed(url) {
  const typed = url.trim();
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
          const href = completed(answer.href);
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
