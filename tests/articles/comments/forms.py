"""The comment form as a browser without JavaScript fills it in."""

import re
from html import unescape

from django.test import Client

from articles.comments.models import Comment
from articles.comments.submission import form_tokens
from articles.editorial.models import Article

WORDS = {
    "name": "Teo Brandt",
    "email": "teo@readers.example",
    "text": "I was on that ferry.\nIt was late.",
}


def address_of(article: Article, **query: object) -> str:
    more = "".join(f"&{key}={value}" for key, value in query.items())
    return f"/comments/new/?article={article.pk}{more}"


def token_in(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found, "the form carries no seal"
    return unescape(found[1])


def send(client: Client, article: Article, **changes: str) -> Comment:
    """Looks a comment over and sends it; the comment that was kept."""
    looked = client.post(address_of(article), {**WORDS, **changes})
    token = token_in(looked.content.decode())
    answer = client.post(address_of(article), {**WORDS, **changes, "token": token})
    assert answer.status_code == 302, answer.content.decode()
    found = form_tokens.comment_behind(answer["Location"].split("/")[-2])
    assert found
    return found
