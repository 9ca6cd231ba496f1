"""Following comments, confirming, preferences and unfollowing, with and without JavaScript.

The token in the URL of an e-mail authorises the request. GET changes nothing, because mail programs
prefetch links.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.email_addresses import is_confirmed
from accounts.sessions import signed_in_user
from articles.comments.notifications import follows
from articles.comments.notifications.emails import describe_follow
from articles.comments.notifications.models import CommentNotification, Follow, Follower
from articles.editorial.models import Article, Byline
from iria.core.hooks import MailChoice, MailChoices
from iria.core.http.headers import client_ip
from iria.core.http.private_paths import open_to_other_sites, secret_link
from iria.core.http.urls import parse_id
from iria.core.mail import to_ascii
from iria.core.security import count_and_allow
from iria.core.text.language import use_language
from iria.core.text.validators import one_line, validate_storable

INVALID_EMAIL = gettext_lazy("Enter a valid e-mail address, such as name@example.org.")


class FollowForm(forms.Form):
    """The frequency, and for guests the e-mail address."""

    frequency = forms.ChoiceField(
        choices=Follow.Frequency.choices,
        error_messages={
            "required": gettext_lazy("Choose how often."),
            "invalid_choice": gettext_lazy("Choose how often."),
        },
    )
    email = forms.EmailField(
        required=False,
        max_length=254,
        validators=[validate_storable],
        error_messages={"invalid": INVALID_EMAIL, "max_length": INVALID_EMAIL},
    )
    website = forms.CharField(required=False)

    def __init__(self, *args: object, signed_in: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.signed_in = signed_in

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if not email and not self.signed_in:
            raise forms.ValidationError(str(INVALID_EMAIL))
        return to_ascii(email)

    @property
    def is_spam(self) -> bool:
        """Whether the honeypot field was filled in."""
        return bool(self.data.get("website", "").strip())


REQUESTS_PER_HOUR: Final = (30, timedelta(hours=1))
"""Per IP address, which many people may share."""

Kind, Frequency = Follow.Kind, Follow.Frequency


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """The form to follow an article. The response does not reveal whether an address is known."""
    pk = parse_id(request.GET.get("article"))
    article = Article.objects.published().filter(pk=pk).first() if pk else None
    if article is None:
        return _message(request, gettext("This article is not published."), 404)
    user = signed_in_user(request)
    form = FollowForm(request.POST or None, signed_in=user is not None)
    with use_language(article.language):
        if request.method != "POST":
            return _page(request, article, form, 200)
        if form.is_spam:
            return redirect("comment_follow_check_inbox")
        if not form.is_valid():
            return _page(request, article, form, 422)
        limit, per = REQUESTS_PER_HOUR
        if not count_and_allow("follow", client_ip(request), limit=limit, per=per):
            form.add_error(None, gettext("Too many requests. Try again in an hour."))
            return _page(request, article, form, 429)
        followed = follows.follow(
            Follow.Kind.THREAD,
            Frequency(form.cleaned_data["frequency"]),
            user=user,
            email=form.cleaned_data["email"],
            article=article,
        )
    if user is not None and followed.is_active:
        return redirect("newsletter_preferences", followed.follower.token)
    return redirect("comment_follow_check_inbox")


def _page(request: HttpRequest, article: Article, form: FollowForm, status: int) -> HttpResponse:
    context = {
        "article": article,
        "form": form,
        "frequencies": Frequency.choices,
        "chosen": form.data.get("frequency", Frequency.DAILY),
        "writer": signed_in_user(request),
    }
    return render(request, "articles/comments/notifications/follow.html", context, status=status)


@require_safe
def check_inbox(request: HttpRequest) -> HttpResponse:
    """The page that asks to check the inbox."""
    return render(request, "articles/comments/notifications/check_inbox.html")


@csrf_exempt
@open_to_other_sites
@require_http_methods(["GET", "HEAD", "POST"])
@secret_link
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page to confirm a follow, and its result."""
    followed = Follow.objects.with_details().with_token(token).first()
    if followed is None:
        return _unknown(request)
    if request.method == "POST":
        try:
            follows.confirm(followed)
        except follows.AlreadyEnded:
            return _message(request, gettext("You unfollowed after this link was sent."), 410)
        return redirect("comment_follow_confirm", token)
    if followed.unfollowed_at is not None:
        return _message(request, gettext("You unfollowed after this link was sent."), 410)
    context = {"follow": followed, "what": describe_follow(followed)}
    return render(request, "articles/comments/notifications/confirm.html", context)


