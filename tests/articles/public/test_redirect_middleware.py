"""Redirects from old URLs, and the error pages."""

import pytest
from django.test import Client
from taggit.models import Tag

from accounts.models import User
from articles.editorial import publishing, taxonomy
from articles.editorial.models import Article, Redirect
from articles.editorial.versions import revisions
from articles.pages.models import Page
from articles.public.redirect_middleware import (
    CONVENTIONAL_FILES,
    find_redirect,
    find_redirects,
)
from articles.public.views.errors import words_in_path
from tests import newsroom

pytestmark = pytest.mark.django_db


def moved_article(edna: User) -> tuple[str, Article]:
    article = newsroom.published("Old words")
    old = article.get_absolute_url()
    article.slug = "new-words"
    revisions.save(article, by=edna)
    return old, article


def test_the_old_url_of_an_article_redirects_with_its_query_string(
    client: Client, edna: User
) -> None:
    old, article = moved_article(edna)
    for path in (old, old.rstrip("/")):
        response = client.get(path, {"utm": "letter"})
        assert response.status_code == 301
        assert response.headers["Location"] == f"{article.get_absolute_url()}?utm=letter"


@pytest.mark.parametrize("feed", ["feed/", "feed/atom/", "feed/json/"])
def test_feeds_move_with_their_pages(client: Client, edna: User, feed: str) -> None:
    asia = newsroom.category("Asia", slug="asia")
    asia.slug = "asia-pacific"
    taxonomy.save_category(asia)
    assert client.get(f"/category/asia/{feed}").headers["Location"] == (
        f"/category/asia-pacific/{feed}"
    )


def test_a_category_that_moved_twice_redirects_in_one_step(client: Client) -> None:
    asia = newsroom.category("Asia", slug="asia")
    japan = newsroom.category("Japan", parent=asia)
    for slug in ("asia-and-ocean", "asia-pacific"):
        asia.slug = slug
        taxonomy.save_category(asia)
    japan.refresh_from_db()
    for old in ("asia", "asia-and-ocean"):
        response = client.get(f"/category/{old}/japan/")
        assert (response.status_code, response.headers["Location"]) == (
            301,
            japan.get_absolute_url(),
        )


def test_old_urls_of_authors_and_tags_redirect(client: Client) -> None:
    author = newsroom.author("Ines Faro")
    tag = Tag.objects.create(name="Straits", slug="straits")
    Redirect.objects.create(old_path="/author/i-faro/", author=author)
    Redirect.objects.create(old_path="/tag/strait/", tag=tag)
    assert client.get("/author/i-faro/").headers["Location"] == "/author/ines-faro/"
    assert client.get("/tag/strait/").headers["Location"] == "/tag/straits/"
    for rest in ("", "feed/atom/"):
        moved = client.get(f"/language/fr/tag/strait/{rest}").headers["Location"]
        assert moved == f"/language/fr/tag/straits/{rest}"
    assert client.get("/language/fr/tag/street/").status_code == 404


def test_an_old_url_in_another_script_redirects(client: Client, edna: User) -> None:
    article = newsroom.published("أسبوع هادئ", language="ar")
    old = article.get_absolute_url()
    article.slug = "a-quiet-week"
    revisions.save(article, by=edna)
    assert client.get(old).headers["Location"] == article.get_absolute_url()


def test_the_old_url_of_an_unpublished_article_does_not_redirect(
    client: Client, edna: User
) -> None:
    old, article = moved_article(edna)
    publishing.unpublish(article, by=edna)
    assert client.get(old).status_code == 404


def test_a_post_request_is_not_redirected(client: Client, edna: User) -> None:
    old, _ = moved_article(edna)
    assert client.post(old).status_code == 405


def test_the_404_page_offers_search_newest_articles_and_categories(client: Client) -> None:
    newsroom.published("A quiet week", categories=[newsroom.category("Asia-Pacific")])
    response = client.get("/2019/03/ferries-at-the-strait/")
    html = response.content.decode()
    assert response.status_code == 404
    assert 'name="q" value="ferries at the strait"' in html
    assert "A quiet week" in html
    assert 'href="/category/asia-pacific/"' in html
    assert 'name="robots" content="noindex"' in html


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/2019/03/ferries-at-the-strait/", "ferries at the strait"),
        ("/category/asia-pacific/feed/", "asia pacific"),
        ("/index.php", ""),
        ("/archive/12345.html", ""),
        ("/2020/01/%D8%A3%D8%B3%D8%A8%D9%88%D8%B9/", "أسبوع"),
        ("/", ""),
    ],
)
def test_the_words_of_a_path_are_suggested_as_a_search(path: str, query: str) -> None:
    assert words_in_path(path) == query


