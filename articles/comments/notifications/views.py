"""Following comments, confirming and unfollowing, with and without JavaScript.

Where somebody acts by a link from an e-mail, the token in its address is their right to do so. GET
changes nothing, because programs that look through mail open links.
"""

from datetime import timedelta
from typing import Final

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.email_addresses import is_confirmed
from articles.comments.notifications import follows
from articles.comments.notifications.emails import what
from articles.comments.notifications.models import Follow, Follower
from articles.comments.submission.form_tokens import signed_in_user
from articles.comments.submission.validation import parse_id
from articles.editorial.models import Article
from iria.core.http.csrf import open_to_other_sites
from iria.core.http.headers import client_ip
from iria.core.http.private_paths import secret_link
from iria.core.http.rate_limit import count_and_allow
from iria.core.mail import to_ascii
from iria.core.text.language import use_language
from iria.core.text.validators import validate_storable

NO_ADDRESS = gettext_lazy("Enter a valid e-mail address, such as name@example.org.")


class FollowForm(forms.Form):
    """How soon, and for guests to which address."""

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
        error_messages={"invalid": NO_ADDRESS, "max_length": NO_ADDRESS},
    )
    website = forms.CharField(required=False)

    def __init__(self, *args: object, signed_in: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.signed_in = signed_in

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if not email and not self.signed_in:
            raise forms.ValidationError(str(NO_ADDRESS))
        return to_ascii(email)

    @property
    def was_filled_by_a_program(self) -> bool:
        """The field that people do not see holds something."""
        return bool(self.data.get("website", "").strip())


REQUESTS_AN_HOUR: Final = (30, timedelta(hours=1))
"""From one IP address; a whole institute may stand behind one."""

Frequency = Follow.Frequency


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Asks how soon, and where to; the answer is the same for every address, known or not."""
    pk = parse_id(request.GET.get("article"))
    article = Article.objects.published().filter(pk=pk).first() if pk else None
    if article is None:
        return _sentence(request, gettext("This article is not published."), 404)
    writer = signed_in_user(request)
    form = FollowForm(request.POST or None, signed_in=writer is not None)
    with use_language(article.language):
        if request.method != "POST":
            return _page(request, article, form, 200)
        if form.was_filled_by_a_program:
            return redirect("comment_follow_check_inbox")
        if not form.is_valid():
            return _page(request, article, form, 422)
        limit, per = REQUESTS_AN_HOUR
        if not count_and_allow("follow", client_ip(request), limit=limit, per=per):
            form.add_error(None, gettext("Too many requests. Try again in an hour."))
            return _page(request, article, form, 429)
        made = follows.follow(
            Follow.Kind.THREAD,
            Frequency(form.cleaned_data["frequency"]),
            user=writer,
            email=form.cleaned_data["email"],
            article=article,
        )
    if writer is not None and made.is_active:
        return redirect("newsletter_preferences", made.follower.token)
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
def asked(request: HttpRequest) -> HttpResponse:
    """What to do next, for everybody who gave an address."""
    return render(request, "articles/comments/notifications/check_inbox.html")


@csrf_exempt
@open_to_other_sites
@require_http_methods(["GET", "HEAD", "POST"])
@secret_link
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """One button; after it, what somebody is told of from now on."""
    chosen = Follow.objects.with_details().with_token(token).first()
    if chosen is None:
        return _unknown(request)
    if request.method == "POST":
        try:
            follows.confirm(chosen)
        except follows.TooLate:
            return _sentence(request, gettext("You unfollowed after this link was sent."), 410)
        return redirect("comment_follow_confirm", token)
    if chosen.unfollowed_at is not None:
        return _sentence(request, gettext("You unfollowed after this link was sent."), 410)
    context = {"follow": chosen, "what": what(chosen)}
    return render(request, "articles/comments/notifications/confirm.html", context)


@csrf_exempt
@open_to_other_sites
@require_http_methods(["GET", "HEAD", "POST"])
@secret_link
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows one button and changes nothing; a POST from anywhere leaves at once (RFC 8058)."""
    chosen: Follow | Follower | None = Follow.objects.with_details().with_token(token).first()
    if chosen is None:
        chosen = Follower.objects.select_related("user").with_token(token).first()
    if chosen is None:
        return _unknown(request)
    if request.method == "POST":
        if isinstance(chosen, Follow):
            follows.leave(chosen)
        else:
            follows.leave_all(chosen, frequency=Frequency.DAILY)
    follower = chosen.follower if isinstance(chosen, Follow) else chosen
    context = {
        "left": request.method == "POST",
        "what": what(chosen) if isinstance(chosen, Follow) else gettext("all daily e-mails"),
        "living": not isinstance(chosen, Follow) or chosen.unfollowed_at is None,
        "preferences": follower.token,
    }
    return render(request, "articles/comments/notifications/unfollow.html", context)


@login_required
@require_safe
def of_account(request: HttpRequest) -> HttpResponse:
    """Redirects signed-in users to their preferences."""
    user = signed_in_user(request)
    if user is None or not is_confirmed(user):
        # The URL of the page gives access to the preferences, so the address must be confirmed.
        sentence = gettext("Confirm the e-mail address of your account first.")
        return _sentence(request, sentence, 403)
    return redirect("newsletter_preferences", follows.follower_of(user, "").token)


def _unknown(request: HttpRequest) -> HttpResponse:
    sentence = gettext(
        "The link is incomplete, or what it refers to was deleted. In that case we "
        "send you nothing."
    )
    return _sentence(request, sentence, 404)


def _sentence(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    context = {"sentence": sentence}
    return render(request, "articles/comments/notifications/message.html", context, status=status)
