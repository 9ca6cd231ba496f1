"""Links of issues to articles and pages by reference: they follow their targets until the e-mail is sent.

The page of a sent issue follows them too.
"""

from collections.abc import Collection, Sequence
from itertools import batched
from typing import Any, Final

from django.db.models import CharField, F, QuerySet, Value
from django.urls import reverse

from articles.editorial.internal_links import OtherTexts, Source
from articles.editorial.rendering import texts_with_urls
from articles.links.saving import refer_all
from articles.links.targets import HiddenLink, hidden_links
from newsletter.email import editor_html
from newsletter.models import Issue, IssueInternalLink

NAME: Final = "issue"
TEXTS: Final = ("introduction", "closing", "image_caption")


def stored_texts(issue: Issue) -> dict[str, str]:
    """The texts as they are stored: sanitised, with references instead of URLs."""
    introduction, closing = map(editor_html.clean, (issue.introduction, issue.closing))
    texts = refer_all(introduction, closing, issue.image_caption)
    return dict(zip(TEXTS, texts, strict=True))


def show_urls(issues: Sequence[Issue]) -> None:
    """Gives these instances their texts as readers see them, with at most one query."""
    texts = texts_with_urls(getattr(issue, name) for issue in issues for name in TEXTS)
    for issue, values in zip(issues, batched(texts, len(TEXTS)), strict=True):
        issue.introduction, issue.closing, issue.image_caption = values


def hidden_links_of(issue: Issue) -> list[tuple[str, HiddenLink]]:
    """The links that readers would see as text, each with the name of its field."""
    return [(name, link) for name in TEXTS for link in hidden_links(getattr(issue, name))]


def _linking_to(
    kind: str, ids: Collection[int], user: Any, published: bool
) -> "QuerySet[IssueInternalLink]":
    links = IssueInternalLink.objects.filter(target_kind=kind, target_id__in=ids)
    if not user.has_perm("newsletter.view_issue"):
        links = links.none()
    if published:
        links = links.filter(issue__in=Issue.objects.public().order_by().values("pk"))
    return links.annotate(
        source_kind=Value(NAME, CharField()),
        source_id=F("issue_id"),
        source_title=F("issue__subject"),
        source_state=F("issue__state"),
        source_time=F("issue__started_at"),
    )


def _source(number: int, title: str, state: str) -> Source:
    issue = Issue(pk=number, subject=title, state=state)
    url = reverse("admin:newsletter_issue_change", args=[number])
    label = f"Newsletter, {Issue.State(state).label.lower()}"
    return Source(f"Newsletter “{issue}”", url, issue.has_started, label)


LINKING_ISSUES: Final = OtherTexts(linking_to=_linking_to, source=_source)
