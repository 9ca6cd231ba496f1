"""Sign-up, confirmation, preferences, unsubscribing.

None of these pages depends on who is signed in. The token in the URL is the right to act; such pages are not cached, and
send no referrer.
"""

from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from iria.core.http.csrf import open_to_other_sites
from iria.core.http.headers import client_ip
from iria.core.http.private_paths import secret_link
from iria.core.http.rate_limit import count_and_allow
from iria.core.security.signed_tokens import BrokenToken, ExpiredToken
from iria.core.text.language import content_language, use_language
from iria.publication.context_processors import publication_of
from newsletter import personal_data
from newsletter.email import rendering
from newsletter.forms import PreferencesForm, SignUpForm
from newsletter.models import Consent, Issue, Subscriber
from newsletter.models.follow import SUBJECTS
from newsletter.subscriptions import data_requests, opt_in
from newsletter.subscriptions import preferences as subscriptions_preferences
from newsletter.subscriptions.email_addresses import hidden, shown
from newsletter.subscriptions.follows import Subject
from newsletter.views.issues import sheet_of

REQUESTS_AN_HOUR = 30
"""Per IP address; a whole institute may share one."""

LATEST = 4
"""Past issues on the sign-up page."""

INCOMPLETE = gettext_noop(
    "This link is incomplete. Open it again from the e-mail, or copy the whole link."
)
EXPIRED = gettext_noop("This link has expired. It was valid for three days.")
DATA_EXPIRED = gettext_noop(
    "This link has expired. It was valid for one day. Open “Manage preferences” in one of our e-mails to ask for another."
)
UNKNOWN = gettext_noop(
    "This link is incomplete, or we no longer store the address it was sent to. In that case it receives no e-mails."
)

