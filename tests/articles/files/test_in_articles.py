"""Files in articles and pages: what readers see, and what is recorded."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from articles.body.blocks.files import FileUse, files_in
from articles.body.sanitiser import clean
from articles.editorial import publishing
from articles.editorial.checklist import NotReady, publish_blockers
from articles.editorial.models import Article
from articles.editorial.preview_links import preview_url
from articles.editorial.rendering import text_of
from articles.editorial.versions import drafts
from articles.editorial.versions.content import content_of
from articles.files.models import File
from articles.images.hooks import public_or_scheduled_uses_of
from articles.images.library import editing
from articles.pages.models import Page
from tests import newsroom
from tests.articles.files import samples

pytestmark = pytest.mark.django_db

TEXT = "<p>The tables are out.</p>"


def page_of(client: Client, article: Article) -> str:
    return client.get(article.get_absolute_url()).content.decode()


def test_a_file_in_a_text_keeps_its_number_and_its_description() -> None:
    dirty = '<figure data-file="7" onclick="x()"><p>All <b>tides</b></p></figure>'
    cleaned = clean(dirty)
    assert (
        cleaned
        == '<figure data-file="7"><figcaption>All <strong>tides</strong></figcaption></figure>'
    )
    assert clean(cleaned) == cleaned
    assert files_in(cleaned) == [FileUse(7, "All <strong>tides</strong>")]


@pytest.mark.parametrize("number", ["", "0", "-1", "1e3", "x", "٣", "9" * 30, '1" onload="x'])
def test_a_file_with_an_odd_number_becomes_text(number: str) -> None:
    cleaned = clean(f"<figure data-file='{number}'><figcaption>Tides</figcaption></figure>")
    assert files_in(cleaned) == []
    assert "onload" not in cleaned


def test_readers_get_a_card_with_everything_about_the_file(client: Client) -> None:
    file = samples.file(samples.pdf(3))
    article = newsroom.published(body=f"{TEXT}{samples.markup(file, 'All of <em>2027</em>')}")
    page = page_of(client, article)
    for text in (file.title, file.credit, file.get_absolute_url(), file.size_text, "PDF"):
        assert text in page
    assert file.length in page
    assert "All of <em>2027</em>" in page
    assert "<audio" not in page


def test_audio_has_a_player_that_loads_nothing_and_a_link(client: Client) -> None:
    file = samples.file(samples.mp3(400))
    page = page_of(client, newsroom.published(body=TEXT + samples.markup(file)))
    assert f'<audio controls preload="none" src="{file.get_absolute_url()}"' in page
    assert f'<a href="{file.get_absolute_url()}" download' in page
    assert "0:10" in page


def test_players_may_load_files_of_this_site_only(client: Client) -> None:
    file = samples.file(samples.mp3())
    response = client.get(newsroom.published(body=samples.markup(file) + TEXT).get_absolute_url())
    assert "media-src 'self'" in response["Content-Security-Policy"]


def test_markup_in_a_title_is_shown_as_text(client: Client) -> None:
    file = samples.file(title="<script>alert(1)</script>", credit='"><img src=x>')
    page = page_of(client, newsroom.published(body=TEXT + samples.markup(file)))
    assert "<script>alert(1)" not in page
    assert "<img src=x>" not in page


def test_a_file_that_may_not_be_shown_leaves_its_description(client: Client) -> None:
    file = samples.file()
    article = newsroom.published(body=TEXT + samples.markup(file, "All of 2027"))
    File.objects.update(licence_until=timezone.now() - timedelta(hours=1))
    page = page_of(client, article)
    assert file.get_absolute_url() not in page
    assert file.title not in page
    assert "All of 2027" in page


def test_cached_pages_follow_a_change_of_the_file(client: Client, edna: User) -> None:
    file = samples.file()
    article = newsroom.published(body=TEXT + samples.markup(file))
    before = client.get(article.get_absolute_url())
    file.title = "Storm tables"
    file.save()
    after = client.get(article.get_absolute_url(), headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200
    assert "Storm tables" in after.content.decode()


def test_feeds_and_the_api_get_a_link_with_an_absolute_url(client: Client) -> None:
    file = samples.file(samples.mp3(400))
    article = newsroom.published(body=TEXT + samples.markup(file, "All of 2027"))
    feed = client.get("/feed/json/").json()["items"][0]["content_html"]
    html = client.get(f"/api/v1/articles/{article.pk}/?fields=html").json()["html"]
    for text in (feed, html):
        assert file.get_absolute_url() in text
        assert 'href="http' in text
        assert file.title in text
        assert "All of 2027" in text
        assert file.credit in text
        assert "<audio" not in text


def test_an_article_with_files_needs_no_more_queries(client: Client) -> None:
    three = [samples.markup(samples.file(samples.mp3(60 + number))) for number in range(3)]
    counts = []
    for body in (TEXT, TEXT + "".join(three)):
        article = newsroom.published(body=body)
        client.get(article.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{article.get_absolute_url()}?fresh")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_uses_follow_the_text(edna: User) -> None:
    tides, storms = samples.file(), samples.file(samples.mp3())
    article = newsroom.draft(body=TEXT + samples.markup(tides) * 2)
    assert [each.file_id for each in article.attachments.all()] == [tides.pk]
    assert editing.why_undeletable(tides)
    drafts.save(article, {"body": TEXT + samples.markup(storms)}, by=edna)
    assert [each.file_id for each in article.attachments.all()] == [storms.pk]
    assert not editing.why_undeletable(tides)


def test_a_page_uses_a_file_too(client: Client) -> None:
    file = samples.file()
    page = Page.objects.create(
        title="About", path="about-us", body=TEXT + samples.markup(file), is_published=True
    )
    assert editing.why_undeletable(file)
    assert File.objects.filter(File.objects.in_use()).exists()
    assert file.get_absolute_url() in client.get(page.get_absolute_url()).content.decode()


def test_a_file_without_credit_blocks_publishing(edna: User) -> None:
    file = samples.file(credit="")
    article = newsroom.draft(body=TEXT + samples.markup(file))
    with pytest.raises(NotReady):
        publishing.publish(article, by=edna)
    File.objects.update(credit="Harbour Institute")
    publishing.publish(article, by=edna)
    assert article.is_published


def test_a_file_that_is_not_in_the_library_blocks_publishing() -> None:
    article = newsroom.draft(
        body=TEXT + '<figure data-file="4711"><figcaption></figcaption></figure>'
    )
    assert any("4711" in blocker.message for blocker in publish_blockers(article))


def test_a_licence_that_ends_before_publication_blocks_it() -> None:
    file = samples.file(licence_until=timezone.now() + timedelta(days=1))
    article = newsroom.draft(body=TEXT + samples.markup(file))
    assert publish_blockers(article) == []
    assert publish_blockers(article, at=timezone.now() + timedelta(days=2)) != []


def test_changes_get_a_file_live_only_when_they_are_published(client: Client, edna: User) -> None:
    file = samples.file()
    article = newsroom.published(body=TEXT)
    drafts.save(article, {"body": TEXT + samples.markup(file)}, by=edna)
    assert file.title not in page_of(client, article)
    publishing.publish_changes(article, by=edna)
    assert file.title in page_of(client, article)
    assert public_or_scheduled_uses_of(file)


def test_changes_with_a_file_without_credit_are_not_published(edna: User) -> None:
    file = samples.file(credit="")
    article = newsroom.published(body=TEXT)
    drafts.save(article, {"body": TEXT + samples.markup(file)}, by=edna)
    with pytest.raises(NotReady):
        publishing.publish_changes(article, by=edna)
    article.refresh_from_db()
    assert "data-file" not in article.body
    assert content_of(article)["body"] == article.body


def test_a_preview_shows_the_files_of_the_draft(client: Client, edna: User) -> None:
    file = samples.file()
    article = newsroom.draft(body=TEXT + samples.markup(file))
    assert file.title in client.get(preview_url(article)).content.decode()
    published = newsroom.published(body=TEXT)
    drafts.save(published, {"body": TEXT + samples.markup(file)}, by=edna)
    assert file.title in client.get(preview_url(published)).content.decode()


def test_titles_and_descriptions_of_files_are_found_by_search() -> None:
    file = samples.file(title="Tide tables")
    article = newsroom.published(body=TEXT + samples.markup(file, "All of 2027"))
    captions = text_of(Article.objects.for_text().get(pk=article.pk)).captions
    assert "Tide tables" in captions
    assert "All of 2027" in captions


def test_the_editor_asks_for_what_it_shows_of_a_file(client: Client, rui: User, ola: User) -> None:
    file = samples.file(credit="")
    client.force_login(rui)
    found = client.get(
        "/admin/articles/file/facts/", {"id": [str(file.pk), "x", "99999999999999999999"]}
    )
    assert found.json().keys() == {str(file.pk)}
    assert found.json()[str(file.pk)]["warning"]
    client.force_login(ola)
    assert client.get("/admin/articles/file/facts/", {"id": file.pk}).status_code in (302, 403)


def test_the_chooser_finds_files_and_takes_uploads(client: Client, rui: User, mina: User) -> None:
    tides = samples.file()
    client.force_login(rui)
    url = "/admin/articles/file/choose/"
    assert f'data-file="{tides.pk}"' in client.get(url, {"q": "tide"}).content.decode()
    assert f'data-file="{tides.pk}"' not in client.get(url, {"q": "storm\x00"}).content.decode()
    answer = client.post(url, {"files": samples.upload(samples.mp3(), "talk.mp3")})
    assert 'class="received"' in answer.content.decode()
    assert File.objects.count() == 2
    client.force_login(mina)
    assert client.get(url).status_code == 403
