"""Old URLs: links in texts to those of this site, and redirects of those that differ from the new ones."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from typing import Any, Final
from urllib.parse import unquote

from django.db import models
from django.db.models import Q
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial import article_urls
from articles.editorial.models import Article, Category
from articles.editorial.models import Redirect as RedirectRow
from articles.pages.models import OldPagePath, Page
from iria.transfer.names import host_of, short_id, url_parts
from iria.transfer.records import Kind, Redirect, Text
from iria.transfer.report import Outcome, Report
from iria.transfer.writer.items import Items, Made, digest_of_row, url_of

MAX_LENGTH: Final = 500
MAX_PAGE_PATH_LENGTH: Final = 200
ARTICLE: Final = re.compile(r"/(\d{4})/(\d{2})/([^/]+)/")
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

    def add_texts(self, texts: Iterable[tuple[Text, Article | Page]]) -> None:
        """From the paths of each text, and from `/?p=ID`."""
        old: list[tuple[str, models.Model]] = []
        for text, row in texts:
            if (isinstance(row, Article) and row.year is None) or (
                isinstance(row, Page) and not row.is_published
            ):
                continue
            old += [(path, row) for path in dict.fromkeys([text.path, *text.old_paths]) if path]
            if text.source_id.isdecimal():
                old.append((article_urls.numbered_path(text.source_id), row))
        self.add(old)

    def add(self, old_paths: Iterable[tuple[str, models.Model]]) -> None:
        """From each old path to the row; of two with one path the first."""
        moved = [(old, row, new) for old, row in old_paths if old != (new := unquote(url_of(row)))]
        paths = [
            old for old, row, _ in moved if len(old) <= MAX_LENGTH and not isinstance(row, Page)
        ]
        known = {each.old_path: each for each in RedirectRow.objects.filter(old_path__in=paths)}
        taken = _taken_by_articles(path for path in paths if path not in known)
        created: list[RedirectRow] = []
        for old, row, new in moved:
            reason = ""
            if len(old) > MAX_LENGTH:
                outcome, reason = Outcome.FAILED, f"Longer than {MAX_LENGTH} characters."
            elif isinstance(row, Page):
                outcome, reason = self._write_page(old, row)
            elif old in known:
                same = getattr(known[old], f"{TARGETS[type(row)]}_id") == row.pk
                unchanged = self.items.unchanged_redirect(known[old].created_at)
                outcome = unchanged if same else Outcome.SKIPPED
                reason = "" if same else "It leads elsewhere already."
            elif old in taken:
                outcome, reason = Outcome.SKIPPED, "An article is at this URL."
            else:
                known[old] = RedirectRow(old_path=old, **{TARGETS[type(row)]: row})
                created.append(known[old])
                outcome = Outcome.CREATED
            self.report.add(Kind.REDIRECTS, old, outcome, reason, new)
        RedirectRow.objects.bulk_create(created)
        # Those of a text are deleted with it; one of the others may lead to a row that existed before.
        self.items.record_all([_made(each) for each in created if _target(each)[0] != "article"])

    def _write_page(self, old_path: str, page: Page) -> tuple[Outcome, str]:
        path = old_path.strip("/")
        if not old_path.startswith("/?"):
            if Page.objects.filter(path=path).exists():
                return Outcome.SKIPPED, "A page is at this URL."
            if len(path) > MAX_PAGE_PATH_LENGTH:
                return Outcome.FAILED, f"Longer than {MAX_PAGE_PATH_LENGTH} characters."
        old, created = OldPagePath.objects.get_or_create(path=path, defaults={"page": page})
        return Outcome.CREATED if created else self.items.unchanged_redirect(old.created_at), ""


def _made(row: RedirectRow) -> Made:
    written = digest_of_row(*_target(row))
    number = short_id(row.old_path)
    return Made(Kind.REDIRECTS, number, RedirectRow, row.pk, "", written, created=True)


def _target(redirect: RedirectRow) -> tuple[str, int]:
    """Its field and the id."""
    return next((name, pk) for name in TARGETS.values() if (pk := getattr(redirect, f"{name}_id")))


def _taken_by_articles(paths: Iterable[str]) -> set[str]:
    """The paths that are those of articles."""
    matches = Q()
    for path in paths:
        if found := ARTICLE.fullmatch(path):
            year, month, slug = found.groups()
            matches |= Q(year=int(year), month=int(month), slug=slug)
    if not matches:
        return set()
    rows = Article.objects.filter(matches).values_list("year", "month", "slug")
    return {f"/{year:04}/{month:02}/{slug}/" for year, month, slug in rows}


MAX_STEPS: Final = 10
"""The length of a chain of redirects; a longer one is a loop."""
NOWHERE: Final = "It leads to a URL that is not here."


def resolved(redirects: Iterable[Redirect], report: Report) -> Iterator[tuple[str, models.Model]]:
    """Old path and target of each; the report gets those without one."""
    listed = list(redirects)
    steps = {each.old_path: each.new_path for each in listed if not each.skipped}
    for each in listed:
        if each.skipped:
            report.add(Kind.REDIRECTS, each.old_path, Outcome.SKIPPED, each.skipped)
        elif (row := _end_of(each.new_path, steps)) is None:
            reason = f"{NOWHERE} ({each.new_path})"
            report.add(Kind.REDIRECTS, each.old_path, Outcome.SKIPPED, reason)
        else:
            yield each.old_path, row


def _end_of(url: str, steps: dict[str, str]) -> models.Model | None:
    for _ in range(MAX_STEPS):
        path = _path_of(url)
        if not path:
            return None
        if path not in steps:
            return _row_at(path)
        url = steps[path]
    return None


def _path_of(url: str) -> str:
    """The path on the site; empty for another site or the front page."""
    parts = url_parts(url)
    path = unquote(parts.path).strip("/")
    return f"/{path}/" if path and not parts.netloc and "\x00" not in path else ""


def _row_at(path: str) -> models.Model | None:
    """What is at this path, or was at it on the old site."""
    moved = (
        RedirectRow.objects.filter(old_path=path)
        .select_related("article", "category", "author", "tag")
        .first()
    )
    if moved is not None:
        return moved.target
    name = path.strip("/")
    if page := Page.objects.filter(path=name).first():
        return page
    if old := OldPagePath.objects.filter(path=name).select_related("page").first():
        return old.page
    if found := ARTICLE.fullmatch(path):
        return Article.objects.filter(
            year=int(found[1]), month=int(found[2]), slug=found[3]
        ).first()
    kind, _, rest = name.partition("/")
    match kind:
        case "tag":
            return Tag.objects.filter(slug=rest).first()
        case "author":
            return AuthorProfile.objects.filter(slug=rest).first()
        case "category":
            return Category.objects.filter(path=rest).first()
    return None


LINK: Final = re.compile(r'(?P<start><a\b[^>]*? href=")(?P<href>[^"]*)(?=")', re.IGNORECASE)
NOT_PAGES: Final = ("/wp-content/", "/wp-admin/", "/wp-includes/", "/wp-json/")
FILE: Final = re.compile(r"\.(?!html?$|php$|aspx?$)[a-z][a-z0-9]{1,4}$", re.IGNORECASE)
"""At the end of the path of a file, which stays where it is."""
OLD_ID: Final = re.compile(r"(?:^|&)(?:p|page_id)=(\d{1,18})(?:&|$)")


def with_links(body: str, site_url: str, find: Callable[[str], str]) -> str:
    """The body with paths instead of URLs of the old site; `articles.links` then makes references of them.

    Args:
        find: id of a text there → reference to the one here, or empty.
    """
    host = host_of(site_url)

    def link(found: re.Match[str]) -> str:
        new = _new_href(unescape(found["href"]).strip(), host, find)
        return found["start"] + escape(new) if new else found[0]

    return LINK.sub(link, body)


def _new_href(href: str, host: str, find: Callable[[str], str]) -> str:
    url = url_parts(href)
    is_of_site = bool(host) and url.netloc.lower().removeprefix("www.") == host
    if not is_of_site and (url.netloc or url.scheme or not (url.path.startswith("/") or url.query)):
        return ""
    anchor = f"#{url.fragment}" if url.fragment else ""
    if number := OLD_ID.search(url.query):
        # One that comes later in the file is found by `Texts.link_again`.
        return (find(number[1]) or f"/?p={number[1]}") + anchor
    if url.path.startswith(NOT_PAGES) or FILE.search(url.path) or not url.path.strip("/"):
        return ""
    return url.path + (f"?{url.query}" if url.query else "") + anchor
