"""What is kept of people is said on one page; whoever adds a table decides what it holds."""

import re
from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.test import Client

from articles.comments.screening.models import Check, ScreeningRule
from iria.core import data_inventory
from tests import newsroom


def _tables() -> dict[str, type[models.Model]]:
    return {model._meta.label_lower: model for model in apps.get_models(include_auto_created=True)}


def _names_somebody(model: type[models.Model]) -> bool:
    """A row that leads to an account, or holds an address."""
    return any(
        field.related_model is get_user_model() or isinstance(field, models.EmailField)
        for field in model._meta.concrete_fields
    )


def test_every_table_is_said_to_hold_something_of_people_or_nothing() -> None:
    said = Counter([*(t for each in data_inventory.kept for t in each.tables)])
    said.update(table for tables in data_inventory.keeps_nothing for table in tables)
    assert set(_tables()) - set(said) == set(), "declare it in the kept.py of its room"
    assert set(said) - set(_tables()) == set()
    assert [table for table, times in said.items() if times > 1] == []


def test_no_table_that_leads_to_somebody_is_said_to_hold_nothing() -> None:
    public = {"iria.publication", "newsletter.newsletter"}
    nobody = [
        each
        for each in data_inventory.tables_without() - public
        if _names_somebody(_tables()[each])
    ]
    assert nobody == []


def test_a_new_table_that_nobody_declared_is_found() -> None:
    class Diary(models.Model):
        email = models.EmailField()

        class Meta:
            app_label = "iria"

        def __str__(self) -> str:
            return self.email

    try:
        with pytest.raises(AssertionError, match=r"iria\.diary"):
            test_every_table_is_said_to_hold_something_of_people_or_nothing()
    finally:
        del apps.all_models["iria"]["diary"]
        apps.clear_cache()


@pytest.mark.django_db
def test_the_page_answers_four_questions_about_everything_and_is_found_from_every_page(
    client: Client,
) -> None:
    newsroom.published()
    assert 'href="/what-we-keep/"' in client.get("/").content.decode()
    page = client.get("/what-we-keep/").content.decode()
    for question in ("What", "Why", "How long", "Who receives it"):
        assert page.count(f"<dt>{question}</dt>") == len(list(data_inventory.kept))
    assert page.index("If you comment") < page.index("If you work here")
    assert "At most 30 days, then it is destroyed." in page
    assert not re.search(r"articles\.|newsletter\.", page.partition("<main")[2])


@pytest.mark.django_db
def test_recipients_are_named_when_they_are_switched_on(client: Client, settings: Any) -> None:
    quiet = client.get("/what-we-keep/")
    assert "Akismet" not in quiet.content.decode()
    settings.AKISMET_KEY = "a-key"
    assert "Akismet" not in client.get("/what-we-keep/").content.decode(), "the rule is off"
    ScreeningRule.objects.filter(phase=Check.AKISMET).update(active=True)
    settings.MAILERS = {
        "default": {"OPTIONS": {"host": "relay.example", "password": "s3cret-w0rd"}}
    }
    named = client.get("/what-we-keep/", headers={"If-None-Match": quiet["ETag"]})
    assert named.status_code == 200
    page = named.content.decode()
    assert "Akismet (Automattic, United States)" in page
    assert "the name beside it and the network address it came from" in page
    assert "relay.example" in page
    assert "s3cret-w0rd" not in page


@pytest.mark.django_db
def test_the_page_speaks_the_publications_language(client: Client) -> None:
    from iria.publication.models import current_publication

    publication = current_publication()
    publication.languages = "fr, en"
    publication.save()
    page = client.get("/what-we-keep/").content.decode()
    assert "Combien de temps" in page
    assert "If you" not in page
