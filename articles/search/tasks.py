"""The jobs of the search."""

from typing import Final

from procrastinate.contrib.django import app

from articles.editorial.models import Article
from articles.search import query_counts
from articles.search.index import indexer

RELATIONS: Final = {"image": "figures__image", "authorprofile": "bylines__author"}


@app.task(name="search.index_carriers")
def index_articles_using(what: str, pk: int) -> None:
    """Indexes again the articles that use an image or an author."""
    articles = Article.objects.published().filter(**{RELATIONS[what]: pk})
    for article_id in articles.values_list("pk", flat=True).distinct():
        indexer.index_article(article_id)


@app.task(name="search.index_carriers_of_pictures")
def index_articles_using_images(image_ids: list[int]) -> None:
    """Indexes again the articles that use any of these images."""
    articles = Article.objects.published().filter(figures__image__in=image_ids)
    for article_id in articles.values_list("pk", flat=True).distinct():
        indexer.index_article(article_id)


@app.task(name="search.index_articles")
def index_articles(article_ids: list[int]) -> None:
    """Indexes imported articles."""
    for article_id in article_ids:
        indexer.index_article(article_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="search.catch_up", queueing_lock="search.catch_up")
def catch_up(timestamp: int) -> None:
    """Indexes articles that were missed because of an error."""
    indexer.catch_up()
    indexer.refresh_statistics()


@app.periodic(cron="40 3 * * *")
@app.task(name="search.forget", queueing_lock="search.forget")
def delete_old_counts(timestamp: int) -> None:
    """Deletes old counts of queries."""
    query_counts.delete_old_counts()
