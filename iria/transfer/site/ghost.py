"""The publication as a Ghost export (JSON of version 5), which Ghost and `import_ghost` read.

Bodies become text of its editor, a tree of Lexical nodes. Beside it are the other files that Ghost takes: images,
redirects, routes and, with personal data, members.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from itertools import batched
from typing import Any, Final, TextIO
from urllib.parse import quote, unquote
from uuid import NAMESPACE_URL, uuid5

from django.db.models import Count, Exists, OuterRef
from lxml import html as lxml_html
from lxml.html import HtmlElement, fragment_fromstring
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.body.blocks.asides import CALLOUT, PULL_QUOTE
from articles.body.blocks.embeds import card, embed_of
from articles.body.blocks.files import file_use_of
from articles.body.blocks.images import FigureUse, gallery_of, use_of
from articles.body.captions import safe_caption
from articles.body.references import Urls, resolve, with_urls
from articles.body.registry import BlockType, Labels, block_of
from articles.body.rendering import html_of
from articles.body.tree import inner_html, parse, replace
from articles.editorial.models import Article, Category, Figure
from articles.images.credit_line import credit_line
from articles.images.models import Image
from articles.links.targets import urls_for
from articles.pages.models import Page
from iria.core.http.urls import absolute_url
from iria.core.text.language import use_language
from iria.core.text.languages import language_of
from iria.transfer.site.other_systems import BATCH, Export, number_of, redirects
from newsletter.models import Subscriber

Node = dict[str, Any]

FORMATS: Final = {"strong": 1, "em": 2, "s": 4, "u": 8, "code": 16, "sub": 32, "sup": 64}
"""Bits of the format of a text."""
HEADINGS: Final = frozenset({"h2", "h3", "h4"})
GALLERY_ROW: Final = 3
"""Images side by side in Ghost's galleries."""


class _NoNode(Exception):
    """The editor has nothing for it, so it becomes an HTML card."""


@dataclass(frozen=True, slots=True)
class Picture:
    src: str
    alt: str
    """The alt text of the image."""
    width: int
    height: int
    credit: str
    """HTML; captions have it at their end."""

    def caption(self, text: str) -> str:
        return " ".join(filter(None, (text, self.credit)))


@dataclass(slots=True)
class Lexical:
    """A body as text of the editor."""

    images: Callable[[int], Picture | None]
    files: Mapping[int, tuple[str, str]]
    """Id → URL and title."""
    labels: Labels
    notes: list[str] = field(default_factory=list)

    def convert(self, body: str, urls: Urls) -> str:
        tree = parse(body)
        resolve(tree, urls)
        self._footnotes(tree)
        nodes = [node for each in tree for node in self._block(each)]
        if self.notes:
            rows = "".join(
                f'<li id="fn{number}">{escape(note)}</li>'
                for number, note in enumerate(self.notes, start=1)
            )
            title = escape(self.labels.notes)
            nodes.append(
                _html(f'<section class="footnotes"><h2>{title}</h2><ol>{rows}</ol></section>')
            )
        root = _element("root", nodes)
        return json.dumps({"root": root}, ensure_ascii=False)

    def _footnotes(self, tree: HtmlElement) -> None:
        """Links to a list below the text, since Ghost has none."""
        for note in [each for each in tree.iter("span") if each.get("data-footnote")]:
            self.notes.append(note.get("data-footnote", ""))
            number = len(self.notes)
            replace(note, fragment_fromstring(f'<sup><a href="#fn{number}">{number}</a></sup>'))

    def _block(self, element: HtmlElement) -> Iterator[Node]:
        element.tail = None
        block = block_of(element)
        try:
            if block and (own := block.exports.get("ghost")):
                yield own(element)
            elif element.tag == "figure":
                yield from self._figure(element)
            else:
                yield _block(element, block)
        except _NoNode:
            is_known = element.tag not in {"figure", "aside"} or block in {CALLOUT, PULL_QUOTE}
            html = lxml_html.tostring(element, encoding="unicode")
            yield _html(html if is_known else html_of(element))

    def _figure(self, figure: HtmlElement) -> Iterator[Node]:
        if gallery := gallery_of(figure, 1):
            pictures = [(use, self.images(use.image_id)) for use in gallery.images]
            images = [
                {
                    "row": number // GALLERY_ROW,
                    "fileName": found.src.rsplit("/", 1)[-1],
                    **_image(use, found),
                }
                for number, (use, found) in enumerate(pictures)
                if found
            ]
            yield {"type": "gallery", "version": 1, "images": images, "caption": gallery.caption}
        elif use := use_of(figure):
            if found := self.images(use.image_id):
                width = "regular" if use.width == "normal" else use.width
                yield {"type": "image", "version": 1, "cardWidth": width, **_image(use, found)}
        elif embed := embed_of(figure):
            yield {
                "type": "embed",
                "version": 1,
                "url": embed.url,
                "embedType": "rich",
                "html": card(embed),
                "metadata": {},
                "caption": escape(embed.title, quote=False),
            }
        elif file := file_use_of(figure):
            if found_file := self.files.get(file.file_id):
                url, title = found_file
                yield _html(f'<p><a href="{escape(url)}">{escape(title)}</a> {file.caption}</p>')
        else:
            raise _NoNode


