"""The pages: sign-up, preferences, following, unsubscribing, past issues; the CSS of e-mail previews, and tracked links.

None of these pages depends on who is signed in. The token in the URL is the right to act; such pages are not cached, and
send no referrer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from articles.editorial.models import Article
from articles.images.models import Image
from iria.core.http.headers import client_ip
from iria.core.http.page_cache import public_page
from iria.core.http.private_paths import open_to_other_sites, secret_link
from iria.core.pagination import page_of
from iria.core.security import BrokenToken, ExpiredToken, count_and_allow
from iria.core.text.language import content_language, use_language
from iria.publication.context_processors import publication_of
from iria.publication.views import FOREVER
from newsletter import personal_data
from newsletter.email import rendering
from newsletter.email.editor_html import show_urls
from newsletter.forms import EmailForm, PreferencesForm, SignUpForm
from newsletter.models import ArticleFollow, Consent, Issue, Subscriber
from newsletter.models.follow import SUBJECTS
from newsletter.subscriptions import follows, opt_in
from newsletter.subscriptions.email_addresses import for_display, mask
from newsletter.subscriptions.follows import Subject

SHEET_ARTICLES: Final = 3
ARTICLE_PATH: Final = re.compile(r"/\d{4}/\d{1,2}/[-\w]+/")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The latest issue, as the sign-up page shows it."""

    issue: Issue
    image: Image | None
    articles: list[Article]


@public_page(parameters=("page",))
def issues(request: HttpRequest) -> HttpResponse:
    page = page_of(Issue.objects.listed().select_related("newsletter"), request.GET.get("page"))
    return render(request, "newsletter/issues.html", {"page": page})


@public_page
def issue(request: HttpRequest, slug: str) -> HttpResponse:
    """Shows an issue with its texts and those of its articles that are still public."""
    shown_issue = get_object_or_404(
        Issue.objects.public().select_related("newsletter", "image__agency"), slug=slug
    )
    show_urls([shown_issue])
    context = {
        "issue": shown_issue,
        "sections": _sections(shown_issue),
        "page_language": shown_issue.effective_language,
    }
    return render(request, "newsletter/issue.html", context)


def sheet_of(shown_issue: Issue) -> Sheet:
    """The beginning of an issue for the sign-up page, with its image or that of its first article."""
    show_urls([shown_issue])
    articles = [article for _, section in _sections(shown_issue) for article in section]
    first = shown_issue.image or (articles[0].lead_image if articles else None)
    image = first if first is not None and first.may_be_shown else None
    return Sheet(shown_issue, image, articles[:SHEET_ARTICLES])


def _sections(shown_issue: Issue) -> list[tuple[str, list[Article]]]:
    """Groups the public articles by section heading; sections without articles are left out."""
    items = shown_issue.items.values_list("article_id", "heading")
    in_issue = Article.objects.published().filter(pk__in=shown_issue.items.values("article_id"))
    articles = in_issue.for_cards().in_bulk()
    sections: list[tuple[str, list[Article]]] = [("", [])]
    for article_id, heading in items:
        if heading:
            sections.append((heading, []))
        if article_id in articles:
            sections[-1][1].append(articles[article_id])
    return [section for section in sections if section[1]]


@require_safe
def email_css(request: HttpRequest, light: str, dark: str, hours: str = "") -> HttpResponse:
    """The stylesheet of previews, with the accent colours of the URL."""
    rules = rendering.rules(f"#{light}", f"#{dark}", hours)
    return HttpResponse(
        rules, content_type="text/css; charset=utf-8", headers={"Cache-Control": FOREVER}
    )


@require_safe
@never_cache
def link(request: HttpRequest, issue_id: int, number: int) -> HttpResponse:
    """Redirects to the target of a tracked link and counts the click; nothing about the visitor is
    stored.
    """
    if max(issue_id, number) >= 2**31:
        raise Http404
    url = rendering.open_link(issue_id, number)
    if not url:
        raise Http404
    response = HttpResponseRedirect(url)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


MAX_REQUESTS_PER_HOUR = 30
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
    if request.method != "POST":
        return _empty_sign_up(request)
    language = language_of(request)
    with use_language(language or content_language()):
        return _sign_up(request, language)


