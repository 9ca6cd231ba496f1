"""Bodies of articles as blocks of WordPress: what another system can read, and `import_wordpress` reads back."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from lxml import html as lxml_html
from lxml.html import HtmlElement

from articles.body.figures import FigureUse, file_use_of, use_of
from articles.body.normaliser import PULL_QUOTE
from articles.body.references import Urls, resolve
from articles.body.tree import inner_html, parse, replace

ALIGNED: Final = {"wide": " alignwide", "full": " alignfull"}
BLOCKS: Final = {
    "p": "paragraph",
    "ul": "list",
    "ol": "list",
    "blockquote": "quote",
    "table": "table",
    "pre": "code",
    "hr": "separator",
}


@dataclass(frozen=True, slots=True)
class WrittenImage:
    number: int
    """In the file that is written."""
    url: str
    alt: str


@dataclass(slots=True)
class Blocks:
    """A body as text of the block editor."""

    images: Callable[[int], WrittenImage | None]
    files: Mapping[int, tuple[str, str]]
    """Id → URL and title."""
    notes: list[dict[str, str]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """What the blocks cannot hold."""

    def convert(self, body: str, urls: Urls, key: str) -> str:
        """The whole body; `key` makes the ids of footnotes those of this text."""
        tree = parse(body)
        resolve(tree, urls)
        self._footnotes(tree, key)
        return "\n\n".join(self._block(each) for each in tree)

    def _footnotes(self, tree: HtmlElement, key: str) -> None:
        for number, note in enumerate(list(tree.iter("span")), start=1):
            text = note.get("data-footnote")
            if text is None:
                continue
            name = str(uuid5(NAMESPACE_URL, f"{key}#{number}"))
            self.notes.append({"id": name, "content": escape(text)})
            mark = lxml_html.fragment_fromstring(
                f'<sup data-fn="{name}" class="fn"><a href="#{name}" id="{name}-link">{len(self.notes)}</a></sup>'
            )
            mark.tail = note.tail
            replace(note, mark)

    def _block(self, element: HtmlElement) -> str:
        element.tail = None
        tag = str(element.tag)
        if tag == "figure":
            return self._figure(element)
        if tag == "aside":
            return self._aside(element)
        html = lxml_html.tostring(element, encoding="unicode")
        if tag in {"h2", "h3", "h4"}:
            return _wrapped("heading", html, {"level": int(tag[1])})
        if tag == "table":
            html = f'<figure class="wp-block-table">{html}</figure>'
        return _wrapped(BLOCKS.get(tag, "html"), html)

    def _aside(self, element: HtmlElement) -> str:
        inside = inner_html(element)
        if element.get(PULL_QUOTE) is not None:
            text = f'<figure class="wp-block-pullquote"><blockquote>{inside}</blockquote></figure>'
            return _wrapped("pullquote", text)
        return _wrapped("html", f'<aside class="callout">{inside}</aside>')

    def _figure(self, figure: HtmlElement) -> str:
        caption = "".join(inner_html(each) for each in figure if each.tag == "figcaption")
        below = f"<figcaption>{caption}</figcaption>" if caption else ""
        if figure.get("data-gallery") is not None:
            aligned = ALIGNED.get(figure.get("data-width", ""), "")
            inside = "\n".join(filter(None, self._pictures(figure)))
            below = below.replace("<figcaption>", '<figcaption class="blocks-gallery-caption">')
            text = f'<figure class="wp-block-gallery has-nested-images{aligned}">{inside}{below}</figure>'
            return _wrapped("gallery", text, {"linkTo": "none"})
        if url := figure.get("data-embed"):
            wrapper = f'<div class="wp-block-embed__wrapper">\n{escape(url)}\n</div>'
            text = f'<figure class="wp-block-embed">{wrapper}{below}</figure>'
            return _wrapped("embed", text, {"url": url})
        if (file := file_use_of(figure)) and file.file_id in self.files:
            self.lost.append("file in the text")
            link, title = self.files[file.file_id]
            text = f'<p><a href="{escape(link)}">{escape(title)}</a> {file.caption}</p>'
            return _wrapped("paragraph", text)
        if use := use_of(figure):
            return self._image(use)
        return _wrapped("html", lxml_html.tostring(figure, encoding="unicode"))

    def _pictures(self, gallery: HtmlElement) -> Iterator[str]:
        for figure in gallery.iter("figure"):
            if figure is not gallery and (use := use_of(figure)):
                yield self._image(use)

    def _image(self, use: FigureUse) -> str:
        image = self.images(use.image_id)
        if image is None:
            self.lost.append("image that is not in the library")
            return ""
        caption = f"<figcaption>{use.caption}</figcaption>" if use.caption else ""
        text = (
            f'<figure class="wp-block-image{ALIGNED.get(use.width, "")}"><img src="{escape(image.url)}"'
            f' alt="{escape(use.alt(image.alt))}" class="wp-image-{image.number}"/>{caption}</figure>'
        )
        return _wrapped("image", text, {"id": image.number})


def _wrapped(name: str, html: str, attributes: Mapping[str, object] | None = None) -> str:
    # Two hyphens would end the comment.
    given = " " + json.dumps(attributes).replace("--", r"\u002d\u002d") if attributes else ""
    return f"<!-- wp:{name}{given} -->\n{html}\n<!-- /wp:{name} -->"