TEST = gettext_noop(
    "In e-mails to subscribers, it opens the page where they manage preferences or unsubscribe. Nothing was changed."
)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Signs up an address. The response is the same for every address, known or not.

    `?language=fr` shows the page in this language of the publication, and offers e-mails in it.
    """
    language = language_of(request)
    with use_language(language or content_language()):
        return _sign_up(request, language)


def language_of(request: HttpRequest) -> str:
    """The language that the URL asks for, if it is one of the publication; else nothing."""
    language = request.GET.get("language", "")
    return language if language in publication_of(request).language_codes else ""


def to_check_inbox(language: str) -> HttpResponse:
    query = {"language": language} if language else {}
    return redirect(reverse("newsletter_check_inbox", query=query))


def _sign_up(request: HttpRequest, language: str) -> HttpResponse:
    if request.method != "POST":
        return _sign_up_page(request, SignUpForm(language=language))
    form = SignUpForm(request.POST)
    if form.is_spam:
        return to_check_inbox(language)
    if not form.is_valid() or form.suggestion:
        return _sign_up_page(request, form, status=422)
    if not count_and_allow(
        "newsletter.client",
        client_ip(request),
        limit=REQUESTS_AN_HOUR,
        per=timedelta(hours=1),
    ):
        message = gettext("Too many sign-ups from your network. Try again in an hour.")
        form.add_error(None, message)
        return _sign_up_page(request, form, status=429)
    # An offer has no choice of a language: the e-mails are in that of its page.
    has_choice = "language" in request.POST
    opt_in.request(
        form.cleaned_data["email"],
        source_url=source_path(request),
        wanted=form.wanted(),
        language=form.cleaned_data["language"] if has_choice else language,
    )
    return to_check_inbox(language)


def _sign_up_page(request: HttpRequest, form: SignUpForm, *, status: int = 200) -> HttpResponse:
    latest = list(Issue.objects.listed().select_related("newsletter", "image__agency")[:LATEST])
    context = {
        "form": form,
        "offers": form.offers(),
        "came_from": source_path(request) if form.is_bound else "",
        "latest": latest,
        "sheet": sheet_of(latest[0]) if latest else None,
    }
    return render(request, "newsletter/sign_up.html", context, status=status)


def source_path(request: HttpRequest) -> str:
    """Returns the path of the page with the form, from the Referer header; else that of this page.

    If a correction was suggested, the form repeats the path of the original page.
    """
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # no address at all, such as http://[
        came_from = urlsplit("")
    path = came_from.path if came_from.netloc == request.get_host() else ""
    path = request.POST.get("came_from") or path
    return path if path.startswith("/") and path.isprintable() else request.path


@require_safe
@cache_control(public=True, max_age=3600)
def check_inbox(request: HttpRequest) -> HttpResponse:
    """The page after signing up, the same for everybody."""
    with use_language(language_of(request) or content_language()):
        return render(request, "newsletter/check_inbox.html")


@require_http_methods(["GET", "HEAD", "POST"])
@secret_link
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET only shows a button, because e-mail scanners open links."""
    try:
        consent = opt_in.consent_of(token)
    except BrokenToken:
        return message_page(request, gettext(INCOMPLETE), status=404)
    except ExpiredToken as expired:
        asked = Consent.objects.filter(pk=expired.value).first()
        with use_language(asked.language if asked else content_language()):
            return message_page(request, gettext(EXPIRED), status=410, consent=asked)
    with use_language(consent.language):
        if request.method == "POST":
            try:
                opt_in.confirm(token)
            except opt_in.NotPossible as error:
                return message_page(request, str(error), status=410, consent=consent)
            return redirect("newsletter_confirm", token)
        message = opt_in.lost_topics(consent)
        if opt_in.unsubscribed_since(consent):
            message = gettext("You unsubscribed after this link was sent.")
        if message:
            return message_page(request, message, status=410, consent=consent)
        template = "welcome" if consent.confirmed_at else "confirm"
        context = {"consent": consent, "token": token}
        return render(request, f"newsletter/{template}.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@secret_link
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Shows and saves what an address receives: newsletters, and e-mails of other apps."""
    if token == rendering.TEST_TOKEN:
        return _test_link_page(request)
    email = subscriptions_preferences.email_of(token)
    if not email:
        return message_page(request, gettext(UNKNOWN), status=404)
    subscriber = Subscriber.objects.with_email(email).first()
    with use_language(subscriber.language if subscriber else ""):
        if request.method == "POST" and "leave" in request.POST:
            subscriptions_preferences.unsubscribe_all(email)
            return render(request, "newsletter/unsubscribed.html", {"address": hidden(email)})
        if request.method == "POST" and "data" in request.POST and subscriber:
            data_requests.ask(subscriber)
            return redirect(f"{request.path}?asked=1")
        return _preferences_page(request, email, subscriber)


@require_http_methods(["GET", "HEAD", "POST"])
@secret_link
def data(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the stored data of a subscriber, with a button to erase them."""
    try:
        if request.method == "POST":
            erased = data_requests.erase(token, barred="bar" in request.POST)
            with use_language(erased.language):
                return render(request, "newsletter/erased.html", {"barred": "bar" in request.POST})
        subscriber = data_requests.subscriber_of(token)
    except BrokenToken:
        return message_page(request, gettext(UNKNOWN), status=404)
    except ExpiredToken:
        return message_page(request, gettext(DATA_EXPIRED), status=410)
    with use_language(subscriber.language):
        context = {
            "subscriber": subscriber,
            "address": shown(subscriber.email),
            "received": [
                personal_data.describe_subscription(subscription)
                for subscription in subscriber.subscriptions.with_choices()
            ],
            "follows": subscriber.article_follows.with_subjects(),
            "mails": subscriber.deliveries.with_issues().order_by("-pk"),
        }
        return render(request, "newsletter/data.html", context)


def _preferences_page(
    request: HttpRequest, email: str, subscriber: Subscriber | None
) -> HttpResponse:
    too_often = False
    # An empty form is valid: it chooses nothing.
    form = PreferencesForm(
        request.POST if request.method == "POST" else None,
        received=subscriptions_preferences.received_by(subscriber),
        language=subscriber.language if subscriber else "",
        initial={"name": subscriber.name if subscriber else ""},
    )
    if request.method == "POST" and form.is_valid():
        try:
            subscriptions_preferences.choose(email, form.choice(), request.POST)
        except opt_in.TooOften as error:
            form.add_error(None, str(error))
            too_often = True
        except opt_in.NotPossible as error:
            return message_page(request, str(error), status=410)
        else:
            return redirect(f"{request.path}?saved=1")
    context = {
        "form": form,
        "offers": form.offers(),
        "subscriber": subscriber,
        "address": hidden(email),
        "more": subscriptions_preferences.other_choices(email),
        "saved": "saved" in request.GET,
        "asked": "asked" in request.GET,
    }
    status = 429 if too_often else 422 if form.errors else 200
    return render(request, "newsletter/preferences.html", context, status=status)


@open_to_other_sites
@require_http_methods(["GET", "HEAD", "POST"])
@secret_link
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and changes nothing; a POST from anywhere unsubscribes at once (RFC 8058)."""
    if token == rendering.TEST_TOKEN:
        return _test_link_page(request)
    posted = request.method == "POST"
    subscriber = (
        opt_in.unsubscribe(token) if posted else Subscriber.objects.with_token(token).first()
    )
    if subscriber is None:
        return message_page(request, gettext(UNKNOWN), status=404)
    template = "unsubscribed" if posted else "unsubscribe"
    with use_language(subscriber.language):
        context = {"subscriber": subscriber, "address": hidden(subscriber.email)}
        return render(request, f"newsletter/{template}.html", context)


def message_page(
    request: HttpRequest, message: str, *, status: int, consent: Consent | None = None
) -> HttpResponse:
    """Shows a message and what to do instead: to subscribe, or to follow the same again."""
    followed = (
        [Subject.of(row) for row in consent.follows.select_related(*SUBJECTS)] if consent else []
    )
    query = urlencode([(subject.kind, subject.value) for subject in followed])
    context = {
        "sentence": message,
        "is_expired": status == 410,
        "follow_url": f"{reverse('newsletter_follow')}?{query}" if query else "",
    }
    return render(request, "newsletter/message.html", context, status=status)


def _test_link_page(request: HttpRequest) -> HttpResponse:
    """Explains the links of a test e-mail; a one-click unsubscribe gets a success response."""
    context = {"heading": gettext("This link is from a test e-mail"), "sentence": gettext(TEST)}
    return render(request, "newsletter/message.html", context)
