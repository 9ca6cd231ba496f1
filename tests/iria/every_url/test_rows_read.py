"""No page reads all articles of a long archive."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.models import AuthorProfile
from articles.editorial.models import (
    Article,
    ArticleCategory,
    ArticleTag,
    Byline,
    Category,
    Correction,
)
from articles.related import recomputation
from iria.lab.evaluation.synthetic import articles as synthetic
from iria.publication import menus
from iria.publication.models import current_publication
from tests.iria.every_url.test_no_500 import public_urls
from tests.iria.plans import article_rows

pytestmark = pytest.mark.proof

ARTICLES, MAX_ROWS = 3_000, 2_000
LAST_PAGE = ARTICLES * 2 // 3 // 20


@pytest.fixture
def long_archive(parts: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Thousands of short articles with the same category, tag and author, in two languages."""
    monkeypatch.setattr(synthetic, "TYPICAL", 60)
    call_command("load_synthetic", articles=ARTICLES, verbosity=0)
    loaded = Article.objects.filter(slug__startswith=synthetic.PREFIX)
    numbers = list(loaded.values_list("pk", flat=True))
    category, author = Category.objects.get(path=parts["category"]), parts["one_author"]
    profile = AuthorProfile.objects.get(pk=author)
    ArticleCategory.objects.bulk_create(
        ArticleCategory(article_id=pk, category=category, position=1) for pk in numbers
    )
    Byline.objects.bulk_create(Byline(article_id=pk, author=profile, position=1) for pk in numbers)
    ArticleTag.objects.bulk_create(
        ArticleTag(content_object_id=pk, tag_id=int(parts["one_tag"])) for pk in numbers
    )
    loaded.annotate(part=F("pk") % 3).filter(part=0).update(language="fr")
    Correction.objects.create(article_id=numbers[0], text="It was Tuesday, not Monday.")
    publication = current_publication()
    publication.languages = "en, fr, ar"
    menus.save(publication)
    recomputation.refresh(int(parts["article"]))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return parts


def urls_to_check(parts: dict[str, str]) -> list[str]:
    """All public URLs, late pages of lists, and lists of the API with filters."""
    article = Article.objects.get(pk=parts["article"])
    category, author = f"category={parts['category']}", f"author={parts['author']}"
    year = timezone.now().year - 2
    french = [url.replace("/en/", "/fr/") for url in public_urls(parts)]
    lists = [
        f"/category/{parts['category']}/",
        f"/author/{parts['author']}/",
        "/tag/straits/",
        "/language/fr/articles/",
        "/corrections/",
        "/author/",
        "/tag/",
    ]
    filters = [
        *("", category, author, "tag=straits", "kind=news", "language=fr", "order=oldest"),
        *(f"{category}&language=fr", f"{category}&{author}&tag=straits", "order=changed"),
        *(f"{category}&order=oldest", f"{category}&published_until={year}-01-01"),
        *(f"order=changed&published_from={year}-01-01", "q=ferries"),
        f"changed_since={timezone.now() - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
    ]
    return [
        *dict.fromkeys([*public_urls(parts), *french]),
        *(f"{url}?page={page}" for url in lists for page in (2, LAST_PAGE)),
        *(f"/{year}/?page=5", f"/language/fr/{year}/", "/search/?q=ferries"),
        *("/search/suggest/?q=ferr", "/ferries-at-the-straight/", "/category/asia/"),
        *(f"/api/v1/articles/?{query}" for query in filters),
        *(f"/sitemap-{kind}-1.xml" for kind in ("pages", "topics", "authors")),
        f"/sitemap-articles-{(article.pk - 1) // 450 + 1}.xml",
    ]


def test_no_public_url_reads_too_many_rows_of_articles(
    anybody: Client, long_archive: dict[str, str]
) -> None:
    too_many: dict[str, tuple[int, tuple[int, str]]] = {}
    successful: set[str] = set()
    for url in urls_to_check(long_archive):
        with article_rows() as reads:
            response = anybody.get(url)
        assert response.status_code != 500, url
        if response.status_code == 200:
            successful.add(url)
        if reads.rows > MAX_ROWS:
            too_many[url] = (reads.rows, reads.worst)
    assert too_many == {}
    assert {"/", "/tag/", "/author/", "/archive/", "/sitemap.xml", "/feed/"} <= successful
    assert f"/tag/straits/?page={LAST_PAGE}" in successful
