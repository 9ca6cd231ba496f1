"""Posts as articles and pages as pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import User
from articles.body.sanitiser import ALT_MAX_LENGTH, UNSTORABLE
from articles.editorial import bylines, category_tree, publishing, trash
from articles.editorial.models import Article, ArticleType, Draft
from articles.editorial.models.article import BODY_MAX_LENGTH, LANGUAGES, UNTITLED
from articles.editorial.versions import revisions
from articles.links.own_urls import refer
from articles.pages import saving
from articles.pages.models import Page, validate_path
from iria.core.blockers import Blocked
from iria.core.text.slugs import slug_from
from iria.transfer.records import Kind, Remark, State, Text
from iria.transfer.report import CHANGED_HERE, Outcome, Report
from iria.transfer.writer import comments
from iria.transfer.writer.bodies import with_images, with_links
from iria.transfer.writer.images import Images
from iria.transfer.writer.items import Items, digest_of, digest_of_row
from iria.transfer.writer.redirects import Redirects
from iria.transfer.writer.terms import Terms

LANGUAGE_CODES: Final = frozenset(code for code, _ in LANGUAGES)
PAGE_BODY: Final = 500_000
check_url = URLValidator(["http", "https"])


class Failed(Exception):
    """The text cannot be written; the message says why."""


@dataclass(slots=True)
class Texts:
    """Writes texts with their comments."""

    items: Items
    report: Report
    terms: Terms
    images: Images
    redirects: Redirects
    by: User | None
    language: str
    site_url: str
    kind: ArticleType

    def write(self, text: Text) -> None:
        """One text, completely or not at all."""
        if text.skipped:
            self.report.add(text.kind, text.source_id, Outcome.SKIPPED, text.skipped)
            comments.skip(text.comments, "Its text was not imported.", self.report)
            return
        try:
            with transaction.atomic():
                outcome, reason, row = self._write(text)
                # Now rather than at the end of the batch, so that only this text fails.
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        except (Failed, Blocked, ValidationError, models.ProtectedError) as error:
            self._fail(text, _message(error))
            return
        except Exception as error:
            self._fail(text, f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")
            return
        url = row.get_absolute_url() if row is not None else ""
        self.report.add(text.kind, text.source_id, outcome, reason, url)
        self.report.add_remarks(text.kind, text.source_id, text.remarks)
        if isinstance(row, Article):
            comments.write(row, text.comments, self.items, self.report)
            self.redirects.add_text(text, row)
        elif isinstance(row, Page):
            comments.skip(text.comments, "Pages have no comments here.", self.report)
            self.redirects.add_text(text, row)
        else:
            comments.skip(text.comments, "Its text is not here.", self.report)

    def _fail(self, text: Text, reason: str) -> None:
        self.report.add(text.kind, text.source_id, Outcome.FAILED, reason)
        comments.skip(text.comments, "Its text could not be imported.", self.report)

    def _write(self, text: Text) -> tuple[Outcome, str, Article | Page | None]:
        model: type[Any] = Page if text.kind == Kind.PAGES else Article
        item = self.items.one(text.kind, text.source_id)
        row = self.items.row(item, model)
        # With the images, so that one whose file was found later gets into the text.
        text.body, missing = with_images(_storable(text.body), self.images)
        lead = self.images.find_row(text.lead_image)
        digest = digest_of_row(digest_of(text), lead)
        text.remarks += [Remark("image not imported", each) for each in missing]
        if item is not None and row is None:
            return Outcome.SKIPPED, "It was deleted here.", None
        if item is not None and row is not None:
            if item.digest == digest:
                return Outcome.UNCHANGED, "", row
            if item.written != written(row):
                return Outcome.SKIPPED, CHANGED_HERE, row
        is_new = row is None
        made = self._page(text, row) if model is Page else self._article(text, row, lead)
        self.items.record(
            text.kind, text.source_id, made, digest=digest, written=written(made), created=is_new
        )
        return Outcome.CREATED if is_new else Outcome.UPDATED, "", made

    def _body(self, text: Text, longest: int) -> str:
        if len(text.body) > longest:
            message = (
                f"The text has {len(text.body):,} characters; at most {longest:,} are possible."
            )
            raise Failed(message)
        return with_links(text.body, self.site_url, self._reference)

    def _reference(self, number: str) -> str:
        if item := self.items.one(Kind.POSTS, number):
            return f"internal:article/{item.object_id}"
        item = self.items.one(Kind.PAGES, number)
        return f"internal:page/{item.object_id}" if item else ""

    def _article(self, text: Text, row: Article | None, lead: int | None) -> Article:
        article = row or Article(kind=self.kind, created_by=self.by)
        article.headline = self._fitting(text, "title", _storable(text.title), 200)
        article.slug = slug_from(text.slug, fallback="", length=80) if text.slug else article.slug
        article.standfirst = self._fitting(text, "excerpt", _storable(text.standfirst), 600)
        article.search_description = _storable(text.search_description)[:300]
        article.body = self._body(text, BODY_MAX_LENGTH)
        article.language = self._language(text)
        article.noindex, article.comments_open = text.noindex, text.comments_open
        article.canonical_url = self._canonical(text)
        article.lead_image_id = lead
        article.lead_caption = self._fitting(text, "caption", _storable(text.lead_caption), 2000)
        article.lead_alt = _storable(text.lead_alt)[:ALT_MAX_LENGTH]
        article.social_title = _storable(text.social_title)[:200]
        if text.state in {State.PUBLISHED, State.SCHEDULED} and not article.headline.strip():
            article.headline = UNTITLED
            text.remarks.append(Remark("no title", f"Published as “{UNTITLED}”."))
        revisions.save(article, by=self.by)
        category_tree.set_categories(article, self.terms.categories(text.categories))
        article.tags.set(self.terms.tags(text.tags))
        bylines.set_authors(article, self.terms.authors(text.authors))
        self._set_state(article, text)
        return article

    def _set_state(self, article: Article, text: Text) -> None:
        now = timezone.now()
        at = text.published_at or now
        match text.state:
            case State.PUBLISHED if at <= now:
                publishing.publish_imported(article, by=self.by, at=at)
            case State.PUBLISHED | State.SCHEDULED if at > now:
                self._schedule(article, text, at)
            case State.SCHEDULED:
                text.remarks.append(
                    Remark("missed schedule", f"Due on {at:%Y-%m-%d}; a draft now.")
                )
            case State.TRASH if article.state not in {
                Article.State.PUBLISHED,
                Article.State.SCHEDULED,
            }:
                trash.move(article, by=self.by)
            case _ if article.is_published:
                text.remarks.append(Remark("still published", "It is a draft in the source now."))

    def _schedule(self, article: Article, text: Text, at: datetime) -> None:
        if article.state in {Article.State.PUBLISHED, Article.State.SCHEDULED}:
            return
        try:
            publishing.schedule(article, by=self.by, at=at)
        except Blocked as error:
            text.remarks.append(Remark("not scheduled", f"Due on {at:%Y-%m-%d}: {_message(error)}"))

    def _page(self, text: Text, row: Page | None) -> Page:
        page = row or Page(path=_page_path(text))
        page.title = self._fitting(text, "title", _storable(text.title) or UNTITLED, 120)
        page.body = self._body(text, PAGE_BODY)
        page.description = _storable(text.search_description or text.standfirst)[:300]
        page.language = self._language(text)
        page.is_published = text.state == State.PUBLISHED
        saving.save(page)
        return page

    def _language(self, text: Text) -> str:
        wanted = text.language.lower()
        return wanted if wanted in LANGUAGE_CODES else self.language

    @staticmethod
    def _fitting(text: Text, what: str, value: str, longest: int) -> str:
        if len(value) <= longest:
            return value
        text.remarks.append(Remark(f"{what} shortened", value))
        return value[: longest - 1].rstrip() + "…"

    @staticmethod
    def _canonical(text: Text) -> str:
        try:
            check_url(text.canonical_url)
        except ValidationError:
            return ""
        return text.canonical_url if len(text.canonical_url) <= 500 else ""

    def link_again(self) -> None:
        """References to texts that came later in the file, in what nobody has changed since.

        It depends on the rows alone, so an import that was interrupted ends like any other.
        """
        for kind, model in ((Kind.POSTS, Article), (Kind.PAGES, Page)):
            for row in self.items.rows(kind, model).filter(body__contains='href="/').iterator(100):
                item = self.items.of_row(kind, row)
                if item is None or item.written != written(row):
                    continue
                body = refer(with_links(row.body, self.site_url, self._reference))
                if body == row.body:
                    continue
                row.body = body
                with transaction.atomic():
                    if isinstance(row, Article):
                        revisions.save(row, by=self.by)
                        Article.objects.filter(pk=row.pk).update(updated_at=None)
                    else:
                        saving.save(row)
                    item.written = written(row)
                    item.save(update_fields=["written", "imported_at"])


def written(row: Article | Page) -> str:
    """What tells that nobody has changed the row since."""
    if isinstance(row, Page):
        return row.modified_at.astimezone(ZoneInfo("UTC")).isoformat()
    return written_article(row.version, has_draft=Draft.objects.filter(article=row.pk).exists())


def written_article(version: int, *, has_draft: bool) -> str:
    return f"{version}{' draft' if has_draft else ''}"


def _page_path(text: Text) -> str:
    """The path on the old site if it is free here and can be one."""
    path = text.path.strip("/") or text.slug or slug_from(text.title, fallback="page")
    parts = [slug_from(part, fallback="page") for part in path.split("/")]
    wanted = "/".join(parts)[:190]
    try:
        validate_path(wanted)
    except ValidationError:
        wanted = f"page-{wanted.replace('/', '-')}"
    if Page.objects.filter(path=wanted).exists():
        message = f"A page with the path “{wanted}” exists here already."
        raise Failed(message)
    return wanted


def _storable(text: str) -> str:
    return UNSTORABLE.sub("", text)


def _message(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, Blocked):
        return " ".join(str(each) for each in error.args)[:500]
    return str(error)
