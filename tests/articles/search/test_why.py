"""Each result says why it was found: in the text, a caption, a credit, a topic."""

from typing import Any

import pytest
from django.test import Client

from articles.editorial.models import Article
from articles.search.index import indexer
from articles.search.ranking.engine import search_articles
from articles.search.results.match_explanations import MatchExplanation
from tests import newsroom

pytestmark = pytest.mark.django_db


def indexed(headline: str, **fields: Any) -> Article:
    article = newsroom.published(headline, **fields)
    indexer.index_article(article.pk)
    return article


def why(words: str) -> MatchExplanation:
    (found,) = search_articles(words).hits
    return found.explanation


def captioned(caption: str, **fields: Any) -> str:
    image = newsroom.picture(**fields)
    return f'<figure data-image="{image.pk}"><figcaption>{caption}</figcaption></figure>'


def test_fragments_show_each_word_wherever_it_stands() -> None:
    far = "<p>Nothing to see here.</p>" * 40
    indexed("A port", body=f"<p>The dredgers came.</p>{far}<p>Then the customs men left.</p>")
    shown = why("dredger customs").snippet
    assert "<mark>dredgers</mark>" in shown
    assert "<mark>customs</mark>" in shown
    assert " … " in shown
    assert len(shown) < 400


def test_a_word_is_marked_in_every_form_and_with_every_accent() -> None:
    indexed("Vote", language="fr", body="<p>Les Élections approchent; l’élu attend.</p>")
    assert why("election").snippet.count("<mark>") == 1
    assert "<mark>Élections</mark>" in why("election").snippet


def test_a_word_that_only_begins_alike_is_not_marked() -> None:
    indexed("News", body="<p>The newspaper was new to the newcomer.</p>")
    assert why("new").snippet.count("<mark>") == 1


def test_a_word_left_out_is_not_marked() -> None:
    indexed("Ports", body="<p>Cranes and ships.</p>")
    indexed("Cranes", body="<p>Cranes and trucks.</p>")
    assert "<mark>Cranes</mark>" in why("cranes -trucks").snippet


def test_a_match_in_a_caption_is_said_as_such_with_its_picture(client: Client) -> None:
    indexed("Harbours", body=f"<p>Words.</p>{captioned('Dredgers at <em>Gwadar</em>')}")
    caption = why("dredger gwadar").caption
    assert caption
    assert caption.text == "<mark>Dredgers</mark> at <mark>Gwadar</mark>"
    assert caption.image
    page = " ".join(client.get("/search/?q=dredger").content.decode().split())
    assert "Caption:</span> <mark>Dredgers</mark> at Gwadar" in page


def test_a_match_in_a_caption_is_left_out_where_the_text_says_as_much() -> None:
    indexed("Ships", body=f"<p>A dredger.</p>{captioned('A dredger at work')}")
    assert why("dredger").caption is None


def test_a_credit_and_a_topic_are_said_as_such(client: Client) -> None:
    indexed("Pictured", body=captioned("A ship", credit="Tollgate Pictures"))
    indexed("Tagged", tags=["Maritime law"])
    page = " ".join(client.get("/search/?q=tollgate").content.decode().split())
    assert "credit:</span> <mark>Tollgate</mark> Pictures" in page
    page = " ".join(client.get("/search/?q=maritime").content.decode().split())
    assert "Topic:</span> <mark>Maritime</mark> law" in page


def test_a_text_without_a_match_shows_its_beginning() -> None:
    indexed("The lighthouse", standfirst="Why it stays.", body="<p>It was built in 1870.</p>")
    assert why("lighthouse").snippet.startswith("Why it stays.")


def test_markup_in_captions_credits_and_topics_is_only_text(client: Client) -> None:
    figure = captioned("Rope &lt;b&gt; <em>knots</em>", credit="<i>Knots</i> & Co")
    indexed("Deck", body=figure, tags=["<u>knots</u>"])
    page = client.get("/search/?q=knots").content.decode()
    assert "Rope &lt;b&gt; <mark>knots</mark>" in page
    assert "<i>Knots" not in page
    assert "<u>" not in page


def test_why_is_asked_in_the_same_few_questions_for_any_page(
    django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    indexed("Quay", body=captioned("A dredger"), tags=["Ports"])
    with django_assert_max_num_queries(16) as asked:
        search_articles("dredger ports")
    for number in range(9):
        indexed(f"Quay {number}", body=captioned(f"A dredger, {number}"), tags=["Ports"])
    with django_assert_num_queries(len(asked)):
        search_articles("dredger ports")
