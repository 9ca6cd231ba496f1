"""The related articles that readers see, and the decisions of editors about them.

Reads stored rows; nothing is computed here.
"""

from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.models import User
from articles.editorial.aggregated_rows import is_replaced
from articles.editorial.models import Article, ListingEntry, Scope
from articles.editorial.models.querysets import ArticleQuerySet
from articles.related import tasks
from articles.related.models import RelatedExclusion, RelatedLink
from iria.core.db.queries import Prepared


def exclude(article: Article, other: Article, *, by: User | None) -> None:
    """Excludes an article from the computed ones at once, until it is included again."""
    with transaction.atomic():
        RelatedExclusion.objects.get_or_create(
            article=article, other=other, defaults={"created_by": by}
        )
        RelatedLink.objects.filter(article=article, other=other).delete()
        transaction.on_commit(lambda: tasks.enqueue_refresh(article.pk))


def include_again(article: Article, other: Article) -> None:
    """Allows an article to be suggested again."""
    RelatedExclusion.objects.filter(article=article, other=other).delete()
    transaction.on_commit(lambda: tasks.enqueue_refresh(article.pk))


MAX_SHOWN: Final = 4
MAX_RELATED: Final = 8
"""The limit of the prepared query; readers see fewer."""

# In plain SQL, because building such queries with the ORM is slow, and every article page needs them.
RELATED_IDS: Final = """
SELECT picked_id FROM articles_relatedpick WHERE article_id = %s
UNION SELECT other_id FROM articles_relatedlink WHERE article_id = %s
"""
PICK_POSITION: Final = """(SELECT position FROM articles_relatedpick AS pick
WHERE pick.article_id = %s AND pick.picked_id = articles_article.id)"""
LINK_POSITION: Final = """(SELECT position FROM articles_relatedlink AS link
WHERE link.article_id = %s AND link.other_id = articles_article.id)"""
NEWEST_IDS: Final = """
(SELECT article_id FROM articles_listingentry
    WHERE scope = 'primary' AND target = %s AND language = %s AND published_at <= %s
    ORDER BY published_at DESC, article_id DESC LIMIT %s)
UNION
(SELECT article_id FROM articles_listingentry
    WHERE scope = 'all' AND target = 0 AND language = %s AND published_at <= %s
    ORDER BY published_at DESC, article_id DESC LIMIT %s)
"""


def read_next(article: Article, limit: int = MAX_SHOWN) -> list[Article]:
    """The related articles, filled up with the newest of the section, then of all in the language.

    One query, or two if there are too few related articles.
    """
    found = related_to(article, limit)
    if len(found) < limit:
        known = {article.pk, *(each.pk for each in found)}
        section = next((row.category_id for row in article.article_categories.all()), 0)
        more = _newest(section, article.language, limit + len(known))
        found += [each for each in more if each.pk not in known][: limit - len(found)]
    return found


def related_to(article: Article, limit: int = MAX_SHOWN) -> list[Article]:
    """Returns the published manual picks, then the computed neighbours.

    One query, with everything that a card shows; two for the picks of a draft.
    """
    if is_replaced(article, "related_picks"):
        return _related_to_draft(article)[:limit]
    return _related(article.pk)[:limit]


def _related_to_draft(article: Article) -> list[Article]:
    picked = [pick.picked_id for pick in article.related_picks.all()]
    computed = article.related_links.order_by("position").values_list("other", flat=True)
    found = Article.objects.published().for_cards().in_bulk({*picked, *computed})
    return [found[pk] for pk in dict.fromkeys([*picked, *computed]) if pk in found]


def _related_rows(article: int) -> ArticleQuerySet:
    return (
        Article.objects.published()
        .filter(pk__in=RawSQL(RELATED_IDS, [article, article]))  # noqa: S611 - constants
        .order_by(
            RawSQL(PICK_POSITION, [article]).asc(nulls_last=True),  # noqa: S611
            RawSQL(LINK_POSITION, [article]),  # noqa: S611
        )
        .for_cards()[:MAX_RELATED]
    )


def _newest_rows(section: int, language: str, count: int) -> ArticleQuerySet:
    now = timezone.now()
    values = [section, language, now, count, language, now, count]
    rows = RawSQL(NEWEST_IDS, values)  # noqa: S611 - a constant
    in_section = ListingEntry.objects.filter(
        article=OuterRef("pk"), scope=Scope.PRIMARY, target=section
    )
    found = Article.objects.published().filter(pk__in=rows)
    return found.order_by(Exists(in_section).desc(), "-published_at", "-pk").for_cards()


_related = Prepared(_related_rows, [int])
_newest = Prepared(_newest_rows, [int, str, int])
