"""All routes of the site and all templates of whole pages, to find pages without a check."""

from collections.abc import Iterable, Iterator
from typing import Final

from django.urls import URLPattern, URLResolver, get_resolver

from tests.shared import PROJECT

NOT_PAGES: Final = {
    "^theme/": "a stylesheet",
    "^emblem/": "a picture",
    "^face/": "a picture",
    "newsletter/^email-": "a stylesheet",
    "^pictures/": "a picture",
    "^files/": "a file to keep",
    "robots.txt": "for machines",
    "favicon.ico": "leads on",
    "apple-touch-icon": "leads on",
    "manifest.webmanifest": "for machines",
    "speculation-rules.json": "for machines",
    ".well-known/": "for machines",
    "rss.xml": "leads on",
    "feed.xml": "leads on",
    "atom.xml": "leads on",
    "sitemap": "for machines",
    "api/v1/openapi.json": "for machines",
    "api/oembed/": "for machines",
    "api/v1/articles/": "for machines",
    "api/v1/authors/": "for machines",
    "api/v1/categories/": "for machines",
    "api/v1/comments/": "for machines",
    "api/v1/pictures/": "for machines",
    "api/v1/tags/": "for machines",
    "^api/(": "for machines",
    "accounts/state/": "part of a page",
    "accounts/data/": "a file to keep",
    "accounts/2fa/recovery-codes/download/": "a file to keep",
    "accounts/2fa/webauthn/login/": "asked by a script",
    "accounts/profile/picture/": "takes, shows the profile",
    "comments/token/": "asked by a script",
    "comments/recommended/": "asked by a script",
    "newsletter/link/": "leads on",
    "newsletter/look-in-your-mail/": "leads on",
    "newsletter/told/": "called by a provider",
    "newsletter/webhook/": "called by a provider",
    "search/suggest/": "asked by a script",
    "search/opened/": "takes, shows nothing",
    "seen/": "takes, shows nothing",
    "comments/<int:pk>/": "leads on",
    "comments/mail/": "leads on",
    "comments/<int:pk>/yours/": "leads on",
    "accounts/": "leads on",
}
"""Prefix of a route → why it has no page."""

BY_THEMSELVES: Final = ("accounts/", "comments/<int:pk>/")
"""Routes of pages whose prefix is also that of other routes."""

PARTS: Final = ("_", "admin", "django", "mail", "email", "messages", "allauth")
NEVER_ALONE: Final = {
    "base.html": "around every page",
    "account/page.html": "around every page of an account",
    "account/base_confirm_code.html": "around every form for a code",
    "account/password_reset_help_text.html": "a sentence within a form",
    "account/signup_closed.html": "accounts are open to everybody here",
    "account/password_reset_from_key.html": "is shown where a code was right",
}


def routes() -> Iterator[str]:
    """Every public route of the site, as in the URLconfs."""
    yield from _below(get_resolver().url_patterns, "")


def _below(patterns: Iterable[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        elif route != "admin/":
            yield from _below(pattern.url_patterns, route)


def of_pages() -> set[str]:
    """The routes of HTML pages."""
    return {route for route in routes() if not _is_no_page(route)}


def _is_no_page(route: str) -> bool:
    if "feed" in route.split("/"):
        return True
    return any(
        route == each if each in BY_THEMSELVES else route.startswith(each) for each in NOT_PAGES
    )


def templates_of_pages() -> set[str]:
    """Templates of whole pages."""
    folder = PROJECT / "templates"
    names = {file.relative_to(folder) for file in folder.rglob("*.html")}
    whole = {str(name) for name in names if not any(_is_part(part) for part in name.parts)}
    return whole - NEVER_ALONE.keys()


def _is_part(name: str) -> bool:
    return name.startswith("_") or name in PARTS
