"""Issues that compose themselves: for whom, once, never empty, and only with what can be read."""

import threading
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article
from articles.images.models import Image
from iria.publication.models import Publication, current_publication
from newsletter import delivering, digests, freezing, periods, sending, subscribing
from newsletter.models import Delivery, Digest, DigestRule, Issue, Rhythm
from newsletter.waiting import waiting_for
from tests.newsletter.at_the_desk import at, filled, said
from tests.newsletter.lists import chose, mail_picture, minute_passes, news, subscriber
from tests.newsletter.mailserver import MailServer
from tests.newsroom import category, published

pytestmark = pytest.mark.django_db
OLA, MINA, TEO = "ola@readers.example", "mina@readers.example", "teo@readers.example"


@pytest.fixture(autouse=True)
def _jobs_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.queueing.deliver_soon", lambda issue_id: None)
    monkeypatch.setattr("newsletter.queueing.begin_later", lambda issue_id, moment: None)
    monkeypatch.setattr("newsletter.queueing.look_soon", lambda issue_id: None)


def rule(rhythm: Rhythm = Rhythm.DAILY, **fields: Any) -> DigestRule:
    """A rule that has stood for a month, and is due a minute ago."""
    moment = current_publication().local(timezone.now() - timedelta(minutes=1))
    made = DigestRule.objects.create(
        newsletter=news(),
        rhythm=rhythm,
        **{
            "held": False,
            "at": moment.time().replace(second=0, microsecond=0),
            "day": moment.weekday(),
            **fields,
        },
    )
    DigestRule.objects.update(since=timezone.now() - timedelta(days=30))
    made.refresh_from_db()
    return made


def hours_ago(hours: float, headline: str, **fields: Any) -> Article:
    return published(headline, at=timezone.now() - timedelta(hours=hours), **fields)


def headlines(issue: Issue) -> list[str]:
    return [str(item.article) for item in issue.items.all()]


def test_a_day_becomes_one_issue_for_those_who_wished_it_daily() -> None:
    chose(OLA, Rhythm.DAILY)
    chose(MINA, Rhythm.WEEKLY)
    subscriber(TEO)
    hours_ago(3, "Earlier")
    hours_ago(2, "Later")
    hours_ago(40, "The day before")
    rule(subject="{newsletter}: {headline}")
    (made,) = digests.compose_due()
    issue = Issue.objects.get(pk=made)
    assert headlines(issue) == ["Later", "Earlier"]
    assert issue.subject == "News: Later"
    assert digests.send_ready() == [made]
    assert [each.subscriber.email for each in issue.deliveries.all() if each.subscriber] == [OLA]
    assert sum(issue.deliveries.counts().values()) == 1


def test_the_same_period_is_composed_once_however_often_it_is_asked_for() -> None:
    chose(OLA, Rhythm.DAILY)
    hours_ago(2, "One")
    rule()
    assert len(digests.compose_due()) == 1
    assert digests.compose_due() == []
    assert Digest.objects.count() == 1


def test_nothing_is_composed_where_nothing_was_published_or_nobody_wishes_it() -> None:
    hours_ago(2, "For nobody")
    rule()
    assert digests.compose_due() == []
    chose(OLA, Rhythm.WEEKLY)
    rule(Rhythm.WEEKLY)
    Article.objects.update(published_at=timezone.now() - timedelta(days=20))
    assert digests.compose_due() == []
    assert not Issue.objects.exists()
    assert Digest.objects.count() == 2


def test_each_choice_of_topics_gets_an_issue_of_its_own_and_nobody_two() -> None:
    asia, europe = category("Asia"), category("Europe")
    japan = category("Japan", parent=asia)
    chose(OLA, Rhythm.DAILY, asia)
    chose(MINA, Rhythm.DAILY, asia, europe)
    chose(TEO, Rhythm.DAILY)
    chose("ana@readers.example", Rhythm.DAILY, category("Sport"))
    hours_ago(4, "Tokyo", categories=[japan])
    hours_ago(3, "Lisbon", categories=[europe])
    hours_ago(2, "Elsewhere")
    rule()
    issues = Issue.objects.in_bulk(digests.compose_due()).values()
    assert sorted(headlines(issue) for issue in issues) == [
        ["Elsewhere", "Lisbon", "Tokyo"],
        ["Lisbon", "Tokyo"],
        ["Tokyo"],
    ]
    digests.send_ready()
    got = {
        each.subscriber.email: headlines(each.issue)
        for each in Delivery.objects.select_related("subscriber", "issue")
        if each.subscriber
    }
    assert got == {
        OLA: ["Tokyo"],
        MINA: ["Lisbon", "Tokyo"],
        TEO: ["Elsewhere", "Lisbon", "Tokyo"],
    }
    assert all(sum(issue.deliveries.counts().values()) == 1 for issue in issues)


