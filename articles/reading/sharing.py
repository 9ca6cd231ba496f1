"""Passing an article on, by plain links: no script of anybody else's, nothing sent before a click."""

from typing import NamedTuple
from urllib.parse import quote

from django.utils.translation import gettext

from articles.editorial.models import Article
from iria.kit.addresses import absolute, safe_link
from iria.publication.models import Publication


class Way(NamedTuple):
    """A name and where it leads."""

    name: str
    address: str


def ways_to_share(article: Article, publication: Publication) -> list[Way]:
    """By mail, and the services the publication has chosen."""
    address, headline = absolute(article.get_absolute_url()), article.headline
    mail = f"mailto:?subject={quote(headline)}&body={quote(address)}"
    return [
        Way(gettext("By e-mail"), mail),
        *(
            Way(link["name"], safe_link(_filled(link["address"], address, headline)))
            for link in publication.share_links
        ),
    ]


def _filled(pattern: str, address: str, headline: str) -> str:
    """The pattern with its two words replaced, each once and encoded."""
    parts = pattern.replace("{headline}", "\x00").split("{address}")
    return quote(address, safe="").join(parts).replace("\x00", quote(headline, safe=""))
