"""The form data of an issue, the URLs of its pages, and their messages."""

from typing import Any

from django.urls import reverse

from articles.editorial.models import Article
from newsletter.models import Issue
from tests.newsletter.factories import news

ADD = "/admin/newsletter/issue/add/"
LIVE = "/admin/newsletter/issue/live/"


def issue_form_data(*articles: Article, **changed: Any) -> dict[str, Any]:
    """Returns valid form data of an issue."""
    return {
        "newsletter": news().pk,
        "subject": "What moved this week",
        "preheader": "",
        "introduction": "Good morning.\n\nTwo things.",
        "closing": "",
        "slug": "",
        "chosen_articles": [article.pk for article in articles],
        **changed,
    }


def issue_url(draft: Issue, action: str) -> str:
    return reverse(f"admin:newsletter_issue_{action}", args=[draft.pk])


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]
