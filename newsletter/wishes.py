"""What somebody wishes to receive: a newsletter, how often, and about what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from articles.editorial.models import Category
from newsletter.models import Consent, ConsentedNewsletter, Newsletter, Rhythm, Subscription


@dataclass(frozen=True, slots=True)
class Wish:
    """One newsletter, in one rhythm; without topics, everything."""

    newsletter: Newsletter
    rhythm: Rhythm
    topics: tuple[Category, ...] = ()

    @classmethod
    def usual(cls, newsletter: Newsletter) -> Self:
        """What the foot of every page asks for, where there is nothing to choose."""
        return cls(newsletter, newsletter.usual_rhythm)

    @property
    def topic_ids(self) -> tuple[int, ...]:
        return tuple(sorted(topic.pk for topic in self.topics))


@dataclass(frozen=True, slots=True)
class Choice:
    """Everything that can be chosen on the page of preferences."""

    wished: Sequence[Wish]
    language: str = ""
    name: str = ""


def keep(consent: Consent, wishes: Sequence[Wish]) -> None:
    """Writes beside a consent what it was about."""
    ConsentedNewsletter.objects.bulk_create(
        ConsentedNewsletter(
            consent=consent,
            newsletter=wish.newsletter,
            rhythm=wish.rhythm,
            topics=list(wish.topic_ids),
        )
        for wish in wishes
    )


def of_consent(consent: Consent) -> list[Wish]:
    """What a consent was about, with those of its topics that there still are."""
    rows = list(consent.wished.select_related("newsletter").order_by("newsletter__position", "pk"))
    topics = _topics({pk for row in rows for pk in row.topics})
    return [
        Wish(
            row.newsletter,
            Rhythm(row.rhythm),
            tuple(topics[pk] for pk in row.topics if pk in topics),
        )
        for row in rows
    ]


def of_subscriptions(subscriptions: Iterable[Subscription]) -> dict[int, Wish]:
    """What comes to somebody now, by newsletter; the topics are to be fetched before."""
    return {
        each.newsletter_id: Wish(each.newsletter, Rhythm(each.rhythm), tuple(each.topics.all()))
        for each in subscriptions
    }


def _topics(ids: set[int]) -> dict[int, Category]:
    return Category.objects.in_bulk(ids) if ids else {}
