"""WebSub: a hub is told when the feeds of the site, of its languages and categories have a new article."""

import re
from typing import Any, Final

from django.conf import settings
from procrastinate import RetryStrategy

from articles.editorial.models import Article
from iria.core.http.safe_client import RequestFailed, post_form
from iria.core.http.urls import absolute_url, url_path
from iria.core.jobs import enqueue, job

FORMAT_PATHS: Final = ("", "atom/", "json/")
HUB_PAGES: Final = re.compile(r"/|(/language/[\w-]+)?(/category/.+)?/?")
"""The pages whose feeds the hub is told about; those of topics, authors and searches would be too many."""


class HubFailed(Exception):
    """The hub did not accept the URL of a feed; the message is a sentence."""


def has_hub(path: str) -> bool:
    """Whether the feed of this page names the hub."""
    return HUB_PAGES.fullmatch(path) is not None


def feed_urls_of(article: Article) -> list[str]:
    """The URLs of the feeds that a published article is in and that the hub is told about."""
    language_path = f"/language/{article.language}"
    pages = ["/", f"{language_path}/"]
    for category in article.categories.all():
        parts = category.path.split("/")
        for depth in range(1, len(parts) + 1):
            page = url_path("category", "/".join(parts[:depth]))
            pages += [page, language_path + page]
    return [
        absolute_url(f"{page}feed/{suffix}")
        for page in dict.fromkeys(pages)
        for suffix in FORMAT_PATHS
    ]


def notify(url: str) -> None:
    """Tells the hub that a feed has changed.

    Raises:
        HubFailed
    """
    try:
        fields = {"hub.mode": "publish", "hub.url": url}
        post_form(settings.WEBSUB_HUB, fields, agent=f"IRIA/1.0 ({settings.SITE_URL})")
    except RequestFailed as failure:
        raise HubFailed(str(failure)) from failure


@job("feeds.notify_hub", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def notify_hub(url: str) -> None:
    if settings.WEBSUB_HUB:
        notify(url)


@job("feeds.notify_hub_of_article")
def notify_hub_of_article(article_id: int) -> None:
    """Queues a job for each feed, so that one that fails is retried without the others."""
    for article in Article.objects.published().filter(pk=article_id):
        for url in feed_urls_of(article):
            enqueue("feeds.notify_hub", url=url)


def article_published(*, article_id: int, **signal: Any) -> None:
    if settings.WEBSUB_HUB:
        enqueue("feeds.notify_hub_of_article", article_id=article_id)
