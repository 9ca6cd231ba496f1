"""What can be followed by e-mail, and following, confirming and unfollowing it.

A request to follow is a consent (`opt_in`), with its limits, its confirmation e-mail and its wording.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.models import Article, Category
from iria.core.text.language import interface_language
from iria.core.text.typography import comma
from newsletter.models import ArticleFollow, Consent, ConsentedFollow, Subscriber
from newsletter.models.follow import SUBJECTS

MAX_SUBJECTS: Final = 20
"""The number of subjects in one request."""

FIELDS: Final[Mapping[str, str]] = {"author": "slug", "section": "path", "topic": "slug"}
MODELS: Final[Mapping[str, Any]] = {"author": AuthorProfile, "section": Category, "topic": Tag}


@dataclass(frozen=True, slots=True)
class Subject:
    """An author, a section or a topic."""

    kind: str
    row: Any

    @property
    def value(self) -> str:
        """Its slug or path, for forms and URLs."""
        return str(getattr(self.row, FIELDS[self.kind]))

    @property
    def key(self) -> tuple[str, int]:
        return self.kind, self.row.pk

    @property
    def label(self) -> str:
        """For the sentence “Send me new articles …” and for lists."""
        labels = {
            "author": gettext("by %(name)s"),
            "section": gettext("in “%(name)s”"),
            "topic": gettext("on “%(name)s”"),
        }
        return labels[self.kind] % {"name": getattr(self.row, "local_name", self.row.name)}

    @classmethod
    def of(cls, row: ArticleFollow | ConsentedFollow) -> Self:
        return cls(row.subject_key[0], row.subject)


def subjects_of(article: Article) -> list[Subject]:
    """Everything that can be followed about an article."""
    authors = [Subject("author", row.author) for row in article.bylines.select_related("author")]
    rows = article.article_categories.select_related("category")
    sections = [Subject("section", row.category) for row in rows]
    return [*authors, *sections, *(Subject("topic", tag) for tag in article.tags.all())]


def find(wanted: Mapping[str, Sequence[str]]) -> list[Subject]:
    """The subjects with these slugs and paths, by kind; unknown ones are left out."""
    subjects: list[Subject] = []
    for kind in SUBJECTS:
        values = [value for value in wanted.get(kind, ())[:MAX_SUBJECTS] if value.isprintable()]
        if values:
            rows = MODELS[kind].objects.filter(**{f"{FIELDS[kind]}__in": values}).order_by("name")
            subjects += [Subject(kind, row) for row in rows]
    return subjects[:MAX_SUBJECTS]


def wording(publication_name: str, subjects: Sequence[Subject]) -> str:
    """The text above the confirm button; it is stored with the consent."""
    labels = comma(interface_language()).join(subject.label for subject in subjects)
    return gettext(
        "Send me new articles from %(name)s by e-mail, at most once a day: %(subjects)s. I can unfollow "
        "at any time with the link in every e-mail."
    ) % {"name": publication_name, "subjects": labels}


def save_request(consent: Consent, subjects: Sequence[Subject]) -> None:
    """Stores what a consent asks to follow."""
    ConsentedFollow.objects.bulk_create(
        ConsentedFollow(consent=consent, **{subject.kind: subject.row}) for subject in subjects
    )


def confirm(consent: Consent) -> None:
    """Follows what a confirmed consent asks for; what is followed already is not changed."""
    ArticleFollow.objects.bulk_create(
        [
            ArticleFollow(
                subscriber_id=consent.subscriber_id, **{f"{kind}_id": pk}, created_at=timezone.now()
            )
            for kind, pk in requested_keys(consent)
        ],
        ignore_conflicts=True,
    )


def requested_keys(consent: Consent) -> list[tuple[str, int]]:
    return [row.subject_key for row in consent.follows.all()]


def followed_keys(subscriber: Subscriber) -> set[tuple[str, int]]:
    return {row.subject_key for row in subscriber.article_follows.all()}


def end(follows: Iterable[ArticleFollow]) -> None:
    """Ends follows of one subscriber; repeating it changes nothing.

    A subscriber who then receives nothing at all is unsubscribed.
    """
    rows = list(follows)
    if not rows:
        return
    with transaction.atomic():
        subscriber = Subscriber.objects.locked().filter(pk=rows[0].subscriber_id).first()
        if subscriber is None:
            return
        subscriber.article_follows.filter(pk__in=[row.pk for row in rows]).delete()
        if subscriber.is_active and not receives_anything(subscriber):
            subscriber.mark_unsubscribed()


def receives_anything(subscriber: Subscriber) -> bool:
    return subscriber.article_follows.exists() or subscriber.subscriptions.exists()
