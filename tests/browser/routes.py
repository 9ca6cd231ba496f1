"""All routes of the site and all templates of whole pages, to find pages without a check."""

from collections.abc import Iterable, Iterator
from typing import Final

from django.urls import URLPattern, URLResolver, get_resolver

from tests.shared import PROJECT

NOT_PAGES: Final = {
    "^theme/": "a stylesheet",
    "^emblem/": "an image",
    "^face/": "an image",
    "newsletter/^email-": "a stylesheet",
    "^pictures/": "an image",
    "^files/": "a download",
    "robots.txt": "for machines",
    "favicon.ico": "redirects",
    "apple-touch-icon": "redirects",
    "manifest.webmanifest": "for machines",
    "speculation-rules.json": "for machines",
    ".well-known/": "for machines",
    "rss.xml": "redirects",
    "feed.xml": "redirects",
    "atom.xml": "redirects",
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
    "accounts/data/": "a download",
    "accounts/2fa/recovery-codes/download/": "a download",
    "accounts/2fa/webauthn/login/": "requested by a script",
    "accounts/profile/picture/": "accepts a form and shows the profile",
    "comments/token/": "requested by a script",
    "comments/recommended/": "requested by a script",
    "newsletter/link/": "redirects",
    "newsletter/look-in-your-mail/": "redirects",
    "newsletter/told/": "called by a provider",
    "newsletter/webhook/": "called by a provider",
    "search/suggest/": "requested by a script",
    "search/opened/": "accepts data only",
    "seen/": "accepts data only",
    "comments/<int:pk>/": "redirects",
    "comments/mail/": "redirects",
    "comments/<int:pk>/yours/": "redirects",
    "accounts/": "redirects",
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
    "account/signup_closed.html": "anybody may sign up here",
    "account/password_reset_from_key.html": "is shown after a correct code",
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
    pages = {str(name) for name in names if not any(_is_part(part) for part in name.parts)}
    return pages - NEVER_ALONE.keys()


def _is_part(name: str) -> bool:
    return name.startswith("_") or name in PARTS