def test_the_server_error_page_needs_no_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("a fault made by the test")

    client.raise_request_exception = False
    monkeypatch.setattr("articles.public.front_page.layout.load_front_page", broken)
    response = client.get("/")
    assert response.status_code == 500
    assert "Server error" in response.content.decode()
    assert "made by the test" not in response.content.decode()


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/rss", "/feed/"),
        ("/rss/", "/feed/"),
        ("/rss.xml", "/feed/"),
        ("/feed.xml", "/feed/"),
        ("/index.xml", "/feed/"),
        ("/feed/rss/", "/feed/"),
        ("/feed/rss2/", "/feed/"),
        ("/atom.xml", "/feed/atom/"),
        ("/feed.json", "/feed/json/"),
        ("/tag/straits/rss/", "/tag/straits/feed/"),
        ("/category/asia/japan/feed/rss2/", "/category/asia/japan/feed/"),
        ("/author/ines-faro/rss", "/author/ines-faro/feed/"),
        ("/language/fr/index.xml", "/language/fr/feed/"),
        ("/sitemap_index.xml", "/sitemap.xml"),
        ("/wp-sitemap.xml", "/sitemap.xml"),
        ("/sitemap.xml/", "/sitemap.xml"),
        ("/news-sitemap.xml", "/sitemap-news.xml"),
    ],
)
def test_feeds_and_sitemaps_redirect_from_conventional_names(
    client: Client, path: str, target: str
) -> None:
    response = client.get(path)
    assert (response.status_code, response.headers["Location"]) == (301, target)


def test_every_conventional_name_redirects_to_an_existing_page(client: Client) -> None:
    newsroom.published()
    for target in {"/feed/", *CONVENTIONAL_FILES.values()}:
        assert client.get(target).status_code == 200
    assert client.get("/feed").headers["Location"] == "/feed/"


def test_a_page_at_a_conventional_path_is_shown(client: Client) -> None:
    Page.objects.create(title="RSS", path="rss", body="<p>How to.</p>", is_published=True)
    assert client.get("/rss/").status_code == 200


@pytest.mark.parametrize("path", ["/latest-comments/", "/newsfeed/", "/my-picture/7/", "/feeds/"])
def test_an_old_url_that_ends_like_a_subpage_redirects(client: Client, path: str) -> None:
    article = newsroom.published()
    Redirect.objects.create(old_path=path, article=article)
    assert client.get(path).headers["Location"] == article.get_absolute_url()
    assert find_redirects([path]) == {path: article.get_absolute_url()}


def test_a_slug_without_its_month_redirects_to_the_only_article_with_it(client: Client) -> None:
    article = newsroom.published("Ferries at the strait")
    newsroom.draft("Drafts stay private")
    moved = client.get("/ferries-at-the-strait")
    assert (moved.status_code, moved.headers["Location"]) == (301, article.get_absolute_url())
    assert client.get("/drafts-stay-private/").status_code == 404
    Article.objects.filter(pk=article.pk).update(year=2019)
    newsroom.published("Ferries at the strait")
    assert client.get("/ferries-at-the-strait/").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/2026/11/serch-and-rescue-drill/",
        "/2025/01/search-and-rescu-drills/",
        "/serch-an-rescue-dril.html",
    ],
)
def test_the_404_page_suggests_the_articles_with_the_nearest_headlines(
    client: Client, path: str
) -> None:
    newsroom.draft("Search and rescue drills")
    newsroom.category("Research and rescue")
    article = newsroom.published("Search and rescue drill")
    newsroom.published("A quiet week")
    found = client.get(path).context["suggestions"].articles
    assert [each.pk for each in found] == [article.pk]


@pytest.mark.parametrize("path", ["/rss.php", "/press/", "/tag/rss/", "/comments/feed/", "/x/rss/"])
def test_other_paths_do_not_redirect(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_many_redirects_are_found_as_one_by_one(edna: User) -> None:
    old, article = moved_article(edna)
    asia = newsroom.category("Asia", slug="asia")
    asia.slug = "asia-pacific"
    taxonomy.save_category(asia)
    Redirect.objects.create(old_path="/?p=7", article=article)
    Redirect.objects.create(old_path="/?p=8", article=newsroom.draft("Not public"))
    paths = [old, f"{old}feed/", "/category/asia/", "/category/asia/feed/", "/nothing/", "/rss.xml"]
    found = find_redirects([*paths, "/?p=7", "/?p=8"])
    assert [found[path] for path in paths] == [find_redirect(path) for path in paths]
    assert (found[old], found["/?p=7"]) == (article.get_absolute_url(),) * 2
    assert found["/?p=8"] == ""
