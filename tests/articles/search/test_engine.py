"""The search of articles."""

from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article
from articles.editorial.versions import revisions
from articles.search import indexer
from articles.search.engine import InvalidQuery, NoSuchPage, search_articles
from articles.search.models import SearchEntry
from tests import newsroom

pytestmark = pytest.mark.django_db


def headlines(query: str, **options: Any) -> list[str]:
    return [found.article.headline for found in search_articles(query, **options).hits]


def indexed(headline: str, **fields: Any) -> Article:
    article = newsroom.published(headline, **fields)
    indexer.index_article(article.pk)
    return article


def test_words_are_found_in_all_fields_with_their_weights() -> None:
    image = newsroom.picture(credit="Tollgate Pictures")
    author = newsroom.author("Tollgate Smith")
    indexed("Signed", authors=[author])
    indexed("Pictured", lead_image=image, lead_caption="A ship")
    indexed("Written", body="<p>They argued over the tollgate and about much else.</p>")
    indexed("Summed up", standfirst="Why the tollgate stays.")
    indexed("The tollgate")
    found = headlines("tollgate")
    assert found[:3] == ["The tollgate", "Summed up", "Written"]
    assert set(found[3:]) == {"Pictured", "Signed"}


def test_captions_tags_and_stems_are_found() -> None:
    image = newsroom.picture()
    figure = f'<figure data-image="{image.pk}"><figcaption>Dredgers at <em>Gwadar</em></figcaption></figure>'
    indexed("Harbours", body=f"<p>Words.</p>{figure}", tags=["Maritime law"])
    assert headlines("dredger gwadar") == ["Harbours"]
    assert headlines("maritime") == ["Harbours"]


def test_quotes_minus_and_or_are_applied() -> None:
    indexed("Grain corridor reopens")
    indexed("Corridor for grain")
    indexed("Steel tariffs")
    assert set(headlines("grain corridor")) == {"Grain corridor reopens", "Corridor for grain"}
    assert headlines('"grain corridor"') == ["Grain corridor reopens"]
    assert headlines("corridor -reopens") == ["Corridor for grain"]
    assert set(headlines("tariffs OR reopens")) == {"Grain corridor reopens", "Steel tariffs"}


def test_any_word_matches_and_all_words_or_the_phrase_rank_higher() -> None:
    indexed("Grain, and grain again", body="<p>Grain, more grain, and nothing but grain.</p>")
    indexed("A corridor for which nobody brought grain")
    indexed("The grain corridor")
    indexed("Steel tariffs")
    assert headlines("grain corridor") == [
        "The grain corridor",
        "A corridor for which nobody brought grain",
        "Grain, and grain again",
    ]


def test_or_requires_one_of_two_phrases() -> None:
    indexed("Grain corridor reopens")
    indexed("Steel tariffs fall")
    indexed("Tariffs on grain and steel")
    assert set(headlines('"grain corridor" OR "steel tariffs"')) == {
        "Grain corridor reopens",
        "Steel tariffs fall",
    }
    assert headlines('"grain corridor" OR "steel tariffs" -reopens') == ["Steel tariffs fall"]
    assert headlines('"steel tariffs" grain') == ["Steel tariffs fall"]


def test_a_rare_word_ranks_higher_than_a_common_one() -> None:
    for number in range(6):
        indexed(f"The harbour in week {number}")
    indexed("A dredger, and nothing else")
    assert headlines("harbour dredger")[0] == "A dredger, and nothing else"


def test_articles_match_in_their_language_and_minus_in_all() -> None:
    indexed("Les élections approchent", language="fr", body="<p>Un vote au parlement.</p>")
    indexed("Elections in the north", body="<p>The parliament votes.</p>")
    assert set(headlines("elections")) == {"Les élections approchent", "Elections in the north"}
    assert headlines("élection vote") != []
    assert headlines("elections -parliament") == ["Les élections approchent"]


def test_a_language_without_a_stemmer_is_found_word_by_word() -> None:
    indexed("Порт відкрито", language="uk", body="<p>Порт працює.</p>")
    assert headlines("порт") == ["Порт відкрито"]


def test_only_published_articles_are_found() -> None:
    newsroom.draft("Hidden lighthouse")
    article = indexed("Open lighthouse")
    assert headlines("lighthouse") == ["Open lighthouse"]
    article.state = "withdrawn"
    article.save()
    assert headlines("lighthouse") == []


def test_the_index_is_updated_on_publish_change_and_unpublish(
    edna: User, django_capture_on_commit_callbacks: Any
) -> None:
    capture = django_capture_on_commit_callbacks
    article = newsroom.draft("A pipeline")
    with capture(execute=True):
        publishing.publish(article, by=edna)
    assert headlines("pipeline") == ["A pipeline"]
    article.headline = "A cable"
    with capture(execute=True):
        revisions.save(article, by=edna)
    assert headlines("pipeline") == []
    assert headlines("cable") == ["A cable"]
    with capture(execute=True):
        publishing.unpublish(article, by=edna)
    assert not SearchEntry.objects.exists()


def test_a_snippet_highlights_the_match_and_escapes_the_rest() -> None:
    indexed("Markup", body="<p>A &lt;b&gt;bold&lt;/b&gt; canal &amp; a lock.</p>")
    (found,) = search_articles("canal").hits
    assert "<mark>canal</mark> &amp; a lock" in found.snippet
    assert "<b>" not in found.snippet


