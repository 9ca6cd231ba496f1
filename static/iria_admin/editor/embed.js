/* A page of another site: `<figure data-embed="https://…"><figcaption>its title</figcaption></figure>`.
   Its title and image are fetched by the server; nothing of the other site is loaded here. */

import { Node, Plugin, crel, pm, updateAttrsDialog } from "django-prose-editor/editor";
import { register } from "editor/entries";
import { FigureView, button, captioned, inMenu } from "editor/figure";

/* Title and image of embedded pages, which the worker fetches (articles/embeds/views.py).
   One request asks for all embeds of a text. Those that are not fetched yet are asked about a few times
   more, at growing intervals, as long as their embeds are in the editor. */

const CARDS = "/admin/articles/linkcard/ask/";
const INTERVALS = [1000, 2000, 4000, 8000, 15000, 30000, 60000];
const AT_ONCE = 100;
const UNKNOWN = { state: "failed", provider: "", title: "", thumbnail: "" };

/* URL → functions that get its card, at once and whenever it changes. */
const followers = new Map();
const known = new Map();
const unasked = new Set();
let timer = null;
let round = 0;

const cardOf = (url) => known.get(url);

/* Returns a function that ends it. */
function follow(url, show) {
  if (!followers.has(url)) followers.set(url, new Set());
  followers.get(url).add(show);
  if (known.has(url)) {
    show(known.get(url));
  } else {
    if (!unasked.size) Promise.resolve().then(askForCards);
    unasked.add(url);
  }
  return () => {
    followers.get(url)?.delete(show);
    if (!followers.get(url)?.size) followers.delete(url);
  };
}

async function askForCards() {
  const urls = [...unasked];
  unasked.clear();
  for (let at = 0; at < urls.length; at += AT_ONCE) {
    const some = urls.slice(at, at + AT_ONCE);
    const body = new FormData();
    for (const url of some) body.append("url", url);
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const cards = await load(CARDS, { method: "POST", body, headers: { "X-CSRFToken": token } });
    for (const url of some) tell(url, cards?.[url] ?? UNKNOWN);
  }
  round = 0;
  wait();
}

function wait() {
  clearTimeout(timer);
  const urls = [...followers.keys()].filter((url) => known.get(url)?.state === "pending").slice(0, AT_ONCE);
  if (!urls.length) return;
  if (round === INTERVALS.length) {
    for (const url of urls) tell(url, { ...known.get(url), state: "late" });
    return;
  }
  timer = setTimeout(async () => {
    const cards = await load(`${CARDS}?${new URLSearchParams(urls.map((url) => ["url", url]))}`) ?? {};
    for (const [url, card] of Object.entries(cards)) tell(url, card);
    wait();
  }, INTERVALS[round]);
  round += 1;
}

function tell(url, card) {
  known.set(url, card);
  for (const show of [...followers.get(url) ?? []]) show(card);
}

/* URL → card; null if the server did not answer. */
async function load(address, options) {
  try {
    const response = await fetch(address, { credentials: "same-origin", ...options });
    return response.ok && !response.redirected ? (await response.json()).cards : null;
  } catch {
    return null;
  }
}

const { Selection } = pm.state;

const ask = updateAttrsDialog(
  {
    address: {
      type: "string",
      title: "URL of the page",
      description: "Starts with https://. You can also paste a URL into an empty paragraph.",
    },
  },
  { title: "Embed", submitText: "Apply" },
);

const STATUS = {
  pending: "Fetching title and image",
  late: "Not fetched yet. Readers will see title and image as soon as they are.",
  failed: "This page could not be read. Write a title, or readers see the URL.",
  limited: "You added many pages in the last hour. Title and image of this one can be fetched later.",
};

const kept = (text) => {
  try {
    const address = new URL(text.trim());
    return address.protocol === "https:" && !address.username && !address.port ? address.href : "";
  } catch {
    return "";
  }
};

/* URLs whose title becomes the caption when it arrives: only of new embeds, since opening an article must
   not change it. */
const untitled = new Set();

/* A URL alone, pasted into an empty paragraph; pages of this site are linked. */
function pastedUrl(state, data) {
  const { $from, empty } = state.selection;
  const text = data?.getData("text/plain").trim() ?? "";
  const inEmptyParagraph = empty && $from.depth === 1 && $from.parent.type.name === "paragraph" && !$from.parent.content.size;
  if (!inEmptyParagraph || /\s/.test(text)) return "";
  const address = kept(text);
  return address && new URL(address).host !== location.host ? address : "";
}

function insertCard(view, type, address) {
  untitled.add(address);
  const { tr, schema, selection } = view.state;
  const [from, to] = [selection.$from.before(), selection.$from.after()];
  tr.replaceWith(from, to, type.create({ address }));
  const after = from + tr.doc.nodeAt(from).nodeSize;
  if (!tr.doc.nodeAt(after)?.isTextblock) tr.insert(after, schema.nodes.paragraph.create());
  tr.setSelection(Selection.near(tr.doc.resolve(after + 1)));
  view.dispatch(tr.scrollIntoView());
}

