"""Series: new ones by name, and changes of their parts outside the articles."""

from collections.abc import Collection

from django.db.models import F, Value

from accounts.models import User
from articles.editorial import merging
from articles.editorial.models import Article, Draft, Revision, Series, SeriesPart
from articles.editorial.models.taxonomy import Folded


def get_or_create(name: str) -> tuple[Series, bool]:
    """The series of this name, ignoring capitals and accents, and whether it was created.

    Raises:
        ValidationError: the name cannot be used.
    """
    named = Series.objects.annotate(folded=Folded(F("name"))).order_by("pk")
    if same := named.filter(folded=Folded(Value(name))).first():
        return same, False
    Series(name=name).full_clean()
    return Series.objects.get_or_create(name=name)


Places = dict[int, int | None]
"""Article → its position."""


def places_in(series: Series) -> Places:
    return dict(series.parts.values_list("article", "position"))


def record_parts(series: Series, before: Places, *, by: User | None) -> None:
    """Records what readers see now in the revisions of the articles whose place changed.

    Waiting changes of these articles get the same place, or publishing them would undo it.
    """
    after = places_in(series)
    changed = {
        pk
        for pk in {*before, *after}
        if (pk in before) != (pk in after) or before.get(pk) != after.get(pk)
    }
    _change_drafts(changed)
    existing = Article.objects.filter(pk__in=changed).values_list("pk", flat=True)
    merging.enqueue_changed(list(existing), by=by)


def _change_drafts(articles: Collection[int]) -> None:
    parts = {
        part.article_id: part
        for part in SeriesPart.objects.filter(article__in=articles).select_related("series")
    }
    waiting = Revision.objects.filter(
        pk__in=Draft.objects.filter(article__in=articles).values("revision"),
        details__isnull=False,
    )
    for revision in waiting.select_for_update().order_by("pk"):
        part = parts.get(revision.article_id)
        revision.details = {
            **(revision.details or {}),
            "series": [{"id": part.series_id, "name": part.series.name}] if part else [],
            "series_position": part.position if part else None,
        }
        revision.save(update_fields=["details"])