def test_pages_are_stable_and_have_each_result_once() -> None:
    now = timezone.now()
    for number in range(7):
        indexed(f"Barge {number}", at=now)
    headlines_of_pages = [
        found for page in (1, 2, 3) for found in headlines("barge", page=page, size=3)
    ]
    assert sorted(headlines_of_pages) == [f"Barge {number}" for number in range(7)]
    assert search_articles("barge", size=3).pages == 3


@pytest.mark.parametrize("page", ["-1", "0", str(10**9), "9" * 400, "two", "1.5", "²"])
def test_an_unknown_page_is_an_error(page: str) -> None:
    indexed("Barge")
    with pytest.raises(NoSuchPage, match="page"):
        search_articles("barge", page=page)


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("x" * 2001, "at most 2,000"),
        ("a\x00b", "NUL"),
        ("a\ud800b", "incomplete character"),
        ("the of and", "too common"),
        ('""', "too common"),
        ("- | & ! ()", "too common"),
        ("-barge", "as well as words to exclude"),
    ],
)
def test_an_invalid_query_is_an_error(query: str, error: str) -> None:
    indexed("Barge")
    with pytest.raises(InvalidQuery, match=error):
        search_articles(query)


def test_unbalanced_quotes_are_closed_at_the_end() -> None:
    indexed("Grain corridor reopens")
    assert headlines('"grain corridor') == ["Grain corridor reopens"]


def test_a_text_of_many_different_words_is_indexed_as_far_as_it_fits() -> None:
    text = " ".join(f"w{number:x}q{number * 7919:x}" for number in range(90_000))
    article = newsroom.draft("Very long", body=f"<p>{text[:990_000]}</p>")
    publishing.publish(article, by=None)
    indexer.index_article(article.pk)
    assert headlines("w1q1eef") == ["Very long"]


def test_a_search_takes_the_same_number_of_queries(
    django_assert_num_queries: Any,
) -> None:
    category = newsroom.category("Rivers")
    for number in range(12):
        indexed(f"Barge {number}", categories=[category], lead_image=newsroom.picture())
    with django_assert_num_queries(12):
        search_articles("barge")


def test_reindexing_recreates_the_index(capsys: pytest.CaptureFixture[str]) -> None:
    newsroom.published("Lost barge")
    assert headlines("barge") == []
    call_command("reindex_search")
    assert "1 article" in capsys.readouterr().out
    assert headlines("barge") == ["Lost barge"]
    assert indexer.catch_up() == 0


def test_words_joined_by_slash_hyphen_or_full_stop_are_found() -> None:
    image = newsroom.picture(credit="Nell Sandoval/via Meridian")
    indexed("Talks", body="<p>India/Pakistan talks on cotton/café.They resumed in 2020-21.</p>")
    indexed("Jets", body="<p>Six F-16 jets landed.</p>", lead_image=image, lead_caption="A jet")
    for query in ("pakistan", "café", "resumed", "21"):
        assert headlines(query) == ["Talks"]
    assert headlines("Sandoval") == headlines('"F 16"') == headlines('"F-16"') == ["Jets"]
    assert headlines("pakistan/sandoval -india/pakistan") == ["Jets"]


def test_decomposed_accents_and_soft_hyphens_are_ignored() -> None:
    indexed("E\u0301oliennes", language="fr", body="<p>La diplo\u00admatie du vent.</p>")
    assert headlines("éoliennes") == headlines("e\u0301oliennes") == headlines("diplomatie")
    assert headlines("éoliennes") == ["E\u0301oliennes"]


def test_a_text_without_spaces_is_found_by_its_parts() -> None:
    indexed("首脳会談", language="ja", body="<p>日本と中国の首脳が東京都で会談した。</p>")
    indexed("漁業", language="ja", body="<p>太平洋の漁業大臣が合意した。</p>")
    for query in ("東京", "首脳会談", '"中国の首脳"', "日本 -漁業"):
        assert headlines(query) == ["首脳会談"]
    assert "<mark>東京</mark>" in search_articles("東京").hits[0].explanation.snippet


def test_initials_are_found_with_and_without_full_stops() -> None:
    indexed(
        "Peacekeepers", body="<p>The U.N.-backed force left. The UN said so; the E.U did not.</p>"
    )
    indexed("Observers", body="<p>Nobody asked the UN.</p>")
    assert headlines("U.N. force")[0] == headlines("UN force")[0] == "Peacekeepers"
    assert sorted(headlines("U.N.")) == sorted(headlines("UN")) == ["Observers", "Peacekeepers"]
    assert headlines("EU") == headlines("E.U.") == ["Peacekeepers"]
    snippet = search_articles("UN force").hits[0].explanation.snippet
    assert "<mark>U.N.</mark>-backed" in snippet
    assert "The <mark>UN</mark> said" in snippet


def test_a_name_that_is_also_a_common_word_is_found() -> None:
    indexed("Sanctions", body="<p>The US-led group met. The U.S. paid; they told us so.</p>")
    indexed("Vaccines", body="<p>Doses for all, the WHO said.</p>")
    indexed("Anybody", body="<p>They told us who did it.</p>")
    for query in ("US", "U.S.", "U.S", '"US-led"', "-vaccines US"):
        assert headlines(query) == ["Sanctions"]
    assert headlines("WHO doses") == headlines("W.H.O.") == ["Vaccines"]
    snippet = search_articles("US").hits[0].explanation.snippet
    assert snippet.count("<mark>") == 2
    assert "<mark>US</mark>-led" in snippet
    assert headlines("THEY TOLD US WHO DID IT")[0] == "Anybody"
