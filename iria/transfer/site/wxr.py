"""The publication as a WordPress export (WXR 1.2), which WordPress and `import_wordpress` read.

Bodies become blocks of the block editor.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from itertools import batched
from typing import Any, Final
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from lxml import html as lxml_html
from lxml.html import HtmlElement
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.body.blocks.asides import PULL_QUOTE
from articles.body.blocks.files import file_use_of
from articles.body.blocks.images import FigureUse, use_of
from articles.body.references import Urls, resolve
from articles.body.registry import block_of
from articles.body.rendering import html_of
from articles.body.tree import inner_html, parse, replace
from articles.comments.models import Comment
from articles.editorial.models import Article, ArticleType, Category
from articles.images.models import Image
from articles.links.targets import urls_for
from articles.pages.models import Page
from iria.core.http.urls import absolute_url
from iria.transfer.site.other_systems import BATCH, HELD, Export, number_of, redirects
from iria.transfer.wordpress.parser import LEAD_CAPTION

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
        tag, block = str(element.tag), block_of(element)
        if block and (own := block.exports.get("wordpress")):
            return str(own(element))
        if tag == "figure":
            return self._figure(element)
        if block == PULL_QUOTE:
            inside = f"<blockquote>{inner_html(element)}</blockquote>"
            return _wrapped("pullquote", f'<figure class="wp-block-pullquote">{inside}</figure>')
        if tag == "aside":
            return _wrapped("html", html_of(element))
        html = lxml_html.tostring(element, encoding="unicode")
        if tag in {"h2", "h3", "h4"}:
            return _wrapped("heading", html, {"level": int(tag[1])})
        if tag == "table":
            html = f'<figure class="wp-block-table">{html}</figure>'
        return _wrapped(BLOCKS.get(tag, "html"), html)

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
        return _wrapped("html", html_of(figure))

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


FILE: Final = "wordpress.xml"
REDIRECTS: Final = "redirects.csv"
"""For the plugin Redirection, and others that read its form."""
MEDIA: Final = "media"

HEAD: Final = """\
<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wfw="http://wellformedweb.org/CommentAPI/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
"""
FOOT: Final = "</channel>\n</rss>\n"
NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

STATUS: Final = {
    Article.State.PUBLISHED: "publish",
    Article.State.SCHEDULED: "future",
    Article.State.TRASH: "trash",
}
"""Other states are drafts there."""
APPROVED: Final = {
    Comment.State.APPROVED: "1",
    Comment.State.PENDING: "0",
    Comment.State.SPAM: "spam",
}
"""Other states are in the trash there."""

STRONG: Final = re.compile(r"\*\*([^\s*](?:[^*\n]*[^\s*])?)\*\*")
EMPHASIS: Final = re.compile(r"\*([^\s*](?:[^*\n]*[^\s*])?)\*")
LINK: Final = re.compile(r"\[([^\[\]\n]{1,300})\]\((https?://[^\s()<>]{1,2000})\)")


@dataclass(slots=True)
class Wxr(Export):
    held = HELD | {"comments", "translation_groups"}
    nicenames: dict[int, str] = field(default_factory=dict)
    """Id of a category → its slug, which is unique there."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.publication.time_zone)

    def write(self) -> None:
        with (self.work / FILE).open("w", encoding="utf-8") as file:
            for part in self._parts():
                file.write(NO_XML.sub("", part))
        rows = ((old, new, 0, 301) for old, new in redirects())
        self.write_rows(REDIRECTS, ("source", "target", "regex", "code"), rows)

    def _parts(self) -> Iterator[str]:
        yield HEAD
        yield self._header()
        yield from self._authors()
        yield from self._terms()
        self.progress("images")
        for image in Image.objects.defer("metadata").order_by("pk").iterator(chunk_size=BATCH):
            yield self._attachment(image)
        self.progress("articles")
        yield from self._articles()
        self.progress("pages")
        for batch in batched(Page.objects.order_by("pk").iterator(chunk_size=BATCH), BATCH):
            urls = urls_for(*(each.body for each in batch))
            for page in batch:
                yield self._page(page, urls)
        yield FOOT

    def _header(self) -> str:
        home = absolute_url("/").rstrip("/")
        language = self.publication.language_codes[0]
        return (
            _tag("title", self.publication.name)
            + _tag("link", home)
            + _tag("description", self.publication.tagline)
            + _tag("language", language)
            + _tag("wp:wxr_version", "1.2")
            + _tag("wp:base_site_url", home)
            + _tag("wp:base_blog_url", home)
        )

    def _authors(self) -> Iterator[str]:
        rows = AuthorProfile.objects.select_related("user").order_by("pk")
        for author in rows.iterator():
            email = author.user.email if self.personal_data and author.user else ""
            self.result.counts["authors"] += 1
            if author.biography:
                self.result.lost.add("biography of an author", author)
            yield (
                "<wp:author>"
                + _tag("wp:author_id", str(author.pk))
                + _tag("wp:author_login", author.slug)
                + _tag("wp:author_email", email)
                + _tag("wp:author_display_name", _html(author.name))
                + "</wp:author>\n"
            )

    def _terms(self) -> Iterator[str]:
        used: set[str] = set()
        for category in Category.objects.select_related("parent").order_by("path"):
            name = category.slug if category.slug not in used else category.path.replace("/", "-")
            used.add(name)
            self.nicenames[category.pk] = name
            if name != category.slug:
                self.result.lost.add("slug that another category has too", category)
            if category.translations:
                self.result.lost.add("name in other languages", category)
            self.result.counts["categories"] += 1
            yield (
                "<wp:category>"
                + _tag("wp:term_id", str(category.pk))
                + _tag("wp:category_nicename", name)
                + _tag("wp:category_parent", self.nicenames.get(category.parent_id or 0, ""))
                + _tag("wp:cat_name", _html(category.name))
                + _tag("wp:category_description", _html(category.introduction))
                + "</wp:category>\n"
            )
        for tag in Tag.objects.order_by("pk").iterator():
            self.result.counts["tags"] += 1
            yield (
                "<wp:tag>"
                + _tag("wp:term_id", str(tag.pk))
                + _tag("wp:tag_slug", tag.slug)
                + _tag("wp:tag_name", _html(tag.name))
                + "</wp:tag>\n"
            )

    def _attachment(self, image: Image) -> str:
        self.copy_image(image, MEDIA)
        return _item(
            number_of(image),
            _html(image.headline),
            absolute_url(f"/?attachment_id={number_of(image)}"),
            excerpt=_html(image.caption),
            fields={
                **self._dates(image.uploaded_at, image.uploaded_at),
                "status": "inherit",
                "post_type": "attachment",
                "attachment_url": _url_of(image),
            },
            meta={
                "_wp_attached_file": str(image.original.name),
                "_wp_attachment_image_alt": image.alt_text,
                "_media_credit": image.credit,
                "_media_credit_url": image.credit_url,
            },
        )

    def _articles(self) -> Iterator[str]:
        usual = ArticleType.objects.order_by("position", "pk").first()
        rows = Article.objects.for_page().order_by("pk").iterator(chunk_size=BATCH)
        for batch in batched(rows, BATCH):
            urls = urls_for(*(each.body for each in batch))
            threads = self._comments([each.pk for each in batch])
            for article in batch:
                if article.kind_id != getattr(usual, "pk", None):
                    self.result.lost.add("type of an article", article)
                yield self._article(article, urls, threads[article.pk])

    def _article(self, article: Article, urls: Any, comments: list[str]) -> str:
        images = {each.image_id: each.image for each in article.figures.all()}
        files = {
            each.file_id: (absolute_url(each.file.get_absolute_url()), each.file.title)
            for each in article.attachments.all()
        }
        text, notes = self._body(article, images, files, urls)
        url = article.get_absolute_url() if article.year else f"/?p={number_of(article)}"
        authors = [each.author for each in article.bylines.all()]
        lead = images.get(article.lead_image_id or 0)
        self._count(article, comments)
        return _item(
            number_of(article),
            _html(article.headline),
            absolute_url(url),
            creator=authors[0].slug if authors else "",
            body=text,
            excerpt=_html(article.standfirst),
            fields={
                **self._dates(
                    article.published_at or article.publish_at or article.created_at,
                    article.modified_at,
                    is_draft=article.state == Article.State.DRAFT,
                ),
                "comment_status": "open" if article.comments_open else "closed",
                "post_name": article.slug,
                "status": STATUS.get(Article.State(article.state), "draft"),
                "post_type": "post",
            },
            meta={
                "_thumbnail_id": str(number_of(lead)) if lead else "",
                LEAD_CAPTION: article.lead_caption,
                "_yoast_wpseo_metadesc": article.search_description,
                "_yoast_wpseo_opengraph-title": article.social_title,
                "_yoast_wpseo_canonical": article.canonical_url,
                "_yoast_wpseo_meta-robots-noindex": "1" if article.noindex else "",
                "footnotes": notes,
            },
            terms=self._terms_of(article),
            comments=comments,
        )

    def _terms_of(self, article: Article) -> list[tuple[str, str, str]]:
        """Taxonomy, slug and name."""
        return [
            *(("category", self.nicenames[each.category_id], each.category.name)
              for each in article.article_categories.all()),
            *(("post_tag", each.slug, each.name) for each in article.tags.all()),
            *(("author", f"cap-{each.author.slug}", each.author.name) for each in article.bylines.all()),
            ("language", article.language, article.language),
            *_translations("article", article.translation_group_id),
        ]  # fmt: skip

    def _count(self, article: Article, comments: list[str]) -> None:
        self.result.lost.add_all(
            article,
            correction=article.corrections.all(),
            licence_of_an_article=article.licence,
            first_publication_elsewhere=article.first_published_url,
            alt_text_of_a_lead_image=article.lead_alt or article.lead_decorative,
        )
        self.result.counts["posts"] += 1
        self.result.counts["comments"] += len(comments)

    def _page(self, page: Page, urls: Any) -> str:
        self.result.counts["pages"] += 1
        text, notes = self._body(page, {}, {}, urls)
        return _item(
            number_of(page),
            _html(page.title),
            absolute_url(page.get_absolute_url()),
            body=text,
            fields={
                **self._dates(page.created_at, page.modified_at),
                "post_name": page.path.rsplit("/", 1)[-1],
                "status": "publish" if page.is_published else "draft",
                "post_type": "page",
            },
            meta={"_yoast_wpseo_metadesc": page.description, "footnotes": notes},
            terms=[
                ("language", page.language, page.language),
                *_translations("page", page.translation_of_id or page.pk),
            ],
        )

    def _body(
        self, row: Article | Page, images: dict[int, Image], files: Any, urls: Any
    ) -> tuple[str, str]:
        """The text, and its footnotes as the block editor keeps them."""

        def written(pk: int) -> WrittenImage | None:
            image = images.get(pk)
            return WrittenImage(number_of(image), _url_of(image), image.alt) if image else None

        blocks = Blocks(written, files)
        absolute = {key: absolute_url(url) for key, url in urls.items()}
        text = blocks.convert(row.body, absolute, f"{row._meta.model_name} {row.pk}")
        for what in blocks.lost:
            self.result.lost.add(what, row)
        return text, json.dumps(blocks.notes, ensure_ascii=False) if blocks.notes else ""

    def _comments(self, article_ids: list[int]) -> dict[int, list[str]]:
        rows = Comment.objects.filter(article__in=article_ids).order_by("pk")
        if not self.personal_data:
            rows = rows.filter(position__shown=True)
        found: dict[int, list[str]] = defaultdict(list)
        for comment in rows.iterator(chunk_size=1000):
            is_public = comment.state == Comment.State.APPROVED or self.personal_data
            name, text = (comment.name, comment.text) if is_public else ("–", "–")
            found[comment.article_id].append(
                "<wp:comment>"
                + _tag("wp:comment_id", str(comment.pk))
                + _tag("wp:comment_author", _html(name))
                + _tag("wp:comment_author_email", comment.email if self.personal_data else "")
                + _tag("wp:comment_date", self._local(comment.created_at))
                + _tag("wp:comment_date_gmt", f"{comment.created_at:%Y-%m-%d %H:%M:%S}")
                + _tag("wp:comment_content", comment_html(text))
                + _tag("wp:comment_approved", APPROVED.get(Comment.State(comment.state), "trash"))
                + _tag("wp:comment_type", "comment")
                + _tag("wp:comment_parent", str(comment.parent_id or 0))
                + "</wp:comment>\n"
            )
        return found

    def _dates(
        self, written: datetime, changed: datetime, *, is_draft: bool = False
    ) -> dict[str, str]:
        """WordPress leaves the date in UTC of a draft empty."""
        return {
            "post_date": self._local(written),
            "post_date_gmt": "0000-00-00 00:00:00" if is_draft else f"{written:%Y-%m-%d %H:%M:%S}",
            "post_modified": self._local(changed),
            "post_modified_gmt": f"{changed:%Y-%m-%d %H:%M:%S}",
        }

    def _local(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M:%S}"


