"""Following by e-mail: the form, and unfollowing.

None of these pages depends on who is signed in; confirming is that of the newsletter.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from articles.editorial.models import Article
from iria.core.http.csrf import open_to_other_sites
from iria.core.http.headers import client_ip
from iria.core.http.private_paths import secret_link
from iria.core.http.rate_limit import count_and_allow
from iria.core.text.language import content_language, use_language
from newsletter.forms import EmailForm
from newsletter.models import ArticleFollow, Subscriber
from newsletter.models.follow import SUBJECTS
from newsletter.subscriptions import follows, opt_in
from newsletter.subscriptions.email_addresses import hidden
from newsletter.subscriptions.follows import Subject
from newsletter.views.subscription import (
    REQUESTS_AN_HOUR,
    UNKNOWN,
    language_of,
    message_page,
    source_path,
    to_check_inbox,
)


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
            message = gettext("Choose at least one author, section or topic.")
            raise forms.ValidationError(message)
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
            limit=REQUESTS_AN_HOUR,
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
            "address": hidden(subscriber.email),
            "subjects": [Subject.of(row) for row in rows],
            "ended": request.method == "POST",
        }
        return render(request, "newsletter/unfollow.html", context)
