"""An empty form makes one article, however often it is sent.

A double click, a reload or a proxy that tries again sends the same form twice. Each empty form
carries a random id, signed so that nobody can take the id of somebody else's form, and the id is
kept with the article under a unique constraint: of two requests at once the second fails in the
database and is led to the article of the first. A rate limit would not do: it could not tell a
second click from an editor who files two short pieces in a row.
"""

import uuid
from datetime import timedelta
from typing import Final

from articles.body.cleaning import clean
from articles.editorial.models import Article
from articles.embeds.placing import place
from iria.kit.signing import BrokenToken, ExpiredToken, make_token, read_token

PURPOSE: Final = "article-form"
VALID_FOR: Final = timedelta(days=30)


def make_form_token() -> str:
    return make_token(str(uuid.uuid4()), purpose=PURPOSE)


def form_id(token: str) -> uuid.UUID | None:
    """The id in a token; None where it was cut off or is too old to be sent by accident."""
    try:
        return uuid.UUID(read_token(token, purpose=PURPOSE, valid_for=VALID_FOR))
    except (BrokenToken, ExpiredToken, ValueError, TypeError, AttributeError):
        return None


def made_from(token: str) -> Article | None:
    """The article that the form with this token made already."""
    known = form_id(token)
    return Article.objects.filter(made_from=known).first() if known else None


def is_the_same(article: Article, headline: str, body: str) -> bool:
    """Whether a form sent again says what the article was made with."""
    first = article.revisions.order_by("number").first()
    return first is not None and (
        first.headline == " ".join(headline.split()) and first.body == place(clean(body))
    )