def _image(use: FigureUse, picture: Picture) -> Node:
    return {
        "src": picture.src,
        "width": picture.width,
        "height": picture.height,
        "alt": use.alt(picture.alt),
        "caption": picture.caption(use.caption),
    }


def _block(element: HtmlElement, block: BlockType | None) -> Node:
    """Raises _NoNode."""
    direction = element.attrib.pop("dir") if element.get("dir") == "rtl" else None
    if element.attrib and element.tag not in {"ol", "aside"}:
        raise _NoNode
    match str(element.tag):
        case "p":
            return _element("paragraph", [*_inline(element)], direction)
        case heading if heading in HEADINGS:
            return _element("extended-heading", [*_inline(element)], direction, tag=heading)
        case "ul" | "ol":
            return _list(element, direction)
        case "blockquote":
            return _element("extended-quote", [*_inline(_only_paragraph(element))], direction)
        case "aside" if block == PULL_QUOTE:
            return _element("aside", [*_inline(_only_paragraph(element))], direction)
        case "aside" if block == CALLOUT:
            text = inner_html(_only_paragraph(element))
            return {
                "type": "callout",
                "version": 1,
                "calloutText": text,
                "calloutEmoji": "",
                "backgroundColor": "grey",
            }
        case "hr":
            return {"type": "horizontalrule", "version": 1}
        case "pre":
            return {"type": "codeblock", "version": 1, "code": element.text_content()}
    raise _NoNode


def _only_paragraph(element: HtmlElement) -> HtmlElement:
    rest = (element.text or "") + "".join(each.tail or "" for each in element)
    if len(element) != 1 or element[0].tag != "p" or element[0].attrib or rest.strip():
        raise _NoNode
    return element[0]


def _list(element: HtmlElement, direction: str | None) -> Node:
    """A list within a list stands in an item of its own there."""
    is_ordered = element.tag == "ol"
    start = int(element.get("start", "1")) if is_ordered else 1
    items: list[Node] = []
    for item in element:
        inner = [each for each in item if each.tag in {"ul", "ol"}]
        for each in inner:
            if (each.tail or "").strip():
                raise _NoNode
            item.remove(each)
        for children in ([*_inline(item)], *([_list(each, direction)] for each in inner)):
            items.append(_element("listitem", children, direction, value=start + len(items)))
    kind = "number" if is_ordered else "bullet"
    return _element("list", items, direction, listType=kind, start=start, tag=str(element.tag))


def _inline(element: HtmlElement, bits: int = 0) -> Iterator[Node]:
    """Raises _NoNode for what a text there cannot have."""
    yield from _text(element.text, bits)
    for child in element:
        tag = str(child.tag)
        if tag == "br":
            yield {"type": "linebreak", "version": 1}
        elif tag == "a":
            more = {"rel": None, "target": None, "title": None, "url": child.get("href", "")}
            yield _element("link", [*_inline(child, bits)], **more)
        elif tag in FORMATS:
            yield from _inline(child, bits | FORMATS[tag])
        else:
            raise _NoNode
        yield from _text(child.tail, bits)


