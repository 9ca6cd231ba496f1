"""The content of the demo newsroom."""

import json
import re
from datetime import timedelta
from typing import Final

import pytest
from django.db import connection
from django.db.models import Max, Min
from django.test import Client
from lxml import html as lxml_html

from accounts.models import AuthorProfile
from articles.body.tree import plain_text
from articles.comments.models import Comment
from articles.editorial.models import Article, Category, Figure, Portrait, RelatedPick
from articles.images.models import Image
from articles.links.targets import urls_for
from articles.pages.models import Page
from articles.popular.models import ArticleViews
from iria.demo.loading import NEWSROOM
from iria.transfer.site.tables import tables
from newsletter.models import Delivery, Issue, Subscriber
from tests.exiftool import exiftool
from tests.iria.demo.newsroom import story
from tests.shared import shared_data

pytestmark = pytest.mark.django_db

MEDIA: Final = NEWSROOM / "media"
TEXTS: Final = ("articles", "pages", "comments", "issues", "images", "categories", "publication")

MAX_BYTES: Final = 4_000_000
"""Of all images together, since every clone contains them."""


def test_it_has_the_content_that_external_checks_expect() -> None:
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


def test_it_is_large_and_varied_enough_for_a_demo() -> None:
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
    pages = Page.objects.published().filter(translation_of=None)
    assert {page.path for page in pages} == {"about", "contact", "privacy"}
    for page in pages:
        versions = Page.objects.versions_of(page)
        assert {version.language for version in versions} == {"en", "fr", "ar"}
    assert story("verification-without-trust").corrections.count() == 1


def test_its_articles_are_from_more_than_a_year() -> None:
    dates = Article.objects.published().aggregate(
        first=Min("published_at"), last=Max("published_at")
    )
    assert dates["last"] - dates["first"] > timedelta(days=540)


def test_every_figure_has_a_caption_a_credit_and_an_alt_text() -> None:
    figures = list(Figure.objects.select_related("image"))
    assert len(figures) > 45
    for figure in figures:
        assert figure.caption.strip(), figure
        assert figure.image.credit.strip(), figure
        assert len(figure.image.alt_text) > 40, figure
        assert figure.image.width >= 1800, figure


def test_an_image_has_what_exiftool_reads_in_its_file() -> None:
    with exiftool() as program:
        for image in Image.objects.all():
            metadata = program.read(MEDIA / str(image.original))
            assert image.headline == metadata["XMP-photoshop:Headline"]
            assert image.caption == metadata["XMP-dc:Description"]
            assert image.alt_text == metadata["XMP-iptcCore:AltTextAccessibility"]
            assert image.credit == metadata["XMP-photoshop:Credit"]
            assert [image.byline] == metadata["XMP-dc:Creator"]
            assert image.copyright_notice == metadata["XMP-dc:Rights"]
            assert image.usage_terms == metadata["XMP-xmpRights:UsageTerms"]


def test_every_image_is_shown_before_the_worker_has_run(client: Client) -> None:
    for image in Image.objects.all():
        assert image.renditions.exists(), image
    shown = story("panama-lake").get_absolute_url()
    assert "<picture" in client.get(shown).content.decode()


def test_every_image_is_used_and_small() -> None:
    shown = set(Figure.objects.values_list("image_id", flat=True))
    shown |= set(Article.objects.values_list("lead_image_id", flat=True))
    shown |= set(Portrait.objects.values_list("image_id", flat=True))
    assert set(Image.objects.values_list("pk", flat=True)) == shown - {None}
    files = [each for each in MEDIA.rglob("*") if each.is_file()]
    assert {str(each.relative_to(MEDIA)) for each in files} == {
        image.original.name for image in Image.objects.all()
    }
    assert sum(each.stat().st_size for each in files) <= MAX_BYTES


def test_its_rows_are_exported_as_they_were_imported() -> None:
    """So `export_site` writes the files of the demo again, with what somebody has changed in the admin."""
    for table in tables():
        if table.kind.seeded:  # By `migrate`, at another time.
            continue
        with connection.cursor() as cursor:
            cursor.execute(table.select(personal_data=True))
            exported = [row for (row,) in cursor]
        lines = (NEWSROOM / f"data/{table.kind.name}.jsonl").read_text("utf-8").splitlines()
        if table.model is ArticleViews:  # Their days move.
            assert len(exported) == len(lines)
        else:
            assert exported == [json.loads(line) for line in lines], table.kind.name


def test_every_internal_link_works(client: Client) -> None:
    bodies = [
        *Article.objects.values_list("body", flat=True),
        *Page.objects.values_list("body", flat=True),
    ]
    links = {
        href
        for body in bodies
        for href in lxml_html.fragment_fromstring(body, create_parent="div").xpath("//a/@href")
    }
    references = {href for href in links if href.startswith("internal:")}
    urls = set(urls_for(*bodies).values())
    assert len(urls) == len({href.partition("#")[0] for href in references})
    internal = {href for href in links if href.startswith("/")} | urls
    assert len(internal) >= 12
    assert all(href.startswith(("/", "internal:", "mailto:")) for href in links)
    for href in internal:
        assert client.get(href).status_code == 200, href


def test_the_past_issue_was_sent_to_active_subscribers() -> None:
    issue = Issue.objects.get(slug="a-raft-with-nobody-in-it")
    assert issue.state == "sent"
    received = Delivery.objects.filter(issue=issue, state="sent")
    assert received.count() == Subscriber.objects.filter(state="active").count() == 6
    assert all(row.subscriber.email.endswith("@example.org") for row in received if row.subscriber)
    assert Subscriber.objects.filter(state="left").count() == 1


def test_no_text_is_copied_from_the_reference_page() -> None:
    """The same eight words in a row count as a copy."""
    theirs = shingles(shared_data("seed", "article-page.txt").read_text("utf-8"))
    ours: set[tuple[str, ...]] = set()
    for kind in TEXTS:
        for line in (NEWSROOM / f"data/{kind}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            words = [value for value in row.values() if isinstance(value, str)]
            ours |= shingles(plain_text("\n".join(words)))
    assert len(ours) > 20_000
    assert not ours & theirs


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 8]) for i in range(len(words) - 7)}


def test_there_is_a_series_a_licence_and_an_author_with_links(client: Client) -> None:
    article = Article.objects.get(slug="straits-and-margins")
    html = client.get(article.get_absolute_url()).content.decode()
    assert "Encounters at sea" in html
    assert "Part 2 of 3" in html
    assert "creativecommons.org/licenses/by/4.0/" in html
    assert "https://brandvold.example/" in client.get("/author/ilse-brandvold/").content.decode()


def test_there_are_portraits_a_video_and_a_list_of_most_read_articles(
    client: Client,
) -> None:
    for author in AuthorProfile.objects.all():
        page = client.get(author.get_absolute_url()).content.decode()
        assert f"Portrait of {author.name}" == author.portrait.image.headline
        assert "Nell Sandoval" in page.partition('class="portrait"')[2].partition("</figure>")[0]
    (article,) = Article.objects.published().filter(body__contains="data-embed")
    assert "embed-frame" in client.get(article.get_absolute_url()).content.decode()
    assert 'id="most-read"' in client.get("/").content.decode()


def test_translations_link_to_each_other(client: Client) -> None:
    english, french = story("panama-lake"), story("panama-le-lac-est-plein")
    for one, other in ((english, french), (french, english)):
        page = client.get(one.get_absolute_url()).content.decode()
        assert f'href="{other.get_absolute_url()}" lang="{other.language}"' in " ".join(
            page.split()
        )
