"""Pages that need more than a URL: responses to forms, pages for signed-in users, and errors.

`test_every_page` serves these responses to the browser as if it had requested them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.core.ratelimit import respond_429
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.views.defaults import permission_denied
from taggit.models import Tag

from accounts import email_addresses
from accounts.models import User
from articles.comments.models import Comment
from articles.comments.notifications import follows
from articles.comments.notifications.models import Follow
from articles.comments.submission import links
from articles.editorial.models import Article
from articles.editorial.preview_links import preview_url
from articles.public.views.errors import server_error
from iria.unavailable import SERVICE_UNAVAILABLE, unavailable
from newsletter import personal_data
from newsletter.models import ArticleFollow, Consent, Newsletter, Subscriber
from newsletter.subscriptions import opt_in
from newsletter.subscriptions.choices import SubscriptionChoice
from tests import commenting
from tests.accounts.keys import passkey_of
from tests.conftest import PASSWORD

STRANGER = "stranger@readers.example"


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as it was sent."""

    content: bytes
    headers: dict[str, str]
    path: str
    """Its path; empty for errors, which can occur at any path."""
    sets_cookies: bool


def as_sent(response: Any) -> Answer:
    """The response of Django's test client or of a view."""
    request = getattr(response, "request", {})
    path = request.get("PATH_INFO", "")
    return Answer(response.content, dict(response.headers), path, bool(response.cookies))


def answers(reader: User) -> dict[str, Answer]:
    """Name → answer.

    Args:
        reader: a user with an account and no other data.
    """
    responses: dict[str, Answer] = {}
    parts = (
        *(_errors(), _of_an_account(reader), _second_factors(reader), _signing_in(reader)),
        *(_newsletter(), _comments()),
    )
    for part in parts:
        responses |= {name: as_sent(response) for name, response in part}
    return responses


def _errors() -> Iterator[tuple[str, Any]]:
    client, request = Client(), RequestFactory().get("/")
    request.user = AnonymousUser()
    yield (
        "another site’s form",
        client.post("/newsletter/", headers={"Sec-Fetch-Site": "cross-site"}),
    )
    yield "not allowed", permission_denied(request, PermissionDenied())
    yield "too many attempts", respond_429(request)
    yield "server error", server_error(request)
    yield "database unavailable", unavailable(request, SERVICE_UNAVAILABLE)
    form = {"name": "Ola Lind", "text": "A comment of several words.", "password": "x"}
    sent = RequestFactory().post("/comments/new/", form)
    yield "database unavailable, after a form", unavailable(sent, SERVICE_UNAVAILABLE)
    yield "too many fields", client.post("/newsletter/", dict.fromkeys(map(str, range(3000)), "x"))
    client_with_csrf = Client(enforce_csrf_checks=True)
    yield (
        "outdated form",
        client_with_csrf.post("/accounts/login/", {"login": "Long since forgotten words"}),
    )
    yield "preview, incomplete link", client.get("/preview/x/")
    draft = Article.objects.filter(state="draft").first()
    assert draft
    yield "preview", client.get(preview_url(draft))


def _of_an_account(reader: User) -> Iterator[tuple[str, Any]]:
    client = Client()
    client.force_login(reader)
    pages = {
        "profile": "profile/",
        "sign out": "logout/",
        "address": "email/",
        "new password": "password/change/",
        "password again": "reauthenticate/",
        "sessions": "sessions/",
        "two-factor authentication required": "second-factor/",
        "two-factor authentication": "2fa/",
        "account is deleted": "deleted/",
    }
    for name, path in pages.items():
        yield name, client.get(f"/accounts/{path}", follow=True)
    yield "profile, refused", client.post("/accounts/profile/", {"display_name": "x" * 200})
    chosen = {
        "display_name": "Ola Lind",
        "has_public_profile": "on",
        "biography": "I take the ferry.",
    }
    yield "profile, saved", client.post("/accounts/profile/", chosen, follow=True)
    article = Article.objects.published().newest().first()
    assert article
    message = {"name": "Ola Lind", "text": "It was late, *again*.", "state": "approved"}
    Comment.objects.create(article=article, user=reader, **message)
    yield "page of a reader", Client().get(reader.get_absolute_url())
    recommended = Comment.objects.published().exclude(user=reader)[0]
    yield "comment to recommend", client.get(f"/comments/{recommended.pk}/recommend/")
    yield "my comments", client.get("/comments/mine/")
    yield "profile picture, refused", client.post("/accounts/profile/picture/", {})
    yield "address, refused", client.post("/accounts/email/", {"email": reader.email})
    yield "address, both codes", client.post("/accounts/email/", {"email": STRANGER}, follow=True)
    reader.set_unusable_password()
    reader.save()
    client.force_login(reader)
    yield "sign in again", client.get("/accounts/password/set/")
    session = client.session
    request = RequestFactory().get("/")
    request.session = session
    record_authentication(request, reader, "code")
    session.save()
    yield "first password", client.get("/accounts/password/set/", follow=True)
    reader.set_password(PASSWORD)
    reader.save()


