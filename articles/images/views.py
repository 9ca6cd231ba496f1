"""The one view that serves pictures."""

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from articles.images.models import Rendition
from articles.images.showing import MEDIA_TYPES


@require_safe
def rendition(request: HttpRequest, name: str) -> FileResponse:
    """A rendition under its unguessable name, which never comes to mean other bytes."""
    found = get_object_or_404(Rendition, name=name)
    try:
        file = found.file.open("rb")
    except OSError as mistake:
        sentence = "This picture has no file."
        raise Http404(sentence) from mistake
    response = FileResponse(file, content_type=MEDIA_TYPES[found.format])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