@public_page(parameters=("language",))
def _empty_sign_up(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    with use_language(language or content_language()):
        return _sign_up_page(request, SignUpForm(language=language))


def language_of(request: HttpRequest) -> str:
    """Returns the language of the page with the form: that of the URL, or the publication's first.

    Empty if the publication has only one language.
    """
    language, codes = request.GET.get("language", ""), publication_of(request).language_codes
    if len(codes) == 1:
        return ""
    return language if language in codes else codes[0]


def to_check_inbox(language: str, source: str = "") -> HttpResponse:
    values = {"language": language, "from": article_url(source)}
    query = {name: value for name, value in values.items() if value}
    return redirect(reverse("newsletter_check_inbox", query=query))


def article_url(path: str) -> str:
    """The path if it is that of an article; else an empty string."""
    return path if ARTICLE_PATH.fullmatch(path) else ""


def _sign_up(request: HttpRequest, language: str) -> HttpResponse:
    form = SignUpForm(request.POST)
    source = source_path(request)
    if form.is_spam:
        return to_check_inbox(language, source)
    if not form.is_valid() or form.suggestion:
        return _sign_up_page(request, form, status=422)
    if not count_and_allow(
        "newsletter.client",
        client_ip(request),
        limit=MAX_REQUESTS_PER_HOUR,
        per=timedelta(hours=1),
    ):
        message = gettext("Too many sign-ups from your network. Try again in an hour.")
        form.add_error(None, message)
        return _sign_up_page(request, form, status=429)
    # An offer has no choice of a language: the e-mails are in that of its page.
    has_choice = "language" in request.POST
    opt_in.request(
        form.cleaned_data["email"],
        source_url=source,
        wanted=form.wanted(),
        language=form.cleaned_data["language"] if has_choice else language,
    )
    return to_check_inbox(language, source)


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
    except ValueError:  # not a URL, such as http://[
        came_from = urlsplit("")
    path = came_from.path if came_from.netloc == request.get_host() else ""
    path = request.POST.get("came_from") or path
    return path if path.startswith("/") and path.isprintable() else request.path


@require_safe
@cache_control(public=True, max_age=3600)
def check_inbox(request: HttpRequest) -> HttpResponse:
    """The page after signing up, the same for everybody."""
    with use_language(language_of(request) or content_language()):
        context = {"article_url": article_url(request.GET.get("from", ""))}
        return render(request, "newsletter/check_inbox.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@secret_link
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET only shows a button, because e-mail scanners open links."""
    try:
        consent = opt_in.consent_of(token)
    except BrokenToken:
        return message_page(request, gettext(INCOMPLETE), status=404)
    except ExpiredToken as expired:
        expired_consent = Consent.objects.filter(pk=expired.value).first()
        with use_language(expired_consent.language if expired_consent else content_language()):
            return message_page(request, gettext(EXPIRED), status=410, consent=expired_consent)
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
        url = article_url(consent.source_url)
        context = {"consent": consent, "token": token, "article_url": url}
        return render(request, f"newsletter/{template}.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@secret_link
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Shows and saves what an address receives: newsletters, and e-mails of other apps."""
    if token == rendering.TEST_TOKEN:
        return _test_link_page(request)
    email = opt_in.email_of(token)
    if not email:
        return message_page(request, gettext(UNKNOWN), status=404)
    subscriber = Subscriber.objects.with_email(email).first()
    with use_language(subscriber.language if subscriber else ""):
        if request.method == "POST" and "leave" in request.POST:
            opt_in.unsubscribe_all(email)
            return render(request, "newsletter/unsubscribed.html", {"address": mask(email)})
        if request.method == "POST" and "data" in request.POST and subscriber:
            personal_data.request_link(subscriber)
            return redirect(f"{request.path}?asked=1")
        return _preferences_page(request, email, subscriber)


@require_http_methods(["GET", "HEAD", "POST"])
@secret_link
def data(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the stored data of a subscriber, with a button to erase them."""
    try:
        if request.method == "POST":
            erased = personal_data.erase(token, suppress="bar" in request.POST)
            with use_language(erased.language):
                return render(request, "newsletter/erased.html", {"barred": "bar" in request.POST})
        subscriber = personal_data.subscriber_of(token)
    except BrokenToken:
        return message_page(request, gettext(UNKNOWN), status=404)
    except ExpiredToken:
        return message_page(request, gettext(DATA_EXPIRED), status=410)
    with use_language(subscriber.language):
        context = {
            "subscriber": subscriber,
            "address": for_display(subscriber.email),
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
        received=opt_in.received_by(subscriber),
        language=subscriber.language if subscriber else "",
        initial={"name": subscriber.name if subscriber else ""},
    )
    if request.method == "POST" and form.is_valid():
        try:
            opt_in.save_preferences(email, form.choice(), request.POST)
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
        "address": mask(email),
        "more": opt_in.other_choices(email),
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
        context = {"subscriber": subscriber, "address": mask(subscriber.email)}
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


class FollowForm(EmailForm):
    """What to follow, and the e-mail address."""

    subjects = forms.MultipleChoiceField(required=False)

    def __init__(self, data: Any, subjects: Sequence[Subject]) -> None:
        super().__init__(data)
        self._subjects = {f"{subject.kind}:{subject.value}": subject for subject in subjects}
        field = self.fields["subjects"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared above
        field.choices = [(value, value) for value in self._subjects]

    def clean_subjects(self) -> list[Subject]:
        chosen = [self._subjects[value] for value in self.cleaned_data["subjects"]]
        if not chosen:
            raise forms.ValidationError(gettext("Choose at least one author, section or topic."))
        return chosen

    @property
    def options(self) -> list[tuple[str, Subject, bool]]:
        """Value, subject and whether it is chosen; the only one is chosen from the start."""
        chosen = self["subjects"].data if self.is_bound else []
        only = not self.is_bound and len(self._subjects) == 1
        return [
            (value, subject, only or value in chosen) for value, subject in self._subjects.items()
        ]


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Asks to follow what the URL names: `?author=…&section=…&topic=…`, or `?article=<id>`.

    The form is in the language of the article, or in that of `&language=…`; so are the e-mails.
    The response is the same for every address, known or not.
    """
    article, subjects = _subjects(request)
    if not subjects:
        raise Http404
    language = article.language if article else language_of(request)
    with use_language(language or content_language()):
        return _follow(request, article, subjects, language)


def _follow(
    request: HttpRequest, article: Article | None, subjects: list[Subject], language: str
) -> HttpResponse:
    form = FollowForm(request.POST if request.method == "POST" else None, subjects)
    came_from = source_path(request)
    context = {"form": form, "article": article, "came_from": came_from}
    if request.method != "POST":
        return render(request, "newsletter/follow.html", context)
    if form.is_spam:
        return to_check_inbox(language)
    status = 422
    if form.is_valid() and not form.suggestion:
        if count_and_allow(
            "newsletter.client",
            client_ip(request),
            limit=MAX_REQUESTS_PER_HOUR,
            per=timedelta(hours=1),
        ):
            opt_in.request(
                form.cleaned_data["email"],
                source_url=came_from,
                follows=form.cleaned_data["subjects"],
                language=language,
            )
            return to_check_inbox(language)
        status = 429
        form.add_error(None, gettext("Too many sign-ups from your network. Try again in an hour."))
    return render(request, "newsletter/follow.html", context, status=status)


def _subjects(request: HttpRequest) -> tuple[Article | None, list[Subject]]:
    number = request.GET.get("article", "")
    if number.isascii() and number.isdigit() and len(number) < 19:
        article = Article.objects.published().filter(pk=int(number)).first()
        return article, follows.subjects_of(article) if article else []
    return None, follows.find({kind: request.GET.getlist(kind) for kind in SUBJECTS})


@open_to_other_sites
@require_http_methods(["GET", "HEAD", "POST"])
@secret_link
def unfollow(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and changes nothing; a POST from anywhere unfollows at once (RFC 8058).

    The token is that of one follow, or that of a subscriber for everything they follow.
    """
    rows = list(ArticleFollow.objects.with_token(token).with_subjects())
    subscriber = Subscriber.objects.with_token(token).first()
    if subscriber is not None:
        rows = list(subscriber.article_follows.with_subjects())
    elif rows:
        subscriber = rows[0].subscriber
    if subscriber is None:
        return message_page(request, gettext(UNKNOWN), status=404)
    if request.method == "POST":
        follows.end(rows)
    with use_language(subscriber.language):
        context = {
            "subscriber": subscriber,
            "address": mask(subscriber.email),
            "subjects": [Subject.of(row) for row in rows],
            "ended": request.method == "POST",
        }
        return render(request, "newsletter/unfollow.html", context)