def test_whoever_chooses_otherwise_between_two_issues_of_a_day_gets_one() -> None:
    asia = category("Asia")
    chose(OLA, Rhythm.DAILY, asia)
    chose(MINA, Rhythm.DAILY)
    hours_ago(2, "Tokyo", categories=[asia])
    rule()
    about_asia, everything = Issue.objects.in_bulk(digests.compose_due()).values()
    if not about_asia.topics:
        about_asia, everything = everything, about_asia
    sending.start(about_asia, by=None)
    about_asia.deliveries.get().subscriber.subscriptions.get().topics.clear()  # type: ignore[union-attr]
    assert [each.email for each in freezing.audience(everything)] == [MINA]
    sending.start(everything, by=None)
    assert everything.deliveries.count() == 1


def test_a_reader_of_french_gets_what_is_in_french_with_french_around_it(
    mail_server: MailServer,
) -> None:
    publication = current_publication()
    publication.languages = "en,fr"
    publication.save()
    chose(OLA, Rhythm.DAILY, language="fr")
    chose(MINA, Rhythm.DAILY)
    hours_ago(2, "In English")
    hours_ago(2, "En français", language="fr")
    rule()
    for issue_id in [*digests.compose_due(), *digests.send_ready()]:
        delivering.deliver_batch(issue_id)
    (french,) = mail_server.messages_to(OLA)
    (english,) = mail_server.messages_to(MINA)
    assert french["Content-Language"] == "fr"
    assert "En français" in str(french["Subject"])
    assert "Lire l’article" in str(french.get_body(("html",)).get_content())  # type: ignore[union-attr]
    assert english["Content-Language"] == "en"
    assert "français" not in str(english.get_body(("plain",)).get_content())  # type: ignore[union-attr]


def test_what_was_withdrawn_since_is_left_out_and_an_empty_issue_is_none(edna: User) -> None:
    chose(OLA, Rhythm.DAILY)
    gone, kept = hours_ago(2, "Gone"), hours_ago(3, "Kept")
    rule()
    (made,) = digests.compose_due()
    publishing.withdraw(gone, by=edna)
    assert digests.send_ready() == [made]
    assert headlines(Issue.objects.get(pk=made)) == ["Kept"]
    assert "Gone" not in Issue.objects.get(pk=made).sent_html
    Digest.objects.update(period="2001-01-01")
    Issue.objects.all().update(topics=[1])
    (again,) = digests.compose_due()
    publishing.withdraw(kept, by=edna)
    assert digests.send_ready() == []
    assert not Issue.objects.filter(pk=again).exists()


def test_after_days_without_a_server_one_digest_makes_good_for_them() -> None:
    chose(OLA, Rhythm.DAILY)
    made = rule()
    now = timezone.now()
    end = periods.last_end(made, current_publication(), now)
    Digest.objects.create(
        newsletter=news(), rhythm="daily", period="before", held=False, composed_at=now,
        begins_at=end - timedelta(days=4), ends_at=end - timedelta(days=3),
    )  # fmt: skip
    hours_ago(70, "While it was down")
    hours_ago(2, "Today")
    hours_ago(75, "Was in the last one")
    (issue_id,) = digests.compose_due()
    assert headlines(Issue.objects.get(pk=issue_id)) == ["Today", "While it was down"]


def test_each_article_goes_once_a_few_minutes_after_it_was_published() -> None:
    chose(OLA, Rhythm.EACH)
    hours_ago(1, "First")
    published("Just now")
    hours_ago(30, "Of yesterday")
    rule(Rhythm.EACH)
    (made,) = digests.compose_due()
    assert headlines(Issue.objects.get(pk=made)) == ["First"]
    assert digests.compose_due() == []
    assert len(digests.compose_due(timezone.now() + timedelta(minutes=6))) == 1


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-28T08:30+00:00", "2026-03-28T07:00+01:00"),
        # The clocks went forward in the night; seven is seven.
        ("2026-03-29T05:30+00:00", "2026-03-29T07:00+02:00"),
        ("2026-03-29T04:30+00:00", "2026-03-28T07:00+01:00"),
        ("2026-10-25T05:59+00:00", "2026-10-24T07:00+02:00"),
        ("2026-10-25T06:00+00:00", "2026-10-25T07:00+01:00"),
    ],
)
def test_seven_is_seven_by_the_clock_on_the_wall(now: str, expected: str) -> None:
    publication = Publication(name="Meridian", zone="Europe/Berlin")
    daily = DigestRule(newsletter=news(), rhythm=Rhythm.DAILY, at=time(7))
    moment = datetime.fromisoformat(now)
    assert periods.last_end(daily, publication, moment) == datetime.fromisoformat(expected)


def test_a_week_ends_on_its_day() -> None:
    weekly = DigestRule(newsletter=news(), rhythm=Rhythm.WEEKLY, at=time(7), day=0)
    publication = Publication(name="Meridian", zone="UTC")
    monday = datetime(2026, 11, 23, 7, tzinfo=UTC)
    for now in (monday, monday + timedelta(days=6, hours=23)):
        assert periods.last_end(weekly, publication, now) == monday
    before = monday - timedelta(seconds=1)
    assert periods.last_end(weekly, publication, before) == monday - timedelta(days=7)


