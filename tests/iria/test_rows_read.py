"""No page reads the whole archive, however long it is."""

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
from iria.evaluation.synthetic import articles as synthetic
from iria.publication import menus
from iria.publication.models import current_publication
from tests.iria.plans import Reads, article_rows
from tests.iria.test_no_500 import addresses_of_readers

ARTICLES, MOST = 3_000, 2_000
LAST_PAGE = ARTICLES // 20


@pytest.fixture
def long_archive(parts: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Some thousand short articles, all in one category, with one tag, by one author, in two languages."""
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


def addresses(parts: dict[str, str]) -> list[str]:
    """Every route, the lists also deep down and as the API narrows them."""
    article = Article.objects.get(pk=parts["article"])
    category, author = f"category={parts['category']}", f"author={parts['author']}"
    year = timezone.now().year - 2
    french = [address.replace("/en/", "/fr/") for address in addresses_of_readers(parts)]
    lists = [
        f"/category/{parts['category']}/",
        f"/author/{parts['author']}/",
        "/tag/straits/",
        "/language/fr/articles/",
        "/corrections/",
        "/author/",
        "/tag/",
    ]
    narrowed = [
        *("", category, author, "tag=straits", "kind=news", "language=fr", "order=oldest"),
        *(f"{category}&language=fr", f"{category}&{author}&tag=straits", "order=changed"),
        *(f"{category}&order=oldest", f"{category}&published_until={year}-01-01"),
        *(f"order=changed&published_from={year}-01-01", "q=ferries"),
        f"changed_since={timezone.now() - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
    ]
    return [
        *dict.fromkeys([*addresses_of_readers(parts), *french]),
        *(f"{address}?page={page}" for address in lists for page in (2, LAST_PAGE)),
        *(f"/{year}/?page=5", f"/language/fr/{year}/", "/search/?q=ferries"),
        *("/search/suggest/?q=ferr", "/ferries-at-the-straight/", "/category/asia/"),
        *(f"/api/v1/articles/?{query}" for query in narrowed),
        *(f"/sitemap-{kind}-1.xml" for kind in ("pages", "topics", "authors")),
        f"/sitemap-articles-{(article.pk - 1) // 450 + 1}.xml",
    ]


def test_no_address_of_readers_reads_more_than_two_thousand_rows_of_articles(
    anybody: Client, long_archive: dict[str, str]
) -> None:
    too_many: dict[str, tuple[int, tuple[int, str]]] = {}
    answered: set[str] = set()
    for address in addresses(long_archive):
        with article_rows() as reads:
            response = anybody.get(address)
        assert response.status_code != 500, address
        if response.status_code == 200:
            answered.add(address)
        if reads.rows > MOST:
            too_many[address] = (reads.rows, reads.worst)
    assert too_many == {}
    assert {"/", "/tag/", "/author/", "/archive/", "/sitemap.xml", "/feed/"} <= answered
    assert f"/tag/straits/?page={LAST_PAGE}" in answered


def test_a_query_that_reads_every_article_would_be_seen(long_archive: dict[str, str]) -> None:
    with article_rows() as reads:
        list(Article.objects.published().values_list("pk", flat=True))
    assert reads.rows > MOST
    assert isinstance(reads, Reads)
