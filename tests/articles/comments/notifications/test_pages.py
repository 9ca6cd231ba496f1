"""The pages to follow, confirm, unfollow and change preferences."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import email_addresses
from accounts.models import User
from articles.comments.notifications import follows as notifications_follows
from articles.comments.notifications import sending, views
from articles.comments.notifications.models import Follow, Follower
from articles.comments.submission import links, posting
from articles.editorial.models import Article
from iria.core import hooks
from newsletter.models import Newsletter, Subscriber
from newsletter.subscriptions import opt_in, suppression
from newsletter.subscriptions.choices import SubscriptionChoice
from tests.articles.comments.conftest import Write
from tests.articles.comments.notifications.conftest import ANA, CreateFollow, Notify, text_of
from tests.conftest import MailFolder
from tests.queued_jobs import Queued

pytestmark = pytest.mark.django_db


def text(response: object) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())  # type: ignore[attr-defined]


def test_a_guest_follows_confirms_by_email_and_is_notified(
    client: Client, article: Article, write: Write, mail_folder: MailFolder, notify: Notify
) -> None:
    page = client.get(article.get_absolute_url()).content.decode()
    (url,) = set(re.findall(r'href="(/comments/follow/[^"]+)"', page))
    response = client.post(url, {"email": ANA, "frequency": "at_once"}, follow=True)
    assert "Check your inbox" in text(response)
    follow = Follow.objects.get()
    sending.send_follow_confirmation(follow.pk)
    (message,) = mail_folder.to(ANA)
    assert message["Subject"] == "Confirm: comments on “Ferries at the strait”"
    link = re.search(r"/comments/follow/[\w-]+/", text_of(message))
    assert link
    assert client.get(link[0]).status_code == 200
    assert not Follow.objects.active().exists()
    assert "You follow these comments" in text(client.post(link[0], follow=True))
    assert "You follow these comments" in text(client.post(link[0], follow=True))
    assert len(notify(write())) == 1


def test_an_account_with_a_confirmed_address_follows_at_once(
    client: Client, article: Article, ola: User
) -> None:
    email_addresses.mark_confirmed(ola)
    client.force_login(ola)
    response = client.post(
        f"/comments/follow/?article={article.pk}", {"frequency": "daily"}, follow=True
    )
    assert "All comments on the article" in text(response)
    assert Follow.objects.active().get().follower.recipient == ola.email


def test_the_response_does_not_reveal_whether_an_address_is_known(
    client: Client, article: Article, follows: CreateFollow, mail_folder: MailFolder
) -> None:
    follow = follows(frequency="daily")
    url = f"/comments/follow/?article={article.pk}"
    responses = {
        client.post(url, {"email": email, "frequency": "at_once"}, follow=True).content
        for email in (ANA, "nobody@readers.example")
    }
    assert len(responses) == 1
    follow.refresh_from_db()
    assert follow.frequency == "daily"
    sending.send_follow_confirmation(follow.pk)
    (message,) = mail_folder.to(ANA)
    assert "already" in str(message["Subject"])


@pytest.mark.parametrize(
    ("data", "error"),
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
def test_an_invalid_form_shows_an_error(
    client: Client, article: Article, data: dict[str, str], error: str
) -> None:
    response = client.post(f"/comments/follow/?article={article.pk}", data)
    assert response.status_code == 422
    assert error in text(response)
    assert not Follow.objects.exists()


def test_a_post_from_any_origin_unfollows_and_can_be_repeated(
    follows: CreateFollow, write: Write, notify: Notify
) -> None:
    follow = follows()
    mail_program = Client(enforce_csrf_checks=True)
    url = f"/comments/leave/{follow.token}/"
    assert mail_program.get(url).status_code == 200
    assert Follow.objects.active().exists()
    for _ in range(2):
        response = mail_program.post(
            url, {"List-Unsubscribe": "One-Click"}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert response.status_code == 200
        assert not response.cookies
    assert notify(write()) == []


def test_an_old_confirmation_link_does_not_reactivate_a_follow(
    client: Client, follows: CreateFollow
) -> None:
    follow = follows()
    notifications_follows.end(follow)
    response = client.post(f"/comments/follow/{follow.token}/")
    assert response.status_code == 410
    assert not Follow.objects.active().exists()


@pytest.mark.parametrize("path", ["/comments/leave/x/", "/comments/follow/x%00y/"])
def test_an_incomplete_link_shows_a_message(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "articles/comments/notifications/message.html" in {
        each.name for each in response.templates
    }


def test_a_follower_without_a_subscription_has_a_preferences_page(
    client: Client, follows: CreateFollow
) -> None:
    follow = follows(frequency="at_once")
    url = f"/newsletter/preferences/{follow.follower.token}/"
    page = client.get(url)
    assert "All comments on the article – Ferries at the strait" in text(page)
    assert ANA not in page.content.decode()
    client.post(url, {f"follow-{follow.pk}": "daily"})
    follow.refresh_from_db()
    assert follow.frequency == "daily"
    client.post(url, {f"follow-{follow.pk}": ""})
    assert not Follow.objects.active().exists()


def test_newsletters_and_comments_are_on_one_preferences_page(
    client: Client, follows: CreateFollow
) -> None:
    newsletter = Newsletter.objects.offered()[0]
    opt_in.request(ANA, source_url="/", wanted=[SubscriptionChoice.usual(newsletter)])
    subscriber = Subscriber.objects.get()
    opt_in.confirm(opt_in.confirmation_token(subscriber.consents.get()))
    follow = follows()
    pages = [
        text(client.get(f"/newsletter/preferences/{token}/"))
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


def test_only_staff_can_follow_pending_comments(client: Client, mina: User, ola: User) -> None:
    client.force_login(mina)
    assert client.get("/comments/mail/").status_code == 403
    email_addresses.mark_confirmed(mina)
    email_addresses.mark_confirmed(ola)
    page = client.get("/comments/mail/", follow=True)
    assert "Pending comments" in text(page)
    client.post(page.redirect_chain[-1][0], {"follow-queue": "daily", "follow-own": "daily"})
    assert [follow.kind for follow in Follow.objects.active()] == ["queue"]
    client.force_login(ola)
    page = client.get("/comments/mail/", follow=True)
    assert "What waits" not in text(page)
    client.post(page.redirect_chain[-1][0], {"follow-queue": "daily"})
    assert Follow.objects.active().count() == 1


def test_follows_of_a_guest_are_moved_to_the_account(follows: CreateFollow, ola: User) -> None:
    follow = follows(ola.email.upper())
    assert follow.follower.user == ola
    Follower.objects.filter(pk=follow.follower_id).update(user=None, email=ola.email)
    email_addresses.mark_confirmed(ola)
    assert notifications_follows.follower_of(ola, "") == follow.follower


def test_a_bounce_counts_only_if_an_email_was_sent_recently(
    follows: CreateFollow, write: Write, notify: Notify
) -> None:
    follow = follows()

    def handle_bounce() -> str:
        views.handle_bounce(ANA.upper(), "5.1.1 no such mailbox")
        return Follower.objects.get(pk=follow.follower_id).suppression_reason

    assert handle_bounce() == ""
    notify(write())
    assert handle_bounce() == "5.1.1 no such mailbox"
    assert any(check(ANA) for check in hooks.suppressed_emails)


def test_a_repeated_request_sends_one_email(
    client: Client, article: Article, queued: Queued
) -> None:
    url = f"/comments/follow/?article={article.pk}"
    for _ in range(2):
        client.post(url, {"email": ANA, "frequency": "daily"})
    assert len(queued("comments.ask")) == 1
    Follow.objects.update(confirmation_sent_at=timezone.now() - timedelta(minutes=6))
    client.post(url, {"email": ANA, "frequency": "daily"})
    assert len(queued("comments.ask")) == 2, "it is sent again some minutes later"


def test_a_follow_requested_with_a_comment_is_kept_as_long_as_its_link(
    article: Article, write: Write
) -> None:
    assert (
        max(links.CONFIRMATION_VALID_FOR, posting.RETENTION) <= notifications_follows.CONFIRM_WITHIN
    )


def test_an_internationalised_address_is_the_same_everywhere(
    client: Client, write: Write, follows: CreateFollow, notify: Notify, ola: User
) -> None:
    """The newsletter stores it in ASCII, the account as it was entered."""
    User.objects.filter(pk=ola.pk).update(email="Ola@Bücher.example")
    newsletter, ascii_email = Newsletter.objects.offered()[0], "ola@xn--bcher-kva.example"
    opt_in.request(ascii_email, source_url="/", wanted=[SubscriptionChoice.usual(newsletter)])
    follow = follows("ola@bücher.example")
    assert follow.follower.user == ola
    page = text(client.get(f"/newsletter/preferences/{Subscriber.objects.get().token}/"))
    assert newsletter.name in page
    assert "Comments by e-mail" in page
    suppression.suppress(Subscriber.objects.get(), details="no such address")
    assert notify(write()) == []
