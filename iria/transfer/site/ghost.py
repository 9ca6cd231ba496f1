"""The publication as a Ghost export (JSON of version 5), which Ghost and `import_ghost` read.

Each text is one HTML card, since Ghost shows and keeps HTML as it is. Images are in `content/images/`.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from itertools import batched
from pathlib import Path
from typing import Any, Final, TextIO
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.body.embeds import card
from articles.body.figures import FigureUse
from articles.body.files import FileUse
from articles.body.rendering import labels_for, render
from articles.body.sanitiser import safe_caption
from articles.editorial.models import Article, Category
from articles.images.models import Image
from articles.images.rights.credit_line import credit_line
from articles.links.targets import urls_for
from articles.pages.models import Page
from iria.core.http.urls import absolute_url
from iria.core.text.language import use_language
from iria.publication.models import Publication, current_publication
from iria.transfer.site.exporting import new_folder, snapshot
from iria.transfer.site.wxr import BATCH, REPORT, Exported, number_of, rows_not_in

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
HELD: Final = frozenset(
    {
        *(
            "publication",
            "authors",
            "images",
            "categories",
            "tags",
            "articles",
            "article_categories",
        ),
        *("article_tags", "bylines", "figures", "pages", "photographers", "agencies"),
    }
)


def export_ghost(
    target: Path, *, personal_data: bool = False, progress: Callable[[str], None] = print
) -> Exported:
    """Writes the file, the images and a report of what the format cannot hold.

    Raises:
        CannotExport: nothing was written.
    """
    result = Exported()
    with new_folder(target) as work, snapshot():
        with (work / FILE).open("w", encoding="utf-8") as file:
            _Ghost(result, work, personal_data, progress, file).write()
        result.lost.kinds = dict(rows_not_in(HELD, personal_data=personal_data))
        result.write_report(work / REPORT)
    return result


@dataclass(slots=True)
class _Ghost:
    result: Exported
    work: Path
    personal_data: bool
    progress: Callable[[str], None]
    file: TextIO
    publication: Publication = field(default_factory=current_publication)
    tags: dict[str, str] = field(default_factory=dict)
    """Slug → id; a category and a tag with the same slug are one."""

    def write(self) -> None:
        self.file.write(f'{{"db":[{{"meta":{{"exported_on":0,"version":"{VERSION}"}},"data":{{\n')
        self._table("settings", self._settings())
        self._table("users", self._users())
        self._table("tags", self._tags())
        self.progress("images")
        self._copy_images()
        self.progress("articles")
        # The tables of what belongs to posts, each in a pass of its own, so that nothing is kept in memory.
        self._table("posts", (post for post, _meta in self._texts()))
        self._table("posts_meta", (meta for _post, meta in self._texts(counted=False)))
        self._table("posts_tags", self._posts_tags())
        self._table("posts_authors", self._posts_authors(), last=True)
        self.file.write("}}]}\n")

    def _table(self, name: str, rows: Iterator[dict[str, Any]], *, last: bool = False) -> None:
        self.file.write(f'"{name}":[')
        for number, row in enumerate(rows):
            self.file.write((",\n" if number else "\n") + json.dumps(row, ensure_ascii=False))
        self.file.write("]\n" if last else "],\n")

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
        rows: Any = [
            *(
                (each.slug, each.name, each.introduction)
                for each in Category.objects.order_by("path")
            ),
            *((each.slug, each.name, "") for each in Tag.objects.order_by("pk")),
        ]
        for slug, name, description in rows:
            if slug in self.tags:
                continue
            number += 1
            self.tags[slug] = _id(number)
            self.result.counts["tags"] += 1
            yield {
                "id": self.tags[slug],
                "name": name,
                "slug": slug,
                "description": description,
                "visibility": "public",
            }
        for category in Category.objects.exclude(parent=None).order_by("path"):
            self.result.lost.add("place of a category below another", category)

    def _copy_images(self) -> None:
        for image in Image.objects.defer("metadata").order_by("pk").iterator(chunk_size=BATCH):
            name = str(image.original.name)
            target = self.work / IMAGES / name
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with image.original.storage.open(name) as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
            except FileNotFoundError:
                self.result.missing.append(name)
            self.result.counts["images"] += 1

    def _texts(self, *, counted: bool = True) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        for article in self._articles():
            if counted:
                self._count(article)
            yield self._article(article)
        for page in Page.objects.order_by("pk").iterator(chunk_size=BATCH):
            if counted:
                self.result.counts["pages"] += 1
            html = render(page.body, lambda _use: "", card, urls=_absolute(page.body))
            row = self._post(page, page.title, page.path.rsplit("/", 1)[-1], html, page.language)
            status = "published" if page.is_published else "draft"
            row |= {"type": "page", "status": status, "published_at": _moment(page.created_at)}
            yield row, {"post_id": row["id"], "meta_description": page.description[:500]}

    def _articles(self) -> Iterator[Article]:
        rows = Article.objects.exclude(state=Article.State.TRASH).for_page().order_by("pk")
        for batch in batched(rows.iterator(chunk_size=BATCH), BATCH):
            yield from batch

    def _count(self, article: Article) -> None:
        self.result.counts["posts"] += 1
        if len(article.standfirst) > EXCERPT:
            self.result.lost.add("excerpt longer than Ghost's editor allows", article)
        if "data-footnote" in article.body:
            self.result.lost.add("footnotes, which become a list below the text", article)
        if len(article.article_categories.all()) > 1:
            self.result.lost.add("second category, which becomes a tag", article)
        if article.corrections.all():
            self.result.lost.add("correction", article)

    def _article(self, article: Article) -> tuple[dict[str, Any], dict[str, Any]]:
        images = {each.image_id: each.image for each in article.figures.all()}
        lead = images.get(article.lead_image_id or 0)
        row = self._post(
            article, article.headline, article.slug, self._html(article, images), article.language
        )
        row |= {
            "type": "post",
            "status": STATUS.get(Article.State(article.state), "draft"),
            "custom_excerpt": article.standfirst or None,
            "published_at": _moment(article.published_at or article.publish_at),
            "feature_image": _url(lead) if lead else None,
            "canonical_url": article.canonical_url or None,
        }
        meta = {
            "post_id": row["id"],
            "meta_description": article.search_description or None,
            "og_title": article.social_title or None,
            "feature_image_alt": article.lead_alt or (lead.alt if lead else ""),
            "feature_image_caption": self._caption(article.lead_caption, lead) if lead else None,
        }
        return row, meta

    def _post(
        self, row: Article | Page, title: str, slug: str, html: str, language: str
    ) -> dict[str, Any]:
        return {
            "id": _id(number_of(row)),
            "uuid": str(uuid5(NAMESPACE_URL, f"{row._meta.model_name} {row.pk}")),
            "title": title,
            "slug": slug or f"untitled-{row.pk}",
            "lexical": _lexical(html),
            "visibility": "public",
            "locale": language,
            "created_at": _moment(row.created_at),
            "updated_at": _moment(row.modified_at),
        }

    def _html(self, article: Article, images: dict[int, Image]) -> str:
        files = {each.file_id: each.file for each in article.attachments.all()}

        def figure(use: FigureUse) -> str:
            image = images.get(use.image_id)
            if image is None:
                return ""
            width = f" kg-width-{use.width}" if use.width in {"wide", "full"} else ""
            caption = self._caption(use.caption, image)
            below = f"<figcaption>{caption}</figcaption>" if caption else ""
            return (
                f'<figure class="kg-card kg-image-card{width}"><img src="{escape(_url(image))}"'
                f' alt="{escape(use.alt(image.alt))}">{below}</figure>'
            )

        def file(use: FileUse) -> str:
            if (found := files.get(use.file_id)) is None:
                return ""
            url = absolute_url(found.get_absolute_url())
            return f'<p><a href="{escape(url)}">{escape(found.title)}</a></p>'

        with use_language(article.language):
            return render(
                article.body,
                figure,
                card,
                draw_file=file,
                labels=labels_for(article.language),
                urls=_absolute(article.body),
            )

    def _caption(self, caption: str, image: Image) -> str:
        parts = (safe_caption(caption), credit_line(image, self.publication))
        return " ".join(filter(None, parts))

    def _posts_tags(self) -> Iterator[dict[str, Any]]:
        for article in self._articles():
            slugs = [each.category.slug for each in article.article_categories.all()]
            slugs += [each.slug for each in article.tags.all()]
            for order, slug in enumerate(dict.fromkeys(slugs)):
                yield {
                    "post_id": _id(number_of(article)),
                    "tag_id": self.tags[slug],
                    "sort_order": order,
                }

    def _posts_authors(self) -> Iterator[dict[str, Any]]:
        for article in self._articles():
            for order, byline in enumerate(article.bylines.all()):
                yield {
                    "post_id": _id(number_of(article)),
                    "author_id": _id(byline.author_id),
                    "sort_order": order,
                }


def _absolute(body: str) -> dict[Any, str]:
    return {key: absolute_url(url) for key, url in urls_for(body).items()}


def _id(number: int) -> str:
    """Ids are those of MongoDB there."""
    return f"{number:024x}"


def _moment(value: datetime | None) -> str | None:
    return f"{value:%Y-%m-%dT%H:%M:%S}.000Z" if value else None


def _url(image: Image) -> str:
    return f"{SITE}/{IMAGES}/{quote(str(image.original.name))}"


def _lexical(html: str) -> str:
    card = {"type": "html", "version": 1, "html": html}
    root = {"type": "root", "version": 1, "direction": None, "format": "", "indent": 0}
    return json.dumps({"root": {"children": [card] if html else [], **root}}, ensure_ascii=False)
