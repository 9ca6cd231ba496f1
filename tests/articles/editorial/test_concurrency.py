"""Concurrent saves and double clicks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.admin import submit_actions
from articles.editorial.models import Article
from articles.related.models import RelatedLink
from tests import newsroom
from tests.articles.editorial.admin.forms import ADD, change_url, values_of, visible_text
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def poster(client: Client, url: str, values: dict[str, Any]) -> Callable[[], Any]:
    return lambda: client.post(url, {**values, "_continue": "1"})


def test_a_double_click_on_the_empty_form_makes_one_article(edna: User) -> None:
    client = signed_in(edna)
    values = {**values_of(client.get(ADD)), "headline": ["Once"], "body": ["Words"]}
    pages = at_once(*(poster(signed_in(edna), ADD, values) for _ in range(4)))
    (article,) = Article.objects.all()
    assert {page["Location"] for page in pages} == {change_url(article)}
    assert article.revisions.count() == 1


def test_a_form_that_another_request_finishes_during_its_validation_leads_to_the_article(
    edna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = poster(signed_in(edna), ADD, {**values_of(signed_in(edna).get(ADD)), "headline": "Once"})
    first = send()
    looks, look = iter([None]), submit_actions.article_created_by
    # The first look is before the other request has committed.
    monkeypatch.setattr(
        submit_actions, "article_created_by", lambda token: next(looks, look(token))
    )
    assert send()["Location"] == first["Location"]
    assert Article.objects.count() == 1


def test_of_two_users_who_save_at_the_same_time_one_gets_a_conflict(
    edna: User, chief: User
) -> None:
    article = newsroom.draft()
    url = change_url(article)
    people = [signed_in(edna), signed_in(chief)]
    forms = [values_of(client.get(url)) for client in people]
    pages = at_once(
        *(
            poster(client, url, {**values, "headline": [f"By {number}"]})
            for number, (client, values) in enumerate(zip(people, forms, strict=True))
        )
    )
    assert sorted(page.status_code for page in pages) == [200, 302]
    (conflict,) = [page for page in pages if page.status_code == 200]
    assert "saved this article" in visible_text(conflict)
    article.refresh_from_db()
    assert article.version == 2
    assert article.revisions.count() == 2


def test_articles_published_at_the_same_time_with_one_headline_get_different_urls(
    edna: User,
) -> None:
    articles = [newsroom.draft("The week ahead") for _ in range(4)]
    at_once(*((lambda each=each: publishing.publish(each, by=edna)) for each in articles))
    slugs = set(Article.objects.published().values_list("slug", flat=True))
    assert slugs == {"the-week-ahead", *(f"the-week-ahead-{number}" for number in (2, 3, 4))}


def test_two_workers_publish_due_articles_once(edna: User) -> None:

    article = newsroom.draft()
    publishing.schedule(article, by=edna, at=timezone.now() + timedelta(hours=1))
    Article.objects.update(publish_at=timezone.now() - timedelta(minutes=1))
    assert sum(at_once(publishing.publish_due, publishing.publish_due)) == 1
    assert article.state_changes.filter(state="published").count() == 1


def test_an_article_that_is_being_saved_can_become_a_related_one() -> None:
    saved, other = newsroom.draft(), newsroom.draft()

    def relate() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            RelatedLink.objects.create(article=other, other=saved, score=1, position=0)

    with transaction.atomic():
        Article.objects.locked().get(pk=saved.pk)
        at_once(relate)
    assert RelatedLink.objects.exists()
