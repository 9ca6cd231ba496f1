"""Submits the comment form as a browser without JavaScript does."""

import re
from html import unescape

from django.test import Client

from articles.comments.models import Comment
from articles.comments.submission import links
from articles.editorial.models import Article

FORM_VALUES = {
    "name": "Teo Brandt",
    "email": "teo@readers.example",
    "text": "I was on that ferry.\nIt was late.",
}


def form_url(article: Article, **query: object) -> str:
    more = "".join(f"&{key}={value}" for key, value in query.items())
    return f"/comments/new/?article={article.pk}{more}"


def form_token(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found, "the form has no token"
    return unescape(found[1])


def send(client: Client, article: Article, **changes: str) -> Comment:
    """Previews and submits a comment; returns the saved comment."""
    preview = client.post(form_url(article), {**FORM_VALUES, **changes})
    token = form_token(preview.content.decode())
    response = client.post(form_url(article), {**FORM_VALUES, **changes, "token": token})
    assert response.status_code == 302, response.content.decode()
    comment = links.comment_behind(response["Location"].split("/")[-2])
    assert comment
    return comment
