"""Sign-up pages respond the same to everybody and keep the input."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html as lxml_html

from iria.core.security import make_token
from iria.publication.models import current_publication
from newsletter import subscription_emails
from newsletter.models import Consent, Newsletter, Subscriber
from newsletter.subscriptions import opt_in
from newsletter.subscriptions.choices import SubscriptionChoice
from tests import newsroom
from tests.conftest import MailFolder
from tests.newsletter.factories import news, subscriber

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]
OLA = "ola@readers.example"


def test_the_footer_form_sends_only_an_address(client: Client) -> None:
    response = client.post(
        "/newsletter/",
        {"email": OLA, "website": ""},
        headers={"Referer": "http://testserver/2026/05/a-story/?from=feed"},
    )
    assert response.status_code == 302
    back = b'href="/2026/05/a-story/"'
    assert back in client.get(response["Location"]).content
    consent = Consent.objects.get()
    client.post(f"/newsletter/confirm/{opt_in.confirmation_token(consent)}/")
    assert back in client.get(f"/newsletter/confirm/{opt_in.confirmation_token(consent)}/").content
    assert consent.source_url == "/2026/05/a-story/"
    assert list(consent.newsletters.all()) == [news()]


@pytest.mark.parametrize(
    "referer", ["https://elsewhere.example/x/", "http://testserver\x00/", "http://[", ""]
)
def test_the_source_is_a_page_of_this_site(client: Client, referer: str) -> None:
    rejected = client.post("/newsletter/", {"email": "x"}, headers={"Referer": referer})
    assert 'name="came_from" value="/newsletter/"' in rejected.content.decode()
    client.post("/newsletter/", {"email": OLA}, headers={"Referer": referer})
    assert Consent.objects.get().source_url == "/newsletter/"


def test_known_and_unknown_addresses_get_the_same_response(client: Client) -> None:
    subscriber("known@readers.example")
    left = subscriber("left@readers.example")
    opt_in.unsubscribe(left.token)
    # The first request of a day creates the key of the counters.
    client.post("/newsletter/", {"email": "first@readers.example"})
    answers = []
    for email in ("unknown@readers.example", "known@readers.example", "left@readers.example"):
        with CaptureQueriesContext(connection) as steps:
            response = client.post("/newsletter/", {"email": email})
        actions = [query["sql"].split()[0] for query in steps.captured_queries]
        answers.append((response.status_code, response.content, dict(response.headers), actions))
    assert answers[0] == answers[1] == answers[2]


def test_signing_up_sets_no_cookie(client: Client) -> None:
    for path in ("/newsletter/", "/newsletter/check-your-inbox/", "/newsletter/issues/"):
        assert not client.get(path).cookies
    assert not client.post("/newsletter/", {"email": OLA}).cookies


@pytest.mark.parametrize("typed", ["ola", "ola@readers.example\x00", "x" * 10_000, "<script>@x"])
def test_an_invalid_address_gets_a_message_and_stays_in_the_field(
    client: Client, typed: str
) -> None:
    response = client.post("/newsletter/", {"email": typed})
    assert response.status_code == 422
    assert response.content.count(b'class="errorlist"') == 1
    assert b"<script>@x" not in response.content
    assert response.context["form"]["email"].value() == typed
    assert not Subscriber.objects.exists()


def test_a_filled_honeypot_is_ignored(client: Client) -> None:
    response = client.post("/newsletter/", {"email": OLA, "website": "https://pills.example"})
    assert response["Location"] == "/newsletter/check-your-inbox/"
    assert not Subscriber.objects.exists()


def test_sign_ups_per_network_are_limited(client: Client) -> None:
    for number in range(30):
        client.post("/newsletter/", {"email": f"reader{number}@readers.example"})
    response = client.post("/newsletter/", {"email": OLA})
    assert response.status_code == 429
    assert b"Too many sign-ups from your network. Try again in an hour." in response.content
    assert OLA.encode() in response.content
    assert Subscriber.objects.count() == 30


def test_another_site_cannot_submit_the_form(client: Client) -> None:
    response = client.post(
        "/newsletter/", {"email": OLA}, headers={"Origin": "https://elsewhere.example"}
    )
    assert response.status_code == 403
    assert not Subscriber.objects.exists()


def test_readers_choose_among_several_newsletters(client: Client) -> None:
    weekly = Newsletter.objects.create(name="Weekly analysis", slug="weekly", position=1)
    response = client.post("/newsletter/", {"email": OLA, "choosing": "1"})
    assert response.status_code == 422
    assert b"Choose at least one newsletter." in response.content
    client.post("/newsletter/", {"email": OLA, "choosing": "1", "newsletters": [weekly.pk]})
    assert list(Consent.objects.get().newsletters.all()) == [weekly]


@pytest.mark.parametrize("choice", ["0", "x", "\x00", "9" * 30])
def test_an_unknown_newsletter_is_rejected(client: Client, choice: str) -> None:
    response = client.post("/newsletter/", {"email": OLA, "newsletters": choice})
    assert response.status_code == 422
    assert not Consent.objects.exists()


def test_pages_and_emails_have_one_name_for_the_newsletter(
    client: Client, mail_folder: MailFolder
) -> None:
    Newsletter.objects.update(name="Strait Weekly")
    article = newsroom.published()
    pages = ("/newsletter/", article.get_absolute_url())
    assert all(b"Strait Weekly" in client.get(page).content for page in pages)
    client.post("/newsletter/", {"email": OLA})
    consent = Consent.objects.get()
    subscription_emails.answer(consent.pk)
    opt_in.confirm(opt_in.confirmation_token(consent))
    subscription_emails.send_welcome(consent.pk)
    subjects = [message["Subject"] for message in mail_folder.all()]
    assert len(subjects) == 2
    assert all("Strait Weekly" in subject for subject in subjects)


def test_the_page_has_a_description_and_is_compressed(client: Client) -> None:
    newsletter = Newsletter.objects.get()
    newsletter.description = "Every Friday"
    newsletter.save()
    assert b'<meta name="description" content="Every Friday">' in client.get("/newsletter/").content
    response = client.get("/newsletter/", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"


def test_without_a_newsletter_the_page_says_so(client: Client) -> None:
    Newsletter.objects.update(offered=False)
    assert (
        b"There are no newsletters to subscribe to at the moment."
        in client.get("/newsletter/").content
    )
    assert client.post("/newsletter/", {"email": OLA}).status_code == 422


def confirmation_path() -> str:
    opt_in.request(OLA, source_url="/", wanted=[SubscriptionChoice.usual(news())])
    consent = Consent.objects.latest("pk")
    subscription_emails.answer(consent.pk)
    return f"/newsletter/confirm/{opt_in.confirmation_token(consent)}/"


def test_opening_the_link_confirms_nothing(client: Client) -> None:
    path = confirmation_path()
    for _ in range(2):
        response = client.get(path)
        assert response.status_code == 200
        assert b"You are not subscribed yet. Select" in response.content
    client.head(path)
    assert Subscriber.objects.get().state == "pending"


def test_the_button_confirms_and_the_page_can_be_reloaded(client: Client) -> None:
    path = confirmation_path()
    for _ in range(2):
        response = client.post(path, follow=True)
        assert response.redirect_chain == [(path, 302)]
        assert b"You are subscribed" in response.content
    assert Subscriber.objects.get().is_active


def test_the_page_shows_the_wording_that_is_stored(client: Client) -> None:
    response = client.get(confirmation_path())
    assert Consent.objects.get().wording in response.content.decode()


def test_a_truncated_expired_or_outdated_link_gets_a_message(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = confirmation_path()
    cut_off = client.post(f"{path[:-4]}/")
    assert (
        cut_off.status_code,
        b"This link is incomplete. Open it again from the e-mail, or copy the whole link."
        in cut_off.content,
    ) == (404, True)
    with monkeypatch.context() as later:
        later.setattr(opt_in, "CONFIRM_WITHIN", timedelta(seconds=-1))
        for expired in (client.get(path), client.post(path)):
            assert (expired.status_code, b"This link has expired" in expired.content) == (410, True)
    Subscriber.objects.update(state="left", unsubscribed_at=timezone.now())
    for overtaken in (client.get(path), client.post(path)):
        assert (
            overtaken.status_code,
            b"You unsubscribed after this link was sent." in overtaken.content,
        ) == (410, True)
    assert Subscriber.objects.get().state == "left"


@pytest.mark.parametrize(
    ("query", "form", "language"),
    [
        ("", {}, "en"),
        ("?language=fr", {}, "fr"),
        ("?language=de", {}, "en"),
        ("?language=fr", {"language": ""}, ""),
        ("?language=fr", {"language": "en"}, "en"),
    ],
)
def test_an_offer_is_answered_in_the_language_of_its_page(
    client: Client, query: str, form: dict[str, str], language: str
) -> None:
    publication = current_publication()
    publication.languages = "en, fr"
    publication.save()
    client.post(f"/newsletter/{query}", {"email": OLA, **form})
    assert Consent.objects.get().language == language


@pytest.mark.parametrize(("query", "language"), [("", "en"), ("?language=fr", "fr")])
def test_the_form_presets_the_language_of_its_page(
    client: Client, query: str, language: str
) -> None:
    publication = current_publication()
    publication.languages = "en, fr"
    publication.save()
    page = lxml_html.fromstring(client.get(f"/newsletter/{query}").content)
    assert page.xpath("//input[@name='language'][@checked]/@value") == [language]


def test_an_outdated_link_is_answered_in_the_language_of_the_request(client: Client) -> None:
    publication = current_publication()
    publication.languages = "en, fr"
    publication.save()
    client.post(
        "/newsletter/?language=fr",
        {"email": OLA, "language": "fr", "choosing": "1", "newsletters": news().pk},
    )
    path = f"/newsletter/confirm/{opt_in.confirmation_token(Consent.objects.get())}/"
    Subscriber.objects.update(state="left", unsubscribed_at=timezone.now())
    for response in (client.get(path), client.post(path)):
        assert response.status_code == 410
        assert '<html lang="fr"' in response.content.decode()
        assert 'href="/newsletter/?language=fr"' in response.content.decode().partition("<main")[2]


def test_a_link_of_another_site_or_purpose_confirms_nothing(client: Client) -> None:
    opt_in.request(OLA, source_url="/", wanted=[SubscriptionChoice.usual(news())])
    consent = Consent.objects.get()
    with override_settings(SECRET_KEY="the key of another publication"):
        of_another_site = opt_in.confirmation_token(consent)
    for token in (of_another_site, make_token(consent.pk, purpose="newsletter.data")):
        page = client.post(f"/newsletter/confirm/{token}/")
        assert page.status_code == 404
        assert (
            "This link is incomplete. Open it again from the e-mail, or copy the whole link."
            in page.content.decode()
        )
    assert Subscriber.objects.get().state == "pending"


def test_a_page_with_a_token_is_not_cached(client: Client) -> None:
    ola = subscriber(OLA)
    for path in (f"/newsletter/preferences/{ola.token}/", f"/newsletter/unsubscribe/{ola.token}/"):
        response = client.get(path)
        assert response["Cache-Control"] == "private, no-store"
        assert response["Referrer-Policy"] == "same-origin"
        assert "noindex" in response["X-Robots-Tag"]
        assert OLA.encode() not in response.content
