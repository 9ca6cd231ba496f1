"""Composing digests: recipients, periods and articles."""

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article
from iria.core.text.dates import day_words
from iria.core.text.language import use_language
from iria.publication.models import Publication, current_publication
from newsletter import tasks
from newsletter.dashboard import dashboard_items
from newsletter.delivery import worker
from newsletter.digests import approval, composition
from newsletter.models import Delivery, Digest, DigestRule, Frequency, Issue
from newsletter.subscriptions import opt_in
from newsletter.subscriptions.choices import Choice, SubscriptionChoice
from tests.newsletter.digest_rules import MINA, OLA, TEO, headlines, hours_ago, rule
from tests.newsletter.factories import chose, news, subscriber
from tests.newsletter.mailserver import MailServer
from tests.newsroom import category, draft, published

pytestmark = pytest.mark.django_db


def test_a_day_becomes_one_issue_for_daily_subscribers() -> None:
    chose(OLA, Frequency.DAILY)
    chose(MINA, Frequency.WEEKLY)
    subscriber(TEO)
    hours_ago(3, "Earlier")
    hours_ago(2, "Later")
    hours_ago(40, "The day before")
    rule(subject="{newsletter}: {headline}")
    (issue_id,) = composition.compose_due()
    issue = Issue.objects.get(pk=issue_id)
    assert headlines(issue) == ["Later", "Earlier"]
    assert issue.subject == "News: Later"
    assert approval.send_automatic() == [issue_id]
    assert [each.subscriber.email for each in issue.deliveries.all() if each.subscriber] == [OLA]
    assert sum(issue.deliveries.counts().values()) == 1


def test_the_day_of_the_subject_is_in_the_language_of_the_digest() -> None:
    Publication.objects.update_or_create(
        pk=current_publication().pk, defaults={"languages": "en, fr"}
    )
    chose(OLA, Frequency.DAILY, language="fr")
    hours_ago(2, "Le fleuve", language="fr")
    rule(subject="{day}")
    (issue_id,) = composition.compose_due()
    issue = Issue.objects.select_related("digest").get(pk=issue_id)
    assert issue.digest
    with use_language("fr"):
        assert issue.subject == day_words(current_publication().local_date(issue.digest.ends_at))


def test_a_period_is_composed_once() -> None:
    chose(OLA, Frequency.DAILY)
    hours_ago(2, "One")
    rule()
    assert len(composition.compose_due()) == 1
    assert composition.compose_due() == []
    assert Digest.objects.count() == 1


def test_nothing_is_composed_without_articles_or_subscribers() -> None:
    hours_ago(2, "For nobody")
    rule()
    assert composition.compose_due() == []
    chose(OLA, Frequency.WEEKLY)
    rule(Frequency.WEEKLY)
    Article.objects.update(published_at=timezone.now() - timedelta(days=20))
    assert composition.compose_due() == []
    assert not Issue.objects.exists()
    assert Digest.objects.count() == 2


def test_each_choice_of_topics_gets_its_own_issue() -> None:
    asia, europe = category("Asia"), category("Europe")
    japan = category("Japan", parent=asia)
    chose(OLA, Frequency.DAILY, asia)
    chose(MINA, Frequency.DAILY, asia, europe)
    chose(TEO, Frequency.DAILY)
    chose("ana@readers.example", Frequency.DAILY, category("Sport"))
    hours_ago(4, "Tokyo", categories=[japan])
    hours_ago(3, "Lisbon", categories=[europe])
    hours_ago(2, "Elsewhere")
    rule()
    issues = Issue.objects.in_bulk(composition.compose_due()).values()
    assert sorted(headlines(issue) for issue in issues) == [
        ["Elsewhere", "Lisbon", "Tokyo"],
        ["Lisbon", "Tokyo"],
        ["Tokyo"],
    ]
    approval.send_automatic()
    received = {
        each.subscriber.email: headlines(each.issue)
        for each in Delivery.objects.select_related("subscriber", "issue")
        if each.subscriber
    }
    assert received == {
        OLA: ["Tokyo"],
        MINA: ["Lisbon", "Tokyo"],
        TEO: ["Elsewhere", "Lisbon", "Tokyo"],
    }
    assert all(sum(issue.deliveries.counts().values()) == 1 for issue in issues)


