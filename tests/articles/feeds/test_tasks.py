"""A WebSub hub is named in feeds, and notified of new articles."""

import json
from typing import Any

import pytest
from django.test import Client

from articles.editorial import signals
from articles.feeds import tasks
from iria.core.http.safe_client import FormResponse, RequestFailed
from tests import newsroom
from tests.queued_jobs import Queued

pytestmark = pytest.mark.django_db

HUB = "https://hub.example/"


def test_feeds_name_the_hub_only_if_there_is_one(client: Client, settings: Any) -> None:
    newsroom.published()
    assert 'rel="hub"' not in client.get("/feed/").content.decode()
    settings.WEBSUB_HUB = HUB
    for form in ("", "atom/"):
        response = client.get(f"/feed/{form}")
        assert 'rel="hub"' in response.content.decode()
        assert f'<{HUB}>; rel="hub"' in response.headers["Link"]
        assert f'/feed/{form}>; rel="self"' in response.headers["Link"]
    assert json.loads(client.get("/feed/json/").content)["hubs"] == [{"type": "WebSub", "url": HUB}]


def test_feeds_that_are_not_sent_to_the_hub_do_not_name_it(client: Client, settings: Any) -> None:
    settings.WEBSUB_HUB = HUB
    article = newsroom.published()
    article.tags.add("straits")
    for path in ("/feed/?text=summary", "/tag/straits/feed/", "/search/feed/?q=strait"):
        response = client.get(path)
        assert response.status_code == 200
        assert 'rel="hub"' not in response.content.decode(), path


def test_every_feed_that_is_sent_to_the_hub_exists_and_names_it(
    client: Client, settings: Any
) -> None:
    settings.WEBSUB_HUB = HUB
    asia = newsroom.category("Asia")
    article = newsroom.published(language="fr")
    article.categories.set([newsroom.category("Japan", parent=asia)])
    urls = tasks.feed_urls_of(article)
    assert f"{settings.SITE_URL}/category/asia/feed/atom/" in urls
    assert f"{settings.SITE_URL}/language/fr/category/asia/japan/feed/" in urls
    for url in urls:
        response = client.get(url.removeprefix(settings.SITE_URL))
        assert response.status_code == 200, url
        assert HUB in response.content.decode(), url


def test_the_worker_notifies_the_hub_of_a_published_article(
    settings: Any, monkeypatch: pytest.MonkeyPatch, queued: Queued
) -> None:
    sent: list[dict[str, str]] = []
    settings.WEBSUB_HUB = HUB

    def post(address: str, fields: dict[str, str], **options: Any) -> FormResponse:
        assert address == HUB
        sent.append(fields)
        return FormResponse("", "")

    monkeypatch.setattr(tasks, "post_form", post)
    article = newsroom.published()
    tasks.notify_hub_of_article(article.pk)
    for url in queued("feeds.notify_hub"):
        tasks.notify_hub(url)
    assert {"hub.mode": "publish", "hub.url": f"{settings.SITE_URL}/feed/"} in sent
    assert len(sent) == len(tasks.feed_urls_of(article))


def test_publishing_queues_a_job_only_with_a_hub(settings: Any, queued: Queued) -> None:
    article = newsroom.published()
    signals.published.send(sender=type(article), article_id=article.pk)
    assert queued("feeds.notify_hub_of_article") == []
    settings.WEBSUB_HUB = HUB
    signals.published.send(sender=type(article), article_id=article.pk)
    assert article.pk in queued("feeds.notify_hub_of_article")


def test_a_rejection_by_the_hub_is_an_error_of_the_job(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBSUB_HUB = HUB

    def refuse(*args: Any, **options: Any) -> FormResponse:
        raise RequestFailed("Status 503 Service Unavailable")

    monkeypatch.setattr(tasks, "post_form", refuse)
    with pytest.raises(tasks.HubFailed, match="503"):
        tasks.notify_hub(f"{settings.SITE_URL}/feed/")


def test_a_hub_in_a_private_network_is_not_called(settings: Any) -> None:
    settings.WEBSUB_HUB = "http://127.0.0.1/"
    with pytest.raises(tasks.HubFailed, match="private"):
        tasks.notify_hub(f"{settings.SITE_URL}/feed/")
