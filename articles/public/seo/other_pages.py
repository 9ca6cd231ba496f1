"""The metadata of pages of other packages: static pages and search."""

from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext

from articles.pages.models import Page
from articles.public.seo import json_ld
from articles.public.seo.page_meta import PageMeta, alternates_of
from articles.search.results import SearchRequest
from iria.core.http.urls import absolute_url, url_path
from iria.publication.models import Publication

TYPES: Final = {"about": "AboutPage", "contact": "ContactPage"}
"""Conventional paths → page type of schema.org."""


def static_page_meta(page: Page, versions: Iterable[Page], publication: Publication) -> PageMeta:
    """The metadata of a static page; `versions` are the page and its translations."""
    url = absolute_url(page.get_absolute_url())
    about: dict[str, Any] = {
        "@context": json_ld.CONTEXT,
        "@type": TYPES.get(page.path, "WebPage"),
        "name": page.title,
        "url": url,
        "inLanguage": page.language,
        "dateModified": publication.local(page.modified_at).isoformat(timespec="seconds"),
        "publisher": json_ld.organization(publication),
    }
    if page.description:
        about["description"] = page.description
    return PageMeta(
        title=page.title,
        description=page.description,
        url=url,
        language=page.language,
        alternates=alternates_of(versions),
        data=[about],
    )


def search_meta(request: SearchRequest, publication: Publication) -> PageMeta:
    """The metadata of the search page; all searches have the same canonical URL."""
    url = absolute_url(url_path("search"))
    title = gettext("Search")
    title = f"{request.text} – {title}" if request.text else title
    about = {
        "@context": json_ld.CONTEXT,
        "@type": "SearchResultsPage" if request.text else "WebPage",
        "name": title,
        "url": url,
        "publisher": json_ld.organization(publication),
    }
    return PageMeta(
        title=title,
        description=publication.about or publication.tagline,
        url=url,
        data=[about],
    )