def test_a_french_subscriber_gets_french_articles_and_texts(
    mail_server: MailServer,
) -> None:
    publication = current_publication()
    publication.languages = "en,fr"
    publication.save()
    chose(OLA, Frequency.DAILY, language="fr")
    chose(MINA, Frequency.DAILY)
    hours_ago(2, "In English")
    hours_ago(2, "En français", language="fr")
    rule()
    for issue_id in [*composition.compose_due(), *approval.send_automatic()]:
        worker.deliver_batch(issue_id)
    (french,) = mail_server.messages_to(OLA)
    (english,) = mail_server.messages_to(MINA)
    assert french["Content-Language"] == "fr"
    assert "En français" in str(french["Subject"])
    with use_language("fr"):
        label = escape(gettext("Unsubscribe"))
    assert f">{label}<" in str(french.get_body(("html",)).get_content())  # type: ignore[union-attr]
    assert english["Content-Language"] == "en"
    # “All languages” means articles in any language, with texts in that of the newsletter.
    plain = str(english.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert "En français" in plain
    assert "In English" in plain
    assert ">Unsubscribe<" in str(english.get_body(("html",)).get_content())  # type: ignore[union-attr]


def test_unpublished_articles_are_left_out_and_no_issue_is_empty(edna: User) -> None:
    chose(OLA, Frequency.DAILY)
    unpublished, stored = hours_ago(2, "Gone"), hours_ago(3, "Kept")
    rule()
    (issue_id,) = composition.compose_due()
    publishing.unpublish(unpublished, by=edna)
    assert approval.send_automatic() == [issue_id]
    assert headlines(Issue.objects.get(pk=issue_id)) == ["Kept"]
    assert "Gone" not in Issue.objects.get(pk=issue_id).sent_html
    Digest.objects.update(period="2001-01-01")
    Issue.objects.all().update(topics=[1])
    (again,) = composition.compose_due()
    publishing.unpublish(stored, by=edna)
    assert approval.send_automatic() == []
    assert not Issue.objects.filter(pk=again).exists()


def test_missed_periods_are_composed_as_one_digest() -> None:
    chose(OLA, Frequency.DAILY)
    digest_rule = rule()
    now = timezone.now()
    end = composition.last_end(digest_rule, current_publication(), now)
    Digest.objects.create(
        newsletter=news(), frequency="daily", period="before", needs_approval=False, composed_at=now,
        begins_at=end - timedelta(days=4), ends_at=end - timedelta(days=3),
    )  # fmt: skip
    hours_ago(70, "While it was down")
    hours_ago(2, "Today")
    hours_ago(75, "Was in the last one")
    (issue_id,) = composition.compose_due()
    assert headlines(Issue.objects.get(pk=issue_id)) == ["Today", "While it was down"]


def test_each_article_is_sent_once_minutes_after_publication() -> None:
    chose(OLA, Frequency.EACH)
    hours_ago(1, "First")
    published("Just now")
    hours_ago(30, "Of yesterday")
    rule(Frequency.EACH)
    (issue_id,) = composition.compose_due()
    assert headlines(Issue.objects.get(pk=issue_id)) == ["First"]
    assert composition.compose_due() == []
    assert len(composition.compose_due(timezone.now() + timedelta(minutes=6))) == 1


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-28T08:30+00:00", "2026-03-28T07:00+01:00"),
        # The clocks went forward in the night; the digest is still at seven.
        ("2026-03-29T05:30+00:00", "2026-03-29T07:00+02:00"),
        ("2026-03-29T04:30+00:00", "2026-03-28T07:00+01:00"),
        ("2026-10-25T05:59+00:00", "2026-10-24T07:00+02:00"),
        ("2026-10-25T06:00+00:00", "2026-10-25T07:00+01:00"),
    ],
)
def test_a_digest_is_composed_at_the_local_time_of_day(now: str, expected: str) -> None:
    publication = Publication(name="Meridian", time_zone="Europe/Berlin")
    daily = DigestRule(newsletter=news(), frequency=Frequency.DAILY, time_of_day=time(7))
    moment = datetime.fromisoformat(now)
    assert composition.last_end(daily, publication, moment) == datetime.fromisoformat(expected)


def test_a_weekly_period_ends_on_its_day() -> None:
    weekly = DigestRule(newsletter=news(), frequency=Frequency.WEEKLY, time_of_day=time(7), day=0)
    publication = Publication(name="Meridian", time_zone="UTC")
    monday = datetime(2026, 11, 23, 7, tzinfo=UTC)
    for now in (monday, monday + timedelta(days=6, hours=23)):
        assert composition.last_end(weekly, publication, now) == monday
    before = monday - timedelta(seconds=1)
    assert composition.last_end(weekly, publication, before) == monday - timedelta(days=7)


def test_a_new_rule_skips_earlier_periods() -> None:
    chose(OLA, Frequency.DAILY)
    hours_ago(2, "Before")
    rule()
    DigestRule.objects.update(schedule_changed_at=timezone.now())
    assert composition.compose_due() == []
    assert not Digest.objects.exists()


def test_the_archive_lists_digests_of_everything_only(
    client: Client,
) -> None:
    asia = category("Asia")
    chose(OLA, Frequency.DAILY, asia)
    chose(MINA, Frequency.DAILY)
    hours_ago(2, "Tokyo", categories=[asia])
    rule()
    composition.compose_due()
    approval.send_automatic()
    archive = client.get("/newsletter/issues/").content.decode()
    for issue in Issue.objects.all():
        assert (issue.get_absolute_url() in archive) == (issue.topics == [])
        assert client.get(issue.get_absolute_url()).status_code == 200


