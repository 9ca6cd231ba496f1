"""The text of an article on its page."""

import re
from typing import Any

from articles.editorial.models import Article
from articles.editorial.rendering import render_body
from articles.images.library import ingest
from articles.images.models import Image
from iria.publication.models import Publication, current_publication
from tests import newsroom


def _picture(**fields: Any) -> Image:
    """An image with its first rendition."""
    values = {"credit": "Ines Faro/via Meridian Pictures", "alt_text": "Cranes above a quay"}
    return ingest.ingest(newsroom.picture_file(), by=None, **{**values, **fields})


def _page(body: str, **fields: Any) -> str:
    article = newsroom.draft(body=body, **fields)
    return render_body(Article.objects.for_page().get(pk=article.pk), current_publication())


def _figure(image: Image) -> str:
    return (
        f'<figure data-image="{image.pk}" data-width="wide">'
        "<figcaption>A quay at <em>dusk</em></figcaption></figure>"
    )


def test_a_figure_shows_its_caption_and_then_the_credit(db: None) -> None:
    html = _page(f"<p>Before.</p>{_figure(_picture())}<p>After.</p>")
    caption = re.search(r"<figcaption>(.*?)</figcaption>", html, re.DOTALL)
    assert caption is not None
    assert " ".join(re.sub("<[^>]*>", "", caption[1]).split()) == (
        "A quay at dusk (Image Credit: Ines Faro/via Meridian Pictures)"
    )
    assert 'alt="Cranes above a quay"' in html
    assert "figure-wide" in html


def test_the_credit_has_the_publications_format(db: None) -> None:
    Publication(name="Meridian", credit_format="Photo: {credit}").save()
    assert "Photo: Ines Faro/via Meridian Pictures" in _page(_figure(_picture()))


def test_a_corrected_credit_changes_every_page_immediately(db: None) -> None:
    image = _picture()
    article = newsroom.draft(body=_figure(image))
    Image.objects.update(credit="Ines Faro/via Another Agency")
    shown = render_body(Article.objects.for_page().get(pk=article.pk), current_publication())
    assert "Another Agency" in shown


def test_an_uncredited_image_leaves_only_its_caption(db: None) -> None:
    html = _page(f"<p>Words.</p>{_figure(_picture(credit=''))}")
    assert "<picture" not in html
    assert "Ines Faro" not in html
    assert "A quay at <em>dusk</em>" in html


def test_an_image_exempt_from_credit_is_shown_without_one(db: None) -> None:
    image = _picture(credit="", credit_exempt=True, no_credit_reason="Our own chart.")
    html = _page(_figure(image))
    assert "A quay" in html
    assert "Image Credit" not in html


def test_a_figure_of_a_deleted_image_leaves_nothing(db: None) -> None:
    html = _page('<p>Words.</p><figure data-image="99999"><figcaption>Gone</figcaption></figure>')
    assert html.strip() == "<p>Words.</p>"


def test_footnotes_are_under_a_heading_in_the_articles_language(db: None) -> None:
    html = _page('<p>Mots<span data-footnote="Note."></span></p>', language="fr")
    assert "Retour au texte" in html


def test_a_prefetched_page_needs_no_further_queries(
    db: None, django_assert_num_queries: Any
) -> None:
    images = [
        ingest.ingest(newsroom.picture_file(colour=colour), by=None, credit="Ines Faro")
        for colour in ("navy", "teal", "olive")
    ]
    article = newsroom.draft(body="".join(_figure(image) for image in images))
    fetched = Article.objects.for_page().get(pk=article.pk)
    publication = current_publication()
    with django_assert_num_queries(0):
        html = render_body(fetched, publication)
    assert html.count("<figure") == 3
