"""The publication in every template, read at most once a request and only where it is used."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from iria.core.http.cache_versions import ProcessCache
from iria.publication.models import Publication, current_publication

_held: ProcessCache[Publication] = ProcessCache()


def publication_of(request: HttpRequest) -> Publication:
    """The publication, read once for this request, and for public pages once until something changes."""
    known: Publication | None = getattr(request, "_publication", None)
    if known is None:
        known = _held.of(request, "publication", current_publication)
        request._publication = known  # type: ignore[attr-defined]
    return known


def publication(request: HttpRequest) -> dict[str, object]:
    """Context processor: `publication` and the site's own address."""
    return {
        "publication": SimpleLazyObject(lambda: publication_of(request)),
        "site_url": settings.SITE_URL,
    }
