"""What editors decide about a suggestion: it stands first, or not at all."""

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from articles.editorial.models import Article
from articles.related import tasks
from articles.related.models import RelatedExclusion, RelatedLink, RelatedPick


def pick(article: Article, other: Article) -> None:
    """Lets the other article stand among the picks, behind those there are."""
    with transaction.atomic():
        RelatedExclusion.objects.filter(article=article, other=other).delete()
        last = article.related_picks.aggregate(last=Max("position"))["last"]
        RelatedPick.objects.get_or_create(
            article=article,
            picked=other,
            defaults={"position": 0 if last is None else last + 1},
        )


def leave_out(article: Article, other: Article, *, by: User | None) -> None:
    """Takes the other article off at once and for good, until it is allowed again."""
    with transaction.atomic():
        RelatedExclusion.objects.get_or_create(
            article=article, other=other, defaults={"made_by": by}
        )
        RelatedPick.objects.filter(article=article, picked=other).delete()
        RelatedLink.objects.filter(article=article, other=other).delete()
        transaction.on_commit(lambda: tasks.refresh_soon(article.pk))


def allow(article: Article, other: Article) -> None:
    """Lets the other article be suggested again."""
    RelatedExclusion.objects.filter(article=article, other=other).delete()
    transaction.on_commit(lambda: tasks.refresh_soon(article.pk))
