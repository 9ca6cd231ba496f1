"""The parts of the front page, and the patterns of its sections."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from articles.editorial.models import Article, ArticleType, Category
from articles.public.front_page import layout, slots
from articles.public.front_page.layout import PatternTurns
from articles.public.front_page.models import Placement, SectionPattern
from articles.public.front_page.slots import SlotChoice
from tests import newsroom
from tests.articles.public import sample_content

pytestmark = pytest.mark.django_db

COMPOSE = "/admin/articles/placement/"
LEAD, ROW, PAIR = (
    SectionPattern.Pattern.LEAD,
    SectionPattern.Pattern.ROW,
    SectionPattern.Pattern.PAIR,
)


def composed() -> layout.FrontPage:
    articles = Article.objects.published()
    return layout.load_front_page(layout.build_layout(articles, "en", ["en"]))


def publish(kind: str, count: int, category: Category | None = None) -> list[Article]:
    return [
        newsroom.published(
            f"{kind} {number}",
            kind=ArticleType.objects.get(slug=kind),
            categories=[category] if category else None,
            at=sample_content.FIRST_DAY - timedelta(days=number + 1),
        )
        for number in range(count)
    ]


def all_articles(page: layout.FrontPage) -> list[Article]:
    parts = [page.seconds, page.opinion, page.reports, *(each.articles for each in page.sections)]
    return [*filter(None, [page.lead]), *(article for part in parts for article in part)]


def test_opinions_and_reports_have_parts_of_their_own_and_appear_once() -> None:
    (section,) = sample_content.sections(1, 12)
    opinions, reports = publish("opinion", 4, section), publish("report", 5, section)
    page = composed()
    assert page.opinion == opinions[:3]
    assert page.reports == reports[:4]
    shown = all_articles(page)
    assert len(shown) == len(set(shown))


def test_a_row_of_reports_that_cannot_be_filled_is_left_out() -> None:
    sample_content.sections(1, 12)
    publish("report", 3)
    assert composed().reports == []


def test_pinned_opinions_and_reports_come_first_and_appear_once() -> None:
    (section,) = sample_content.sections(1, 12)
    opinions, reports = publish("opinion", 4, section), publish("report", 5, section)
    plain = Article.objects.published().filter(kind__slug="news").newest()[0]
    pins = [
        (Placement.Slot.OPINION, 1, plain),
        (Placement.Slot.OPINION, 2, opinions[3]),
        (Placement.Slot.REPORT, 0, reports[4]),
    ]
    chosen = [SlotChoice(slot, None, position, row.pk) for slot, position, row in pins]
    slots.save_front_page("en", chosen, by=None)
    page = composed()
    assert page.opinion == [opinions[0], plain, opinions[3]]
    assert page.reports == [reports[4], *reports[:3]]
    shown = all_articles(page)
    assert len(shown) == len(set(shown))


def test_a_pinned_report_is_shown_without_a_full_row(client: Client, edna: User) -> None:
    sample_content.sections(1, 12)
    (report,) = publish("report", 1)
    client.force_login(edna)
    seen = client.get(COMPOSE).context["form"]["seen"].value()
    client.post(COMPOSE, {"seen": seen, "report-0-0": f"{report.headline} [{report.pk}]"})
    assert composed().reports == [report]
    assert Placement.objects.get().placed_by == edna


def test_a_publication_of_opinions_only_still_has_a_lead() -> None:
    opinions = publish("opinion", 4)
    page = composed()
    assert page.opinion == []
    assert all_articles(page) == opinions


def test_an_opinion_chosen_as_lead_is_not_repeated_beside_it() -> None:
    sample_content.sections(1, 12)
    opinions = publish("opinion", 4)
    slots.save_front_page("en", [SlotChoice(Placement.Slot.LEAD, None, 0, opinions[0].pk)], by=None)
    page = composed()
    assert page.lead == opinions[0]
    assert page.opinion == opinions[1:]


def test_patterns_take_turns_and_small_sections_are_paired() -> None:
    def patterns(*sections: tuple[str | None, int, bool]) -> list[str]:
        turns = PatternTurns()
        return [
            turns.pattern_for(chosen, articles, has_images=has_images)
            for chosen, articles, has_images in sections
        ]

    full = (None, 9, True)
    assert patterns(full, full, full, full, full) == [LEAD, ROW, PAIR, PAIR, LEAD]
    assert patterns((None, 3, True), full, full) == [PAIR, PAIR, LEAD]
    assert patterns((None, 9, False), full) == [PAIR, PAIR]
    assert patterns((ROW, 2, False), full, (PAIR, 9, True), full) == [ROW, LEAD, PAIR, PAIR]
    assert patterns((None, 0, False), full) == [PAIR, LEAD]


def test_two_sections_of_a_pair_stand_side_by_side_and_large_cards_change_sides() -> None:
    sections = sample_content.sections(5, 8)
    patterns = dict(
        zip([each.pk for each in sections], [LEAD, LEAD, PAIR, PAIR, PAIR], strict=True)
    )
    slots.save_front_page("en", [], by=None, patterns=patterns)
    blocks = composed().blocks
    assert [[each.category for each in block.sections] for block in blocks] == [
        [sections[0]],
        [sections[1]],
        sections[2:4],
        [sections[4]],
    ]
    assert [block.is_mirrored for block in blocks] == [False, True, False, False]


def test_a_section_begins_with_an_article_that_has_an_image() -> None:
    sample_content.sections(1, 6)
    section = newsroom.category("Harbours", position=9)
    plain = [newsroom.published(f"Plain {n}", categories=[section]) for n in range(2)]
    pictured = newsroom.published(
        "Pictured",
        categories=[section],
        lead_image=sample_content.sized(newsroom.picture()),
        at=sample_content.FIRST_DAY - timedelta(days=9),
    )
    slots.save_front_page(
        "en",
        [SlotChoice(Placement.Slot.SECTION, section.pk, 1, plain[0].pk)],
        by=None,
    )
    (shown,) = [each for each in composed().sections if each.category == section]
    assert shown.articles[:2] == [pictured, plain[0]]


def test_an_article_pinned_to_a_place_that_the_pattern_lacks_is_still_shown() -> None:
    (section,) = sample_content.sections(1, 12)
    pinned = Article.objects.get(headline="Article 0 of 0")
    slots.save_front_page(
        "en",
        [SlotChoice(Placement.Slot.SECTION, section.pk, 4, pinned.pk)],
        by=None,
        patterns={section.pk: PAIR},
    )
    (shown,) = composed().sections
    assert len(shown.articles) == 3
    assert shown.articles[-1] == pinned


def test_a_section_names_only_subsections_with_articles(client: Client) -> None:
    (section,) = sample_content.sections(1, 12)
    newsroom.category("Nothing yet", parent=section)
    page = client.get("/").content.decode().partition("<main")[2].partition("</main")[0]
    assert "Part of 0" in page
    assert "Nothing yet" not in page


def test_an_editor_chooses_the_pattern_of_a_section(client: Client, edna: User) -> None:
    (section,) = sample_content.sections(1, 12)
    client.force_login(edna)
    form = client.get(COMPOSE).context["form"]
    data = {"seen": form["seen"].value(), f"pattern-{section.pk}": ROW}
    assert client.post(COMPOSE, data).status_code == 302
    chosen = SectionPattern.objects.get()
    assert (chosen.category, chosen.pattern, chosen.chosen_by) == (section, ROW, edna)
    assert len(composed().sections[0].articles) == 4
    again = client.get(COMPOSE).context["form"]
    assert again[f"pattern-{section.pk}"].value() == ROW
    client.post(COMPOSE, {"seen": again["seen"].value(), f"pattern-{section.pk}": ""})
    assert not SectionPattern.objects.exists()


def test_an_unknown_pattern_is_rejected_and_nothing_is_saved(client: Client, edna: User) -> None:
    (section,) = sample_content.sections(1, 12)
    client.force_login(edna)
    seen = client.get(COMPOSE).context["form"]["seen"].value()
    response = client.post(COMPOSE, {"seen": seen, f"pattern-{section.pk}": "spiral"})
    assert response.status_code == 422
    assert response.context["form"].has_error(f"pattern-{section.pk}")
    assert not SectionPattern.objects.exists()


def test_a_preview_shows_the_choices_and_saves_nothing(client: Client, edna: User) -> None:
    sample_content.sections(1, 12)
    old = Article.objects.get(headline="Article 0 of 0")
    client.force_login(edna)
    seen = client.get(COMPOSE).context["form"]["seen"].value()
    data = {"seen": seen, "lead-0-0": f"{old.headline} [{old.pk}]", "_preview": ""}
    response = client.post(COMPOSE, data)
    assert response.context["front"].lead == old
    assert "no-store" in response.headers["Cache-Control"]
    assert not Placement.objects.exists()
    assert composed().lead != old


def test_articles_beside_the_slots_are_found_by_their_headline(client: Client, edna: User) -> None:
    sample_content.sections(1, 12)
    client.force_login(edna)
    found = client.get(COMPOSE, {"q": "article 3"}).context["found"]
    assert [article.headline for article, _label, _place in found] == ["Article 3 of 0"]
    everything = client.get(COMPOSE).context["found"]
    assert everything[0][2] == "Slot 1"
    assert client.get(COMPOSE, {"q": "nothing like it"}).context["found"] == []


def test_the_composer_needs_as_many_queries_for_many_sections(
    client: Client, edna: User, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    sample_content.sections(9, 8)
    client.force_login(edna)
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        client.get(COMPOSE)
