"""Unsubscribing: GET changes nothing, one POST is enough."""

import pytest
from django.test import Client

from newsletter.models import Consent, Newsletter, Subscriber, Subscription
from newsletter.subscriptions import opt_in
from tests.newsletter.factories import news, subscriber

pytestmark = pytest.mark.django_db
ONE_CLICK = "List-Unsubscribe=One-Click"


def unsubscribe_url(reader: Subscriber) -> str:
    return f"/newsletter/unsubscribe/{reader.token}/"


def test_opening_the_link_changes_nothing(client: Client) -> None:
    ola = subscriber()
    for method in (client.get, client.head, client.get):
        assert method(unsubscribe_url(ola)).status_code == 200
    assert Subscriber.objects.get().is_active
    page = client.get(unsubscribe_url(ola)).content.decode()
    assert page.partition("<main")[2].partition("</main>")[0].count("<button") == 1


def test_a_mail_program_unsubscribes_with_one_post_and_no_cookie() -> None:
    ola = subscriber()
    program = Client(enforce_csrf_checks=True)
    response = program.post(
        unsubscribe_url(ola), ONE_CLICK, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 200
    assert not response.cookies
    assert Subscriber.objects.get().state == "left"


def test_a_post_from_another_site_unsubscribes_too(client: Client) -> None:
    ola = subscriber()
    response = client.post(
        unsubscribe_url(ola),
        {"List-Unsubscribe": "One-Click"},
        headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert response.status_code == 200
    assert Subscriber.objects.get().state == "left"


@pytest.mark.parametrize("body", ["", "\x00", "List-Unsubscribe=One-Click&x=%ff", "{}"])
def test_a_post_with_any_body_unsubscribes(client: Client, body: str) -> None:
    ola = subscriber()
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data"):
        assert client.post(unsubscribe_url(ola), body, content_type=kind).status_code == 200
    assert Subscriber.objects.get().state == "left"


def test_unsubscribing_twice_gives_the_same_response(client: Client) -> None:
    ola = subscriber()
    first, second = client.post(unsubscribe_url(ola)), client.post(unsubscribe_url(ola))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert b"You are unsubscribed" in second.content


@pytest.mark.parametrize("token", ["cut-off", "x" * 2000, "t%00oken", "%F0%9F%98%80"])
def test_an_unknown_token_gets_a_message(client: Client, token: str) -> None:
    subscriber()
    for path in (f"/newsletter/unsubscribe/{token}/", f"/newsletter/preferences/{token}/"):
        for response in (client.get(path), client.post(path)):
            assert response.status_code == 404
            assert (
                b"This link is incomplete, or we no longer store the address it was sent to. In that case it receives no e-mails."
                in response.content
            )
    assert Subscriber.objects.get().is_active


def test_preferences_show_and_save_subscriptions(client: Client) -> None:
    weekly = Newsletter.objects.create(name="Weekly analysis", slug="weekly", position=1)
    ola = subscriber()
    path = ola.preferences_path()
    assert client.get(path).content.count(b"checked") == 1
    response = client.post(path, {"newsletters": [news().pk, weekly.pk]}, follow=True)
    assert b"Preferences saved." in response.content
    assert set(ola.newsletters.all()) == {news(), weekly}


def test_deselecting_everything_unsubscribes(client: Client) -> None:
    ola = subscriber()
    response = client.post(ola.preferences_path(), {}, follow=True)
    assert b"is not subscribed to any newsletter. To subscribe," in response.content
    assert Subscriber.objects.get().state == "left"


def test_a_newsletter_no_longer_offered_can_be_kept_but_not_chosen(client: Client) -> None:
    old = Newsletter.objects.create(name="Old letter", slug="old", offered=False)
    hidden = Newsletter.objects.create(name="Not for readers", slug="hidden", offered=False)
    ola = subscriber(to=old)
    response = client.get(ola.preferences_path())
    assert b"Old letter" in response.content
    assert b"Not for readers" not in response.content
    rejected = client.post(ola.preferences_path(), {"newsletters": [hidden.pk]})
    assert rejected.status_code == 422
    assert b"This newsletter is no longer available. Choose again." in rejected.content
    assert Subscription.objects.get().newsletter == old


def test_an_unsubscriber_cannot_save_an_old_page(client: Client) -> None:
    ola = subscriber()
    client.post(unsubscribe_url(ola))
    response = client.post(ola.preferences_path(), {"newsletters": [news().pk]})
    assert response.status_code == 410
    assert (
        "This address is not subscribed. Enter it again to subscribe." in response.content.decode()
    )
    assert Subscriber.objects.get().state == "left"
    assert not Subscription.objects.exists()


def test_changes_per_day_are_limited_and_unsubscribing_is_not(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opt_in, "MAX_CHANGES_PER_DAY", 2)
    weekly = Newsletter.objects.create(name="Weekly", slug="weekly", position=1)
    ola = subscriber()
    answers = []
    for form_data in ([weekly], [news()], [weekly], [news()]):
        form = {"newsletters": [each.pk for each in form_data]}
        answers.append(client.post(ola.preferences_path(), form))
    assert [response.status_code for response in answers] == [302, 302, 429, 302]
    assert (
        "You have changed your preferences too often today. Try again tomorrow."
        in answers[2].content.decode()
    )
    assert answers[2].context["form"].wanted()[0].newsletter == weekly
    assert Consent.objects.count() == 2
    assert Subscription.objects.get().newsletter == news()
    client.post(ola.preferences_path(), {})
    assert Subscriber.objects.get().state == "left"