def test_the_dashboard_lists_frequencies_without_a_rule(edna: User) -> None:
    chose(OLA, Frequency.WEEKLY)
    message = "No digest rule for “News”, “Weekly”, which subscribers chose"
    assert message in [each.label for each in dashboard_items(edna)]
    weekly_rule = rule(Frequency.WEEKLY)
    assert message not in [each.label for each in dashboard_items(edna)]
    weekly_rule.enabled = False
    weekly_rule.save()
    assert message in [each.label for each in dashboard_items(edna)]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_compose_and_send_once() -> None:
    chose(OLA, Frequency.DAILY)
    hours_ago(2, "One")
    rule()
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        composition.compose_due()
        approval.send_automatic()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    approval.send_automatic()
    assert (Digest.objects.count(), Issue.objects.count(), Delivery.objects.count()) == (1, 1, 1)


def test_an_issue_without_articles_does_not_stop_the_others() -> None:
    chose(OLA, Frequency.DAILY)
    hours_ago(2, "One")
    rule()
    now = timezone.now()
    emptied = Digest.objects.create(
        newsletter=news(), frequency="daily", period="before", needs_approval=True, composed_at=now,
        begins_at=now - timedelta(days=2), ends_at=now - timedelta(days=1),
    )  # fmt: skip
    Issue.objects.create(newsletter=news(), digest=emptied, slug="emptied")
    (issue_id,) = composition.compose_due()
    assert headlines(Issue.objects.get(pk=issue_id)) == ["One"]


def test_an_article_belongs_to_the_period_in_which_it_appeared(edna: User) -> None:
    chose(OLA, Frequency.DAILY)
    moment = timezone.now()
    # One was scheduled while no worker ran; one was unpublished for a correction during the last
    # digest.
    published("Missed its time", at=moment - timedelta(hours=30)).state_changes.update(
        created_at=moment - timedelta(hours=3)
    )
    corrected = hours_ago(26, "Corrected")
    publishing.unpublish(corrected, by=edna)
    publishing.publish(corrected, by=edna)
    corrected.state_changes.filter(created_at__gt=moment).update(
        created_at=moment - timedelta(hours=2)
    )
    # An imported archive is no news.
    published("Of 2019", at=moment - timedelta(days=2500)).state_changes.update(
        created_at=moment - timedelta(hours=2)
    )
    rule()
    (issue_id,) = composition.compose_due()
    assert sorted(headlines(Issue.objects.get(pk=issue_id))) == ["Corrected", "Missed its time"]


def test_the_job_publishes_due_articles_before_composing(edna: User) -> None:
    chose(OLA, Frequency.DAILY)
    due = draft("Due")
    publishing.schedule(due, by=edna, at=timezone.now() + timedelta(hours=1))
    Article.objects.update(publish_at=timezone.now() - timedelta(minutes=2))
    rule()
    tasks.compose_digests()
    assert Article.objects.get().is_published
    assert Digest.objects.exists()


def test_a_reader_who_changes_topics_gets_no_article_twice() -> None:
    asia = category("Asia")
    ola = chose(OLA, Frequency.DAILY, asia)
    rule()
    hours_ago(0.5, "Tokyo", categories=[asia])
    composition.compose_due()
    opt_in.choose(ola.token, Choice([SubscriptionChoice(news(), Frequency.DAILY)]))
    hours_ago(0.01, "Elsewhere")
    (issue_id,) = composition.compose_due(timezone.now() + timedelta(days=1))
    assert headlines(Issue.objects.get(pk=issue_id)) == ["Elsewhere"]


def test_left_out_articles_are_counted_with_a_link_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.digests.composition.MAX_ARTICLES", 1)
    chose(OLA, Frequency.DAILY)
    chose(MINA, Frequency.DAILY, language="fr")
    for number in range(3):
        hours_ago(2 + number, f"Story {number}")
        hours_ago(2 + number, f"Récit {number}", language="fr")
    rule()
    composed = composition.compose_due()
    assert approval.send_automatic() == composed
    english, french = Issue.objects.get(language=""), Issue.objects.get(language="fr")
    assert "5 more articles were published in this period." in english.closing
    assert 'href="/archive/"' in english.closing
    assert "2 autres articles" in french.closing


def test_a_failing_rule_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    chose(OLA, Frequency.DAILY)
    chose(MINA, Frequency.WEEKLY)
    hours_ago(2, "One")
    rule(Frequency.DAILY)
    rule(Frequency.WEEKLY)
    compose_issue = composition._compose_issue

    def failing(digest: Digest, choice: composition.Choice) -> Issue | None:
        if digest.frequency == Frequency.DAILY:
            raise RuntimeError
        return compose_issue(digest, choice)

    monkeypatch.setattr("newsletter.digests.composition._compose_issue", failing)
    (issue_id,) = composition.compose_due()
    assert Issue.objects.get(pk=issue_id).digest == Digest.objects.get(frequency="weekly")