def test_a_rule_does_not_reach_back_before_it_was_made() -> None:
    chose(OLA, Rhythm.DAILY)
    hours_ago(2, "Before")
    rule()
    DigestRule.objects.update(since=timezone.now())
    assert digests.compose_due() == []
    assert not Digest.objects.exists()


def test_what_stands_in_its_way_is_said_and_tried_again(edna: User) -> None:
    chose(OLA, Rhythm.DAILY)
    hours_ago(2, "Pictured", lead_picture=mail_picture())
    rule()
    (made,) = digests.compose_due()
    Image.objects.update(licensed_for_newsletter=False)
    assert digests.send_ready() == []
    issue = Issue.objects.get(pk=made)
    assert issue.trouble.startswith("It has not gone out by itself yet: The picture")
    assert "One digest has not gone out by itself" in [each.words for each in waiting_for(edna)]
    Image.objects.update(licensed_for_newsletter=True)
    assert digests.send_ready() == [made]


def test_a_held_digest_waits_until_an_editor_approves_it(ednas: Client, edna: User) -> None:
    chose(OLA, Rhythm.DAILY)
    hours_ago(2, "One")
    rule(held=True)
    (made,) = digests.compose_due()
    assert digests.send_ready() == []
    assert "One digest waits for approval" in [each.words for each in waiting_for(edna)]
    digest = Digest.objects.get()
    page = reverse("admin:newsletter_digest_change", args=[digest.pk])
    assert "1 subscriber" in ednas.get(page).content.decode()
    approve = reverse("admin:newsletter_digest_approve", args=[digest.pk])
    assert ednas.get(approve).status_code == 405
    answer = ednas.post(approve, follow=True)
    assert said(answer) == [
        "1 mail goes out in a minute; until then each can be taken back on its page."
    ]
    assert minute_passes() == [made]
    assert said(ednas.post(approve, follow=True)) == ["Nothing of it waits any more."]
    assert Delivery.objects.count() == 1


def test_a_digest_that_an_editor_changed_asks_for_a_test_like_any_other(ednas: Client) -> None:
    chose(OLA, Rhythm.DAILY)
    story = hours_ago(2, "One")
    rule(held=True)
    (made,) = digests.compose_due()
    issue = Issue.objects.get(pk=made)
    ednas.post(at(issue, "change"), filled(story, subject="Better words"))
    answer = ednas.post(
        reverse("admin:newsletter_digest_approve", args=[issue.digest_id]), follow=True
    )
    assert said(answer)[-1].startswith("No test was sent")
    assert not Delivery.objects.exists()


def test_who_left_between_composing_and_sending_gets_nothing() -> None:
    ola = chose(OLA, Rhythm.DAILY)
    chose(MINA, Rhythm.DAILY)
    hours_ago(2, "One")
    rule()
    (made,) = digests.compose_due()
    subscribing.leave(ola.token)
    digests.send_ready()
    assert [
        each.subscriber.email for each in Delivery.objects.filter(issue=made) if each.subscriber
    ] == [MINA]


def test_the_archive_lists_what_came_to_all_and_keeps_the_others_at_their_address(
    client: Client,
) -> None:
    asia = category("Asia")
    chose(OLA, Rhythm.DAILY, asia)
    chose(MINA, Rhythm.DAILY)
    hours_ago(2, "Tokyo", categories=[asia])
    rule()
    digests.compose_due()
    digests.send_ready()
    listed = client.get("/newsletter/issues/").content.decode()
    for issue in Issue.objects.all():
        assert (issue.get_absolute_url() in listed) == (issue.topics == [])
        assert client.get(issue.get_absolute_url()).status_code == 200


def test_the_desk_is_told_of_readers_for_whom_nothing_is_composed(edna: User) -> None:
    chose(OLA, Rhythm.WEEKLY)
    words = "Nothing is composed for those who chose “News” “Once a week”"
    assert words in [each.words for each in waiting_for(edna)]
    rule(Rhythm.WEEKLY)
    assert words not in [each.words for each in waiting_for(edna)]


def test_a_reporter_may_not_approve(client: Client, rui: User) -> None:
    rule()
    digests.compose_due()
    client.force_login(rui)
    digest = Digest.objects.get()
    for name in ("change", "approve"):
        path = reverse(f"admin:newsletter_digest_{name}", args=[digest.pk])
        assert client.post(path).status_code == 403


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_at_once_compose_and_send_once() -> None:
    chose(OLA, Rhythm.DAILY)
    hours_ago(2, "One")
    rule()
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        digests.compose_due()
        digests.send_ready()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    digests.send_ready()
    assert (Digest.objects.count(), Issue.objects.count(), Delivery.objects.count()) == (1, 1, 1)
