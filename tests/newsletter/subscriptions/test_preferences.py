"""Sign-up and preferences: newsletters, frequencies, topics and languages."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from iria.publication.models import current_publication
from newsletter import subscription_emails
from newsletter.models import Consent, Frequency, Newsletter, Subscriber
from newsletter.subscriptions import opt_in
from newsletter.subscriptions.choices import SubscriptionChoice
from tests.conftest import MailFolder
from tests.newsletter.factories import chose, news, subscriber
from tests.newsroom import category

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]
OLA = "ola@readers.example"


@pytest.fixture
def weekly() -> Newsletter:
    """A second newsletter with frequencies and topics."""
    newsletter = Newsletter.objects.create(
        name="Analysis", slug="analysis", position=1, frequencies=list(Frequency.values)
    )
    newsletter.topics.set([category("Japan"), category("China")])
    return newsletter


def in_two_languages() -> None:
    publication = current_publication()
    publication.languages = "en, fr"
    publication.save()


def test_choices_at_sign_up_are_stored_until_confirmed(client: Client, weekly: Newsletter) -> None:
    in_two_languages()
    japan = weekly.topics.get(name="Japan")
    sent = {
        "email": OLA,
        "choosing": "1",
        "newsletters": [weekly.pk],
        f"frequency-{weekly.pk}": "daily",
        f"topics-{weekly.pk}": [japan.pk],
        "language": "fr",
    }
    assert client.post("/newsletter/", sent).status_code == 302
    consent = Consent.objects.get()
    assert "« Analysis »" in consent.wording or "Analysis" in consent.wording
    assert "Japan" in consent.wording
    subscription_emails.answer(consent.pk)
    token = opt_in.confirmation_token(consent)
    page = client.get(f"/newsletter/confirm/{token}/").content.decode()
    assert '<html lang="fr"' in page
    assert consent.wording in page
    client.post(f"/newsletter/confirm/{token}/")
    subscription = Subscriber.objects.get().subscriptions.get()
    assert (subscription.newsletter, subscription.frequency) == (weekly, "daily")
    assert subscription.topics == [japan.pk]
    assert Subscriber.objects.get().language == "fr"


def test_the_confirmation_mail_is_in_the_chosen_language(mail_folder: MailFolder) -> None:
    opt_in.request(OLA, source_url="/", wanted=[SubscriptionChoice.usual(news())], language="fr")
    subscription_emails.answer(Consent.objects.get().pk)
    (message,) = mail_folder.to(OLA)
    assert "Confirmez" in str(message["Subject"]) or "confirmer" in str(message["Subject"]).lower()


@pytest.mark.parametrize(
    ("field", "value"),
    [("frequency", "hourly"), ("topics", "0"), ("topics", "x\x00"), ("language", "xx")],
)
def test_invalid_choices_are_reported_and_the_address_is_kept(
    client: Client, weekly: Newsletter, field: str, value: str
) -> None:
    name = field if field == "language" else f"{field}-{weekly.pk}"
    sent = {"email": OLA, "choosing": "1", "newsletters": [weekly.pk], name: value}
    response = client.post("/newsletter/", sent)
    assert response.status_code == 422
    assert response.content.count(b"This option is no longer available. Choose again.") == 1
    assert OLA.encode() in response.content
    assert not Subscriber.objects.exists()


def test_an_invalid_address_keeps_every_choice(client: Client, weekly: Newsletter) -> None:
    japan = weekly.topics.get(name="Japan")
    sent = {
        "email": "no address",
        "choosing": "1",
        "newsletters": [weekly.pk],
        f"frequency-{weekly.pk}": "daily",
        f"topics-{weekly.pk}": [japan.pk],
    }
    page = client.post("/newsletter/", sent).content.decode()
    assert page.count(" checked") == 3
    for value in (weekly.pk, "daily", japan.pk):
        assert f'value="{value}" checked' in page


def test_the_preferences_page_shows_and_saves_every_choice(
    client: Client, weekly: Newsletter
) -> None:
    ola = subscriber(OLA, to=weekly)
    japan = weekly.topics.get(name="Japan")
    page = client.get(ola.preferences_path()).content.decode()
    assert 'value="issues" checked' in page
    sent = {
        "newsletters": [weekly.pk],
        f"frequency-{weekly.pk}": "each",
        f"topics-{weekly.pk}": [japan.pk],
        "name": "Ola\r\nLind",
    }
    saved = client.post(ola.preferences_path(), sent, follow=True).content.decode()
    assert "Preferences saved." in saved
    assert 'value="each" checked' in saved
    assert f'value="{japan.pk}" checked' in saved
    assert 'value="Ola Lind"' in saved
    assert "every new article" in Consent.objects.get().wording


def test_withdrawn_options_can_be_kept_but_not_chosen(client: Client, weekly: Newsletter) -> None:
    ola, mina = subscriber(OLA, to=weekly), subscriber("mina@readers.example", to=weekly)
    japan = weekly.topics.get(name="Japan")
    sent = {
        "newsletters": [weekly.pk],
        f"frequency-{weekly.pk}": "daily",
        f"topics-{weekly.pk}": [japan.pk],
    }
    client.post(ola.preferences_path(), sent)
    weekly.frequencies = ["issues", "weekly"]
    weekly.save()
    weekly.topics.remove(japan)
    assert client.post(ola.preferences_path(), sent).status_code == 302
    assert ola.subscriptions.get().frequency == "daily"
    assert client.post(mina.preferences_path(), sent).status_code == 422
    assert mina.subscriptions.get().frequency == "issues"


def test_readers_without_remaining_topics_must_choose_everything(
    client: Client, weekly: Newsletter
) -> None:
    japan = weekly.topics.get(name="Japan")
    ola = chose(OLA, Frequency.DAILY, japan, to=weekly)
    japan.delete()
    page = client.get(ola.preferences_path()).content.decode()
    assert "The topics you chose no longer exist" in page
    sent = {"newsletters": [weekly.pk], f"frequency-{weekly.pk}": "daily", "name": "Ola"}
    client.post(ola.preferences_path(), sent)
    assert ola.subscriptions.get().topics == []
    client.post(ola.preferences_path(), sent | {f"frequency-{weekly.pk}": "weekly"})
    assert (ola.subscriptions.get().frequency, ola.subscriptions.get().topics) == ("weekly", [])
    assert "nothing until I choose new topics" in Consent.objects.latest("pk").wording
    client.post(ola.preferences_path(), sent | {f"topics-{weekly.pk}": ["all"]})
    assert ola.subscriptions.get().topics is None
    assert (
        client.post(ola.preferences_path(), sent | {f"topics-{weekly.pk}": ["all"]}).status_code
        == 422
    )


def test_topics_are_offered_only_with_digests(client: Client) -> None:
    japan = category("Japan")
    news().topics.set([japan])
    assert "topics-" not in client.get("/newsletter/").content.decode()
    Newsletter.objects.update(frequencies=["issues", "daily"])
    assert f'name="topics-{news().pk}"' in client.get("/newsletter/").content.decode()
    sent = {
        "email": OLA,
        "choosing": "1",
        "newsletters": [news().pk],
        f"frequency-{news().pk}": "issues",
        f"topics-{news().pk}": [japan.pk],
    }
    client.post("/newsletter/", sent)
    consent = Consent.objects.get()
    assert "Japan" not in consent.wording
    assert consent.chosen_newsletters.get().topics is None


def test_the_pages_have_a_constant_number_of_queries(client: Client, weekly: Newsletter) -> None:
    ola = subscriber(OLA, to=weekly)

    def query_counts() -> list[int]:
        counts = []
        for path in (ola.preferences_path(), "/newsletter/"):
            client.get(path)
            with CaptureQueriesContext(connection) as steps:
                client.get(path)
            counts.append(len(steps))
        return counts

    few = query_counts()
    for number in range(5):
        more = Newsletter.objects.create(name=f"More {number}", slug=f"more-{number}")
        more.topics.set(weekly.topics.all())
    assert query_counts() == few


def test_editors_define_frequencies_and_topics(client: Client, ada: object) -> None:
    client.force_login(ada)  # type: ignore[arg-type]
    address = f"/admin/newsletter/newsletter/{news().pk}/change/"
    page = client.get(address)
    form = {
        name: field.value() for name, field in ((f.name, f) for f in page.context["adminform"].form)
    }
    form = {name: value for name, value in form.items() if value is not None}
    rejected = client.post(address, form | {"frequencies": []})
    assert "Choose at least one" in rejected.content.decode()
    japan = category("Japan")
    rejected = client.post(address, form | {"frequencies": ["issues"], "topics": [japan.pk]})
    assert (
        "Topics only apply to digests. Offer it weekly, daily or for every new article too, or remove the topics."
        in rejected.content.decode()
    )
    client.post(address, form | {"frequencies": ["daily", "issues"], "topics": [japan.pk]})
    assert news().offered_frequencies == [Frequency.ISSUES, Frequency.DAILY]
    assert list(news().topics.all()) == [japan]
