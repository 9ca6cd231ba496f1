"""What stands between an article and its readers: the one decision whether it may go out."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from articles.body.figures import figures_in
from articles.body.plain_text import plain_text
from articles.editorial.models import Article, Figure
from articles.images.models import Image
from articles.images.models.rights import Place
from articles.images.rights import usage_check
from iria.core.blockers import Blocked, Blocker


class NotReady(Blocked):
    """The article cannot go out, or not with what was added to it."""


def publish_blockers(article: Article, *, at: datetime | None = None) -> list[Blocker]:
    """Why this article cannot go out as it stands, each with where it is mended; or nothing.

    Args:
        at: when it would go out, for what is scheduled; now, where it is not given.
    """
    found = []
    here = article.get_admin_url()
    if not plain_text(article.body).strip():
        words = "The text is empty; write it before you publish."
        found.append(Blocker(words, f"{here}#id_body", "Write it"))
    if not article.article_categories.exists():
        words = "No category is chosen; choose at least one."
        found.append(Blocker(words, f"{here}#id_chosen_categories_0", "Choose one"))
    pictures = pictures_of(article)
    found += usage_check.obstacles(pictures, places=usage_channels(article, at), at=at)
    known = {image.pk for image in pictures}
    lost = sorted({use.image_id for use in figures_in(article.body)} - known)
    found += [
        Blocker(
            f"The text shows picture number {number}, which is not in the library; "
            "take it out or choose another.",
            f"{here}#id_body",
            "See the text",
        )
        for number in lost
    ]
    return found


def obstacles_to_new_uses(
    article: Article, lead: int | None, inline: Collection[int]
) -> list[Blocker]:
    """Why a published article may not carry these pictures; those it carries already may stay.

    A picture whose licence has ended is withheld where it stands, so the article can be changed.
    One that has no credit since a time when nobody asked for it may stay too, but not be used once
    more, nor beside another lead picture: then PostgreSQL judges the whole article anew.

    Args:
        lead: the number of the lead picture.
        inline: the numbers of those in the text, one a use.
    """
    uses = Counter([*([] if lead is None else [lead]), *inline])
    if not article.is_published or not uses:
        return []
    figures = article.figures.values_list("image_id", "place")
    before = Counter(number for number, _ in figures)
    judged = lead != next((pk for pk, place in figures if place == Figure.Place.LEAD), None)
    there = [pk for pk in before if uses[pk] and (judged or uses[pk] > before[pk])]
    new = Image.objects.filter(pk__in=uses.keys() - before.keys()).order_by("pk")
    bare = Image.objects.filter(pk__in=there).order_by("pk")
    return [
        *usage_check.obstacles(new, places=usage_channels(article)),
        *usage_check.without_credit(bare),
    ]


def suggestions(article: Article) -> list[str]:
    """What would make the article better and does not hold it back."""
    found = []
    if not article.standfirst.strip():
        found.append("There is no standfirst; one sentence tells readers why this matters.")
    if not article.bylines.exists():
        found.append("Nobody signs it; choose an author.")
    return found


def pictures_of(article: Article) -> list[Image]:
    """Every picture that the article uses, each once."""
    uses = article.figures.values("image_id")
    return list(Image.objects.filter(pk__in=uses).select_related("agency").order_by("pk"))


def usage_channels(article: Article, at: datetime | None = None) -> list[Place]:
    """Where its pictures would stand: on the site, in the archive too where it is old."""
    old = article.is_archived_at(at or timezone.now())
    return [Place.SITE, Place.ARCHIVE] if old else [Place.SITE]