def _text(text: str | None, bits: int) -> Iterator[Node]:
    if text:
        more = {"detail": 0, "mode": "normal", "style": "", "version": 1}
        yield {"type": "extended-text", "text": text, "format": bits, **more}


def _element(name: str, children: list[Node], direction: str | None = None, **more: object) -> Node:
    fixed = {"direction": direction, "format": "", "indent": 0, "version": 1}
    return {"type": name, "children": children, **fixed, **more}


def _html(html: str) -> Node:
    return {"type": "html", "version": 1, "html": html}


FILE: Final = "ghost.json"
IMAGES: Final = "content/images"
SITE: Final = "__GHOST_URL__"
VERSION: Final = "5.130.0"
EXCERPT: Final = 300
"""Characters that Ghost's editor allows."""

STATUS: Final = {
    Article.State.PUBLISHED: "published",
    Article.State.SCHEDULED: "scheduled",
}
"""Other states are drafts there."""
ROUTES: Final = """\
routes:

collections:
  /:
    permalink: /{year}/{month}/{slug}/
    template: index

taxonomies:
  tag: /tag/{slug}/
  author: /author/{slug}/
"""
"""With these, articles, tags and authors keep their URLs."""
MEMBERS: Final = (
    *("email", "name", "note", "subscribed_to_emails", "complimentary_plan"),
    *("stripe_customer_id", "created_at", "labels"),
)


