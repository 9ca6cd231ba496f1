"""What a visitor finds in the demo newsroom."""

import re
from datetime import timedelta
from typing import Final

import pytest
from django.test import Client
from lxml import html as lxml_html

from accounts.models import AuthorProfile
from articles.body.plain_text import plain_text
from articles.comments.models import Comment
from articles.editorial.models import Article, Category, Figure
from articles.images.models import Image
from articles.pages.models import Page
from articles.related.models import RelatedPick
from iria.core.db.row_origins import RowOrigins
from iria.demo import content
from iria.demo.loading import all_content, images
from newsletter.models import Delivery, Issue, Subscriber
from tests.exiftool import exiftool
from tests.iria.demo.newsroom import story
from tests.shared import shared_data

pytestmark = pytest.mark.django_db

MOST_BYTES: Final = 4_000_000
"""Of all images together: every clone carries them."""


def test_it_is_the_newsroom_that_checks_from_outside_look_for() -> None:
    asia = Category.objects.get(path="asia-pacific")
    assert asia.children.count() >= 4
    assert Article.objects.published().in_category(Category.objects.get(slug="china")).exists()
    assert Article.objects.published().in_category(Category.objects.get(slug="security")).exists()
    lead = story("search-and-rescue-drill")
    names = [link.category.name for link in lead.article_categories.all()]
    assert names == ["Asia-Pacific", "News"]
    assert lead.comments.filter(state="approved").count() >= 5
    assert lead.related_picks.count() >= 2
    assert lead.lead_image is not None
    assert lead.lead_image.is_credited


def test_it_is_large_and_varied_enough_to_try_the_house() -> None:
    published = Article.objects.published()
    assert published.count() >= 30
    assert AuthorProfile.objects.count() == 6
    assert set(published.values_list("language", flat=True)) == {"en", "fr", "ar"}
    assert published.filter(language="fr").count() >= 3
    assert set(published.values_list("kind__slug", flat=True)) >= {
        "news",
        "analysis",
        "report",
        "opinion",
    }
    assert Article.objects.filter(state="draft").exists()
    assert Comment.objects.filter(state="held").count() >= 4
    assert Comment.objects.filter(parent__parent__isnull=False).exists()
    assert RelatedPick.objects.count() > 20
    assert {page.path for page in Page.objects.published()} == {"about", "contact", "privacy"}
    assert story("verification-without-trust").corrections.count() == 1


def test_articles_stand_at_their_written_addresses() -> None:
    written = {text.address for text in content.stories() if text.published}
    assert {article.get_absolute_url() for article in Article.objects.published()} == written
    newest, oldest = (
        Article.objects.published().newest().values_list("published_at", flat=True)[i]
        for i in (0, len(written) - 1)
    )
    assert newest is not None
    assert oldest is not None
    assert newest - oldest > timedelta(days=540)


def test_every_figure_has_a_caption_a_credit_and_words_for_those_who_cannot_see_it() -> None:
    figures = list(Figure.objects.select_related("image"))
    assert len(figures) > 45
    for figure in figures:
        assert figure.caption.strip(), figure
        assert figure.image.credit.strip(), figure
        assert len(figure.image.alt_text) > 40, figure
        assert figure.image.width >= 1800, figure


def test_the_library_holds_what_another_program_reads_from_the_image_files() -> None:
    numbers = images.ids(RowOrigins(all_content.COLLECTION))
    with exiftool() as program:
        for key, file in images.files().items():
            image, said = Image.objects.get(pk=numbers[key]), program.read(file)
            assert image.headline == said["XMP-photoshop:Headline"]
            assert image.caption == said["XMP-dc:Description"]
            assert image.alt_text == said["XMP-iptcCore:AltTextAccessibility"]
            assert image.credit == said["XMP-photoshop:Credit"]
            assert [image.byline] == said["XMP-dc:Creator"]
            assert image.copyright_notice == said["XMP-dc:Rights"]
            assert image.usage_terms == said["XMP-xmpRights:UsageTerms"]


