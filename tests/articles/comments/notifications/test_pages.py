"""Following, confirming, choosing and leaving, by pages and links."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import email_addresses
from accounts.models import User
from articles.comments.notifications import commenter_emails, preferences
from articles.comments.notifications import follows as notifications_follows
from articles.comments.notifications.models import Follow, Follower
from articles.comments.submission import email_confirmation, form_tokens
from articles.editorial.models import Article
from iria.core import hooks
from newsletter.models import Newsletter, Subscriber
from newsletter.subscriptions import opt_in, suppression
from newsletter.subscriptions.choices import SubscriptionChoice
from tests.articles.comments.conftest import Write
from tests.articles.comments.notifications.conftest import ANA, Following, Tell, text_of
from tests.conftest import MailFolder

pytestmark = pytest.mark.django_db


def said(response: object) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())  # type: ignore[attr-defined]


def test_a_guest_asks_confirms_by_mail_and_is_told(
    client: Client, article: Article, write: Write, mail_folder: MailFolder, tell: Tell
) -> None:
    page = client.get(article.get_absolute_url()).content.decode()
    (way,) = set(re.findall(r'href="(/comments/follow/[^"]+)"', page))
    answer = client.post(way, {"email": ANA, "frequency": "at_once"}, follow=True)
    assert "Check your inbox" in said(answer)
    follow = Follow.objects.get()
    commenter_emails.send_follow_confirmation(follow.pk)
    (message,) = mail_folder.to(ANA)
    assert message["Subject"] == "Confirm: comments on “Ferries at the strait”"
    link = re.search(r"/comments/follow/[\w-]+/", text_of(message))
    assert link
    assert client.get(link[0]).status_code == 200
    assert not Follow.objects.active().exists()
    assert "You follow these comments" in said(client.post(link[0], follow=True))
    assert "You follow these comments" in said(client.post(link[0], follow=True))
    assert len(tell(write())) == 1


def test_an_account_with_a_confirmed_address_follows_at_once(
    client: Client, article: Article, ola: User
) -> None:
    email_addresses.mark_confirmed(ola)
    client.force_login(ola)
    answer = client.post(
        f"/comments/follow/?article={article.pk}", {"frequency": "daily"}, follow=True
    )
    assert "All comments on the article" in said(answer)
    assert Follow.objects.active().get().follower.recipient == ola.email


def test_the_answer_is_the_same_for_a_known_address_and_changes_nothing_of_theirs(
    client: Client, article: Article, follows: Following, mail_folder: MailFolder
) -> None:
    known = follows(frequency="daily")
    place = f"/comments/follow/?article={article.pk}"
    answers = {
        client.post(place, {"email": email, "frequency": "at_once"}, follow=True).content
        for email in (ANA, "nobody@readers.example")
    }
    assert len(answers) == 1
    known.refresh_from_db()
    assert known.frequency == "daily"
    commenter_emails.send_follow_confirmation(known.pk)
    (message,) = mail_folder.to(ANA)
    assert "already" in str(message["Subject"])


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"email": "not an address", "frequency": "daily"}, "such as name@example.org"),
        ({"email": "", "frequency": "daily"}, "such as name@example.org"),
        ({"email": ANA, "frequency": "hourly"}, "Choose how often."),
        (
            {"email": "a\x00@readers.example", "frequency": "daily"},
            "such as name@example.org",
        ),
    ],
)
def test_what_cannot_be_followed_is_said_and_keeps_what_was_typed(
    client: Client, article: Article, sent: dict[str, str], sentence: str
) -> None:
    answer = client.post(f"/comments/follow/?article={article.pk}", sent)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert not Follow.objects.exists()


def test_a_link_in_the_mail_leaves_by_one_post_from_anywhere_also_twice(
    follows: Following, write: Write, tell: Tell
) -> None:
    follow = follows()
    mail_program = Client(enforce_csrf_checks=True)
    place = f"/comments/leave/{follow.token}/"
    assert mail_program.get(place).status_code == 200
    assert Follow.objects.active().exists()
    for _ in range(2):
        answer = mail_program.post(
            place, {"List-Unsubscribe": "One-Click"}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert answer.status_code == 200
        assert not answer.cookies
    assert tell(write()) == []


def test_an_old_link_to_confirm_brings_nobody_back(client: Client, follows: Following) -> None:
    follow = follows()
    notifications_follows.end(follow)
    answer = client.post(f"/comments/follow/{follow.token}/")
    assert answer.status_code == 410
    assert not Follow.objects.active().exists()


@pytest.mark.parametrize("place", ["/comments/leave/x/", "/comments/follow/x%00y/"])
def test_a_link_that_was_cut_off_is_answered_in_words(client: Client, place: str) -> None:
    answer = client.get(place)
    assert answer.status_code == 404
    assert "articles/comments/notifications/message.html" in {
        each.name for each in answer.templates
    }


def test_an_address_that_only_follows_has_the_same_page_of_preferences(
    client: Client, follows: Following
) -> None:
    follow = follows(frequency="at_once")
    place = f"/newsletter/preferences/{follow.follower.token}/"
    page = client.get(place)
    assert "All comments on the article – Ferries at the strait" in said(page)
    assert ANA not in page.content.decode()
    client.post(place, {f"follow-{follow.pk}": "daily"})
    follow.refresh_from_db()
    assert follow.frequency == "daily"
    client.post(place, {f"follow-{follow.pk}": ""})
    assert not Follow.objects.active().exists()


def test_one_page_shows_newsletters_and_comments_whichever_mail_led_there(
    client: Client, follows: Following
) -> None:
    newsletter = Newsletter.objects.offered()[0]
    opt_in.request(ANA, source_url="/", wanted=[SubscriptionChoice.usual(newsletter)])
    subscriber = Subscriber.objects.get()
    opt_in.confirm(opt_in.confirmation_token(subscriber.consents.get()))
    follow = follows()
    pages = [
        said(client.get(f"/newsletter/preferences/{token}/"))
        for token in (subscriber.token, follow.follower.token)
    ]
    assert pages[0] == pages[1]
    assert newsletter.name in pages[0]
    assert "Ferries at the strait" in pages[0]
    both = {"newsletters": newsletter.pk, f"follow-{follow.pk}": "daily"}
    client.post(f"/newsletter/preferences/{follow.follower.token}/", both)
    follow.refresh_from_db()
    assert follow.frequency == "daily"
    assert Subscriber.objects.get().is_active
    client.post(f"/newsletter/preferences/{subscriber.token}/", {"leave": "1"})
    assert not Subscriber.objects.get().is_active
    assert not Follow.objects.active().exists()


def test_staff_choose_their_mails_on_the_same_page_and_readers_are_not_offered_them(
    client: Client, mina: User, ola: User
) -> None:
    client.force_login(mina)
    assert client.get("/comments/mail/").status_code == 403
    email_addresses.mark_confirmed(mina)
    email_addresses.mark_confirmed(ola)
    page = client.get("/comments/mail/", follow=True)
    assert "Pending comments" in said(page)
    client.post(page.redirect_chain[-1][0], {"follow-queue": "daily", "follow-own": "daily"})
    assert [follow.kind for follow in Follow.objects.active()] == ["queue"]
    client.force_login(ola)
    page = client.get("/comments/mail/", follow=True)
    assert "What waits" not in said(page)
    client.post(page.redirect_chain[-1][0], {"follow-queue": "daily"})
    assert Follow.objects.active().count() == 1


def test_what_a_guest_followed_comes_with_their_account(follows: Following, ola: User) -> None:
    follow = follows(ola.email.upper())
    assert follow.follower.user == ola
    Follower.objects.filter(pk=follow.follower_id).update(user=None, email=ola.email)
    email_addresses.mark_confirmed(ola)
    assert notifications_follows.follower_of(ola, "") == follow.follower


def test_mail_that_came_back_is_believed_where_we_wrote_lately(
    follows: Following, write: Write, tell: Tell
) -> None:
    follow = follows()

    def told() -> str:
        preferences.handle_bounce(ANA.upper(), "5.1.1 no such mailbox")
        return Follower.objects.get(pk=follow.follower_id).suppression_reason

    assert told() == ""
    tell(write())
    assert told() == "5.1.1 no such mailbox"
    assert any(closed(ANA) for closed in hooks.suppressed_emails)


def test_the_same_wish_sent_twice_by_an_impatient_finger_is_one_mail(
    client: Client, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(
        "articles.comments.job_queue.enqueue_follow_confirmation",
        lambda each: asked.append(each.pk),
    )
    way = f"/comments/follow/?article={article.pk}"
    for _ in range(2):
        client.post(way, {"email": ANA, "frequency": "daily"})
    assert len(asked) == 1
    Follow.objects.update(confirmation_sent_at=timezone.now() - timedelta(minutes=6))
    client.post(way, {"email": ANA, "frequency": "daily"})
    assert len(asked) == 2, "some minutes later it is asked for again"


def test_what_was_asked_for_with_a_comment_lives_as_long_as_its_link(
    article: Article, write: Write
) -> None:
    assert (
        max(form_tokens.CONFIRMATION_VALID_FOR, email_confirmation.RETENTION)
        <= notifications_follows.CONFIRM_WITHIN
    )


def test_an_address_whose_domain_has_letters_of_its_own_is_one_in_all_rooms(
    client: Client, write: Write, follows: Following, tell: Tell, ola: User
) -> None:
    """The newsletter knows it as mail servers do, the account as it was typed."""
    User.objects.filter(pk=ola.pk).update(email="Ola@Bücher.example")
    newsletter, known = Newsletter.objects.offered()[0], "ola@xn--bcher-kva.example"
    opt_in.request(known, source_url="/", wanted=[SubscriptionChoice.usual(newsletter)])
    follow = follows("ola@bücher.example")
    assert follow.follower.user == ola
    page = said(client.get(f"/newsletter/preferences/{Subscriber.objects.get().token}/"))
    assert newsletter.name in page
    assert "Comments by e-mail" in page
    suppression.suppress(Subscriber.objects.get(), because="no such address")
    assert tell(write()) == []
