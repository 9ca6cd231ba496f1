"""Choosing frequencies and topics."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.editorial import merging, taxonomy
from articles.editorial.models import Category
from newsletter import personal_data, subscription_emails
from newsletter.delivery import sending
from newsletter.models import Consent, Frequency, Newsletter, Subscriber, Subscription
from newsletter.subscriptions import opt_in
from newsletter.subscriptions.choices import Choice, SubscriptionChoice
from tests.newsletter.factories import issue, news, subscriber
from tests.newsroom import category

pytestmark = pytest.mark.django_db
OLA = "ola@readers.example"


def choice_item(frequency: Frequency = Frequency.DAILY, *topics: Category) -> SubscriptionChoice:
    return SubscriptionChoice(news(), frequency, topics or None)


def offer_frequencies(*frequencies: Frequency) -> Newsletter:
    Newsletter.objects.update(frequencies=[frequency.value for frequency in frequencies])
    return news()


def confirm_choices(*wanted: SubscriptionChoice, language: str = "") -> Subscriber:
    opt_in.request(OLA, source_url="/", wanted=wanted, language=language)
    token = opt_in.confirmation_token(Consent.objects.latest("pk"))
    return opt_in.confirm(token).subscriber


def test_choices_take_effect_when_confirmed() -> None:
    offer_frequencies(*Frequency)
    japan, china = category("Japan"), category("China")
    ola = confirm_choices(choice_item(Frequency.WEEKLY, japan, china), language="fr")
    subscription = ola.subscriptions.get()
    assert subscription.frequency == Frequency.WEEKLY
    assert subscription.topics == sorted([japan.pk, china.pk])
    assert ola.language == "fr"
    consent = ola.consents.get()
    assert consent.language == "fr"
    assert "Japan, China" in consent.wording
    stored = consent.chosen_newsletters.get()
    assert (stored.frequency, stored.topics) == ("weekly", sorted([japan.pk, china.pk]))


def test_the_wording_names_the_frequency_only_if_it_is_a_choice() -> None:
    confirm_choices(SubscriptionChoice.usual(news()))
    assert Consent.objects.latest("pk").wording.startswith("Send me “News” from")
    offer_frequencies(*Frequency)
    confirm_choices(choice_item(Frequency.DAILY))
    assert "“News” (daily)" in Consent.objects.latest("pk").wording


def test_the_default_frequency_is_the_least_frequent() -> None:
    assert (
        SubscriptionChoice.usual(
            offer_frequencies(Frequency.EACH, Frequency.WEEKLY, Frequency.DAILY)
        ).frequency
        == Frequency.WEEKLY
    )


def test_editor_issues_are_sent_to_those_who_chose_them(edna: User) -> None:
    ola, mina = subscriber(OLA), subscriber("mina@readers.example")
    ola.subscriptions.update(frequency=Frequency.DAILY)
    draft = issue()
    assert sending.start(draft, by=edna) == 1
    assert draft.deliveries.get().subscriber == mina
    assert list(Subscriber.objects.receiving(news(), frequency=Frequency.DAILY)) == [ola]


def test_a_changed_frequency_is_a_consent_and_no_change_is_none() -> None:
    offer_frequencies(*Frequency)
    japan = category("Japan")
    ola = subscriber(OLA)
    opt_in.choose(ola.token, Choice([choice_item(Frequency.DAILY, japan)]))
    opt_in.choose(ola.token, Choice([choice_item(Frequency.DAILY, japan)]))
    assert Consent.objects.count() == 1
    opt_in.choose(ola.token, Choice([choice_item(Frequency.DAILY)]))
    assert Consent.objects.count() == 2
    assert ola.subscriptions.get().topics is None


def test_choices_are_counted_for_digests() -> None:
    japan, china = category("Japan"), category("China")
    wanted = [
        (choice_item(),),
        (choice_item(),),
        (choice_item(Frequency.DAILY, china, japan),),
        (choice_item(Frequency.WEEKLY),),
    ]
    for number, each in enumerate(wanted):
        reader = subscriber(f"reader{number}@readers.example")
        opt_in.choose(reader.token, Choice(each))
    Subscriber.objects.filter(email__startswith="reader1").update(language="fr")
    opt_in.unsubscribe(subscriber("left@readers.example").token)
    daily = Subscription.objects.receiving(news(), Frequency.DAILY)
    both = tuple(sorted([japan.pk, china.pk]))
    assert daily.choices() == [((), "", 1), ((), "fr", 1), (both, "", 1)]
    assert daily.with_exact_topics(both).get().subscriber.email == "reader2@readers.example"
    assert daily.with_exact_topics([]).count() == 2
    assert daily.with_exact_topics([japan.pk]).count() == 0


def test_a_topic_follows_a_merged_category() -> None:
    japan, east_asia, china = category("Japan"), category("East Asia"), category("China")
    ola, mina = subscriber(OLA), subscriber("mina@readers.example")
    opt_in.choose(ola.token, Choice([choice_item(Frequency.DAILY, china, japan, east_asia)]))
    opt_in.choose(mina.token, Choice([choice_item(Frequency.DAILY, japan)]))
    (moves,) = merging.preview([japan], east_asia)
    assert (moves.count, moves.both) == (2, 1)
    taxonomy.merge_categories([japan], into=east_asia)
    assert ola.subscriptions.get().topics == sorted([east_asia.pk, china.pk])
    assert mina.subscriptions.get().topics == [east_asia.pk]


def test_a_deleted_topic_narrows_and_never_widens() -> None:
    japan, china = category("Japan"), category("China")
    ola = subscriber(OLA)
    opt_in.choose(ola.token, Choice([choice_item(Frequency.DAILY, japan, china)]))
    opt_in.choose(subscriber("mina@readers.example").token, Choice([choice_item(Frequency.DAILY)]))
    daily = Subscription.objects.receiving(news(), Frequency.DAILY)
    china.delete()
    assert ola.subscriptions.get().topics == [japan.pk]
    japan.delete()
    assert ola.subscriptions.get().topics == []
    assert daily.choices() == [((), "", 1)]
    assert daily.with_exact_topics([]).get().subscriber.email == "mina@readers.example"


def test_a_merge_before_confirmation_is_followed() -> None:
    japan, asia, pacific = category("Japan"), category("Asia"), category("Pacific")
    opt_in.request(OLA, source_url="/", wanted=[choice_item(Frequency.DAILY, japan)], language="")
    consent = Consent.objects.get()
    taxonomy.merge_categories([japan], into=asia)
    taxonomy.merge_categories([asia], into=pacific)
    opt_in.confirm(opt_in.confirmation_token(consent))
    assert Subscription.objects.get().topics == [pacific.pk]
    stored = consent.chosen_newsletters.get()
    assert (stored.topics, stored.topic_urls) == ([japan.pk], ["/category/japan/"])
    assert "Japan" in consent.wording


def test_a_reader_whose_topics_were_deleted_is_asked_again(client: Client) -> None:
    japan, china = category("Japan"), category("China")
    opt_in.request(
        OLA, source_url="/", wanted=[choice_item(Frequency.DAILY, japan, china)], language=""
    )
    token = opt_in.confirmation_token(Consent.objects.get())
    japan.delete()
    china.delete()
    for response in (client.get, client.post):
        page = response(f"/newsletter/confirm/{token}/")
        assert page.status_code == 410
        assert (
            "The topics you chose no longer exist. Enter your e-mail address again and choose new topics."
            in page.content.decode()
        )
    assert not Subscription.objects.exists()
    assert Subscriber.objects.get().state == Subscriber.State.PENDING


def test_a_second_request_counts_without_confirming_the_first() -> None:
    offer_frequencies(*Frequency)
    japan = category("Japan")

    def answer_to(*wanted: SubscriptionChoice, language: str = "") -> str:
        opt_in.request(OLA, source_url="/", wanted=wanted, language=language)
        consent = Consent.objects.latest("pk")
        subscription_emails.answer(consent.pk)
        consent.refresh_from_db()
        return consent.answer

    assert answer_to(choice_item(Frequency.EACH)) == "confirm"
    assert answer_to(choice_item(Frequency.EACH)) == "none"
    assert answer_to(choice_item(Frequency.WEEKLY)) == "confirm"
    assert answer_to(choice_item(Frequency.WEEKLY, japan)) == "confirm"
    assert answer_to(choice_item(Frequency.WEEKLY, japan), language="fr") == "confirm"
    assert answer_to(choice_item(Frequency.WEEKLY, japan), language="fr") == "none"
    opt_in.confirm(opt_in.confirmation_token(Consent.objects.filter(answer="confirm")[0]))
    assert answer_to(choice_item(Frequency.WEEKLY, japan)) == "known"
    assert answer_to(choice_item(Frequency.WEEKLY, japan), language="fr") == "none"
    assert answer_to(choice_item(Frequency.DAILY, japan)) == "confirm"


def test_all_choices_are_exported_and_the_name_is_erased() -> None:
    offer_frequencies(*Frequency)
    ola = confirm_choices(choice_item(Frequency.WEEKLY, category("Japan")), language="fr")
    Subscriber.objects.update(name="Ola")
    ola.refresh_from_db()
    data = personal_data.of_subscriber(ola)
    since = timezone.now().date()
    assert data["newsletters"] == [f"News (Weekly: Japan), since {since}"]
    assert (data["name"], data["language"]) == ("Ola", "fr")
    assert data["consents"][0]["language"] == "fr"
    unsubscribed = opt_in.unsubscribe(ola.token)
    assert unsubscribed is not None
    assert personal_data.of_subscriber(unsubscribed)["name"] == ""


def test_topics_are_sorted_and_only_allowed_for_digests() -> None:
    rows = subscriber(OLA).subscriptions
    rows.update(frequency=Frequency.DAILY, topics=[1, 2])
    for frequency, topics in [
        (Frequency.DAILY, [2, 1]),
        (Frequency.DAILY, [1, 1]),
        (Frequency.DAILY, [1, None]),
        (Frequency.DAILY, list(range(201))),
        (Frequency.ISSUES, [1]),
        (Frequency.ISSUES, []),
    ]:
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(frequency=frequency, topics=topics)


def test_a_newsletter_always_offers_a_valid_frequency() -> None:
    for wrong in ([], ["hourly"]):
        with pytest.raises(IntegrityError), transaction.atomic():
            Newsletter.objects.update(frequencies=wrong)
