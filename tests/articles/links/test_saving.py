"""URLs of this site become references when a text is saved."""

from typing import Any

import pytest

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article
from articles.editorial.versions import drafts, revisions
from articles.links.models import InternalLink
from articles.links.saving import refer
from articles.pages import saving
from tests import newsroom
from tests.articles.links.texts import linking_to, page, target

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = "https://meridian.example"


@pytest.mark.parametrize("site", ["", "https://meridian.example", "http://MERIDIAN.example"])
@pytest.mark.parametrize("rest", ["", "#h-votes", "?print=1&amp;a=2#h-votes"])
def test_a_url_of_an_article_becomes_a_reference(site: str, rest: str) -> None:
    vote = target()
    article = newsroom.draft(body=linking_to(f"{site}{vote.get_absolute_url()}{rest}"))
    assert article.body == linking_to(f"internal:article/{vote.pk}{rest}")


def test_a_url_without_its_last_slash_becomes_a_reference() -> None:
    vote = target()
    article = newsroom.draft(body=linking_to(vote.get_absolute_url().rstrip("/")))
    assert article.body == linking_to(f"internal:article/{vote.pk}")


def test_a_former_url_becomes_a_reference(edna: User) -> None:
    vote, about = target(), page("about")
    before = vote.get_absolute_url()
    vote.slug = "farms"
    revisions.save(vote, by=edna)
    about.path = "institute"
    page_body = linking_to(before) + "\n" + linking_to("/about/")
    about.body = page_body
    saving.save(about)
    article = newsroom.draft(body=page_body)
    wanted = (
        linking_to(f"internal:article/{vote.pk}") + "\n" + linking_to(f"internal:page/{about.pk}")
    )
    assert article.body == wanted


def test_urls_in_every_script_become_references() -> None:
    about = page("\u00fcber-uns")
    for href in ("/\u00fcber-uns/", "/%C3%BCber-uns/", "https://meridian.example/%C3%BCber-uns"):
        assert refer(linking_to(href)) == linking_to(f"internal:page/{about.pk}")


@pytest.mark.parametrize(
    "href",
    [
        "https://example.org/about/",
        "https://meridian.example.org/about/",
        "//example.org/about/",
        "mailto:desk@meridian.example",
        "https:about/",
        "about/",
        "/about/feed/",
        "/",
        "#about",
        "/nowhere/",
        "/2026/13/nothing/",
        "https://[about/",
        "/about/%00",
    ],
)
def test_other_urls_stay_as_they_are(href: str) -> None:
    page("about")
    assert refer(linking_to(href)) == linking_to(href)


def test_a_text_without_own_urls_costs_no_query(django_assert_num_queries: Any) -> None:
    body = linking_to("https://example.org/") + linking_to("internal:article/1")
    with django_assert_num_queries(0):
        assert refer(body) == body


def test_all_urls_of_a_text_cost_one_query(django_assert_num_queries: Any) -> None:
    urls = [page(f"page-{number}").get_absolute_url() for number in range(5)]
    urls += [target().get_absolute_url(), "/2020/01/unknown/"]
    with django_assert_num_queries(1):
        body = refer("\n".join(linking_to(url) for url in urls))
    assert body.count("internal:") == 6
    assert refer(body) == body


def test_saving_again_changes_nothing(edna: User) -> None:
    article = newsroom.draft(body=linking_to(target().get_absolute_url()))
    version = article.version
    drafts.save(article, {"body": article.body}, by=edna)
    assert article.version == version


def test_the_links_of_a_text_are_recorded_and_forgotten(edna: User) -> None:
    vote, about = target(), page()
    article = newsroom.draft(
        body=linking_to(vote.get_absolute_url()) * 2 + linking_to("/about/"), by=edna
    )
    rows = InternalLink.objects.filter(article=article).order_by("target_kind")
    assert [(row.target_kind, row.target_id) for row in rows] == [
        ("article", vote.pk),
        ("page", about.pk),
    ]
    drafts.save(article, {"body": linking_to("/about/")}, by=edna)
    assert [row.target_kind for row in rows.all()] == ["page"]


def test_the_links_of_a_published_article_are_those_that_readers_see(edna: User) -> None:
    vote = target()
    article = newsroom.published(body="<p>No link yet.</p>")
    drafts.save(article, {"body": linking_to(vote.get_absolute_url())}, by=edna)
    assert not InternalLink.objects.exists()
    publishing.publish_changes(Article.objects.get(pk=article.pk), by=edna)
    assert InternalLink.objects.get().target_id == vote.pk
