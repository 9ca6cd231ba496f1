"""The list of files in the dialog of the editor, and what the editor shows of a file.

`static/iria_admin/editor/file.js` puts the fragment into a dialog. Each file is a
`<button data-file="ID" data-title="…">`. Without scripts the form of a file shows the markup to copy.
"""

from typing import Final

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles.files.ingest import Received, receive
from articles.files.models import File
from iria.core.pagination import page_of

PAGE_SIZE: Final = 20
MAX_QUERY_LENGTH: Final = 200
MOST: Final = 200


def choose(request: HttpRequest) -> HttpResponse:
    """The newest files, or those that match; a POST uploads files and shows the results first."""
    if not request.user.has_perm("articles.view_file"):
        raise PermissionDenied
    may_add = request.user.has_perm("articles.add_file")
    received: list[Received] = []
    if request.method == "POST":
        if not may_add:
            raise PermissionDenied
        received = receive(request.FILES.getlist("files"), by=request.user)  # type: ignore[arg-type]
    query = request.GET.get("q", "").replace("\x00", "")[:MAX_QUERY_LENGTH].strip()
    files = File.objects.all()
    for word in query.split():
        files = files.filter(
            Q(title__icontains=word) | Q(credit__icontains=word) | Q(original_name__icontains=word)
        )
    context = {
        "received": received,
        "nothing_sent": request.method == "POST" and not received,
        "page": page_of(files, request.GET.get("page"), size=PAGE_SIZE),
        "query": query,
        "may_add": may_add,
        "fragment": True,
    }
    return render(request, "admin/articles/file/_chooser.html", context)


@require_safe
def facts(request: HttpRequest) -> JsonResponse:
    """Id → what the editor shows of the files that are in the library."""
    if not request.user.has_perm("articles.view_file"):
        raise PermissionDenied
    given = request.GET.getlist("id")[:MOST]
    numbers = {int(each) for each in given if each.isascii() and each.isdigit() and len(each) < 19}
    return JsonResponse(
        {
            str(file.pk): {
                "title": file.title,
                "facts": file.facts,
                "credit": file.credit,
                "warning": file.warning,
            }
            for file in File.objects.filter(pk__in=numbers)
        }
    )
