"""The feeds of the site and of every list."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.http import http_date, parse_http_date
from lxml import etree
from lxml import html as lxml_html

from accounts.models import User
from articles.comments.models import Comment
from articles.editorial import publishing, taxonomy
from articles.editorial.models import Article, Correction, Figure
from articles.editorial.versions import revisions
from articles.images.models import Image
from iria.publication.models import Publication
from tests import newsroom
from tests.articles.feeds.conftest import picture
from tests.articles.feeds.trees import headlines, rss, texts


def test_rss_contains_the_full_article(client: Client, strait: Article) -> None:
    tree = rss(client)
    assert texts(tree, "channel/title") == ["Meridian"]
    assert texts(tree, "channel/atom:link[@rel='self']/@href") == ["https://meridian.example/feed/"]
    assert texts(tree, "//item/title") == ["Ferries & tankers <again>"]
    assert texts(tree, "//item/link") == ["https://meridian.example/2026/03/ferries-tankers-again/"]
    assert texts(tree, "//item/guid") == [f"tag:meridian.example,2026-03-04:article/{strait.pk}"]
    assert texts(tree, "//item/guid/@isPermaLink") == ["false"]
    assert texts(tree, "//item/pubDate") == ["Wed, 04 Mar 2026 12:30:00 +0000"]
    assert texts(tree, "//item/dc:creator") == ["Edna Okafor", "Ines Faro"]
    assert texts(tree, "//item/category") == ["Asia-Pacific", "News", "Shipping"]
    assert texts(tree, "//item/description") == ["What the strait's pilots say."]


def test_figures_keep_caption_and_credit_and_every_url_is_absolute(
    client: Client, strait: Article
) -> None:
    (html,) = texts(rss(client), "//item/content:encoded")
    assert "<figcaption>Ships at <em>anchor</em> <span>(Image Credit: Ines Faro/via Mer" in html
    assert (
        "<figcaption>The <em>quay</em> at dusk <span>(Image Credit: "
        '<a href="https://agency.example/?a=1&amp;b=2">Rui &amp; Co/via Agency</a>)</span>'
        "</figcaption>" in html
    )
    assert "alt='A \"strait\"'" in html
    assert 'href="https://meridian.example/about/"' in html
    assert 'href="https://meridian.example/2026/03/ferries-tankers-again/#note-1"' in html
    assert "Two of them told us." in html
    assert 'src="https://meridian.example/pictures/' in html
    for ours in ("class=", "role=", "tabindex", 'href="/', 'src="/', 'href="#'):
        assert ours not in html


def test_the_lead_image_is_an_enclosure_with_its_length(client: Client, strait: Article) -> None:
    tree = rss(client)
    assert texts(tree, "//enclosure/@length") == ["128000"]
    assert texts(tree, "//enclosure/@type") == ["image/jpeg"]
    assert texts(tree, "//media:credit") == ["(Image Credit: Ines Faro/via Meridian Pictures)"]
    assert texts(tree, "//media:title") == ["Ships at anchor"]
    assert texts(tree, "//media:description") == ['A "strait"']
    assert texts(tree, "//media:content/@width") == ["1280"]


def test_atom_has_the_same_content(client: Client, strait: Article) -> None:
    response = client.get("/feed/atom/")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    tree = etree.fromstring(response.content)
    entry = "atom:entry/atom:"
    assert texts(tree, f"{entry}id") == [f"tag:meridian.example,2026-03-04:article/{strait.pk}"]
    assert texts(tree, f"{entry}title") == ["Ferries & tankers <again>"]
    assert texts(tree, f"{entry}published") == ["2026-03-04T12:30:00+00:00"]
    assert texts(tree, f"{entry}author/atom:name") == ["Edna Okafor", "Ines Faro"]
    assert texts(tree, f"{entry}category/@term") == ["Asia-Pacific", "News", "Shipping"]
    assert texts(tree, f"{entry}link[@rel='enclosure']/@length") == ["128000"]
    assert texts(tree, "atom:link[@rel='self']/@href") == ["https://meridian.example/feed/atom/"]


def test_links_have_the_media_type_of_what_they_lead_to(client: Client, strait: Article) -> None:
    Article.objects.update(licence="CC BY 4.0", comments_open=True)
    assert texts(rss(client), "channel/atom:link/@type") == ["application/rss+xml"]
    tree = etree.fromstring(client.get("/feed/atom/").content)
    for parent, rel, media_type in (
        ("atom:", "self", "application/atom+xml"),
        ("atom:", "alternate", "text/html"),
        ("atom:entry/atom:", "alternate", "text/html"),
        ("atom:entry/atom:", "enclosure", "image/jpeg"),
        ("atom:entry/atom:", "license", "text/html"),
        ("atom:entry/atom:", "replies", "application/atom+xml"),
    ):
        assert texts(tree, f"{parent}link[@rel='{rel}']/@type") == [media_type], rel


def test_json_has_the_same_content(client: Client, strait: Article) -> None:
    response = client.get("/feed/json/")
    assert response["Content-Type"] == "application/feed+json; charset=utf-8"
    feed = json.loads(response.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    (item,) = feed["items"]
    assert item["id"] == f"tag:meridian.example,2026-03-04:article/{strait.pk}"
    assert item["date_published"] == "2026-03-04T12:30:00+00:00"
    assert [author["name"] for author in item["authors"]] == ["Edna Okafor", "Ines Faro"]
    assert item["attachments"][0]["size_in_bytes"] == 128000
    assert item["language"] == "en"
    assert "<figcaption>" in item["content_html"]


def test_a_changed_url_keeps_the_id(client: Client, strait: Article, edna: User) -> None:
    before = texts(rss(client), "//item/guid")
    strait.slug = "another-slug"
    revisions.save(strait, by=edna)
    assert texts(rss(client), "//item/guid") == before


def test_every_list_has_its_feed(client: Client, strait: Article) -> None:
    other = newsroom.published("Elsewhere", categories=[newsroom.category("Europe")])
    french = newsroom.published("Ailleurs", language="fr")
    both = [other.headline, strait.headline]
    assert headlines(client, "/feed/") == both
    assert headlines(client, "/category/asia-pacific/feed/") == [strait.headline]
    assert headlines(client, "/category/europe/feed/") == [other.headline]
    assert headlines(client, "/tag/shipping/feed/") == [strait.headline]
    assert headlines(client, "/author/ines-faro/feed/") == [strait.headline]
    assert headlines(client, "/language/fr/feed/") == [french.headline]
    assert client.get("/language/fr/feed/json/").json()["title"] == "Français – Meridian"
    for url in ("/category/asia-pacific", "/tag/shipping", "/author/ines-faro"):
        assert client.get(f"{url}/feed/atom/").status_code == 200
        assert json.loads(client.get(f"{url}/feed/json/").content)["items"]


def test_a_category_feed_contains_its_descendants(client: Client, strait: Article) -> None:
    asia = strait.categories.get(slug="asia-pacific")
    japan = newsroom.category("Japan", parent=asia)
    newsroom.published("In Nagoya", categories=[japan])
    assert headlines(client, "/category/asia-pacific/feed/") == ["In Nagoya", strait.headline]
    assert headlines(client, "/category/asia-pacific/japan/feed/") == ["In Nagoya"]


@pytest.mark.parametrize(
    "url",
    [
        "/category/nowhere/feed/",
        "/tag/nothing/feed/",
        "/author/nobody/feed/",
        "/language/xx/feed/",
        "/feed/yaml/",
        "/2026/03/nothing/feed/",
    ],
)
def test_a_feed_of_an_unknown_list_is_not_found(client: Client, strait: Article, url: str) -> None:
    assert client.get(url).status_code == 404


def test_feeds_of_moved_categories_and_articles_redirect(
    client: Client, strait: Article, edna: User
) -> None:
    asia = strait.categories.get(slug="asia-pacific")
    asia.slug = "pacific"
    taxonomy.save_category(asia)
    response = client.get("/category/asia-pacific/feed/atom/")
    assert (response.status_code, response["Location"]) == (301, "/category/pacific/feed/atom/")
    strait.slug = "new-words"
    revisions.save(strait, by=edna)
    response = client.get("/2026/03/ferries-tankers-again/feed/")
    assert (response.status_code, response["Location"]) == (301, "/2026/03/new-words/feed/")


def test_only_the_twenty_newest_published_articles_are_included(
    client: Client, strait: Article
) -> None:
    newsroom.draft("Hidden")
    for number in range(25):
        newsroom.published(f"Number {number}")
    found = headlines(client, "/feed/")
    assert len(found) == 20
    assert found[0] == "Number 24"
    assert "Hidden" not in found


def test_an_image_that_is_not_ready_is_left_out_and_the_text_is_kept(
    client: Client, strait: Article
) -> None:
    newsroom.published("Waiting", lead_image=newsroom.picture())
    tree = rss(client)
    assert len(texts(tree, "//item")) == 2
    assert len(texts(tree, "//enclosure")) == 1


def test_control_characters_and_broken_links_do_not_break_a_feed(
    client: Client, strait: Article
) -> None:
    body = "<p>A\x0b word\x1f <a href='http://[broken'>link</a> <a href='x\x01y'>two</a> \ufffe</p>"
    Article.objects.filter(pk=strait.pk).update(headline="Odd \x08 words", body=body)
    for form in ("", "atom/"):
        etree.fromstring(client.get(f"/feed/{form}").content)
    assert json.loads(client.get("/feed/json/").content)["items"][0]["title"] == "Odd  words"


def test_a_conditional_request_is_answered_with_304(client: Client, strait: Article) -> None:
    first = client.get("/feed/")
    by_tag = {"If-None-Match": first["ETag"]}
    by_date = {"If-Modified-Since": first["Last-Modified"]}
    assert client.get("/feed/", headers=by_tag).status_code == 304
    assert client.get("/feed/", headers=by_date).status_code == 304
    assert not first.cookies


def test_an_unpublished_article_changes_the_last_modified_date(
    client: Client, strait: Article, edna: User
) -> None:
    newsroom.published("Staying", at=datetime(2026, 3, 5, tzinfo=UTC))
    Article.objects.update(updated_at=None)
    hour_ago = http_date((datetime.now(UTC) - timedelta(hours=1)).timestamp())
    publishing.unpublish(strait, by=edna)
    response = client.get("/feed/", headers={"If-Modified-Since": hour_ago})
    assert response.status_code == 200
    assert b"Ferries" not in response.content
    assert parse_http_date(response["Last-Modified"]) > parse_http_date(hour_ago)


def test_the_comments_of_an_article_have_a_feed(client: Client, strait: Article) -> None:
    for name, state in [("Ola", "approved"), ("Nobody", "held")]:
        Comment.objects.create(
            article=strait, name=name, email="a@b.example", text="I <b>saw</b> it.\x0b", state=state
        )
    tree = rss(client, "/2026/03/ferries-tankers-again/feed/")
    assert texts(tree, "//item/title") == ["Ola on Ferries & tankers <again>"]
    assert texts(tree, "//item/content:encoded") == ["<p>I &lt;b&gt;saw&lt;/b&gt; it.</p>"]
    (link,) = texts(tree, "//item/link")
    assert link.startswith("https://meridian.example/comments/")
    assert "a@b.example" not in etree.tostring(tree, encoding="unicode")


def test_an_edited_comment_has_an_updated_date(client: Client, strait: Article) -> None:
    later = timezone.now() + timedelta(hours=1)
    Comment.objects.create(
        article=strait, name="Ola", text="Kind words", state="approved", edited_at=later
    )
    result = client.get("/2026/03/ferries-tankers-again/feed/json/")
    [entry] = json.loads(result.content)["items"]
    assert datetime.fromisoformat(entry["date_modified"]) >= later.replace(microsecond=0)
    assert parse_http_date(result["Last-Modified"]) == int(later.timestamp())


def test_an_article_links_to_its_comments_only_if_they_are_open(
    client: Client, strait: Article
) -> None:
    newsroom.published("Closed", comments_open=False)
    assert texts(rss(client), "//item/comments") == [
        "https://meridian.example/2026/03/ferries-tankers-again/#comments"
    ]


@pytest.mark.parametrize("more", [0, 12])
def test_the_number_of_queries_does_not_depend_on_the_entries(
    client: Client, strait: Article, more: int, django_assert_num_queries: Any
) -> None:
    for number in range(more):
        newsroom.published(f"Number {number}", lead_image=picture(), tags=[f"Tag {number}"])
    with django_assert_num_queries(6):
        client.get("/feed/")
    with django_assert_num_queries(4):
        client.get("/feed/atom/")
    with django_assert_num_queries(5):
        client.get("/category/news/feed/atom/")


def test_atom_and_json_contain_the_creator_and_the_alt_text_of_images(
    client: Client, strait: Article
) -> None:
    tree = etree.fromstring(client.get("/feed/atom/").content)
    entry = "atom:entry/media:content/media:"
    assert texts(tree, f"{entry}credit") == ["(Image Credit: Ines Faro/via Meridian Pictures)"]
    assert texts(tree, f"{entry}description") == ['A "strait"']
    (item,) = json.loads(client.get("/feed/json/").content)["items"]
    assert item["_picture"]["credit"] == "(Image Credit: Ines Faro/via Meridian Pictures)"
    assert item["_picture"]["alt"] == 'A "strait"'


def test_an_image_with_an_expired_licence_is_left_out(client: Client, strait: Article) -> None:
    Image.objects.update(licence_until=timezone.now())
    for form in ("", "atom/", "json/"):
        assert b"/pictures/" not in client.get(f"/feed/{form}").content


def test_summaries_can_be_requested_instead_of_full_texts(client: Client, strait: Article) -> None:
    newsroom.published("Bare", standfirst="", body=f"<p>{'Words go on. ' * 60}</p>")
    tree = rss(client, "/feed/?text=summary")
    assert texts(tree, "//item/content:encoded") == []
    bare, strait_words = texts(tree, "//item/description")
    assert bare.startswith("Words go on. ")
    assert len(bare) <= 400
    assert strait_words == "What the strait's pilots say."
    assert texts(tree, "//enclosure/@length") == ["128000"]
    own = "https://meridian.example/feed/?text=summary"
    assert texts(tree, "channel/atom:link[@rel='self']/@href") == [own]
    for item in json.loads(client.get("/feed/json/?text=summary").content)["items"]:
        assert "content_html" not in item
        assert item["content_text"]


def test_editors_can_limit_feeds_to_summaries(
    client: Client, strait: Article, meridian: Publication
) -> None:
    meridian.full_text_feeds = False
    meridian.save()
    for form in ("", "atom/", "json/"):
        for query_string in ("", "?text=full"):
            content = client.get(f"/feed/{form}{query_string}").content.decode()
            assert "Pilots wait" not in content
            assert "Ferries" in content


def test_a_cached_text_is_rendered_again_after_any_change(
    client: Client, strait: Article, edna: User
) -> None:
    def rendered() -> str:
        return texts(rss(client), "//item/content:encoded")[0]

    seen = [rendered(), rendered()]
    assert seen[0] == seen[1]
    Image.objects.filter(credit__startswith="Rui").update(credit="Somebody Else")
    seen.append(rendered())
    Image.objects.filter(credit="Somebody Else").update(alt_text="A ferry")
    seen.append(rendered())
    Correction.objects.create(article=strait, text="It was a Tuesday.", created_by=edna)
    seen.append(rendered())
    Article.objects.filter(pk=strait.pk).update(lead_caption="", language="de")
    Figure.objects.filter(article=strait, place="lead").update(caption="Navires")
    seen.append(rendered())
    strait.refresh_from_db()
    strait.slug = "new-words"
    revisions.save(strait, by=edna)
    seen.append(rendered())
    assert len(set(seen)) == len(seen) - 1
    assert "Somebody Else" in seen[2]
    assert "Correction: It was a Tuesday." in seen[4]
    assert "Anmerkungen" in seen[5]
    assert "/new-words/#note-1" in seen[6]


def test_atom_contains_the_licence_of_a_text(client: Client, strait: Article) -> None:
    Article.objects.update(licence="CC BY 4.0", headline="Ferries")
    content = client.get("/feed/atom/").content
    links = texts(etree.fromstring(content), "atom:entry/atom:link[@rel='license']/@href")
    assert links == ["https://creativecommons.org/licenses/by/4.0/"]


def test_text_that_looks_like_markup_is_escaped_in_every_feed(
    client: Client, meridian: Publication
) -> None:
    message = 'If a <b and c> d & "e", <script>alert(1)</script> &amp; <b>bold</b>'
    newsroom.published("Signs", standfirst=message, body="<p>Text.</p>")
    tree = rss(client)
    (described,) = texts(tree, "//item/description")
    # A feed reader that shows it as HTML shows the original text.
    shown = lxml_html.fragment_fromstring(described, create_parent="div")
    assert shown.text_content() == message
    assert not list(shown)
    (summary,) = texts(
        etree.fromstring(client.get("/feed/atom/").content), "atom:entry/atom:summary"
    )
    assert summary == message
    assert client.get("/feed/json/").json()["items"][0]["summary"] == message
    assert client.get("/api/v1/articles/").json()["items"][0]["standfirst"] == message


def test_an_automatic_summary_is_escaped_too(client: Client, meridian: Publication) -> None:
    newsroom.published("Signs", standfirst="", body="<p>Where a &lt;b and c&gt; d.</p>")
    (described,) = texts(rss(client, "/feed/?text=summary"), "//item/description")
    assert described == "Where a &lt;b and c&gt; d."


def test_a_comment_that_looks_like_markup_is_escaped_in_its_feed(
    client: Client, strait: Article
) -> None:
    Comment.objects.create(
        article=strait, name="<b>Teo</b>", text="a <b <script>x</script>", state="approved"
    )
    path = f"{strait.get_absolute_url()}feed/"
    tree = rss(client, path)
    (html,) = texts(tree, "//item/content:encoded")
    shown = lxml_html.fragment_fromstring(html, create_parent="div")
    assert shown.text_content().strip() == "a <b <script>x</script>"