def _second_factors(reader: User) -> Iterator[tuple[str, Any]]:
    """Every page for setting up, using and removing a second factor."""
    client = Client()
    email_addresses.mark_confirmed(reader)
    client.post("/accounts/login/", {"login": reader.email, "password": PASSWORD})
    pages = {
        "delete account": "delete/",
        "add an authenticator app": "2fa/totp/activate/",
        "add a passkey": "2fa/webauthn/add/",
    }
    for name, path in pages.items():
        yield name, client.get(f"/accounts/{path}")
    yield "delete account, refused", client.post("/accounts/delete/", {})
    key = passkey_of(reader)
    TOTP.activate(reader, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(reader)
    pages = {
        "two-factor authentication, set up": "",
        "remove the authenticator app": "totp/deactivate/",
        "recovery codes": "recovery-codes/",
        "new recovery codes": "recovery-codes/generate/",
        "passkeys": "webauthn/",
        "rename a passkey": f"webauthn/keys/{key.pk}/edit/",
        "remove a passkey": f"webauthn/keys/{key.pk}/remove/",
        "second factor again": "reauthenticate/",
        "passkey again": "webauthn/reauthenticate/",
    }
    for name, path in pages.items():
        yield name, client.get(f"/accounts/2fa/{path}")
    new_client = Client()
    known = {"login": reader.email, "password": PASSWORD}
    yield "second step", new_client.post("/accounts/login/", known, follow=True)
    wrong = {"code": "000000"}
    yield "second step, refused", new_client.post("/accounts/2fa/authenticate/", wrong)
    Authenticator.objects.filter(user=reader).delete()


def _signing_in(reader: User) -> Iterator[tuple[str, Any]]:
    known = {"email": reader.email}
    yield "account closed", Client().get("/accounts/inactive/")
    yield "sign in, refused", Client().post("/accounts/login/", {"login": reader.email})
    by_code = Client()
    yield "code to sign in", by_code.post("/accounts/login/code/", known, follow=True)
    new = {"email": STRANGER, "password1": PASSWORD, "display_name": "Nobody yet"}
    yield "code of a new account", Client().post("/accounts/signup/", new, follow=True)
    forgetful = Client()
    yield "code for a new password", forgetful.post("/accounts/password/reset/", known, follow=True)
    code = {"code": forgetful.session["account_password_reset_verification"]["code"]}
    yield (
        "new password by code",
        forgetful.post("/accounts/password/reset/confirm/", code, follow=True),
    )
    both = {"password1": f"{PASSWORD}-new", "password2": f"{PASSWORD}-new"}
    forgetful.post("/accounts/password/reset/complete/", both)
    yield "new password is set", Client().get("/accounts/password/reset/done/")


def _newsletter() -> Iterator[tuple[str, Any]]:
    """Every page of the newsletter that is linked in an e-mail."""
    client, newsletter = Client(), Newsletter.objects.offered().first()
    assert newsletter
    yield "newsletter, refused", client.post("/newsletter/", {"email": "no address"})
    yield "newsletter, check the inbox", client.get("/newsletter/check-your-inbox/")
    yield "newsletter, incomplete link", client.get("/newsletter/confirm/x/")
    opt_in.request(STRANGER, source_url="/", wanted=[SubscriptionChoice.usual(newsletter)])
    consent = Consent.objects.latest("pk")
    link = f"/newsletter/confirm/{opt_in.confirmation_token(consent)}/"
    yield "newsletter, to confirm", client.get(link)
    yield "newsletter, welcome", client.post(link, follow=True)
    token = Subscriber.objects.get(email=STRANGER).token
    yield "newsletter, preferences saved", client.get(f"/newsletter/preferences/{token}/?saved=1")
    data = personal_data.token_of(Subscriber.objects.get(email=STRANGER))
    yield "newsletter, data requested", client.get(f"/newsletter/preferences/{token}/?asked=1")
    yield "newsletter, data", client.get(f"/newsletter/data/{data}/")
    follow = ArticleFollow.objects.create(
        subscriber=Subscriber.objects.get(email=STRANGER), topic=Tag.objects.all()[0]
    )
    yield "newsletter, to unfollow", client.get(f"/newsletter/unfollow/{follow.token}/")
    yield "newsletter, unsubscribed", client.post(f"/newsletter/unsubscribe/{token}/")
    yield "newsletter, outdated", client.get(link)
    yield "newsletter, nothing chosen", client.get(f"/newsletter/preferences/{token}/")
    yield "newsletter, erased", client.post(f"/newsletter/data/{data}/", {"bar": "1"})


def _comments() -> Iterator[tuple[str, Any]]:
    client, article = Client(), Article.objects.published().newest().first()
    assert article
    place = f"/comments/new/?article={article.pk}"
    message = {"name": "Ola", "email": STRANGER, "text": "A word on the ferries."}
    yield "comment, preview", client.post(place, message)
    yield "comment, refused", client.post(place, {"name": "", "email": "no", "text": ""})
    yield "comment, unknown article", client.post("/comments/new/?article=0", message)
    yield "comment, incomplete link", client.get("/comments/yours/x/")
    pending = Comment.objects.filter(state="held", article__state="published", user=None).first()
    shown = Comment.objects.published().filter(user=None).first()
    assert pending
    assert shown
    yield "comment, thanks", client.get(f"/comments/thanks/{links.link_to(pending)}/")
    yield "comment, status", client.get(f"/comments/yours/{links.link_to(pending)}/")
    yield (
        "comment, status when published",
        client.get(f"/comments/yours/{links.link_to(shown)}/"),
    )
    new = commenting.post(article, name="Ola", email=STRANGER, text="Just now, on the ferries.")
    yield "comment, status when editable", client.get(f"/comments/yours/{links.link_to(new)}/")
    blank = client.post(f"/comments/yours/{links.link_to(new)}/change/", {"text": ""})
    yield "comment, edit refused", blank
    Comment.objects.filter(pk=new.pk).update(state=Comment.State.UNCONFIRMED)
    sent = client.post(f"/comments/yours/{links.link_to(new)}/mail/")
    yield "comment, confirmation resent", sent
    confirm = f"/comments/confirm/{links.link_to_confirm(new)}/"
    yield "comment, to confirm", client.get(confirm)
    Comment.objects.filter(pk=new.pk).update(state=Comment.State.REJECTED)
    appeal = f"/comments/yours/{links.link_to(new)}/again/"
    yield "comment, status when rejected", client.get(f"/comments/yours/{links.link_to(new)}/")
    yield "comment, appeal", client.get(appeal)
    yield "comment, appeal refused", client.post(appeal, {"text": "w" * 1001})
    yield "comment, to report", client.get(f"/comments/{shown.pk}/report/")
    yield "comment, reported", client.get("/comments/reported/")
    yield from _followed(client, article)


def _followed(client: Client, article: Article) -> Iterator[tuple[str, Any]]:
    place = f"/comments/follow/?article={article.pk}"
    yield "thread, to follow", client.get(place)
    yield "thread, refused", client.post(place, {"email": "no", "pace": ""})
    yield "thread, check the inbox", client.get("/comments/follow/asked/")
    follow = follows.follow(
        Follow.Kind.THREAD, Follow.Frequency.DAILY, email=STRANGER, article=article
    )
    yield "thread, to confirm", client.get(f"/comments/follow/{follow.token}/")
    yield "thread, followed", client.post(f"/comments/follow/{follow.token}/", follow=True)
    yield "thread, preferences", client.get(f"/newsletter/preferences/{follow.follower.token}/")
    yield "thread, to unfollow", client.get(f"/comments/leave/{follow.token}/")
    yield "thread, unfollowed", client.post(f"/comments/leave/{follow.token}/")
    yield "thread, incomplete link", client.get("/comments/leave/x/")
