"""Manual picks in the form of an article."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory

from accounts.models import User
from articles.editorial.models import Article
from articles.related.admin import RelatedPickInline
from articles.related.models import RelatedPick
from articles.related.read_next import related_to
from tests import newsroom

pytestmark = pytest.mark.django_db


def bound_formset(article: Article, picks: list[Article], by: User, rf: RequestFactory) -> Any:
    """Returns the bound formset of the picks."""
    request = rf.post("/")
    request.user = by
    formset = RelatedPickInline(Article, admin.site).get_formset(request, article)
    data: dict[str, Any] = {
        "related_picks-TOTAL_FORMS": len(picks),
        "related_picks-INITIAL_FORMS": 0,
    }
    for number, picked in enumerate(picks):
        data[f"related_picks-{number}-picked"] = picked.pk
        data[f"related_picks-{number}-position"] = number
    return formset(data, instance=article, prefix="related_picks")


def test_picks_are_saved_in_order(edna: User, rf: RequestFactory) -> None:
    article = newsroom.published("Strait")
    picks = [newsroom.published("First"), newsroom.published("Second")]
    formset = bound_formset(article, picks[::-1], edna, rf)
    assert formset.is_valid(), formset.errors
    formset.save()
    assert related_to(article) == picks[::-1]


def test_an_article_cannot_pick_itself_or_another_twice(edna: User, rf: RequestFactory) -> None:
    article, other = newsroom.published("Strait"), newsroom.published("Other")
    itself = bound_formset(article, [article], edna, rf)
    assert "cannot be its own pick" in str(itself.errors)
    twice = bound_formset(article, [other, other], edna, rf)
    assert not twice.is_valid()
    assert not RelatedPick.objects.exists()


def test_editors_and_reporters_have_picks_in_the_form(
    client: Client, edna: User, rui: User
) -> None:
    article = newsroom.draft("Strait", by=rui)
    for person in (edna, rui):
        client.force_login(person)
        page = client.get(f"/admin/articles/article/{article.pk}/change/")
        assert page.status_code == 200
        assert "shown before computed articles" in page.content.decode().lower()


def test_articles_to_pick_are_found_by_full_text_search(client: Client, edna: User) -> None:
    newsroom.published("At the strait")
    client.force_login(edna)
    response = client.get(
        "/admin/autocomplete/",
        {
            "app_label": "articles",
            "model_name": "relatedpick",
            "field_name": "picked",
            "term": "strait",
        },
    )
    assert [row["text"] for row in response.json()["results"]] == ["At the strait"]
