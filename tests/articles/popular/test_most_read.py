"""View counts without cookies, and the list of most-read articles."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.editorial.models import Article
from articles.popular import most_read
from articles.popular.models import ArticleViews, MostRead
from articles.popular.most_read import delete_old_views
from iria.core.security import RateCount
from iria.publication.models import Publication
from tests import newsroom

pytestmark = pytest.mark.django_db

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def send_view(
    client: Client, number: object, *, ip_address: str = "203.0.113.9", **headers: str
) -> None:
    """Sends the request of the script on an article page."""
    sent = {"User-Agent": BROWSER, "Sec-Fetch-Site": "same-origin", **headers}
    sent_headers = {name: value for name, value in sent.items() if value}
    response = client.post(
        "/seen/",
        str(number),
        content_type="text/plain",
        headers=sent_headers,
        REMOTE_ADDR=ip_address,
    )
    assert response.status_code == 204
    assert not response.cookies


def views(article: Article) -> int:
    return sum(row.views for row in ArticleViews.objects.filter(article=article))


def add_views(article: Article, times: int, *, days_ago: int = 0) -> None:
    day = timezone.now().date() - timedelta(days=days_ago)
    ArticleViews.objects.create(article=article, day=day, views=times)


def test_a_view_is_counted_by_article_and_day_only(client: Client) -> None:
    article = newsroom.published("Strait")
    assert f'data-view="{article.pk}"' in client.get(article.get_absolute_url()).content.decode()
    send_view(client, article.pk)
    send_view(client, article.pk, ip_address="203.0.113.10")
    row = ArticleViews.objects.get()
    assert (row.article, row.views, row.day) == (article, 2, timezone.now().date())
    assert not any("203" in count.key and "." in count.key for count in RateCount.objects.all())


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "python-requests/2.32"},
        {"User-Agent": ""},
        {"Sec-Fetch-Site": ""},
        {"Sec-Purpose": "prefetch;prerender"},
    ],
)
def test_robots_are_not_counted(client: Client, headers: dict[str, str]) -> None:
    article = newsroom.published("Strait")
    send_view(client, article.pk, **headers)
    assert views(article) == 0


def test_requests_from_other_sites_are_not_counted(client: Client) -> None:
    article = newsroom.published("Strait")
    response = client.post(
        "/seen/",
        str(article.pk),
        content_type="text/plain",
        headers={"User-Agent": BROWSER, "Sec-Fetch-Site": "cross-site"},
    )
    assert response.status_code == 403
    assert views(article) == 0


def test_repeated_views_from_one_ip_address_are_not_counted(client: Client) -> None:
    article = newsroom.published("Strait")
    for _ in range(20):
        send_view(client, article.pk)
    assert views(article) == 12


def test_only_published_articles_are_counted(client: Client) -> None:
    draft = newsroom.draft("Draft")
    for number in (draft.pk, 10**17, "1" * 400, "-1", "x", "", "1; drop", "\x00"):
        send_view(client, number)
    assert not ArticleViews.objects.exists()
    assert client.get("/seen/").status_code == 405


def test_the_list_is_shown_only_if_the_publication_enables_it(
    client: Client, django_assert_num_queries: Any
) -> None:
    Publication.objects.update_or_create(pk=1)
    often, seldom = newsroom.published("Often"), newsroom.published("Seldom")
    old, french = newsroom.published("Old"), newsroom.published("Souvent", language="fr")
    stored_list = [newsroom.published(f"Newer {number}") for number in range(9)]
    add_views(stored_list[0], 99)
    add_views(often, 5, days_ago=1)
    add_views(often, 5, days_ago=2)
    add_views(seldom, 7)
    add_views(old, 900, days_ago=8)
    add_views(french, 3)
    most_read.update_most_read()
    assert "Most read" not in client.get("/").content.decode()
    Publication.objects.update(show_most_read=True)
    page = client.get("/").content.decode()
    listed = page[page.index('id="most-read"') :].split("</section>")[0]
    assert listed.index("Often") < listed.index("Seldom")
    assert "Old" not in listed
    assert "Souvent" not in listed
    assert page.count(">Newer 0</a>") == 1
    with django_assert_num_queries(1):
        excluded = {stored_list[0].pk}
        assert most_read.most_read_articles("en", excluded=excluded) == [often, seldom]


def test_the_list_has_five_articles(client: Client) -> None:
    for number in range(7):
        add_views(newsroom.published(f"Number {number}"), 1 + number)
    most_read.update_most_read()
    most = [each.headline for each in most_read.most_read_articles("en")]
    assert most == [f"Number {number}" for number in (6, 5, 4, 3, 2)]


def test_an_unchanged_list_is_not_written_again() -> None:
    add_views(newsroom.published("Often"), 5)
    most_read.update_most_read()
    before = MostRead.objects.get().pk
    most_read.update_most_read()
    assert MostRead.objects.get().pk == before


def test_the_dashboard_lists_the_most_read_articles(client: Client, edna: User) -> None:
    client.force_login(edna)
    assert "Most read" not in client.get("/admin/").content.decode()
    add_views(newsroom.published("Strait"), 1200)
    page = client.get("/admin/").content.decode()
    assert "1,200" in page


def test_the_dashboard_shows_all_views_of_recent_articles(client: Client, edna: User) -> None:
    article = newsroom.published("Strait")
    newsroom.published("Harbour")
    add_views(article, 1200)
    add_views(article, 34, days_ago=30)
    client.force_login(edna)
    page = client.get("/admin/").content.decode()
    assert "<b>1,234</b>" in page
    assert "<b>0</b>" in page


def test_the_views_of_a_day_are_deleted_after_four_hundred_days() -> None:
    article = newsroom.published("Strait")
    add_views(article, 5, days_ago=401)
    add_views(article, 3, days_ago=399)
    delete_old_views()
    assert views(article) == 3
