"""Redirects of old URLs, where they differ from the new ones."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from django.db import models
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial import article_urls
from articles.editorial.models import Article, Category, Redirect
from articles.pages.models import OldPagePath, Page
from iria.transfer.records import Kind, Text
from iria.transfer.report import Outcome, Report
from iria.transfer.writer.items import Items, digest_of_row

LONGEST: Final = 500
TARGETS: Final[dict[type[Any], str]] = {
    Article: "article",
    Category: "category",
    AuthorProfile: "author",
    Tag: "tag",
}


@dataclass(slots=True)
class Redirects:
    report: Report
    items: Items

    def add_text(self, text: Text, row: Article | Page) -> None:
        """From the paths of the text, and from `/?p=ID`."""
        if isinstance(row, Article) and row.year is None:
            return
        for path in dict.fromkeys([text.path, *text.old_paths]):
            if path:
                self.add(path, row)
        if text.source_id.isdecimal():
            self.add(article_urls.numbered(text.source_id), row)

    def add(self, old_path: str, row: models.Model) -> None:
        new_path = unquote(_url_of(row))
        if old_path == new_path:
            return
        outcome, reason = self._write(old_path, row)
        self.report.add(Kind.REDIRECTS, old_path, outcome, reason, new_path)

    def _write(self, old_path: str, row: models.Model) -> tuple[Outcome, str]:
        if len(old_path) > LONGEST:
            return Outcome.FAILED, f"Longer than {LONGEST} characters."
        if isinstance(row, Page) and not old_path.startswith("/?"):
            path = old_path.strip("/")
            if Page.objects.filter(path=path).exists():
                return Outcome.SKIPPED, "A page is at this URL."
            if len(path) > 200:
                return Outcome.FAILED, "Longer than 200 characters."
            _, created = OldPagePath.objects.get_or_create(path=path, defaults={"page": row})
            return (Outcome.CREATED if created else Outcome.UNCHANGED), ""
        if isinstance(row, Page):
            _, created = OldPagePath.objects.get_or_create(
                path=old_path.strip("/"), defaults={"page": row}
            )
            return (Outcome.CREATED if created else Outcome.UNCHANGED), ""
        target = TARGETS[type(row)]
        known = Redirect.objects.filter(old_path=old_path).first()
        if known is not None:
            same = getattr(known, f"{target}_id") == row.pk
            return (
                (Outcome.UNCHANGED, "")
                if same
                else (Outcome.SKIPPED, "It leads elsewhere already.")
            )
        if _is_taken(old_path):
            return Outcome.SKIPPED, "An article is at this URL."
        redirect = Redirect.objects.create(old_path=old_path, **{target: row})
        if target != "article":
            # Those of a text are deleted with it; one of these may lead to a row that existed before.
            written = digest_of_row(target, row.pk)
            self.items.record(
                Kind.REDIRECTS, old_path, redirect, digest="", written=written, created=True
            )
        return Outcome.CREATED, ""


def _url_of(row: Any) -> str:
    return f"/tag/{row.slug}/" if isinstance(row, Tag) else str(row.get_absolute_url())


def _is_taken(path: str) -> bool:
    parts = path.strip("/").split("/")
    if len(parts) != 3 or not (parts[0].isdecimal() and parts[1].isdecimal()) or len(parts[0]) > 4:
        return False
    return Article.objects.filter(
        year=int(parts[0]), month=int(parts[1][:4]), slug=parts[2]
    ).exists()
