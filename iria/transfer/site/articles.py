"""Every article of an export as HTML and as Markdown that can be read without this project."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import batched
from typing import Any, Final
from urllib.parse import quote

from django.db.models import F
from markdownify import MarkdownConverter

from articles.body.figures import FigureUse, FileUse, card
from articles.body.references import Urls
from articles.body.rendering import labels_for, render
from articles.body.sanitiser import safe_caption
from articles.editorial.models import Article, Figure
from articles.images.models import Image
from articles.images.rights.credit_line import credit_line
from articles.links.targets import urls_for
from iria.core.http.urls import absolute_url
from iria.core.text.language import direction_of, use_language
from iria.publication.models import Publication, current_publication

BATCH: Final = 100

DOCUMENT: Final = """\
<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<title>{title}</title>
{canonical}</head>
<body>
<article>
<h1>{title}</h1>
{text}
</article>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Markup:
    """An article as HTML, with what stands above it."""

    article: Article
    text: str
    above: dict[str, Any]

    def html(self) -> str:
        article, url = self.article, self.above.get("url")
        return DOCUMENT.format(
            language=article.language,
            direction=direction_of(article.language),
            title=escape(article.headline),
            canonical=f'<link rel="canonical" href="{escape(url)}">\n' if url else "",
            text="\n".join(filter(None, (*self._intro(), self.text))),
        )

    def markdown(self) -> str:
        """With front matter: values in JSON are YAML too."""
        lines = [
            f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in self.above.items()
        ]
        converter: Any = MarkdownConverter(
            bs4_options="lxml",
            heading_style="atx",
            bullets="-",
            escape_misc=False,
            sub_symbol="",
            sup_symbol="",
        )
        text = converter.convert(self.text).strip()
        return "\n".join(["---", *lines, "---", "", text, ""])

    def _intro(self) -> Iterator[str]:
        if self.article.standfirst:
            yield f"<p><strong>{escape(self.article.standfirst)}</strong></p>"
        if authors := self.above["authors"]:
            yield f"<p>{escape(', '.join(authors))}</p>"
        if date := self.above.get("date"):
            yield f'<p><time datetime="{date}">{date[:10]}</time></p>'


def article_files() -> Iterator[tuple[str, str]]:
    """Path and content of two files an article, in the order of the paths."""
    publication = current_publication()
    rows = (
        Article.objects.for_page()
        .order_by(F("year").asc(nulls_last=True), F("month").asc(nulls_last=True), "pk")
        .iterator(chunk_size=BATCH)
    )
    for batch in batched(rows, BATCH):
        urls = urls_for(*(text for each in batch for text in (each.body, each.lead_caption)))
        for article in batch:
            markup = markup_of(article, publication, urls)
            path = _path(article)
            yield f"{path}.html", markup.html()
            yield f"{path}.md", markup.markdown()


def _path(article: Article) -> str:
    month = f"{article.year:04}/{article.month:02}" if article.year and article.month else "drafts"
    return f"articles/{month}/{article.pk:010}-{article.slug[:80]}".rstrip("-")


def markup_of(article: Article, publication: Publication, urls: Urls) -> Markup:
    figures = list(article.figures.all())
    images = {each.image_id: each.image for each in figures if article.shows(each.image)}
    files = {each.file_id: each.file for each in article.attachments.all()}
    # Absolute links, and paths of media, from a file three folders down.
    up = "../" * _path(article).count("/")
    absolute = {key: absolute_url(url) for key, url in urls.items()}

    def figure(image: Image, caption: str, alt: str) -> str:
        texts = (safe_caption(caption), credit_line(image, publication))
        below = " ".join(filter(None, texts))
        source = f"{up}media/{quote(str(image.original.name))}"
        return (
            f'<figure><img src="{source}" alt="{escape(alt)}" width="{image.width}" height="{image.height}">'
            f"{f'<figcaption>{below}</figcaption>' if below else ''}</figure>"
        )

    def of_use(use: FigureUse) -> str:
        image = images.get(use.image_id)
        return figure(image, use.caption, use.alt(image.alt)) if image else ""

    def of_file(use: FileUse) -> str:
        file = files.get(use.file_id)
        if file is None:
            return ""
        link = f'<a href="{up}media/{quote(str(file.stored.name))}">{escape(file.title)}</a>'
        return f"<p>{link} {safe_caption(use.caption)}</p>"

    lead = next((each for each in figures if each.place == Figure.Place.LEAD), None)
    with use_language(article.language):
        text = render(
            article.body,
            of_use,
            card,
            draw_file=of_file,
            labels=labels_for(article.language),
            urls=absolute,
        )
        if lead and lead.image_id in images:
            text = figure(lead.image, lead.caption, lead.alt) + text
        text += "".join(f"<p>{escape(each.text)}</p>" for each in article.corrections.all())
    return Markup(article, text, dict(_front_matter(article)))


def _front_matter(article: Article) -> Iterator[tuple[str, Any]]:
    """What the most common generators of static sites read, first."""
    yield "title", article.headline
    if article.published_at:
        yield "date", article.published_at.isoformat()
    yield "draft", article.state != Article.State.PUBLISHED
    yield "slug", article.slug
    if article.standfirst:
        yield "description", article.standfirst
    yield "authors", [each.author.name for each in article.bylines.all()]
    yield "categories", [each.category.name for each in article.article_categories.all()]
    yield "tags", [each.name for each in article.tags.all()]
    yield "lang", article.language
    yield "type", article.kind.slug
    if article.year:
        yield "url", absolute_url(article.get_absolute_url())
