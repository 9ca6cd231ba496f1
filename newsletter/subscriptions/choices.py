"""What a subscriber chooses: newsletter, frequency, topics."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat
from typing import Self

from articles.editorial import merging
from articles.editorial.models import Category
from newsletter.models import Consent, ConsentedNewsletter, Frequency, Newsletter, Subscription
from newsletter.models.newsletter import DIGEST_FREQUENCIES

Topics = tuple[Category, ...] | None
"""None: everything. Categories: only these. Empty: all chosen topics were deleted."""


@dataclass(frozen=True, slots=True)
class SubscriptionChoice:
    """One newsletter with a frequency and topics.

    Issues by editors are the same for all subscribers, so they have no topics.
    """

    newsletter: Newsletter
    frequency: Frequency
    topics: Topics = None

    def __post_init__(self) -> None:
        if self.frequency not in DIGEST_FREQUENCIES:
            object.__setattr__(self, "topics", None)

    @classmethod
    def usual(cls, newsletter: Newsletter) -> Self:
        """Returns the choice that the form in the footer makes."""
        return cls(newsletter, newsletter.usual_frequency)

    @property
    def topic_ids(self) -> list[int] | None:
        if self.topics is None:
            return None
        return sorted({topic.pk for topic in self.topics})

    @property
    def has_lost_its_topics(self) -> bool:
        """Whether it had topics that were all deleted."""
        return self.topics == ()


@dataclass(frozen=True, slots=True)
class Choice:
    """All choices on the preferences page."""

    wanted: Sequence[SubscriptionChoice]
    language: str = ""
    name: str = ""


def save_choices(consent: Consent, wanted: Sequence[SubscriptionChoice]) -> None:
    """Stores the choices of a consent."""
    ConsentedNewsletter.objects.bulk_create(
        ConsentedNewsletter(
            consent=consent,
            newsletter=choice.newsletter,
            frequency=choice.frequency,
            topics=choice.topic_ids,
            topic_urls=[topic.get_absolute_url() for topic in _in_order(choice.topics)],
        )
        for choice in wanted
    )


def lock_choices(wanted: Sequence[SubscriptionChoice]) -> list[SubscriptionChoice]:
    """Returns the choices with their current topics, locked until the transaction ends."""
    topics = _successors(
        (topic.pk, topic.get_absolute_url()) for choice in wanted for topic in choice.topics or ()
    )
    return [
        choice
        if choice.topics is None
        else replace(choice, topics=_remaining(topics, [topic.pk for topic in choice.topics]))
        for choice in wanted
    ]


def of_consent(consent: Consent) -> list[SubscriptionChoice]:
    """Returns the choices of a consent with what became of their topics, locked."""
    consented = consent.chosen_newsletters.select_related("newsletter").order_by(
        "newsletter__position", "pk"
    )
    rows = list(consented)
    topics = _successors(topic for row in rows for topic in _topics_with_urls(row))
    return [
        SubscriptionChoice(
            row.newsletter,
            Frequency(row.frequency),
            None if row.topics is None else _remaining(topics, row.topics),
        )
        for row in rows
    ]


def of_subscriptions(subscriptions: Iterable[Subscription]) -> dict[int, SubscriptionChoice]:
    """Returns the current choices by newsletter ID."""
    rows = list(subscriptions)
    ids = {pk for row in rows for pk in row.topics or ()}
    topics = Category.objects.in_bulk(ids) if ids else {}
    return {
        row.newsletter_id: SubscriptionChoice(
            row.newsletter,
            Frequency(row.frequency),
            None if row.topics is None else tuple(topics[pk] for pk in row.topics if pk in topics),
        )
        for row in rows
    }


def _successors(topics: Iterable[tuple[int, str]]) -> dict[int, Category]:
    """Returns what categories have become, by their former ID and URL, all locked in one step."""
    urls = dict(topics)
    old = [Category(pk=pk) for pk in urls]
    successors = merging.successors(old, urls=urls.values(), kind="category")
    categories = (
        Category.objects.in_bulk({row.pk for row in successors.values()}) if successors else {}
    )
    return {pk: categories[row.pk] for pk, row in successors.items()}


def _topics_with_urls(row: ConsentedNewsletter) -> Iterator[tuple[int, str]]:
    """Yields its topics with their URLs; topics without a stored URL are left out."""
    return zip(row.topics or (), chain(row.topic_urls, repeat("")), strict=False)


def _remaining(topics: Mapping[int, Category], ids: Iterable[int]) -> tuple[Category, ...]:
    """Returns the remaining topics, in order and without duplicates."""
    remaining = {topics[pk] for pk in ids if pk in topics}
    return tuple(sorted(remaining, key=lambda topic: topic.pk))


def _in_order(topics: Topics) -> list[Category]:
    return sorted(topics or (), key=lambda topic: topic.pk)
