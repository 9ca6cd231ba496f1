"""The public pages in the screenshots, each as a function that brings a page there."""

from collections.abc import Callable
from typing import Final

from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import AuthorProfile
from articles.editorial.models import Article, Category
from newsletter.models import Issue
from tests.screenshots.screens import at_path, live

SIZES: Final = ((320, 640), (390, 844), (768, 1024), (1280, 800), (1920, 1080))


def article(page: Page) -> None:
    page.goto(live().get_absolute_url())


def end_of_article(page: Page) -> None:
    """What follows the text."""
    article(page)
    page.locator("#comments").scroll_into_view_if_needed()


def comments(page: Page) -> None:
    article(page)
    page.evaluate("document.querySelector('#comments').scrollIntoView()")


def of_type(name: str) -> Callable[[Page], None]:
    """The newest article whose type has this template."""

    def show(page: Page) -> None:
        found = Article.objects.published().filter(kind__template=name, language="en")
        page.goto(found.order_by("-published_at")[0].get_absolute_url())

    return show


def in_language(code: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        found = Article.objects.published().filter(language=code)
        page.goto(found.order_by("-published_at")[0].get_absolute_url())

    return show


def without_image(page: Page) -> None:
    found = Article.objects.published().filter(lead_image=None, language="en")
    page.goto(found.order_by("-published_at")[0].get_absolute_url())


def menu(page: Page) -> None:
    """Everything that the header has no room for."""
    page.goto("/")
    page.locator("header details:visible > summary").last.click()


def section(page: Page) -> None:
    page.goto(Category.objects.get(slug="asia-pacific").get_absolute_url())


def author(page: Page) -> None:
    page.goto(AuthorProfile.objects.order_by("pk")[0].get_absolute_url())


def issue(page: Page) -> None:
    page.goto(Issue.objects.listed()[0].get_absolute_url())


def printed(page: Page) -> None:
    article(page)
    page.emulate_media(media="print")


PAGES: Final[dict[str, Callable[[Page], None]]] = {
    "front": at_path("/"),
    "front-menu": menu,
    "section": section,
    "article": article,
    "article-end": end_of_article,
    "article-comments": comments,
    "article-without-image": without_image,
    "article-opinion": of_type("opinion"),
    "article-report": of_type("report"),
    "article-print": printed,
    "front-arabic": at_path("/language/ar/"),
    "article-arabic": in_language("ar"),
    "article-french": in_language("fr"),
    "search": at_path("/search/?q=sea"),
    "search-no-results": at_path("/search/?q=qwertyuiop"),
    "author": author,
    "authors": at_path(reverse("authors")),
    "topics": at_path(reverse("tags")),
    "archive": at_path(reverse("archive")),
    "corrections": at_path(reverse("corrections")),
    "newsletter": at_path("/newsletter/"),
    "issues": at_path("/newsletter/issues/"),
    "issue": issue,
    "sign-in": at_path("/accounts/login/"),
    "not-found": at_path("/2026/01/an-article-that-never-was/"),
}
