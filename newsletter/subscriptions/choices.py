"""What a subscriber chooses: newsletter, frequency, topics."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat
from typing import Self

from articles.editorial import merging
from articles.editorial.models import Category
from newsletter.models import Consent, ConsentedNewsletter, Frequency, Newsletter, Subscription
from newsletter.models.digest import DIGEST_FREQUENCIES

Topics = tuple[Category, ...] | None
"""None: everything. Categories: these alone. None among them: all that were chosen are gone."""


@dataclass(frozen=True, slots=True)
class SubscriptionChoice:
    """One newsletter, in one frequency, about everything or some topics.

    What the editors write has one text for all: of topics nothing is wished or promised there.
    """

    newsletter: Newsletter
    frequency: Frequency
    topics: Topics = None

    def __post_init__(self) -> None:
        if self.frequency not in DIGEST_FREQUENCIES:
            object.__setattr__(self, "topics", None)

    @classmethod
    def usual(cls, newsletter: Newsletter) -> Self:
        """What the foot of every page asks for, where there is nothing to choose."""
        return cls(newsletter, newsletter.usual_frequency)

    @property
    def topic_ids(self) -> list[int] | None:
        if self.topics is None:
            return None
        return sorted({topic.pk for topic in self.topics})

    @property
    def has_lost_its_topics(self) -> bool:
        """Whether it was about topics none of which there is any more."""
        return self.topics == ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Everything that can be chosen on the page of preferences."""

    wanted: Sequence[SubscriptionChoice]
    language: str = ""
    name: str = ""


def keep(consent: Consent, wanted: Sequence[SubscriptionChoice]) -> None:
    """Writes beside a consent what it was about."""
    ConsentedNewsletter.objects.bulk_create(
        ConsentedNewsletter(
            consent=consent,
            newsletter=choice_item.newsletter,
            frequency=choice_item.frequency,
            topics=choice_item.topic_ids,
            topic_urls=[topic.get_absolute_url() for topic in _in_order(choice_item.topics)],
        )
        for choice_item in wanted
    )


def locked_choices(wanted: Sequence[SubscriptionChoice]) -> list[SubscriptionChoice]:
    """The wishes with their topics as they are now, held until the end of the transaction."""
    topics = _became(
        (topic.pk, topic.get_absolute_url())
        for choice_item in wanted
        for topic in choice_item.topics or ()
    )
    return [
        choice_item
        if choice_item.topics is None
        else replace(choice_item, topics=_these(topics, [topic.pk for topic in choice_item.topics]))
        for choice_item in wanted
    ]


def of_consent(consent: Consent) -> list[SubscriptionChoice]:
    """What a consent was about, with what has become of its topics, held as in `held`."""
    found = consent.chosen_newsletters.select_related("newsletter").order_by(
        "newsletter__position", "pk"
    )
    rows = list(found)
    topics = _became(named for row in rows for named in _named(row))
    return [
        SubscriptionChoice(
            row.newsletter,
            Frequency(row.frequency),
            None if row.topics is None else _these(topics, row.topics),
        )
        for row in rows
    ]


def of_subscriptions(subscriptions: Iterable[Subscription]) -> dict[int, SubscriptionChoice]:
    """What comes to somebody now, by newsletter, each fetched with it."""
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


def _became(named: Iterable[tuple[int, str]]) -> dict[int, Category]:
    """What categories have become, by the number and address of then, all held in one step."""
    addresses = dict(named)
    rows = [Category(pk=pk) for pk in addresses]
    became = merging.successors(rows, urls=addresses.values(), kind="category")
    whole = Category.objects.in_bulk({row.pk for row in became.values()}) if became else {}
    return {pk: whole[row.pk] for pk, row in became.items()}


def _named(row: ConsentedNewsletter) -> Iterator[tuple[int, str]]:
    """Its topics with their addresses; one of which no address is known leads nowhere."""
    return zip(row.topics or (), chain(row.topic_urls, repeat("")), strict=False)


def _these(topics: Mapping[int, Category], ids: Iterable[int]) -> tuple[Category, ...]:
    """Those of them that are left, in order and each once."""
    there = {topics[pk] for pk in ids if pk in topics}
    return tuple(sorted(there, key=lambda topic: topic.pk))


def _in_order(topics: Topics) -> list[Category]:
    return sorted(topics or (), key=lambda topic: topic.pk)
