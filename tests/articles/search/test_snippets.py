"""Each result shows its match: in the text, a caption, a credit, a topic."""

from typing import Any

import pytest
from django.test import Client

from articles.editorial.models import Article
from articles.search import indexer
from articles.search.engine import search_articles
from articles.search.snippets import MatchExplanation
from tests import newsroom

pytestmark = pytest.mark.django_db


def indexed(headline: str, **fields: Any) -> Article:
    article = newsroom.published(headline, **fields)
    indexer.index_article(article.pk)
    return article


def explanation(query: str) -> MatchExplanation:
    (found,) = search_articles(query).hits
    return found.explanation


def captioned(caption: str, **fields: Any) -> str:
    image = newsroom.picture(**fields)
    return f'<figure data-image="{image.pk}"><figcaption>{caption}</figcaption></figure>'


def test_fragments_show_each_word() -> None:
    filler = "<p>Nothing to see here.</p>" * 40
    indexed("A port", body=f"<p>The dredgers came.</p>{filler}<p>Then the customs men left.</p>")
    snippet = explanation("dredger customs").snippet
    assert "<mark>dredgers</mark>" in snippet
    assert "<mark>customs</mark>" in snippet
    assert " … " in snippet
    assert len(snippet) < 400


def test_every_form_of_a_word_is_highlighted() -> None:
    indexed("Vote", language="fr", body="<p>Les Élections approchent; l’élu attend.</p>")
    assert explanation("election").snippet.count("<mark>") == 1
    assert "<mark>Élections</mark>" in explanation("election").snippet


def test_a_word_with_the_same_beginning_is_not_highlighted() -> None:
    indexed("News", body="<p>The newspaper was new to the newcomer.</p>")
    assert explanation("new").snippet.count("<mark>") == 1


def test_an_excluded_word_does_not_affect_highlighting() -> None:
    indexed("Ports", body="<p>Cranes and ships.</p>")
    indexed("Cranes", body="<p>Cranes and trucks.</p>")
    assert "<mark>Cranes</mark>" in explanation("cranes -trucks").snippet


def test_a_match_in_a_caption_is_shown_with_its_image(client: Client) -> None:
    indexed("Harbours", body=f"<p>Words.</p>{captioned('Dredgers at <em>Gwadar</em>')}")
    caption = explanation("dredger gwadar").caption
    assert caption
    assert caption.text == "<mark>Dredgers</mark> at <mark>Gwadar</mark>"
    assert caption.image
    page = " ".join(client.get("/search/?q=dredger").content.decode().split())
    assert "Caption:</span> <mark>Dredgers</mark> at Gwadar" in page


def test_a_caption_is_omitted_if_the_text_has_the_same_match() -> None:
    indexed("Ships", body=f"<p>A dredger.</p>{captioned('A dredger at work')}")
    assert explanation("dredger").caption is None


def test_matches_in_credits_and_topics_are_labelled(client: Client) -> None:
    indexed("Pictured", body=captioned("A ship", credit="Tollgate Pictures"))
    indexed("Tagged", tags=["Maritime law"])
    page = " ".join(client.get("/search/?q=tollgate").content.decode().split())
    assert "credit:</span> <mark>Tollgate</mark> Pictures" in page
    page = " ".join(client.get("/search/?q=maritime").content.decode().split())
    assert "Topic:</span> <mark>Maritime</mark> law" in page


def test_a_text_without_a_match_shows_its_beginning() -> None:
    indexed("The lighthouse", standfirst="Why it stays.", body="<p>It was built in 1870.</p>")
    assert explanation("lighthouse").snippet.startswith("Why it stays.")


def test_markup_in_captions_credits_and_topics_is_escaped(client: Client) -> None:
    figure = captioned("Rope &lt;b&gt; <em>knots</em>", credit="<i>Knots</i> & Co")
    indexed("Deck", body=figure, tags=["<u>knots</u>"])
    page = client.get("/search/?q=knots").content.decode()
    assert "Rope &lt;b&gt; <mark>knots</mark>" in page
    assert "<i>Knots" not in page
    assert "<u>" not in page


def test_explanations_take_the_same_number_of_queries_for_any_page(
    django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    indexed("Quay", body=captioned("A dredger"), tags=["Ports"])
    with django_assert_max_num_queries(16) as queries:
        search_articles("dredger ports")
    for number in range(9):
        indexed(f"Quay {number}", body=captioned(f"A dredger, {number}"), tags=["Ports"])
    with django_assert_num_queries(len(queries)):
        search_articles("dredger ports")
