/* Links with a URL or a reference to an article or page (`internal:article/12`), without `target` and `rel`. */

import { InputRule, Link as BaseLink } from "django-prose-editor/editor";
import { askForLink, stateOf, urlOf } from "editor/link-dialog";
import { referenceOf, targetOf } from "editor/link-targets";

/* Captions in the library have URLs. */
function takesReferences(editor) {
  return Boolean(editor.view.dom.closest(".admin-editor-body, #article_form, #issue_form"));
}

/* A link in the editor, which shows where it leads and whether it is broken. */
class LinkView {
  constructor(mark) {
    this.dom = this.contentDOM = document.createElement("a");
    this.dom.setAttribute("href", mark.attrs.href ?? "");
    this.show(referenceOf(mark.attrs.href));
  }

  async show(reference) {
    const target = reference && await targetOf(reference);
    if (!target) return;
    this.dom.title = [target.title, stateOf(target)].filter(Boolean).join(". ");
    this.dom.classList.toggle("admin-link-broken", target.status === "gone");
    this.dom.classList.toggle("admin-link-waiting", target.status === "waiting");
  }

  ignoreMutation(mutation) {
    return mutation.type === "attributes" && mutation.target === this.dom;
  }
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
        const current = active ? editor.getAttributes("link").href ?? "" : "";
        askForLink(editor, current, { byReference: takesReferences(editor) }).then((href) => {
          const chain = editor.chain().focus();
          if (href !== null && active) chain.extendMarkRange("link");
          if (href) chain.setLink({ href });
          else if (href === "") chain.unsetLink();
          chain.run();
        });
        return true;
      },
    };
  },

  /* `[text](URL)` becomes a link as one types. */
  addInputRules() {
    const handler = ({ state, range: { from, to }, match: [, words, typed] }) => {
      const href = urlOf(typed);
      if (!href || (referenceOf(href) && !takesReferences(this.editor))) return null;
      const mark = this.type.create({ href });
      const marks = state.doc.resolve(from + 1).marks().concat(mark);
      state.tr.replaceWith(from, to, state.schema.text(words, marks)).removeStoredMark(mark);
      return undefined;
    };
    return [new InputRule({ find: /(?<!!)\[([^[\]]+)\]\((\S+)\)$/, handler })];
  },

  addMarkView() {
    return ({ mark }) => new LinkView(mark);
  },
}).configure({
  openOnClick: false,
  autolink: false,
  linkOnPaste: true,
  enableTarget: false,
  defaultProtocol: "https",
  protocols: ["mailto", "tel", "internal"],
  HTMLAttributes: { target: null, rel: null, class: null },
});
