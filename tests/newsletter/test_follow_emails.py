"""Following an author, a section or a topic by e-mail."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from lxml import html as lxml_html

from articles.editorial import publishing
from articles.editorial.models import Article
from iria.publication.models import current_publication
from newsletter import follow_emails, personal_data, subscription_emails
from newsletter.email.smtp import Outcome
from newsletter.models import ArticleFollow, ArticleNotification, Consent, Subscriber
from newsletter.subscriptions import opt_in
from newsletter.subscriptions.choices import Choice
from tests import newsroom
from tests.newsletter.factories import subscriber

pytestmark = pytest.mark.django_db

OLA = "ola@readers.example"
LONG_AGO = timedelta(days=20)


@pytest.fixture
def morning() -> datetime:
    """The next time that e-mails are due, in the time zone of the publication."""
    tomorrow = timezone.now() + timedelta(days=1)
    return follow_emails.last_due(current_publication(), tomorrow) + timedelta(minutes=1)


def follow(client: Client, query: str, *subjects: str, email: str = OLA) -> Any:
    url = f"/newsletter/follow/?{query}"
    return client.post(url, {"email": email, "subjects": list(subjects)})


def confirm_last() -> Consent:
    consent = Consent.objects.latest("pk")
    subscription_emails.answer(consent.pk)
    return opt_in.confirm(opt_in.confirmation_token(consent))


def follower(email: str = OLA, **subject: Any) -> Subscriber:
    """A reader who has followed something for some time, and receives no newsletter."""
    row, _ = Subscriber.objects.get_or_create(
        email=email,
        defaults={"state": Subscriber.State.ACTIVE, "confirmed_at": timezone.now() - LONG_AGO},
    )
    ArticleFollow.objects.create(subscriber=row, created_at=timezone.now() - LONG_AGO, **subject)
    return row


def story(headline: str = "Ships wait", **fields: Any) -> Article:
    return newsroom.published(headline, **fields)


@pytest.mark.parametrize("path", ["/author/ines-faro/", "/tag/straits/", "/category/ports/"])
def test_lists_link_to_the_form_that_follows_them(client: Client, path: str) -> None:
    story(
        authors=[newsroom.author("Ines Faro")],
        tags=["straits"],
        categories=[newsroom.category("Ports")],
    )
    page = lxml_html.document_fromstring(client.get(path).content)
    (link,) = page.xpath("//main//a[starts-with(@href, '/newsletter/follow/')]")
    form = lxml_html.document_fromstring(client.get(link.get("href")).content)
    (choice,) = form.xpath("//input[@name='subjects']")
    assert choice.get("checked") is not None


def test_the_form_is_in_the_language_of_the_list_or_article(client: Client) -> None:
    publication = current_publication()
    publication.languages = "en, fr"
    publication.save()
    author = newsroom.author("Ines Faro")
    article = story(language="fr", authors=[author])
    page = lxml_html.document_fromstring(client.get("/language/fr/author/ines-faro/").content)
    (link,) = page.xpath("//main//a[starts-with(@href, '/newsletter/follow/')]")
    for path in (link.get("href"), f"/newsletter/follow/?article={article.pk}"):
        form = lxml_html.document_fromstring(client.get(path).content)
        assert form.get("lang") == "fr"
        values = {"email": OLA, "subjects": "author:ines-faro"}
        answer = client.post(path, values)
        assert answer["Location"].endswith("?language=fr")
    assert {consent.language for consent in Consent.objects.all()} == {"fr"}


def test_an_article_offers_its_authors_sections_and_topics(client: Client) -> None:
    author, section = newsroom.author("Ines Faro"), newsroom.category("Straits")
    article = story(authors=[author], categories=[section], tags=["tankers"])
    page = client.get(f"/newsletter/follow/?article={article.pk}").content.decode()
    for value in ("author:ines-faro", "section:straits", "topic:tankers"):
        assert f'value="{value}"' in page
    assert (
        f"/newsletter/follow/?article={article.pk}"
        in client.get(article.get_absolute_url()).content.decode()
    )


@pytest.mark.parametrize("query", ["", "author=nobody", "article=999", "article=x", "topic=%00"])
def test_unknown_subjects_cannot_be_followed(client: Client, query: str) -> None:
    assert client.get(f"/newsletter/follow/?{query}").status_code == 404


def test_nothing_is_followed_before_it_is_confirmed(client: Client) -> None:
    author = newsroom.author("Ines Faro")
    response = follow(client, "author=ines-faro", "author:ines-faro")
    assert response.status_code == 302
    assert not ArticleFollow.objects.exists()
    consent = confirm_last()
    assert "Ines Faro" in consent.wording
    assert "Ines Faro" in str(mail.outbox[0].body)
    assert [row.subject for row in ArticleFollow.objects.all()] == [author]
    assert Subscriber.objects.get().is_active


def test_a_link_that_expired_leads_to_the_form_in_its_language(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = story(language="fr", authors=[newsroom.author("Ines Faro")], tags=["straits"])
    follow(client, f"article={article.pk}", "author:ines-faro", "topic:straits")
    monkeypatch.setattr(opt_in, "CONFIRM_WITHIN", timedelta(seconds=-1))
    token = opt_in.confirmation_token(Consent.objects.get())
    for response in (
        client.get(f"/newsletter/confirm/{token}/"),
        client.post(f"/newsletter/confirm/{token}/"),
    ):
        assert response.status_code == 410
        page = lxml_html.document_fromstring(response.content)
        assert page.get("lang") == "fr"
        (link,) = page.xpath("//main//a[@class='button']")
        form = lxml_html.document_fromstring(client.get(link.get("href")).content)
        offered = {each.get("value") for each in form.xpath("//input[@name='subjects']")}
        assert offered == {"author:ines-faro", "topic:straits"}


def test_confirming_twice_follows_once(client: Client) -> None:
    newsroom.author("Ines Faro")
    for _ in range(2):
        follow(client, "author=ines-faro", "author:ines-faro")
        confirm_last() if not ArticleFollow.objects.exists() else None
    token = opt_in.confirmation_token(Consent.objects.earliest("pk"))
    opt_in.confirm(token)
    assert ArticleFollow.objects.count() == 1


def test_the_answer_is_the_same_for_every_address(client: Client) -> None:
    author = newsroom.author("Ines Faro")
    follower(author=author)
    known = follow(client, "author=ines-faro", "author:ines-faro")
    unknown = follow(client, "author=ines-faro", "author:ines-faro", email="new@readers.example")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    for consent in Consent.objects.order_by("pk"):
        subscription_emails.answer(consent.pk)
    assert list(Consent.objects.order_by("pk").values_list("answer", flat=True)) == [
        "known",
        "confirm",
    ]


def test_bad_input_is_explained_and_kept(client: Client) -> None:
    author = newsroom.author("Ines Faro")
    article = story(authors=[author], tags=["tankers"])
    response = follow(client, f"article={article.pk}", email="ola@readers")
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="ola@readers"' in page
    assert 'id="subjects-error"' in page
    assert 'id="follow-email-error"' in page
    assert not Consent.objects.exists()


def test_the_number_of_follows_per_network_is_limited(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.author("Ines Faro")
    monkeypatch.setattr("newsletter.views.MAX_REQUESTS_PER_HOUR", 2)
    codes = [
        follow(client, "author=ines-faro", "author:ines-faro", email=f"r{n}@readers.example")
        for n in range(3)
    ]
    assert [response.status_code for response in codes] == [302, 302, 429]


def test_a_robot_that_fills_in_the_hidden_field_stores_nothing(client: Client) -> None:
    newsroom.author("Ines Faro")
    data = {"email": OLA, "subjects": "author:ines-faro", "website": "x"}
    assert client.post("/newsletter/follow/?author=ines-faro", data).status_code == 302
    assert not Consent.objects.exists()


def test_a_new_article_is_sent_once_with_a_link_to_unfollow(morning: datetime) -> None:
    author, section = newsroom.author("Ines Faro"), newsroom.category("Straits")
    ola = follower(author=author)
    follower(section=section)
    article = story(authors=[author], categories=[section], tags=["tankers"])
    assert follow_emails.send_due(morning) == 1
    assert follow_emails.send_due(morning) == 0
    assert follow_emails.send_due(morning + timedelta(days=1)) == 0
    (message,) = mail.outbox
    assert message.to == [OLA]
    assert article.get_absolute_url() in message.body
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"/newsletter/unfollow/{ola.token}/" in message.extra_headers["List-Unsubscribe"]
    assert ArticleNotification.objects.get().state == "sent"


def test_all_articles_of_a_day_are_in_one_email(morning: datetime) -> None:
    author = newsroom.author("Ines Faro")
    follower(author=author)
    stories = [story(f"Ships wait {number}", authors=[author]) for number in range(3)]
    assert follow_emails.send_due(morning) == 1
    for article in stories:
        assert article.get_absolute_url() in mail.outbox[0].body
    only = ArticleFollow.objects.get()
    assert f"/newsletter/unfollow/{only.token}/" in mail.outbox[0].extra_headers["List-Unsubscribe"]


def test_a_reader_of_one_language_gets_no_articles_of_another(morning: datetime) -> None:
    author = newsroom.author("Ines Faro")
    follower(author=author)
    Subscriber.objects.update(language="fr")
    english = story("Ships wait", authors=[author], language="en")
    french = story("Les navires attendent", authors=[author], language="fr")
    assert follow_emails.send_due(morning) == 1
    assert french.get_absolute_url() in mail.outbox[0].body
    assert english.get_absolute_url() not in mail.outbox[0].body


def test_a_section_includes_its_subsections_and_a_topic_its_articles(morning: datetime) -> None:
    section = newsroom.category("Asia")
    below = newsroom.category("Japan", parent=section)
    article = story(categories=[below], tags=["tankers"])
    follower(section=section)
    follower("edda@readers.example", topic=article.tags.get())
    assert follow_emails.send_due(morning) == 2


def test_nothing_is_sent_before_the_morning_or_about_earlier_articles(morning: datetime) -> None:
    author = newsroom.author("Ines Faro")
    story("Before", authors=[author])
    row = follower(author=author)
    row.article_follows.update(created_at=timezone.now())
    assert follow_emails.send_due(morning) == 0
    row.article_follows.update(created_at=timezone.now() - LONG_AGO)
    assert (
        follow_emails.send_due(follow_emails.last_due(current_publication(), timezone.now())) == 0
    )
    assert follow_emails.send_due(morning) == 1


def test_an_article_that_was_unpublished_in_time_is_not_sent(edna: Any, morning: datetime) -> None:
    author = newsroom.author("Ines Faro")
    follower(author=author)
    article = story(authors=[author])
    follow_emails.enqueue(morning)
    publishing.unpublish(article, by=edna)
    assert follow_emails.send_due(morning) == 0
    assert ArticleNotification.objects.get().state == "dropped"


def test_a_killed_worker_sends_nothing_twice(morning: datetime) -> None:
    author = newsroom.author("Ines Faro")
    ola = follower(author=author)
    story(authors=[author])
    follow_emails.enqueue(morning)
    assert follow_emails.claim(ola.pk, morning) is not None
    assert follow_emails.claim(ola.pk, morning) is None
    assert follow_emails.send_due(morning + timedelta(minutes=20)) == 0
    assert ArticleNotification.objects.get().state == "uncertain"


def test_an_email_that_was_not_accepted_is_tried_again(settings: Any, morning: datetime) -> None:
    author = newsroom.author("Ines Faro")
    ola = follower(author=author)
    story(authors=[author])
    follow_emails.enqueue(morning)
    batch = follow_emails.claim(ola.pk, morning)
    assert batch is not None
    follow_emails.record(batch, Outcome.DEFERRED, morning)
    assert follow_emails.send_due(morning + timedelta(minutes=1)) == 0
    assert follow_emails.send_due(morning + follow_emails.RETRY_AFTER) == 1


def test_a_mail_program_unfollows_with_one_post_from_anywhere() -> None:
    author, section = newsroom.author("Ines Faro"), newsroom.category("Straits")
    ola = follower(author=author)
    follower(section=section)
    url = f"/newsletter/unfollow/{ola.article_follows.get(author=author).token}/"
    program = Client(enforce_csrf_checks=True)
    assert program.get(url).status_code == 200
    assert ola.article_follows.count() == 2
    headers = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
    response = program.post(url, {"List-Unsubscribe": "One-Click"}, headers=headers)
    assert response.status_code == 200
    assert [row.subject for row in ola.article_follows.all()] == [section]
    assert program.post(f"/newsletter/unfollow/{ola.token}/").status_code == 200
    ola.refresh_from_db()
    assert ola.state == "left"
    assert program.post("/newsletter/unfollow/nonsense/").status_code == 404


def test_unsubscribing_from_everything_ends_every_follow(client: Client) -> None:
    author = newsroom.author("Ines Faro")
    ola = subscriber(OLA)
    follower(author=author)
    client.post(f"/newsletter/unsubscribe/{ola.token}/")
    assert not ArticleFollow.objects.exists()


def test_the_preferences_page_lists_what_is_followed_and_ends_it(client: Client) -> None:
    author, section = newsroom.author("Ines Faro"), newsroom.category("Straits")
    ola = follower(author=author)
    follower(section=section)
    rows = {row.subject: row for row in ola.article_follows.with_subjects()}
    url = ola.preferences_path()
    assert f'name="articles-{rows[author].pk}"' in client.get(url).content.decode()
    answers = {f"articles-{rows[author].pk}": "", f"articles-{rows[section].pk}": "daily"}
    assert client.post(url, answers).status_code == 302
    assert list(ola.article_follows.all()) == [rows[section]]
    assert Subscriber.objects.get().is_active, "choosing no newsletter does not unsubscribe them"


def test_choosing_no_newsletter_keeps_what_is_followed() -> None:
    author = newsroom.author("Ines Faro")
    ola = subscriber(OLA)
    follower(author=author)
    opt_in.choose(ola.token, Choice(wanted=[]))
    ola.refresh_from_db()
    assert ola.is_active
    assert not ola.subscriptions.exists()
    assert ola.article_follows.exists()


def test_an_export_has_what_is_followed_and_erasure_deletes_it(morning: datetime) -> None:
    author = newsroom.author("Ines Faro")
    ola = follower(author=author)
    story(authors=[author])
    follow_emails.send_due(morning)
    data = personal_data.of_subscriber(ola)
    assert data["follows"][0].startswith("Ines Faro")
    assert data["articles sent for them"][0]["headline"] == "Ships wait"
    opt_in.erase(ola)
    assert not ArticleFollow.objects.exists()
    assert not ArticleNotification.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_followers(
    django_assert_max_num_queries: Any, morning: datetime
) -> None:
    author = newsroom.author("Ines Faro")
    story(authors=[author])
    for number in range(30):
        follower(f"r{number}@readers.example", author=author)
    with django_assert_max_num_queries(3):
        assert follow_emails.enqueue(morning) == 30
