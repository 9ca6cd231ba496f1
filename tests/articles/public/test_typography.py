"""Typography: non-breaking spaces, hyphens and italics."""

import re
from pathlib import Path

import pytest
from django.test import Client
from lxml import html as lxml_html

from articles.editorial.models import Article
from articles.editorial.preview_links import preview_url
from iria.core.text.languages import NARROW, NO_BREAK
from newsletter.email import rendering
from newsletter.models import Issue
from tests import newsroom
from tests.newsletter.factories import issue
from tests.shared import PROJECT

pytestmark = pytest.mark.django_db

HEADLINE = "Sahel : qui paie ?"
SET = f"Sahel{NO_BREAK}: qui paie{NARROW}?"


@pytest.fixture
def french() -> Article:
    return newsroom.published(
        HEADLINE,
        language="fr",
        standfirst="Personne ; ou presque !",
        body="<p>« Rien », dit-il à 10:30 ; <code>a ? b : c</code> !</p>",
        lead_image=newsroom.picture(),
        lead_caption="Qui ? <em>Eux</em> !",
    )


def page_text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_french_punctuation_has_no_line_break_before_it(client: Client, french: Article) -> None:
    page = page_text(client, french.get_absolute_url())
    assert f"<h1>{SET}</h1>" in page
    assert f"Personne{NARROW}; ou presque{NARROW}!</p>" in page
    assert (
        f"«{NARROW}Rien{NARROW}», dit-il à 10:30{NARROW}; <code>a ? b : c</code>{NARROW}!" in page
    )


def test_the_typography_of_a_french_card_does_not_depend_on_the_page_language(
    client: Client, french: Article
) -> None:
    for path in ("/", "/language/fr/", "/category/news/"):
        assert f">{SET}</a>" in page_text(client, path)


def test_metadata_is_not_changed(client: Client, french: Article) -> None:
    data = client.get(f"/api/v1/articles/{french.pk}/").json()
    assert data["headline"] == HEADLINE
    assert "« Rien »" in data["html"]
    french.refresh_from_db()
    assert french.headline == HEADLINE


def test_english_text_is_not_changed(client: Client) -> None:
    article = newsroom.published("Why ?", body="<p>A list : one !</p>")
    page = page_text(client, article.get_absolute_url())
    assert "<h1>Why ?</h1>" in page
    assert "A list : one !" in page


def test_no_line_ends_with_and_and_hyphenated_names_are_not_broken(client: Client) -> None:
    newsroom.published(
        "Ferries", authors=[newsroom.author("Ines Faro"), newsroom.author("Jean-Luc Roy")]
    )
    page = page_text(client, "/")
    assert f"and{NO_BREAK}<b" in page
    assert '<span class="together">Jean-Luc</span> Roy</b>' in page


def test_the_details_of_a_draft_are_separated_by_spaces(client: Client) -> None:
    draft = newsroom.draft()
    tree = lxml_html.fromstring(client.get(preview_url(draft)).content)
    facts = tree.cssselect(".article-facts .byline")[-1]
    assert re.search(r"\w \d+ min", " ".join(facts.text_content().split()))
    assert not re.search(r"[^\W\d]\d", facts.text_content())


def test_an_email_does_not_repeat_a_type_named_like_the_category() -> None:
    article = newsroom.published(categories=[newsroom.category("News")])
    issue("This week", article)
    email = rendering.compose(Issue.objects.with_articles().get())
    (kicker,) = lxml_html.fromstring(email.html).cssselect(".kicker")
    assert kicker.text_content() == "News"


def test_french_text_in_an_email_has_the_same_typography_as_on_the_page(french: Article) -> None:
    issue("This week", french)
    email = rendering.compose(Issue.objects.with_articles().get())
    assert SET in lxml_html.fromstring(email.html).text_content()


def test_scripts_without_italics_are_not_slanted() -> None:
    css = "".join(
        file.read_text("utf-8") for file in sorted(Path(PROJECT, "static/css").rglob("*.css"))
    )
    assert "font-synthesis-style: none" in css
    upright = re.findall(r"([^{}]*:lang[^{}]*)\{[^{}]*font-style: normal", css)
    for language in ("ar", "fa", "ur", "he", "zh", "ja", "ko", "hi"):
        assert any(f":lang({language})" in selectors for selectors in upright), language
