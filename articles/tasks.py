"""The jobs of every package of `articles`, listed for the worker.

Add a job to the `tasks` module of its package.
"""

from articles.comments import tasks as comments
from articles.editorial import tasks as editorial
from articles.embeds import tasks as embeds
from articles.feeds import tasks as feeds
from articles.files import tasks as files
from articles.images import tasks as images
from articles.popular import tasks as popular
from articles.public import tasks as reading
from articles.related import tasks as related
from articles.search import tasks as search

__all__ = [
    "comments",
    "editorial",
    "embeds",
    "feeds",
    "files",
    "images",
    "popular",
    "reading",
    "related",
    "search",
]
