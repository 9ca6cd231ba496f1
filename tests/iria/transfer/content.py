"""The content of a publication without ids, before an export for another system and after its import."""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.test import override_settings
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.body.sanitiser import clean
from articles.comments.models import Comment
from articles.editorial.models import Article, Category, Figure, Redirect
from articles.images.credit_line import credit_line
from articles.images.models import Image
from articles.links.targets import urls_for
from articles.pages.models import OldPagePath, Page
from iria.publication.models import current_publication
from tests.clean_database import CleanDatabase

type Content = dict[str, dict[str, dict[str, Any]]]


def content() -> Content:
    """Kind → what names a row → its content."""
    images = {each.pk: each for each in Image.objects.all()}
    # A link to the URL and a reference to the row are the same for readers.
    urls = {str(key): url for key, url in urls_for(*_bodies()).items()}

    def normal(body: str) -> str:
        def image(found: re.Match[str]) -> str:
            row = images[int(found["id"])]
            # A use without an alt text of its own has that of the image.
            alt = found["alt"] or (f' data-alt="{row.alt}"' if row.alt else "")
            return f'data-image="{row.checksum[:8]}"{alt}'

        body = re.sub(r'data-image="(?P<id>\d+)"(?P<alt> data-alt="[^"]*")?', image, clean(body))
        return re.sub(r"internal:\w+/\d+", lambda found: urls.get(found[0], found[0]), body)

    return {
        "articles": {_name(each): _article(each, normal) for each in Article.objects.all()},
        "images": {
            each.checksum: {
                "headline": each.headline,
                "alt": each.alt,
                "caption": each.caption,
                "credit": credit_line(each, current_publication()),
            }
            for each in images.values()
        },
        "authors": {
            each.slug: {"name": each.name, "biography": each.biography}
            for each in AuthorProfile.objects.all()
        },
        "categories": {
            each.path: {"name": each.name, "introduction": each.introduction}
            for each in Category.objects.all()
        },
        "tags": {each.slug: {"name": each.name} for each in Tag.objects.all()},
        "pages": {
            each.path: {
                "title": each.title,
                "body": normal(each.body),
                "description": each.description,
                "language": each.language,
                "is_published": each.is_published,
                "translation_of": each.translation_of and each.translation_of.path,
            }
            for each in Page.objects.all()
        },
        "redirects": {
            **{each.old_path: {"to": _target(each)} for each in Redirect.objects.all()},
            **{
                f"/{each.path.strip('/')}/": {"to": f"/{each.page.path}/"}
                for each in OldPagePath.objects.all()
            },
        },
    }


def exported(
    make: Callable[[], None], folder: Path, *formats: str, personal_data: bool = False
) -> Content:
    """Exports what `make` creates into a folder per format; returns it, and restores the database."""
    with override_settings(MEDIA_ROOT=folder / "media", STATE=folder):
        database = CleanDatabase()
        try:
            make()
            for name in formats:
                target = folder / name
                call_command(
                    "export_site", target, format=name, personal_data=personal_data, verbosity=0
                )
            return content()
        finally:
            database.restore()


def as_in_wordpress(before: Content) -> Content:
    """The content that the format can contain; the report of the export lists the rest."""
    after = deepcopy(before)
    for article in after["articles"].values():
        article["comments"] = [
            (*row[:2], row[2] if row[2] in {"approved", "held", "spam"} else "deleted", *row[3:])
            for row in article["comments"]
        ]
    for author in after["authors"].values():
        author["biography"] = ""
    # Redirects are in a file for a plugin, which our importer does not read.
    return {**after, "redirects": {}}


