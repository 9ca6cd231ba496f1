"""Querysets of articles, and the related rows that pages need."""

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.db import connections, models
from django.db.models import FETCH_RAISE, Prefetch
from django.utils import timezone
from taggit.models import Tag

from articles.editorial.aggregated_rows import Rows, column_of, row_version, versions_of
from articles.images.models import Image

if TYPE_CHECKING:
    # The base class names it in quotes.
    from articles.editorial.models.article import Article  # noqa: F401
    from articles.editorial.models.taxonomy import Category


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self) -> "ArticleQuerySet":
        """Published articles. Every public list, feed, index and e-mail starts with this."""
        return self.filter(state="published", published_at__lte=timezone.now())

    def not_in_trash(self) -> "ArticleQuerySet":
        """What editors may work with. Every list and choice of the admin starts with this."""
        return self.exclude(state="trash")

    def indexable(self) -> "ArticleQuerySet":
        """Without articles that are noindex or have their original elsewhere."""
        return self.filter(noindex=False, canonical_url="")

    def locked(self, *, to_delete: bool = False) -> "ArticleQuerySet":
        """With their rows, not those of relations, locked until the end of the transaction.

        Rows that refer to them can be added meanwhile, as the job of related articles does: it would
        wait for us and we for it. Not while they are deleted.
        """
        return self.select_for_update(of=("self",), no_key=not to_delete)

    def due(self) -> "ArticleQuerySet":
        """Scheduled articles that are due, also those missed while the worker was down."""
        return self.filter(state="scheduled", publish_at__lte=timezone.now())

    def overdue(self) -> "ArticleQuerySet":
        """Articles that were not ready at their scheduled time, or their changes, and were not
        published or scheduled since.
        """
        changes = _rows_of("StateChange").filter(article=models.OuterRef("pk"))
        missed = models.Q(created_by__isnull=True, publish_at__isnull=False)
        last_was_missed = (
            changes.order_by("-created_at", "-pk")
            .annotate(missed=models.Case(models.When(missed, then=True), default=False))
            .values("missed")[:1]
        )
        unpublished = models.Q(state__in=("draft", "withdrawn"))
        return self.filter(unpublished | models.Q(draft__isnull=False)).filter(
            models.Exists(changes.filter(missed)) & models.Q(models.Subquery(last_was_missed))
        )

    def of_front(self, code: str, codes: "list[str]") -> "ArticleQuerySet":
        """The articles of the front page and the feeds of a language.

        The publication's first language includes all languages that it does not list.

        Args:
            codes: the publication's languages, the first one first.
        """
        if code == codes[0]:
            return self.exclude(language__in=codes[1:])
        return self.filter(language=code)

    def in_category(self, category: "Category") -> "ArticleQuerySet":
        """Published articles in the category or below it, each once.

        `editorial.listings` reads them page by page; this is for lists with another order.
        """
        listed = _rows_of("ListingEntry").filter(
            scope="category", target=category.pk, article=models.OuterRef("pk")
        )
        return self.filter(models.Exists(listed))

    def newest(self) -> "ArticleQuerySet":
        return self.order_by("-published_at", "-pk")

    def for_cards(self) -> "ArticleQuerySet":
        """Everything that a card shows: type, categories, bylines, the lead image and, of an
        opinion, the portrait.

        One query, however many cards. The text is left in the database; touching what was not
        fetched raises an error instead of a query per card.
        """
        return (
            self.annotate(card_rows=column_of(rows_for_cards()))  # type: ignore[no-redef]
            .select_related("kind", "lead_image")
            .defer(*NOT_ON_CARDS)
            .fetch_mode(FETCH_RAISE)
        )

    def for_page(self) -> "ArticleQuerySet":
        """Everything that the article page shows of the article itself, in one query."""
        return (
            self.annotate(page_rows=column_of(rows_for_pages()))  # type: ignore[no-redef]
            .select_related("kind", "lead_image", "series_part__series")
            .defer("lead_image__metadata")
            .fetch_mode(FETCH_RAISE)
        )

    def row_versions(self) -> dict[int, str]:
        """For each article text that differs as soon as anything that `for_page()` fetches does, apart from portraits.

        Two queries. The second one reads no columns, so it takes a fifth of the time; and it has the ids as its
        only parameter, with which PostgreSQL plans it once: planning takes longer than executing it.
        """
        ids = list(self.values_list("pk", flat=True))
        with connections[self.db].cursor() as cursor:
            cursor.execute(_versions_sql(), [ids])
            found = dict(cursor.fetchall())
        return {pk: found[pk] for pk in ids if pk in found}

    def for_text(self) -> "ArticleQuerySet":
        """Everything that `editorial.rendering.text_of` reads, in four more queries."""
        return self.prefetch_related(
            Prefetch("bylines", _rows_of("Byline").select_related("author")),
            Prefetch("figures", _rows_of("Figure").select_related("image")),
            Prefetch("attachments", _rows_of("Attachment").select_related("file")),
            "tags",  # type: ignore[misc]  # the plugin does not know taggit
        ).fetch_mode(FETCH_RAISE)


