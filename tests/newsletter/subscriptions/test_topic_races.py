"""Readers choose topics while an editor merges or deletes them."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import transaction

from articles.editorial import taxonomy
from articles.editorial.models import Category
from newsletter.models import Consent, Frequency, Newsletter, Subscriber, Subscription
from newsletter.subscriptions import opt_in
from newsletter.subscriptions.choices import Choice, SubscriptionChoice
from tests.newsletter.factories import news, subscriber
from tests.newsroom import category
from tests.together import at_once, begin_and_wait

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def daily_choice(*topics: Category, of: Newsletter | None = None) -> SubscriptionChoice:
    return SubscriptionChoice(of or news(), Frequency.DAILY, topics or None)


def confirmation_token_for(email: str, *wanted: SubscriptionChoice) -> str:
    """Signs up with these choices; returns the confirmation token."""
    opt_in.request(email, source_url="/", wanted=wanted)
    return opt_in.confirmation_token(Consent.objects.latest("pk"))


def confirming(email: str, *wanted: SubscriptionChoice) -> Callable[[], object]:
    token = confirmation_token_for(email, *wanted)
    return lambda: opt_in.confirm(token)


def choosing(reader: Subscriber, *wanted: SubscriptionChoice) -> Callable[[], object]:
    return lambda: opt_in.choose(reader.token, Choice(wanted))


def topics_by_email() -> dict[str, list[int] | None]:
    return dict(Subscription.objects.values_list("subscriber__email", "topics"))


def test_confirming_during_a_merge_chooses_the_remaining_topic() -> None:
    japan, asia = category("Japan"), category("Asia")
    confirm = confirming("ola@readers.example", daily_choice(japan))
    with transaction.atomic():
        taxonomy.merge_categories([japan], into=asia)
        confirmed = begin_and_wait(confirm)
    confirmed.result(20)
    assert topics_by_email() == {"ola@readers.example": [asia.pk]}


def test_a_merge_waits_for_a_confirmation_and_includes_it() -> None:
    japan, asia = category("Japan"), category("Asia")
    confirm = confirming("ola@readers.example", daily_choice(japan))
    with transaction.atomic():
        confirm()
        merged = begin_and_wait(lambda: taxonomy.merge_categories([japan], into=asia))
    merged.result(20)
    assert topics_by_email() == {"ola@readers.example": [asia.pk]}


def test_the_successor_of_a_topic_may_be_merged_during_confirmation() -> None:
    japan, asia, pacific = category("Japan"), category("Asia"), category("Pacific")
    confirm = confirming("ola@readers.example", daily_choice(japan))
    taxonomy.merge_categories([japan], into=asia)
    with transaction.atomic():
        taxonomy.merge_categories([asia], into=pacific)
        confirmed = begin_and_wait(confirm)
    confirmed.result(20)
    assert topics_by_email() == {"ola@readers.example": [pacific.pk]}


def test_a_topic_deleted_while_chosen_never_becomes_everything() -> None:
    japan, china = category("Japan"), category("China")
    ola, mina = subscriber("ola@readers.example"), subscriber("mina@readers.example")
    with transaction.atomic():
        japan_id = japan.pk
        japan.delete()
        japan.pk = japan_id
        both = begin_and_wait(choosing(ola, daily_choice(japan, china)))
        only = begin_and_wait(choosing(mina, daily_choice(japan)))
    both.result(20)
    only.result(20)
    assert topics_by_email() == {ola.email: [china.pk], mina.email: []}


def test_readers_and_merges_do_not_deadlock() -> None:
    """Two newsletters with two topics, in the other order than a merge locks them."""
    weekly = Newsletter.objects.create(name="Weekly analysis", slug="weekly")
    for number in range(4):
        low, high, third = (category(f"{name} {number}") for name in ("Low", "High", "Third"))
        readers = [subscriber(f"{name}-{number}@readers.example") for name in ("ola", "mina")]
        at_once(
            *(choosing(each, daily_choice(high), daily_choice(low, of=weekly)) for each in readers),
            confirming(
                f"new-{number}@readers.example",
                daily_choice(high, third),
                daily_choice(low, of=weekly),
            ),
            confirming(f"all-{number}@readers.example", daily_choice()),
            partial(taxonomy.merge_categories, [low, third], into=high),
        )
        subscriptions = Subscription.objects.filter(subscriber__email__contains=f"-{number}@")
        assert subscriptions.count() == 7
        everything = subscriptions.filter(topics__isnull=True)
        assert [each.subscriber.email for each in everything] == [f"all-{number}@readers.example"]
        assert set(subscriptions.exclude(topics=None).values_list("topics__0", flat=True)) == {
            high.pk
        }


def daily_about(reader: Subscriber, *topics: Category, of: Newsletter) -> None:
    Subscription.objects.create(
        subscriber=reader,
        newsletter=of,
        frequency=Frequency.DAILY,
        topics=sorted(topic.pk for topic in topics),
    )


def deleting(*categories: Category) -> Callable[[], object]:
    """Deletes categories as the admin action does."""
    return Category.objects.filter(pk__in=[each.pk for each in categories]).delete


def test_deletions_and_unsubscribes_do_not_deadlock() -> None:
    """Each reader has topics of both deletions, and two newsletters."""
    weekly = Newsletter.objects.create(name="Weekly analysis", slug="weekly")
    for number in range(4):
        one, two, three, four = (category(f"{name} {number}") for name in ("A", "B", "C", "D"))
        readers = [subscriber(f"reader-{number}-{at}@readers.example") for at in range(40)]
        Subscription.objects.filter(subscriber__in=readers).delete()
        for at, each in enumerate(readers):
            first, second = (one, four), (two, three)
            daily_about(each, *(first if at % 2 else second), of=news())
            daily_about(each, *(second if at % 2 else first), of=weekly)
        at_once(
            deleting(one, two),
            deleting(three, four),
            *(partial(opt_in.unsubscribe, each.token) for each in readers[:2]),
            choosing(readers[2], daily_choice(), daily_choice(of=weekly)),
        )
        subscriptions = Subscription.objects.filter(subscriber__in=readers)
        assert subscriptions.count() == 76
        assert subscriptions.filter(topics=[]).count() == 74


def test_several_topics_are_deleted_in_the_common_lock_order() -> None:
    """The deletion must not lock the first of two rows while it waits for the second."""
    low, high = category("Low"), category("High")
    first, second = subscriber("ola@readers.example"), subscriber("mina@readers.example")
    Subscription.objects.all().delete()
    daily_about(first, low, of=news())
    daily_about(second, high, of=news())
    earlier = Subscription.objects.filter(subscriber=first)
    later = Subscription.objects.filter(subscriber=second)
    with transaction.atomic():
        assert list(earlier.select_for_update())
        deleted = begin_and_wait(deleting(low, high))
        # The deletion waits for the locked row, and has not locked the one after it.
        assert list(later.select_for_update(nowait=True))
    deleted.result(20)
    assert topics_by_email() == {first.email: [], second.email: []}