@csrf_exempt
@open_to_other_sites
@require_http_methods(["GET", "HEAD", "POST"])
@secret_link
def unfollow(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button; POST from any origin ends the follow at once (RFC 8058)."""
    target: Follow | Follower | None = Follow.objects.with_details().with_token(token).first()
    if target is None:
        target = Follower.objects.select_related("user").with_token(token).first()
    if target is None:
        return _unknown(request)
    if request.method == "POST":
        if isinstance(target, Follow):
            follows.end(target)
        else:
            follows.end_all(target, frequency=Frequency.DAILY)
    follower = target.follower if isinstance(target, Follow) else target
    context = {
        "left": request.method == "POST",
        "what": describe_follow(target)
        if isinstance(target, Follow)
        else gettext("all daily e-mails"),
        "living": not isinstance(target, Follow) or target.unfollowed_at is None,
        "preferences": follower.token,
    }
    return render(request, "articles/comments/notifications/unfollow.html", context)


@login_required
@require_safe
def my_preferences(request: HttpRequest) -> HttpResponse:
    """Redirects signed-in users to their preferences."""
    user = signed_in_user(request)
    if user is None or not is_confirmed(user):
        # The URL of the page gives access to the preferences, so the address must be confirmed.
        message = gettext("Confirm the e-mail address of your account first.")
        return _message(request, message, 403)
    return redirect("newsletter_preferences", follows.follower_of(user, "").token)


def _unknown(request: HttpRequest) -> HttpResponse:
    message = gettext(
        "The link is incomplete, or what it refers to was deleted. In that case we "
        "send you nothing."
    )
    return _message(request, message, 404)


def _message(request: HttpRequest, message: str, status: int) -> HttpResponse:
    context = {"sentence": message}
    return render(request, "articles/comments/notifications/message.html", context, status=status)


NEVER: Final = ""
FIELD_PREFIX: Final = "follow-"
BOUNCE_WITHIN: Final = timedelta(days=60)


class Following:
    """Implements the hook `mail_preferences`."""

    def email_of(self, token: str) -> str:
        follower = Follower.objects.select_related("user").with_token(token).first()
        return follower.recipient if follower else ""

    def choices_for(self, address: str) -> MailChoices | None:
        """Returns the active follows; for staff also what they can follow."""
        choices = [
            _choice(follow)
            for follower in _followers(address)
            for follow in follower.follows.active()
            .with_details()
            .order_by("-kind", "created_at", "pk")
        ]
        fields = {choice.field for choice in choices}
        offered = [
            _offered(kind)
            for kind in (Kind.OWN, Kind.QUEUE)
            if f"{FIELD_PREFIX}{kind}" not in fields and _may_follow(kind, address)
        ]
        if not choices and not offered:
            return None
        suppressed = follows.is_suppressed(address)
        note = gettext(
            "E-mail to this address bounced, so we send none. If the address works "
            "again, save this page."
        )
        return MailChoices(
            gettext("Comments by e-mail"), [*offered, *choices], note if suppressed else ""
        )

    def save_choices(self, address: str, answers: Mapping[str, str]) -> None:
        for follower in _followers(address):
            follows.unsuppress(follower)
            for follow in follower.follows.active().select_related("follower"):
                _save_choice(follow, answers.get(_field(follow)))
            for kind in (Kind.OWN, Kind.QUEUE):
                frequency = answers.get(f"{FIELD_PREFIX}{kind}", NEVER)
                if frequency in Frequency and follower.user and _may_follow(kind, address):
                    # The token of this page confirms the address.
                    followed = follows.follow(
                        kind, _valid_frequency(kind, frequency), user=follower.user, ask=False
                    )
                    follows.confirm(followed)

    def unsubscribe(self, address: str) -> None:
        for follower in _followers(address):
            follows.end_all(follower)


def handle_bounce(address: str, reason: str) -> None:
    """Suppresses an address after a hard bounce, if an e-mail was sent to it recently.

    The condition is a protection against forged bounces.
    """
    recent = CommentNotification.objects.filter(
        follower__in=_followers(address),
        state__in=[CommentNotification.State.SENT, CommentNotification.State.UNCERTAIN],
        state_changed_at__gt=timezone.now() - BOUNCE_WITHIN,
    )
    if recent.exists():
        follows.suppress(address, reason=reason)


def is_suppressed(address: str) -> bool:
    """Whether e-mail to this address is suppressed."""
    return Follower.objects.with_email(address).filter(suppressed_at__isnull=False).exists()


def _followers(address: str) -> list[Follower]:
    return list(Follower.objects.with_email(address).select_related("user"))


def _field(follow: Follow) -> str:
    """The name of the form field: by kind if there is only one follow of the kind, otherwise by id."""
    is_single = follow.kind in {Kind.OWN, Kind.QUEUE}
    return f"{FIELD_PREFIX}{follow.kind}" if is_single else f"{FIELD_PREFIX}{follow.pk}"


def _choice(follow: Follow) -> MailChoice:
    article = follow.article
    comment_url = follow.comment.get_absolute_url() if follow.comment else ""
    return MailChoice(
        field=_field(follow),
        label=follow.get_kind_display(),
        options=_options(Kind(follow.kind)),
        chosen=follow.frequency,
        description=one_line(article.headline) if article else "",
        url=comment_url or (f"{article.get_absolute_url()}#comments" if article else ""),
    )


def _offered(kind: Follow.Kind) -> MailChoice:
    return MailChoice(f"{FIELD_PREFIX}{kind}", str(kind.label), _options(kind), NEVER)


def _options(kind: Follow.Kind) -> list[tuple[str, str]]:
    frequencies = [(str(value), str(label)) for value, label in Frequency.choices]
    if kind == Kind.QUEUE:
        frequencies = [frequency for frequency in frequencies if frequency[0] == Frequency.DAILY]
    return [*frequencies, (NEVER, gettext("Never"))]


def _valid_frequency(kind: Follow.Kind, frequency: str) -> Follow.Frequency:
    return Frequency.DAILY if kind == Kind.QUEUE else Frequency(frequency)


def _save_choice(follow: Follow, choice: str | None) -> None:
    """Saves a choice; an invalid one changes nothing."""
    if choice == NEVER:
        follows.end(follow)
    elif choice is not None and choice in Frequency and choice != follow.frequency:
        follows.change_frequency(follow, _valid_frequency(Kind(follow.kind), choice))


def _may_follow(kind: Follow.Kind, address: str) -> bool:
    """Authors may follow comments on their articles, moderators pending comments."""
    users = [follower.user for follower in _followers(address) if follower.user]
    if kind == Kind.OWN:
        return Byline.objects.filter(author__user__in=users).exists()
    return any(user.is_active and user.has_perm("articles.change_comment") for user in users)