def _translations(kind: str, group: int | None) -> Iterator[tuple[str, str, str]]:
    """The term of Polylang that all versions of a text have."""
    if group:
        yield "post_translations", f"pll_{kind}_{group}", f"pll_{kind}_{group}"


def comment_html(text: str) -> str:
    html = escape(text, quote=False)
    html = LINK.sub(r'<a href="\2">\1</a>', html)
    return EMPHASIS.sub(r"<em>\1</em>", STRONG.sub(r"<strong>\1</strong>", html))


def _html(text: str) -> str:
    """Titles and names are HTML there."""
    return escape(text, quote=False)


def _url_of(image: Image) -> str:
    return absolute_url(f"/wp-content/uploads/{quote(str(image.original.name))}")


def _item(
    number: int,
    title: str,
    link: str,
    *,
    creator: str = "",
    body: str = "",
    excerpt: str = "",
    fields: dict[str, str],
    meta: dict[str, str],
    terms: Iterable[tuple[str, str, str]] = (),
    comments: Iterable[str] = (),
) -> str:
    return "".join(
        [
            "<item>\n",
            _tag("title", title),
            _tag("link", link),
            _tag("dc:creator", creator),
            _tag("content:encoded", body),
            _tag("excerpt:encoded", excerpt),
            _tag("wp:post_id", str(number)),
            *(_tag(f"wp:{name}", value) for name, value in fields.items()),
            _tag("wp:post_parent", "0"),
            *(
                f'<category domain="{domain}" nicename="{escape(slug)}">{_cdata(_html(name))}</category>\n'
                for domain, slug, name in terms
            ),
            *(
                f"<wp:postmeta>{_tag('wp:meta_key', key)}{_tag('wp:meta_value', value)}</wp:postmeta>\n"
                for key, value in meta.items()
                if value
            ),
            *comments,
            "</item>\n",
        ]
    )


def _tag(name: str, text: str) -> str:
    return f"<{name}>{_cdata(text)}</{name}>\n"


def _cdata(text: str) -> str:
    if not re.search("[<&]", text):
        return text.replace(">", "&gt;")
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
