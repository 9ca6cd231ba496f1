"""An article before it is published, for whoever holds the link."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from articles.editorial.models import Article
from articles.editorial.previewing import read_preview_token
from articles.embeds.frames import allow
from articles.reading.views.article import text_of
from iria.kit.signing import BrokenToken, ExpiredToken
from iria.kit.speaking import speaking
from iria.publication.speaking import in_its_language

BANNERS = {
    Article.State.DRAFT: gettext_lazy("This is a draft. It is not published, and may change."),
    Article.State.SCHEDULED: gettext_lazy(
        "This article is not published yet; it goes out at a set time."
    ),
    Article.State.WITHDRAWN: gettext_lazy("This article was withdrawn. Readers do not see it."),
}


@require_safe
@in_its_language
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """The article in its page's own form, kept by nobody and found by no search engine."""
    try:
        chosen = read_preview_token(token)
    except ExpiredToken:
        return _private(_over(request, gettext("This preview link has expired."), status=410))
    except BrokenToken:
        return _private(_over(request, gettext("This preview link is incomplete."), status=404))
    if chosen.is_published:
        return _private(redirect(chosen.get_absolute_url()))
    with speaking(chosen.language):
        context = {**text_of(request, chosen), "preview": BANNERS[Article.State(chosen.state)]}
        response = render(request, "articles/reading/article.html", context)
        return _private(allow(response, context["frames"]))


def _over(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    context = {"sentence": sentence}
    return render(request, "articles/reading/preview_over.html", context, status=status)


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    # The address is the right to read; it is not to travel on with a click.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