def as_in_ghost(before: Content) -> Content:
    """The same for Ghost, which has neither categories, comments nor a library of images."""
    after = deepcopy(before)
    sections = {path: row["name"] for path, row in after["categories"].items()}
    after["categories"] = {}
    after["articles"] = {
        name: each for name, each in after["articles"].items() if each["state"] != "trash"
    }
    shown = set()
    for article in after["articles"].values():
        article["comments"], article["comments open"], article["translations"] = [], True, []
        article["noindex"] = False
        names = [sections[path] for path in article["categories"]]
        article["tags"] = sorted({*article["tags"], *names})
        # The first tag is the section.
        article["categories"] = [path.rsplit("/")[-1] for path in article["categories"][:1]]
        for path, name in zip(article["categories"], names, strict=False):
            after["categories"][path] = {"name": name}
        # Galleries have one width there.
        article["body"] = re.sub(r'(data-gallery="") data-width="\w+"', r"\1", article["body"])
        article["figures"] = [
            (*row[:3], "normal" if row[4] else row[3], row[4]) for row in article["figures"]
        ]
        shown |= {article["lead image"], *(row[0] for row in article["figures"])}
    after["images"] = {
        name: {"credit": row["credit"]} for name, row in after["images"].items() if name in shown
    }
    after["redirects"] = {
        # Pages have no others above them, and categories are tags.
        old: {"to": _moved(row["to"])}
        for old, row in after["redirects"].items()
        if "?" not in old
    }
    after["pages"] = {
        path.rsplit("/")[-1]: {**row, "translation_of": None}
        for path, row in after["pages"].items()
    }
    return after


def _moved(path: str) -> str:
    last = path.strip("/").rpartition("/")[2]
    if path.startswith("/category/"):
        return f"/tag/{last}/"
    return path if re.match(r"/(\d{4}|author|tag)/", path) else f"/{last}/"


def _bodies() -> Iterator[str]:
    for model in (Article, Page):
        yield from model._default_manager.values_list("body", flat=True)
    yield from Article.objects.values_list("lead_caption", flat=True)


def differences(before: Content, after: Content) -> list[str]:
    """Rows that the second lacks, and values that differ; additional rows do not count."""
    found = []
    for kind, rows in before.items():
        for name, row in rows.items():
            if (other := after[kind].get(name)) is None:
                found.append(f"{kind} {name}: missing")
                continue
            found += [
                f"{kind} {name}: {key}\n  {value!r}\n  {other[key]!r}"
                for key, value in row.items()
                if other[key] != value
            ]
    return found


def _name(article: Article) -> str:
    return article.get_absolute_url() if article.year else article.headline


def _article(article: Article, normal: Any) -> dict[str, Any]:
    lead = article.lead_image
    return {
        "headline": article.headline,
        "standfirst": article.standfirst,
        "body": normal(article.body),
        "description": article.search_description,
        "social title": article.social_title,
        "canonical": article.canonical_url,
        "noindex": article.noindex,
        "language": article.language,
        "translations": sorted(
            other.headline
            for other in Article.objects.filter(translation_group=article.translation_group_id or 0)
        ),
        "state": article.state,
        "published": _seconds(article.published_at or article.publish_at),
        "lead image": lead and lead.checksum,
        "lead caption": normal(article.lead_caption),
        "lead alt": lead and (article.lead_alt or lead.alt),
        "figures": [
            (row.image.checksum, row.caption, row.alt, row.width, row.gallery)
            for row in article.figures.filter(place=Figure.Place.INLINE).order_by("position")
        ],
        "authors": [byline.author.name for byline in article.bylines.all()],
        "categories": [row.category.path for row in article.article_categories.all()],
        "tags": sorted(article.tags.values_list("name", flat=True)),
        "comments open": article.comments_open,
        "comments": [
            (
                row.name,
                row.text,
                row.state,
                _seconds(row.created_at),
                row.parent and row.parent.text,
            )
            for row in Comment.objects.filter(article=article).order_by("created_at", "text")
        ],
    }


def _target(redirect: Redirect) -> str:
    row = redirect.target
    return f"/tag/{row.slug}/" if isinstance(row, Tag) else row.get_absolute_url()


def _seconds(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(microsecond=0)
