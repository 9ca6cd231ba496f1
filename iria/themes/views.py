"""The stylesheet of the chosen theme."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from iria.core.rendering import read_applied_files
from iria.publication.models import current_publication
from iria.themes.chosen import chosen_theme, digest

FOREVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=60"


@require_safe
def stylesheet(request: HttpRequest, key: str, content: str) -> HttpResponse:
    """Its URL contains a digest; a page that still asks for an older one gets the present colours."""
    if key not in settings.THEMES:
        raise Http404
    publication = current_publication()
    read_applied_files(publication.theme_applied_at)
    rules = chosen_theme(publication, key).rules()
    caching = FOREVER if digest(rules) == content else BRIEFLY
    return HttpResponse(
        rules, content_type="text/css; charset=utf-8", headers={"Cache-Control": caching}
    )
