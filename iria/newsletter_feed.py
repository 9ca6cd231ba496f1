"""The feed of past issues, in the three formats of every feed.

It imports both apps, which do not import each other.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils.text import Truncator
from django.utils.translation import gettext

from articles.editorial.models import Article
from articles.feeds import urls as urls  # registers `feed_format`
from articles.feeds.channels import channel_of
from articles.feeds.entries import MAX_ENTRIES, SUMMARY_LENGTH, Entry, Person, tag_uri, xml_text
from articles.feeds.views import feed_response
from iria.core.http.page_cache import public_page
from iria.core.http.urls import absolute_url
from iria.publication.context_processors import publication_of
from iria.publication.models import Publication
from newsletter.email import editor_html
from newsletter.email.editor_html import show_urls
from newsletter.models import Issue, IssueItem


@public_page
def issues(request: HttpRequest, feed_format: str = "") -> HttpResponse:
    """The feed of listed issues, each with its text and its published articles."""
    publication = publication_of(request)
    listed = list(Issue.objects.listed().select_related("newsletter")[:MAX_ENTRIES])
    show_urls(listed)
    articles_by_issue = _published_articles(listed)
    channel = channel_of(
        publication,
        [_entry(issue, articles_by_issue[issue.pk], publication) for issue in listed],
        path="/newsletter/issues/",
        name=gettext("Past issues"),
    )
    return feed_response(feed_format, channel)


def _published_articles(listed: list[Issue]) -> dict[int, list[Article]]:
    """The published articles of each issue, in order; two queries."""
    rows = IssueItem.objects.filter(issue__in=listed).order_by("position", "pk")
    pairs = list(rows.values_list("issue_id", "article_id"))
    articles = Article.objects.published().in_bulk({article_id for _, article_id in pairs})
    by_issue: dict[int, list[Article]] = {issue.pk: [] for issue in listed}
    for issue_id, article_id in pairs:
        if article_id in articles:
            by_issue[issue_id].append(articles[article_id])
    return by_issue


def _entry(issue: Issue, articles: list[Article], publication: Publication) -> Entry:
    started = issue.started_at
    assert started is not None  # noqa: S101 - ensured by a constraint for listed issues
    context: dict[str, Any] = {
        "introduction": editor_html.safe(issue.introduction),
        "closing": editor_html.safe(issue.closing),
        "articles": [(article, absolute_url(article.get_absolute_url())) for article in articles],
    }
    summary = issue.preheader or editor_html.as_plain_text(context["introduction"])
    return Entry(
        id=tag_uri(started, f"issue/{issue.pk}"),
        url=absolute_url(issue.get_absolute_url()),
        title=xml_text(issue.subject),
        summary=xml_text(Truncator(" ".join(summary.split())).chars(SUMMARY_LENGTH)),
        html=xml_text(render_to_string("newsletter/_feed_entry.html", context)),
        language=issue.effective_language,
        published=started,
        updated=started,
        authors=(Person(xml_text(publication.name), absolute_url("/")),),
        topics=(xml_text(issue.newsletter.name),),
    )


urlpatterns = [
    path("feed/", issues, name="newsletter_issues_feed"),
    path("feed/<feed_format:feed_format>/", issues, name="newsletter_issues_feed"),
]
