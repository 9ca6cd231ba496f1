"""The page of the site's health in the admin."""

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


def health_page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """What `manage.py doctor` prints; a POST also runs the checks that need the network."""
    if not request.user.is_superuser:
        raise PermissionDenied
    # Rarely needed, and web processes need less memory without it (docs/decisions/stored-pages.md).
    from iria.operations.doctor import database, run

    is_complete = request.method == "POST"
    context = site.each_context(request) | {
        "title": "Site health",
        "is_complete": is_complete,
        "results": list(run.results(with_slow=is_complete)),
        "tables": database.table_sizes(),
    }
    return TemplateResponse(request, "admin/operations/health.html", context)
