"""Scripts injected into text do not run.

Each payload goes into every field that takes text, and every page that shows one is opened in
Chromium with the content security policy switched off: what protects a page must be its own
escaping and cleaning, and the policy comes on top.
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from playwright.sync_api import Browser, Page, TimeoutError

from accounts.models import AuthorProfile, User
from articles.body.sanitiser import clean
from articles.comments.models import Comment
from articles.editorial import taxonomy
from articles.editorial.models import Article, Category, Correction
from iria.publication.models import current_publication
from tests import commenting, moderation, newsroom
from tests.browser.conftest import sign_in
from tests.shared import shared_data

pytestmark = pytest.mark.browser

ALARM = """
for (const name of ['alert', 'confirm', 'prompt'])
  window[name] = () => { document.documentElement.dataset.ran = 'yes'; return null; };
"""
RAN = "document.documentElement.dataset.ran === 'yes'"
HANDLERS = """
[...document.querySelectorAll('*')].flatMap(element => [...element.attributes]
  .filter(attribute => attribute.name.startsWith('on')
    || /^(href|src|srcset|action|formaction|data|poster|background|xlink:href)$/.test(attribute.name)
      && /^\\s*(javascript|vbscript|data):/i.test(attribute.value))
  .map(attribute => `${element.tagName} ${attribute.name}=${attribute.value}`))
"""


def payloads() -> list[str]:
    owasp = json.loads(shared_data("xss", "owasp-filter-evasion.json").read_text())
    bleach = json.loads(shared_data("xss", "bleach-data.json").read_text())
    return [*owasp, *(row["payload"] for row in bleach)]


@pytest.fixture
def unguarded(chromium: Browser, site: str, settings: Any) -> Iterator[Page]:
    """A page without a policy that records when a script of a payload ran."""
    settings.SEARCH_RATE_LIMIT = 10**9
    context = chromium.new_context(base_url=site, bypass_csp=True)
    context.add_init_script(ALARM)
    # Payloads refer to hosts of others; block all requests to them.
    context.route(
        lambda url: not url.startswith((site, "data:", "about:")),
        lambda route: route.abort(),
    )
    yield context.new_page()
    context.close()


def test_a_payload_runs_where_nothing_is_sanitised(unguarded: Page) -> None:
    live = json.loads(shared_data("xss", "live_in_chromium.json").read_text())
    silent = []
    for row in live:
        unguarded.goto("/healthz")
        unguarded.set_content(f"<!doctype html><body>{row['payload']}")
        try:
            unguarded.wait_for_function(RAN)
        except TimeoutError:
            silent.append(row["payload"])
    assert silent == []


def cut(payload: str, length: int) -> str:
    return payload[:length] or "empty"


def live_payloads() -> list[str]:
    """The payloads that run in Chromium without interaction if they are not sanitised."""
    rows = json.loads(shared_data("xss", "live_in_chromium.json").read_text())
    return [row["payload"] for row in rows]


def groups() -> list[list[str]]:
    """All payloads, shared out; the first of each group runs in Chromium if it is not sanitised."""
    live = live_payloads()
    others = [payload for payload in payloads() if payload not in live]
    return [[payload, *others[at :: len(live)]] for at, payload in enumerate(live)]


def publish_with(texts: list[str], number: int, by: User) -> Article:
    """A published article with the payloads in all its fields and related rows."""
    images = [
        newsroom.picture(
            headline=cut(text, 200),
            alt_text=text,
            caption=text,
            credit=cut(text, 300),
            copyright_notice=cut(text, 500),
        )
        for text in texts
    ]
    figures = [
        f"<p>Words.</p>{text}<figure data-image='{image.pk}'><figcaption>{text}</figcaption></figure>"
        for text, image in zip(texts, images, strict=True)
    ]
    article = newsroom.published(
        cut(texts[0], 200),
        slug=f"article-{number}",
        standfirst=cut(texts[0], 600),
        search_description=cut(texts[0], 300),
        body="".join(clean(figure) for figure in figures),
        lead_image=images[0],
        lead_caption=texts[0],
        categories=[section(text, f"{number}-{at}") for at, text in enumerate(texts)],
        authors=[author(text, f"{number}-{at}") for at, text in enumerate(texts)],
        tags=[cut(text, 100).replace(",", " ") for text in texts],
        by=by,
    )
    for text in texts:
        Correction.objects.create(article=article, text=text, created_by=by)
        with contextlib.suppress(ValidationError):
            comment = commenting.post(
                article, name=cut(text, 60), email="reader@readers.example", text=text
            )
            moderation.approve(comment, by=by)
    return article


def section(text: str, number: str) -> Category:
    category = Category(name=cut(text, 80), slug=f"section-{number}", introduction=text)
    taxonomy.save_category(category)
    return category


def author(text: str, number: str) -> AuthorProfile:
    return AuthorProfile.objects.create(
        name=cut(text, 120), slug=f"author-{number}", role=cut(text, 120), biography=text
    )


def test_no_payload_runs_on_a_public_page_or_in_the_admin(
    unguarded: Page, chief: User, jobs: Callable[[], None]
) -> None:
    publication = current_publication()
    publication.tagline = publication.about = live_payloads()[0]
    publication.save()
    articles = [publish_with(texts, number, chief) for number, texts in enumerate(groups())]
    for article, texts in zip(articles, groups(), strict=True):
        article.refresh_from_db()
        assert article.standfirst == cut(texts[0], 600), "a plain text field is not changed"
    jobs()
    paths = ["/", "/corrections/", "/search/?q=words", "/nowhere/"]
    for number, article in enumerate(articles):
        paths += [article.get_absolute_url(), f"/author/author-{number}-0/"]
        paths.append(f"/category/section-{number}-0/")
    assert_quiet(unguarded, paths)
    sign_in(unguarded, chief)
    lists = ["article", "image", "category", "comment"]
    paths = [f"/admin/articles/{name}/?all=" for name in lists]
    paths += ["/admin/", "/admin/accounts/authorprofile/"]
    for article in articles:
        paths.append(f"/admin/articles/article/{article.pk}/change/")
        paths.append(f"/admin/articles/article/{article.pk}/history/")
        paths.append(f"/admin/articles/image/{article.lead_image_id}/change/")
    comments = Comment.objects.order_by("pk").values_list("pk", flat=True)
    paths += [f"/admin/articles/comment/{pk}/change/" for pk in comments[:7]]
    assert_quiet(unguarded, paths, handlers=False)


def test_no_payload_runs_when_it_is_entered_into_the_search(unguarded: Page) -> None:
    newsroom.published()
    for payload in live_payloads():
        unguarded.goto("/search/")
        field = unguarded.locator("main input[name=q]")
        field.fill(payload.replace("\n", " "))
        field.press("Enter")
        unguarded.wait_for_load_state()
        assert not unguarded.evaluate(RAN), payload
        assert unguarded.evaluate(HANDLERS) == [], payload


def assert_quiet(page: Page, paths: list[str], *, handlers: bool = True) -> None:
    """Asserts that no payload runs on these pages and none has an event handler."""
    for path in paths:
        page.goto(path)
        page.wait_for_load_state("load")
        assert not page.evaluate(RAN), path
        if handlers:
            assert page.evaluate(HANDLERS) == [], path