const Embed = Node.create({
  name: "embed",
  ...captioned("embed"),

  addAttributes() {
    return {
      address: {
        default: "",
        parseHTML: (element) => element.dataset.embed,
        renderHTML: ({ address }) => ({ "data-embed": address }),
      },
    };
  },

  addCommands() {
    return {
      editEmbed: () => ({ editor }) => {
        const { selection } = editor.state;
        const there = selection.node?.type.name === this.name ? selection.node : null;
        ask(editor, { address: there?.attrs.address ?? "" }).then((answer) => {
          const address = answer ? kept(answer.address) : "";
          if (!address || address === there?.attrs.address) return;
          untitled.add(address);
          /* A title that editors wrote stays; that of the other page does not. */
          const written = there?.content.size && there.textContent !== cardOf(there.attrs.address)?.title;
          const chain = editor.chain().focus();
          if (written) chain.updateAttributes(this.name, { address }).run();
          else chain.insertContent({ type: this.name, attrs: { address } }).run();
        });
        return true;
      },
    };
  },

  addMenuItems: inMenu("embed", 115, "smart_display", "Embed", "editEmbed"),

  addNodeView() {
    return ({ node, editor, getPos }) => new EmbedView(node, editor, getPos);
  },

  addProseMirrorPlugins() {
    const { type } = this;
    return [new Plugin({
      props: {
        handlePaste(view, event) {
          const address = pastedUrl(view.state, event.clipboardData);
          if (address) insertCard(view, type, address);
          return Boolean(address);
        },
      },
    })];
  },
});

class EmbedView extends FigureView {
  constructor(node, editor, getPos) {
    super(node, editor, getPos);
    this.image = crel("img", { className: "admin-embed-image", alt: "", hidden: true });
    this.title = crel("strong");
    this.site = crel("span");
    this.address = crel("span");
    this.status = crel("span", { role: "status" });
    const text = crel("div", { className: "admin-embed-text" }, [this.title, this.site, this.address, this.status]);
    const tools = crel("div", { className: "admin-embed-tools" }, [
      button("Change URL", () => {
        this.editor.commands.setNodeSelection(this.getPos());
        this.editor.commands.editEmbed();
      }),
      button("Plain link", () => this.unwrap()),
      button("Remove", () => this.remove()),
    ]);
    this.build(crel("div", { className: "admin-embed-shown admin-embed-card" }, [this.image, text, tools]), "Title");
    this.dom.classList.add("admin-embed");
    this.show();
  }

  show() {
    this.markEmpty();
    this.showTitle();
    const { address } = this.node.attrs;
    if (this.followed === address) return;
    this.followed = address;
    this.unfollow?.();
    this.address.textContent = address;
    this.showCard({ state: "pending", provider: "", title: "", thumbnail: "" });
    this.unfollow = follow(address, (card) => this.showCard(card));
  }

  /* As readers see it. */
  showTitle() {
    this.title.textContent = this.node.textContent || this.fetchedTitle || "";
    this.title.hidden = !this.title.textContent;
  }

  showCard({ state, provider, title, thumbnail }) {
    const { address } = this.node.attrs;
    this.site.textContent = provider || hostOf(address);
    this.status.textContent = STATUS[state] ?? "";
    this.status.hidden = !STATUS[state];
    this.image.hidden = !thumbnail;
    if (thumbnail && this.image.getAttribute("src") !== thumbnail) this.image.src = thumbnail;
    this.fetchedTitle = title;
    this.showTitle();
    if (state !== "fetched" || !untitled.delete(address) || this.node.content.size) return;
    /* Not while the editor draws this view. */
    queueMicrotask(() => {
      const { state: now, view } = this.editor;
      const at = this.getPos();
      if (at === undefined || this.node.content.size) return;
      view.dispatch(now.tr.insertText(title, at + 1).setMeta("addToHistory", false));
    });
  }

  /* With a title the URL stays a link when the article is saved. */
  unwrap() {
    const { address } = this.node.attrs;
    const card = cardOf(address);
    const text = this.node.textContent || card?.title || card?.provider || address;
    const link = { type: "text", text, marks: [{ type: "link", attrs: { href: address } }] };
    const from = this.getPos();
    const range = { from, to: from + this.node.nodeSize };
    this.editor.chain().focus().insertContentAt(range, { type: "paragraph", content: [link] }).run();
  }

  destroy() {
    this.unfollow?.();
  }
}

function hostOf(address) {
  try {
    return new URL(address).host.replace(/^www\./, "");
  } catch {
    return "";
  }
}

register({
  extensions: [Embed],
  wordless: ["embed"],
  entries: {
    embed: { menu: "insert", label: "Embed", icon: "embed", hint: "Video, post or map", words: "youtube vimeo link card" },
  },
});