def test_every_image_file_is_shown_and_all_of_them_are_small() -> None:
    shown = {key for story in content.stories() for key in story.pictures}
    portraits = {f"portrait-{author.slug}" for author in AuthorProfile.objects.all()}
    assert images.files().keys() == shown | portraits
    assert images.ids(RowOrigins(all_content.COLLECTION)).keys() == images.files().keys()
    assert sum(file.stat().st_size for file in images.files().values()) <= MOST_BYTES
    assert set(images.files().values()) == set(images.IMAGES.iterdir())


def test_every_link_inside_leads_somewhere(client: Client) -> None:
    bodies = [
        *Article.objects.values_list("body", flat=True),
        *Page.objects.values_list("body", flat=True),
    ]
    links = {
        href
        for body in bodies
        for href in lxml_html.fragment_fromstring(body, create_parent="div").xpath("//a/@href")
    }
    inside = {href for href in links if href.startswith("/")}
    assert len(inside) >= 12
    assert all(href.startswith("mailto:") for href in links - inside)
    for href in inside:
        assert client.get(href).status_code == 200, href


def test_the_past_newsletter_was_delivered_to_those_who_agreed() -> None:
    issue = Issue.objects.get(slug="a-raft-with-nobody-in-it")
    assert issue.state == "sent"
    received = Delivery.objects.filter(issue=issue, state="sent")
    assert received.count() == Subscriber.objects.filter(state="active").count() == 6
    assert all(row.subscriber.email.endswith("@example.org") for row in received if row.subscriber)
    assert Subscriber.objects.filter(state="left").count() == 1


def test_no_words_are_those_of_the_page_we_learned_from() -> None:
    """Eight words in a row that stand there too would be a copy, not a coincidence."""
    theirs = shingles(shared_data("seed", "article-page.txt").read_text("utf-8"))
    ours: set[tuple[str, ...]] = set()
    for text in content.stories():
        words = [text.headline, text.standfirst, text.lead_caption, plain_text(text.body)]
        ours |= shingles("\n".join(words))
    for path in content.NEWSROOM.rglob("*.toml"):
        ours |= shingles(path.read_text("utf-8"))
    for page in content.pages():
        ours |= shingles(plain_text(page.body))
    assert len(ours) > 20_000
    assert not ours & theirs


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 8]) for i in range(len(words) - 7)}


def test_readers_find_a_series_a_licence_and_where_an_author_is_elsewhere(client: Client) -> None:
    article = Article.objects.get(slug="straits-and-margins")
    words = client.get(article.get_absolute_url()).content.decode()
    assert "Encounters at sea" in words
    assert "Part 2 of 3" in words
    assert "creativecommons.org/licenses/by/4.0/" in words
    assert "https://brandvold.example/" in client.get("/author/ilse-brandvold/").content.decode()


def test_authors_have_faces_an_article_has_a_film_and_readers_see_what_is_read_most(
    client: Client,
) -> None:
    for author in AuthorProfile.objects.all():
        page = client.get(author.get_absolute_url()).content.decode()
        assert f"Portrait of {author.name}" == author.portrait.image.headline
        assert "Nell Sandoval" in page.partition('class="portrait"')[2].partition("</figure>")[0]
    (film,) = Article.objects.published().filter(body__contains="data-embed")
    assert "embed-frame" in client.get(film.get_absolute_url()).content.decode()
    assert 'id="most-read"' in client.get("/").content.decode()


def test_one_text_stands_in_two_languages_and_each_leads_to_the_other(client: Client) -> None:
    there, here = story("panama-lake"), story("panama-le-lac-est-plein")
    for one, other in ((there, here), (here, there)):
        page = client.get(one.get_absolute_url()).content.decode()
        assert f'href="{other.get_absolute_url()}" lang="{other.language}"' in " ".join(
            page.split()
        )
