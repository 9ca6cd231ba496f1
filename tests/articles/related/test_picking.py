"""Editors pick what is read next, in the article's form."""

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


def fill_in(article: Article, picks: list[Article], by: User, rf: RequestFactory) -> Any:
    """The part of the form as an editor sends it."""
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


def test_picks_are_saved_in_their_order(edna: User, rf: RequestFactory) -> None:
    article = newsroom.published("Strait")
    picks = [newsroom.published("First"), newsroom.published("Second")]
    formset = fill_in(article, picks[::-1], edna, rf)
    assert formset.is_valid(), formset.errors
    formset.save()
    assert related_to(article) == picks[::-1]


def test_picking_itself_or_twice_gets_a_sentence(edna: User, rf: RequestFactory) -> None:
    article, other = newsroom.published("Strait"), newsroom.published("Other")
    itself = fill_in(article, [article], edna, rf)
    assert "cannot be its own pick" in str(itself.errors)
    twice = fill_in(article, [other, other], edna, rf)
    assert not twice.is_valid()
    assert not RelatedPick.objects.exists()


def test_the_picks_stand_in_the_form_of_editors_and_reporters(
    client: Client, edna: User, rui: User
) -> None:
    article = newsroom.draft("Strait", by=rui)
    for person in (edna, rui):
        client.force_login(person)
        page = client.get(f"/admin/articles/article/{article.pk}/change/")
        assert page.status_code == 200
        assert "shown before computed articles" in page.content.decode().lower()


def test_an_editor_finds_articles_to_pick_by_their_words(client: Client, edna: User) -> None:
    newsroom.published("At the strait")
    client.force_login(edna)
    answer = client.get(
        "/admin/autocomplete/",
        {
            "app_label": "articles",
            "model_name": "relatedpick",
            "field_name": "picked",
            "term": "strait",
        },
    )
    assert [row["text"] for row in answer.json()["results"]] == ["At the strait"]
