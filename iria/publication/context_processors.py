"""The publication in templates, read at most once per request and only if used."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from iria.core.http.cache_versions import ProcessCache
from iria.core.text.language import content_language
from iria.publication.models import Publication, current_publication

_cached: ProcessCache[Publication] = ProcessCache()


def publication_of(request: HttpRequest) -> Publication:
    """The publication, read once per request; for public pages once per cache version."""
    found: Publication | None = getattr(request, "_publication", None)
    if found is None:
        found = _cached.of(request, "publication", current_publication)
        request._publication = found  # type: ignore[attr-defined]
    return found


def publication(request: HttpRequest) -> dict[str, object]:
    """Context processor: `publication`, with its texts in the language of the page, and `site_url`."""
    return {
        "publication": SimpleLazyObject(
            lambda: publication_of(request).in_language(content_language())
        ),
        "site_url": settings.SITE_URL,
    }
