"""Front pages and section pages with slots filled by editors."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article, Category
from articles.public.front_page import layout, slots
from articles.public.front_page.models import Placement
from articles.public.front_page.slots import SlotChoice
from iria.publication.models import current_publication
from tests import newsroom
from tests.articles.public import sample_content
from tests.together import begin_and_wait

pytestmark = pytest.mark.django_db

COMPOSE = "/admin/articles/placement/"
Place = Placement.Slot


@pytest.fixture
def sections() -> list[Category]:
    """Two categories with five articles each; the newest are in the last one."""
    return sample_content.sections(2, 5)


def article_named(headline: str) -> Article:
    return Article.objects.get(headline=headline)


def composed() -> layout.FrontPage:
    return layout.load_front_page(layout.build_layout(Article.objects.published(), "en", ["en"]))


def all_headlines(page: layout.FrontPage) -> list[str]:
    shown = [page.lead, *page.seconds, *(each for part in page.sections for each in part.articles)]
    return [article.headline for article in shown if article]


def save_choices(*chosen: SlotChoice) -> None:
    slots.save_front_page("en", chosen, by=None)


def test_an_article_in_a_slot_appears_there_and_nowhere_else(sections: list[Category]) -> None:
    lead, second = article_named("Article 0 of 0"), article_named("Article 1 of 0")
    in_section = article_named("Article 4 of 1")
    save_choices(
        SlotChoice(Place.LEAD, None, 0, lead.pk),
        SlotChoice(Place.SECOND, None, 2, second.pk),
        SlotChoice(Place.SECTION, sections[0].pk, 1, in_section.pk),
    )
    page = composed()
    assert page.lead == lead
    assert page.seconds[2] == second
    assert page.sections[0].articles[1] == in_section
    shown = all_headlines(page)
    assert len(shown) == len(set(shown))


def test_an_expired_slot_or_one_without_an_article_is_filled_automatically(
    sections: list[Category], edna: User
) -> None:
    by_rule = composed().lead
    old, later = article_named("Article 0 of 0"), timezone.now() + timedelta(hours=1)
    save_choices(SlotChoice(Place.LEAD, None, 0, old.pk, expires_at=later))
    assert composed().lead == old
    Placement.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert composed().lead == by_rule
    assert slots.clear_expired() == 1
    save_choices(SlotChoice(Place.LEAD, None, 0, old.pk))
    publishing.unpublish(old, by=edna)
    page = composed()
    assert page.lead == by_rule
    assert len(page.seconds) == layout.SECONDS


def test_an_article_in_another_language_is_not_on_this_front_page(
    client: Client, sections: list[Category]
) -> None:
    publication = current_publication()
    publication.languages = "en, fr"
    publication.save()
    french = newsroom.published("Une semaine calme", language="fr", at=sample_content.FIRST_DAY)
    save_choices(SlotChoice(Place.LEAD, None, 0, french.pk))
    assert "Une semaine calme" not in client.get("/").content.decode()
    slots.save_front_page("fr", [SlotChoice(Place.LEAD, None, 0, french.pk)], by=None)
    page = client.get("/language/fr/").content.decode()
    assert "card-lead" in page
    assert "Une semaine calme" in page


def test_slots_need_no_additional_query(
    client: Client, sections: list[Category], django_assert_max_num_queries: Any
) -> None:
    save_choices(
        *(
            SlotChoice(Place.SECOND, None, at, article_named(f"Article {at} of 0").pk)
            for at in range(4)
        )
    )
    with django_assert_max_num_queries(11):
        client.get("/")


def test_the_chosen_lead_of_a_section_page_appears_once(
    client: Client, sections: list[Category]
) -> None:
    picked, path = article_named("Article 0 of 0"), sections[0].get_absolute_url()
    assert "Article 4 of 0" in client.get(path).content.decode().partition("card-entry")[0]
    slots.save_section_lead(
        sections[0], SlotChoice(Place.HEAD, sections[0].pk, 0, picked.pk), by=None
    )
    page = client.get(path).content.decode()
    assert picked.headline in page.partition("card-entry")[0]
    assert page.count(f'href="{picked.get_absolute_url()}"') == 1
    picked.article_categories.all().delete()
    assert picked.headline not in client.get(path).content.decode()


def field(save_choices: str, category: Category | None, position: int) -> str:
    return f"{save_choices}-{category.pk if category else 0}-{position}"


def seen_value(client: Client) -> str:
    """The state of the form, by which a conflict is detected."""
    page = client.get(COMPOSE).content.decode()
    return page.partition('name="seen" value="')[2].partition('"')[0]


def test_an_editor_chooses_articles_from_the_list_by_url_or_by_headline(
    client: Client, edna: User, sections: list[Category]
) -> None:
    client.force_login(edna)
    listed, linked, named = (article_named(f"Article {n} of 0") for n in range(3))
    response = client.post(
        COMPOSE,
        {
            "seen": seen_value(client),
            field(Place.LEAD, None, 0): f"{listed.headline} [{listed.pk}]",
            field(
                Place.SECOND, None, 0
            ): f"https://meridian.example{linked.get_absolute_url()}?a=b",
            field(Place.SECTION, sections[1], 2): named.headline.upper(),
            f"{field(Place.LEAD, None, 0)}-until": "2199-01-01T12:00",
        },
    )
    assert response.status_code == 302
    found = {(row.slot, row.position): row for row in Placement.objects.all()}
    assert found["lead", 0].article == listed
    assert found["lead", 0].expires_at is not None
    assert found["second", 0].article == linked
    assert found["section", 2].article == named
    assert {row.placed_by for row in found.values()} == {edna}
    page = " ".join(unescape(client.get(COMPOSE).content.decode()).split())
    assert "Pinned until 1 January 2199" in page
    assert "placed by Edna Okafor" in page


def test_bad_input_gets_an_error_and_is_kept(
    client: Client, edna: User, sections: list[Category]
) -> None:
    client.force_login(edna)
    newsroom.draft("Only a draft")
    one, lead, second = (
        article_named("Article 0 of 0"),
        field(Place.LEAD, None, 0),
        field(Place.SECOND, None, 1),
    )
    cases = {
        "“Only a draft”": {lead: "Only a draft"},
        "“99999999 [99999999]”": {lead: "99999999 [99999999]"},
        "already in another slot": {lead: one.headline, second: one.headline},
        "This time is in the past": {lead: one.headline, f"{lead}-until": "2001-01-01T12:00"},
        "Choose an article for this slot": {f"{lead}-until": "2199-01-01T12:00"},
        "Enter a date and time": {lead: one.headline, f"{lead}-until": "soon"},
    }
    for sentence, typed in cases.items():
        response = client.post(COMPOSE, {"seen": seen_value(client), **typed})
        page = unescape(response.content.decode())
        assert response.status_code == 422, sentence
        assert sentence in page
        assert all(f'value="{value}"' in page for value in typed.values())
    assert not Placement.objects.exists()


def test_the_second_of_two_editors_gets_a_conflict_and_decides(
    client: Client, edna: User, sections: list[Category]
) -> None:
    client.force_login(edna)
    lead, opened = field(Place.LEAD, None, 0), seen_value(client)
    save_choices(SlotChoice(Place.LEAD, None, 0, article_named("Article 0 of 0").pk))
    typed = {"seen": opened, lead: "Article 1 of 0"}
    response = client.post(COMPOSE, typed)
    assert response.context["form"].has_error("__all__", "stale")
    assert composed().lead == article_named("Article 0 of 0")
    again = response.content.decode().partition('name="seen" value="')[2].partition('"')[0]
    assert client.post(COMPOSE, {**typed, "seen": again}).status_code == 302
    assert composed().lead == article_named("Article 1 of 0")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_editors_who_save_at_once_the_second_gets_a_conflict(
    client: Client, edna: User, sections: list[Category]
) -> None:
    client.force_login(edna)
    lead, opened = field(Place.LEAD, None, 0), seen_value(client)
    with transaction.atomic():
        first = client.post(COMPOSE, {"seen": opened, lead: "Article 0 of 0"})
        typed = {"seen": opened, lead: "Article 1 of 0"}
        second = begin_and_wait(lambda: client.post(COMPOSE, typed).status_code)
    assert (first.status_code, second.result()) == (302, 422)
    assert composed().lead == article_named("Article 0 of 0")


def test_unknown_pages_redirect_to_the_first_and_reporters_have_no_access(
    client: Client, edna: User, rui: User, sections: list[Category]
) -> None:
    client.force_login(edna)
    for nothing in ("?front=xx", "?section=nowhere", "1/change/"):
        assert client.get(COMPOSE + nothing).headers["Location"] == COMPOSE
    page = client.get(f"{COMPOSE}?section={sections[0].path}").content.decode()
    assert field(Place.HEAD, sections[0], 0) in page
    client.force_login(rui)
    assert client.get(COMPOSE).status_code == 403
