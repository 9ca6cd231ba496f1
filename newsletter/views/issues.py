"""Past issues, the CSS of e-mail previews, and tracked links."""

from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles.editorial.models import Article
from articles.images.models import Image
from iria.core.http.page_cache import public_page
from iria.core.pagination import page_of
from iria.publication.views import FOREVER
from newsletter.email import rendering
from newsletter.email.internal_links import show_urls
from newsletter.models import Issue

SHEET_ARTICLES: Final = 3


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
