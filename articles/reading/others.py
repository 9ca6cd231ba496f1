"""What the pages of other rooms say about themselves: those that editors write, and search."""

from typing import Any

from django.utils.translation import gettext

from articles.pages.models import Page
from articles.reading import structured
from articles.reading.meta import Meta
from articles.search.asking import Asked
from iria.kit.addresses import absolute, address_of
from iria.publication.models import Publication

KINDS = {"about": "AboutPage", "contact": "ContactPage"}
"""Addresses that every publication has → what schema.org calls the page there."""


def of_standing(page: Page, publication: Publication) -> Meta:
    """About a page that an editor wrote."""
    address = absolute(page.get_absolute_url())
    about: dict[str, Any] = {
        "@context": structured.CONTEXT,
        "@type": KINDS.get(page.path, "WebPage"),
        "name": page.title,
        "url": address,
        "inLanguage": page.language,
        "dateModified": publication.local(page.changed_at).isoformat(timespec="seconds"),
        "publisher": structured.organization(publication),
    }
    if page.description:
        about["description"] = page.description
    return Meta(
        title=page.title,
        description=page.description,
        address=address,
        language=page.language,
        data=[about],
    )


def of_search(asked: Asked, publication: Publication) -> Meta:
    """About search; every search is a form of the one page."""
    address = absolute(address_of("search"))
    title = gettext("Search")
    title = f"{asked.words} – {title}" if asked.words else title
    about = {
        "@context": structured.CONTEXT,
        "@type": "SearchResultsPage" if asked.words else "WebPage",
        "name": title,
        "url": address,
        "publisher": structured.organization(publication),
    }
    return Meta(
        title=title,
        description=publication.about or publication.tagline,
        address=address,
        data=[about],
    )
