"""What a reader gets where there is nothing, or where something broke."""

import re
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from articles.editorial.models import Article
from iria.kit.paging import NoSuchPage

NEWEST = 5


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Words from the address in the search field, the newest articles, the sections."""
    context = {
        "newest": Article.objects.published().newest().for_cards()[:NEWEST],
        "wanted": words_of(request.path),
        "reason": str(exception) if isinstance(exception, NoSuchPage) else "",
    }
    return render(request, "404.html", context, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Written without the database, which may be what broke."""
    try:
        page: str = render_to_string("500.html")
    except Exception:
        page = "<!doctype html><title>Something broke</title><p>Something broke on our side."
    return HttpResponse(page, status=500)


def words_of(path: str) -> str:
    """What somebody may have looked for, judged by the address: its last part without numbers."""
    parts = [part for part in unquote(path).split("/") if part and part != "feed"]
    words = re.findall(r"[^\W\d_]{2,}", parts[-1]) if parts else []
    return " ".join(word for word in words if word not in {"html", "php", "index"})[:80]
