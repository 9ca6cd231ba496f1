"""Where a mail leads: to our own pages, which our router knows, and to those of others."""

from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve
from lxml import html as lxml_html

from newsletter.letter.composing import TOKEN, Letter

LONGEST = 2000


def outside(letter: Letter) -> list[str]:
    """The addresses of other sites, in their order."""
    return [each for each in _all(letter) if not _is_ours(each)]


def dead_inside(letter: Letter, *, but: set[str]) -> list[str]:
    """The addresses of ours at which there is nothing.

    Args:
        but: what is known to be there, or will be as soon as the issue goes out.
    """
    ours = [each for each in _all(letter) if _is_ours(each) and each not in but]
    return [each for each in ours if not _answers(each)]


def _all(letter: Letter) -> list[str]:
    tree = lxml_html.document_fromstring(letter.html)
    found = [str(link.get("href")).strip() for link in tree.iter("a") if link.get("href")]
    web = [each for each in found if each.startswith(("http://", "https://"))]
    return list(dict.fromkeys(each[:LONGEST] for each in web if TOKEN not in each))


def _is_ours(address: str) -> bool:
    return address == settings.SITE_URL or address.startswith(f"{settings.SITE_URL}/")


def _answers(address: str) -> bool:
    """Whether our own page is there, asked as a reader would, without the network."""
    path = unquote(urlsplit(address).path) or "/"
    try:
        match = resolve(path)
    except Resolver404:
        return False
    if not match.args and not match.kwargs:
        # A page of the site itself.
        return True
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    site = urlsplit(settings.SITE_URL)
    request.META = {
        "SERVER_NAME": site.hostname or "localhost",
        "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": site.scheme,
    }
    request.resolver_match = match
    try:
        with transaction.atomic():
            response = match.func(request, *match.args, **match.kwargs)
            # A look leaves no trace: it is no visit, and counts for nothing.
            transaction.set_rollback(True)
    except Http404:
        return False
    except Exception:
        # A page that wants more of a visit than this; that it is there is known.
        return True
    return bool(response.status_code < 400)