@dataclass(slots=True)
class Ghost(Export):
    held_with_personal_data = frozenset({"subscribers"})
    tags: dict[str, str] = field(default_factory=dict)
    """Slug → id; a category and a tag with the same slug are one."""

    slugs: set[str] = field(default_factory=set)
    """Those that several articles have; there they have to differ."""

    def write(self) -> None:
        same = Article.objects.values("slug").annotate(rows=Count("pk")).filter(rows__gt=1)
        self.slugs = set(same.values_list("slug", flat=True)) - {""}
        with (self.work / FILE).open("w", encoding="utf-8") as file:
            self._write_tables(file)
        (self.work / "routes.yaml").write_text(ROUTES)
        with (self.work / "redirects.yaml").open("w", encoding="utf-8") as file:
            file.write("301:\n")
            for old, new in self._redirects():
                # Ghost takes the old one as a pattern; JSON is YAML.
                pattern = json.dumps(f"^{re.escape(quote(old))}$")
                file.write(f"  {pattern}: {json.dumps(quote(new))}\n")
        if self.personal_data:
            self.write_rows("members.csv", MEMBERS, self._members())

    def _write_tables(self, file: TextIO) -> None:
        file.write(f'{{"db":[{{"meta":{{"exported_on":0,"version":"{VERSION}"}},"data":{{\n')
        self._table(file, "settings", self._settings())
        self._table(file, "users", self._users())
        self._table(file, "tags", self._tags())
        self.progress("images")
        shown = Exists(Figure.objects.filter(image=OuterRef("pk")))
        images: Any = Image.objects.defer("metadata").annotate(is_shown=shown).order_by("pk")
        for image in images.iterator(chunk_size=BATCH):
            self.copy_image(image, IMAGES)
            self.result.lost.add_all(
                image,
                title_or_caption_of_an_image_in_the_library=image.headline or image.caption,
                image_that_no_text_shows=not image.is_shown,
            )
        self.progress("articles")
        # The tables of what belongs to posts, each in a pass of its own, so that nothing is kept in memory.
        self._table(file, "posts", (post for post, _meta in self._texts()))
        self._table(file, "posts_meta", (meta for _post, meta in self._texts(counted=False)))
        self._table(file, "posts_tags", self._posts_tags())
        self._table(file, "posts_authors", self._posts_authors(), last=True)
        file.write("}}]}\n")

    @staticmethod
    def _table(
        file: TextIO, name: str, rows: Iterator[dict[str, Any]], *, last: bool = False
    ) -> None:
        file.write(f'"{name}":[')
        for number, row in enumerate(rows):
            file.write((",\n" if number else "\n") + json.dumps(row, ensure_ascii=False))
        file.write("]\n" if last else "],\n")

    def _settings(self) -> Iterator[dict[str, Any]]:
        for key, value in (
            ("title", self.publication.name),
            ("description", self.publication.tagline),
            ("timezone", self.publication.time_zone),
            ("locale", self.publication.language_codes[0]),
        ):
            yield {"key": key, "value": value}

    def _users(self) -> Iterator[dict[str, Any]]:
        rows = AuthorProfile.objects.select_related("user").order_by("pk")
        for author in rows.iterator(chunk_size=BATCH):
            self.result.counts["authors"] += 1
            known = self.personal_data and author.user
            yield {
                "id": _id(author.pk),
                "name": author.name,
                "slug": author.slug,
                # Ghost needs one.
                "email": author.user.email
                if known and author.user
                else f"{author.pk}@authors.invalid",
                "bio": author.biography,
                "status": "active",
            }

    def _tags(self) -> Iterator[dict[str, Any]]:
        """Ghost has no categories; by its convention the first tag of a post is its section."""
        number = 0
        rows: Any = [*Category.objects.order_by("path"), *Tag.objects.order_by("pk")]
        for row in rows:
            if row.slug in self.tags:
                if isinstance(row, Category):
                    self.result.lost.add("slug that another category has too", row)
                continue
            number += 1
            self.tags[row.slug] = _id(number)
            self.result.counts["tags"] += 1
            yield {
                "id": self.tags[row.slug],
                "name": row.name,
                "slug": row.slug,
                "description": row.introduction if isinstance(row, Category) else "",
                "visibility": "public",
            }
        for category in Category.objects.exclude(parent=None).order_by("path"):
            self.result.lost.add("place of a category below another", category)

    def _texts(self, *, counted: bool = True) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        for article, urls in self._articles():
            if counted:
                self._count(article)
            yield self._article(article, urls)
        pages = Page.objects.order_by("pk").iterator(chunk_size=BATCH)
        for page in pages:
            if counted:
                self.result.counts["pages"] += 1
                self.result.lost.add_all(page, path_below_another="/" in page.path)
            text = self._text(page, {}, _urls_in(page.body))
            row = self._post(page, page.title, page.path.rsplit("/", 1)[-1], text, page.language)
            status = "published" if page.is_published else "draft"
            row |= {"type": "page", "status": status, "published_at": _moment(page.created_at)}
            yield row, {"post_id": row["id"], "meta_description": page.description[:500]}

    def _articles(self) -> Iterator[tuple[Article, Urls]]:
        rows = Article.objects.exclude(state=Article.State.TRASH).for_page().order_by("pk")
        for batch in batched(rows.iterator(chunk_size=BATCH), BATCH):
            urls = _urls_in(*(text for each in batch for text in (each.body, each.lead_caption)))
            yield from ((each, urls) for each in batch)

    def _count(self, article: Article) -> None:
        self.result.counts["posts"] += 1
        self.result.lost.add_all(
            article,
            footnotes__which_become_a_list_below_the_text="data-footnote" in article.body,
            second_category__which_becomes_a_tag=len(article.article_categories.all()) > 1,
            correction=article.corrections.all(),
            licence_of_an_article=article.licence,
            closed_comments=not article.comments_open,
            width_or_captions_of_a_gallery="data-gallery" in article.body,
            mark_for_search_engines_not_to_list_it=article.noindex,
            slug_that_another_article_has_too=article.slug in self.slugs,
        )
        if len(article.standfirst) > EXCERPT:
            self.result.lost.add("excerpt longer than Ghost's editor allows", article)

    def _article(self, article: Article, urls: Urls) -> tuple[dict[str, Any], dict[str, Any]]:
        images = {each.image_id: each.image for each in article.figures.all()}
        lead = self._picture(images.get(article.lead_image_id or 0))
        with use_language(article.language):
            text = self._text(article, images, urls)
        row = self._post(article, article.headline, self._slug(article), text, article.language)
        row |= {
            "type": "post",
            "status": STATUS.get(Article.State(article.state), "draft"),
            "custom_excerpt": article.standfirst or None,
            "published_at": _moment(article.published_at or article.publish_at),
            "feature_image": lead and lead.src,
            "canonical_url": article.canonical_url or None,
        }
        caption = safe_caption(with_urls(article.lead_caption, urls))
        meta = {
            "post_id": row["id"],
            "meta_description": article.search_description or None,
            "og_title": article.social_title or None,
            "feature_image_alt": lead and (article.lead_alt or lead.alt),
            "feature_image_caption": lead and lead.caption(caption),
        }
        return row, meta

    def _slug(self, article: Article) -> str:
        return f"{article.slug}-{article.pk}" if article.slug in self.slugs else article.slug

    def _post(
        self, row: Article | Page, title: str, slug: str, lexical: str, language: str
    ) -> dict[str, Any]:
        return {
            "id": _id(number_of(row)),
            "uuid": str(uuid5(NAMESPACE_URL, f"{row._meta.model_name} {row.pk}")),
            "title": title,
            "slug": slug or f"untitled-{row.pk}",
            "lexical": lexical,
            "visibility": "public",
            "locale": language,
            "created_at": _moment(row.created_at),
            "updated_at": _moment(row.modified_at),
        }

    def _text(self, row: Article | Page, images: dict[int, Image], urls: Urls) -> str:
        attachments = row.attachments.all() if isinstance(row, Article) else ()
        files = {
            each.file_id: (absolute_url(each.file.get_absolute_url()), each.file.title)
            for each in attachments
        }
        converter = Lexical(
            lambda pk: self._picture(images.get(pk)),
            files,
            Labels(*language_of(row.language).labels),
        )
        return converter.convert(row.body, urls)

    def _picture(self, image: Image | None) -> Picture | None:
        if image is None:
            return None
        src = f"{SITE}/{IMAGES}/{quote(str(image.original.name))}"
        credit = credit_line(image, self.publication)
        return Picture(src, image.alt, image.width, image.height, credit)

    def _redirects(self) -> Iterator[tuple[str, str]]:
        """What has moved here, and what moves by the export."""
        for category in Category.objects.order_by("path"):
            yield unquote(category.get_absolute_url()), f"/tag/{category.slug}/"
        for page in Page.objects.published().filter(path__contains="/").order_by("path"):
            yield f"/{page.path}/", f"/{page.path.rsplit('/', 1)[-1]}/"
        for article in Article.objects.filter(slug__in=self.slugs, year__isnull=False):
            path = unquote(article.get_absolute_url())
            yield path, path.replace(f"/{article.slug}/", f"/{self._slug(article)}/")
        for old, new in redirects():
            if "?" in old:
                self.result.lost.items["redirect from a URL with a query"].append(old)
            else:
                yield old, new

    def _members(self) -> Iterator[tuple[object, ...]]:
        rows = Subscriber.objects.exclude(email="").order_by("pk").prefetch_related("newsletters")
        for each in rows.iterator(chunk_size=1000):
            if each.state == Subscriber.State.PENDING:
                self.result.lost.add("subscriber who has not confirmed", each)
                continue
            subscribed = "true" if each.state == Subscriber.State.ACTIVE else "false"
            labels = ",".join(sorted(newsletter.name for newsletter in each.newsletters.all()))
            self.result.counts["members"] += 1
            yield (
                each.email,
                each.name,
                "",
                subscribed,
                "false",
                "",
                _moment(each.created_at),
                labels,
            )

    def _posts_tags(self) -> Iterator[dict[str, Any]]:
        for article, _urls in self._articles():
            slugs = [each.category.slug for each in article.article_categories.all()]
            slugs += [each.slug for each in article.tags.all()]
            for order, slug in enumerate(dict.fromkeys(slugs)):
                yield {
                    "post_id": _id(number_of(article)),
                    "tag_id": self.tags[slug],
                    "sort_order": order,
                }

    def _posts_authors(self) -> Iterator[dict[str, Any]]:
        for article, _urls in self._articles():
            for order, byline in enumerate(article.bylines.all()):
                yield {
                    "post_id": _id(number_of(article)),
                    "author_id": _id(byline.author_id),
                    "sort_order": order,
                }


def _urls_in(*bodies: str) -> Urls:
    """Links within the site, which may have another domain there."""
    return {key: f"{SITE}{url}" for key, url in urls_for(*bodies).items()}


def _id(number: int) -> str:
    """Ids are those of MongoDB there."""
    return f"{number:024x}"


def _moment(value: datetime | None) -> str | None:
    return f"{value:%Y-%m-%dT%H:%M:%S}.000Z" if value else None
