"""Subscribers view and erase their data with a link sent to their address."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.models import User
from iria.core.hooks import Person
from newsletter import personal_data, subscription_emails, tasks
from newsletter.delivery import sending
from newsletter.models import Consent, Subscriber
from newsletter.subscriptions import opt_in, suppression
from newsletter.subscriptions.choices import Choice, SubscriptionChoice
from tests.conftest import MailFolder
from tests.newsletter.factories import issue, news, subscriber
from tests.queued_jobs import Queued

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queued")]
OLA = "ola@readers.example"


def data_page(ola: Subscriber) -> str:
    return f"/newsletter/data/{personal_data.token_of(ola)}/"


def test_the_data_link_is_sent_only_to_the_address(
    client: Client,
    queued: Queued,
    mail_folder: MailFolder,
    django_capture_on_commit_callbacks: Any,
) -> None:
    ola = subscriber(OLA)
    for _ in range(5):
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(ola.preferences_path(), {"data": "1"}, follow=True)
        assert (
            "We are sending the link to your address. It is valid for one day."
            in response.content.decode()
        )
        assert OLA not in response.content.decode()
    assert queued("newsletter.data_link") == [ola.pk] * personal_data.MAX_LINKS_PER_DAY
    subscription_emails.send_data_link(ola.pk)
    (message,) = mail_folder.to(OLA)
    assert "/newsletter/data/" in str(message.get_body(("plain",)))


def test_the_data_page_shows_all_data(client: Client) -> None:
    ola = subscriber(OLA)
    opt_in.choose(
        ola.token, Choice([SubscriptionChoice.usual(news())], name="Ola Lind", language="fr")
    )
    opt_in.request(OLA, source_url="/2026/05/a-story/", wanted=[SubscriptionChoice.usual(news())])
    response = client.get(data_page(ola))
    page = response.content.decode()
    for stored in (
        OLA,
        "Ola Lind",
        "News",
        "/2026/05/a-story/",
        Consent.objects.latest("pk").wording,
    ):
        assert stored in page
    assert '<html lang="fr"' in page
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("barred", [False, True])
def test_erasing_keeps_a_hash_only_if_requested(client: Client, barred: bool) -> None:
    ola = subscriber(OLA)
    opt_in.request(OLA, source_url="/", wanted=[SubscriptionChoice.usual(news())])
    address = data_page(ola)
    assert Subscriber.objects.exists()
    response = client.post(address, {"bar": "1"} if barred else {})
    assert (
        "Your subscription data was deleted. You will not receive any more e-mails."
        in response.content.decode()
    )
    assert not Subscriber.objects.exists()
    assert not Consent.objects.exists()
    assert suppression.is_suppressed(OLA) is barred
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404


def test_a_suppression_survives_erasing(client: Client) -> None:
    ola = subscriber(OLA)
    suppression.suppress(ola, details="complained")
    client.post(data_page(ola))
    assert not Subscriber.objects.exists()
    assert suppression.is_suppressed(OLA)


def test_a_suppressed_address_gets_no_link(mail_folder: MailFolder) -> None:
    ola = subscriber(OLA)
    suppression.suppress(ola, details="complained")
    subscription_emails.send_data_link(ola.pk)
    subscription_emails.send_data_link(0)
    assert mail_folder.to(OLA) == []


def test_an_expired_data_link_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ola = subscriber(OLA)
    address = data_page(ola)
    monkeypatch.setattr(personal_data, "VALID_FOR", timedelta(seconds=-1))
    for response in (client.get(address), client.post(address)):
        assert response.status_code == 410
        assert "has expired" in response.content.decode()
    assert Subscriber.objects.exists()


def test_a_token_of_another_site_opens_nothing(client: Client, settings: Any) -> None:
    ola = subscriber(OLA)
    opt_in.request(OLA, source_url="/", wanted=[SubscriptionChoice.usual(news())])
    consent = Consent.objects.get()
    own_key = settings.SECRET_KEY
    settings.SECRET_KEY = "the key of another publication"
    urls = {
        f"/newsletter/data/{personal_data.token_of(ola)}/",
        f"/newsletter/confirm/{opt_in.confirmation_token(consent)}/",
    }
    settings.SECRET_KEY = own_key
    # And one signed by this site for another purpose.
    urls.add(f"/newsletter/data/{opt_in.confirmation_token(consent)}/")
    for address in urls:
        for response in (client.get(address), client.post(address)):
            assert response.status_code == 404
    assert Subscriber.objects.get().is_active
    assert Consent.objects.get().confirmed_at is None


def test_unconfirmed_addresses_are_deleted_every_night() -> None:
    planned = {each.task.name: each.cron for each in app.periodic_registry.periodic_tasks.values()}
    assert planned["newsletter.forget_unconfirmed"] == "17 3 * * *"
    opt_in.request(OLA, source_url="/", wanted=[SubscriptionChoice.usual(news())])
    tasks.delete_unconfirmed()
    assert Subscriber.objects.exists()
    long_ago = timezone.now() - timedelta(days=31)
    Subscriber.objects.update(created_at=long_ago)
    Consent.objects.update(asked_at=long_ago)
    tasks.delete_unconfirmed()
    assert not Subscriber.objects.exists()


def test_the_data_page_has_constant_queries_and_loads_no_mails(client: Client, edna: User) -> None:
    ola = subscriber(OLA)
    page = data_page(ola)

    def queries_of() -> list[str]:
        with CaptureQueriesContext(connection) as questions:
            assert client.get(page).status_code == 200
            personal_data.export(Person(account=0, email=OLA))
        return [question["sql"] for question in questions]

    sending.start(issue("One"), by=edna)
    queries_of()
    few = queries_of()
    for number in range(3):
        sending.start(issue(f"More {number}"), by=edna)
    many = queries_of()
    assert len(many) == len(few)
    assert not [sql for sql in many if "sent_html" in sql]