NOT_ON_CARDS: Final = (
    *("body", "search_description", "comments_policy", "comments_close_after"),
    *("first_published_in", "first_published_url", "publish_at", "show_updated"),
    *("created_by", "form_id", "created_at", "modified_at", "version"),
    *(
        f"lead_image__{field}"
        for field in (
            *("metadata", "extended_description", "caption", "persons", "city", "country", "taken"),
            *("keywords", "original", "checksum", "perceptual_hash", "uploaded_by", "uploaded_at"),
            *("modified_at", "rights_version", "source", "withdrawn_reason", "usage_terms"),
        )
    ),
)
"""A front page has seventy cards: with these columns it costs a tenth more."""


@cache
def rows_for_cards() -> tuple[Rows, ...]:
    return (
        Rows(
            "article_categories",
            _model("ArticleCategory"),
            joined=("category", ("name", "slug", "path", "translations")),
        ),
        Rows("bylines", _model("Byline"), joined=("author", ("name", "slug"))),
        _portraits(
            "articles_article.kind_id IN"
            " (SELECT id FROM articles_articletype WHERE template = 'opinion')"
        ),
        _translations(),
    )


@cache
def rows_for_pages() -> tuple[Rows, ...]:
    tagged = (_model("ArticleTag"), "content_object_id", "tag_id")
    return (
        Rows("article_categories", _model("ArticleCategory"), joined=("category", ())),
        Rows("bylines", _model("Byline"), joined=("author", ())),
        Rows("tags", Tag, through=tagged, order="between.id"),
        Rows("corrections", _model("Correction"), order="own.created_at DESC, own.id DESC"),
        Rows("figures", _model("Figure"), joined=("image", _fields_of_image())),
        Rows("attachments", _model("Attachment"), joined=("file", ()), order="own.id"),
        _portraits("true"),
    )


@cache
def _versions_sql() -> str:
    rows = [each for each in rows_for_pages() if each.relation != "portraits"]
    return (
        f"SELECT id, {versions_of(rows, *_SELECTED_ROW_VERSIONS)} FROM articles_article"  # noqa: S608 - names of our own
        " WHERE id = ANY(%s::bigint[])"
    )


def _portraits(where: str) -> Rows:
    return Rows(
        "portraits",
        _model("Portrait"),
        through=(_model("Byline"), "article_id", "author_id"),
        joined=("image", _fields_of_image()),
        order="between.position, between.id",
        key="author_id",
        where=where,
    )


def _translations() -> Rows:
    """The published articles of other languages, as in `published()`."""
    article = _model("Article")
    return Rows(
        "translations",
        article,
        only=("language", "year", "month", "slug"),
        through=(article, "id", "translation_group_id"),
        order="own.language",
        key="translation_group_id",
        where="articles_article.translation_group_id IS NOT NULL AND own.state = 'published'"
        " AND own.published_at <= statement_timestamp() AND own.id <> articles_article.id",
    )


_SELECTED_ROW_VERSIONS = tuple(
    f"SELECT concat({row_version('own')}) FROM {rows}"  # noqa: S608 - names of our own
    for rows in (
        "articles_articletype AS own WHERE own.id = articles_article.kind_id",
        "articles_image AS own WHERE own.id = articles_article.lead_image_id",
        "articles_seriespart AS own WHERE own.article_id = articles_article.id",
        """articles_series AS own
        WHERE own.id IN (SELECT series_id FROM articles_seriespart WHERE article_id = articles_article.id)""",
    )
)
"""The rows of `select_related` in `for_page()`."""


def _fields_of_image() -> tuple[str, ...]:
    """Without embedded metadata, which is long and only shown in the admin."""
    return tuple(each.name for each in Image._meta.concrete_fields if each.name != "metadata")


def _model(name: str) -> type[models.Model]:
    """A model that refers to articles, and is therefore defined after them."""
    return apps.get_model("articles", name)


def _rows_of(name: str) -> models.QuerySet[Any]:
    return _model(name)._default_manager.all()
