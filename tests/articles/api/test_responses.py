"""Articles, taxonomies, images and comments in the API."""

from typing import Any

import pytest
from django.utils import timezone
from taggit.models import Tag

from accounts.models import AuthorProfile, User
from articles.comments.models import Comment
from articles.editorial import publishing, translations
from articles.editorial.models import Article, Portrait, Series, SeriesPart
from articles.images.models import Image
from tests import newsroom
from tests.articles.api.conftest import SITE, Ask
from tests.articles.public import sample_content

pytestmark = pytest.mark.django_db


def test_a_list_has_the_newest_first_and_no_texts(ask: Ask, full_article: Article) -> None:
    items = ask("articles/")["items"]
    assert [item["headline"] for item in items] == ["Brief 3", "Brief 2", "Brief 1", "The long way"]
    assert all("html" not in item and "text" not in item for item in items)


def test_an_article_has_its_text_images_and_their_credits(ask: Ask, full_article: Article) -> None:
    data = ask(f"articles/{full_article.pk}/")
    assert data["url"] == f"{SITE}/2026/03/the-long-way/"
    assert data["kind"] == {"name": "News", "slug": "news"}
    assert data["published_at"] == "2026-03-01T09:00:00Z"
    assert [each["path"] for each in data["categories"]] == ["asia-pacific/japan", "europe"]
    assert [each["name"] for each in data["authors"]] == [
        "Author of The long way",
        "Second of The long way",
    ]
    assert {each["slug"] for each in data["tags"]} == {"shipping", "straits"}
    assert [each["place"] for each in data["figures"]] == ["lead", "inline"]
    lead = data["figures"][0]["picture"]
    assert (lead["credit"], lead["alt_text"]) == (
        "Ines Faro/via Meridian Pictures",
        "Cranes above a quay at dusk",
    )
    assert {file["media_type"] for file in lead["files"]} == {"image/webp", "image/jpeg"}
    assert all(file["url"].startswith(f"{SITE}/pictures/") for file in lead["files"])
    assert [each["text"] for each in data["corrections"]] == ["It was Tuesday, not Monday."]
    assert f'<img src="{SITE}/pictures/' in data["html"]
    assert "Words before." in data["text"]
    assert "<" not in data["text"]


def test_an_article_has_its_rights_and_licence(ask: Ask, full_article: Article) -> None:
    data = ask(f"articles/{full_article.pk}/")
    assert (data["canonical_url"], data["licence"]) == (data["url"], "")
    elsewhere = "https://elsewhere.example/long/"
    Article.objects.filter(pk=full_article.pk).update(
        canonical_url=elsewhere, first_published_in="Elsewhere", licence="CC BY 4.0"
    )
    data = ask(f"articles/{full_article.pk}/")
    assert (data["canonical_url"], data["first_published_in"]) == (elsewhere, "Elsewhere")
    assert data["licence"] == "https://creativecommons.org/licenses/by/4.0/"


def test_only_the_requested_fields_are_returned(ask: Ask, full_article: Article) -> None:
    data = ask(f"articles/{full_article.pk}/", fields="headline, text")
    assert list(data) == ["id", "headline", "text"]
    (first, *_) = ask("articles/", fields="id,html")["items"]
    assert list(first) == ["id", "html"]


def test_categories_authors_images_and_comments_have_a_list_each(
    ask: Ask, full_article: Article
) -> None:
    assert [each["path"] for each in ask("categories/")["items"]] == [
        "asia-pacific",
        "asia-pacific/japan",
        "europe",
        "news",
    ]
    assert [each["slug"] for each in ask("tags/")["items"]] == ["harbours", "shipping", "straits"]
    assert "Nobody Yet" not in {each["name"] for each in ask("authors/")["items"]}
    assert len(ask("authors/")["items"]) == 5
    assert {each["credit"] for each in ask("pictures/")["items"]} == {
        "Ines Faro 0",
        "Ines Faro/via Meridian Pictures",
    }
    newest, first = ask("comments/")["items"]
    assert (newest["name"], newest["in_reply_to"]) == ("Rui", None)
    assert (first["name"], first["text"]) == ("Ola", "I <i>saw</i> it.")
    assert first["html"] == "<p>I &lt;i&gt;saw&lt;/i&gt; it.</p>"
    assert first["url"] == f"{SITE}/comments/{first['id']}/"


def test_every_item_of_a_list_has_its_own_url(ask: Ask, full_article: Article) -> None:
    for name in ("articles", "categories", "tags", "authors", "pictures", "comments"):
        for item in ask(f"{name}/", limit=2)["items"]:
            one = ask(f"{name}/{item['id']}/")
            assert {key: one[key] for key in item} == item


def test_every_url_in_a_response_works(ask: Ask, full_article: Article) -> None:
    (author,) = [a for a in ask("authors/")["items"] if a["name"] == "Writer 1"]
    path = author["articles_url"].removeprefix(f"{SITE}/api/v1/")
    assert [each["headline"] for each in ask(path)["items"]] == ["Brief 1"]
    path = ask(f"articles/{full_article.pk}/")["comments_url"].removeprefix(f"{SITE}/api/v1/")
    assert len(ask(path)["items"]) == 2


def test_an_author_has_a_portrait_if_it_may_be_shown(ask: Ask, full_article: Article) -> None:
    writer = AuthorProfile.objects.get(name="Writer 1")
    portrait = Portrait.objects.create(
        author=writer, image=sample_content.sized(newsroom.picture())
    )
    shown = ask(f"authors/{writer.pk}/")["portrait"]
    assert shown["credit"] == "Ines Faro/via Meridian Pictures"
    Image.objects.filter(pk=portrait.image_id).update(licence_until=timezone.now())
    assert ask(f"authors/{writer.pk}/")["portrait"] is None


def test_an_article_has_its_translations_and_the_parts_of_its_series(
    ask: Ask, full_article: Article, rui: User
) -> None:
    french = newsroom.published("Le long chemin", language="fr")
    translations.link(french, full_article)
    series = Series.objects.create(name="Ways")
    before, hidden = newsroom.published("The short way"), newsroom.draft("The way to come")
    for position, article in enumerate([before, full_article, hidden]):
        SeriesPart.objects.create(series=series, article=article, position=position)
    data = ask(f"articles/{full_article.pk}/")
    (other,) = data["translations"]
    assert (other["headline"], other["language"]) == ("Le long chemin", "fr")
    assert other["url"] == f"{SITE}{french.get_absolute_url()}"
    assert data["series"]["name"] == "Ways"
    assert [each["headline"] for each in data["series"]["parts"]] == [
        "The short way",
        "The long way",
    ]
    assert ask(f"articles/{french.pk}/")["series"] is None
    publishing.unpublish(french, by=rui)
    listed = ask("articles/", fields="translations,series")["items"]
    assert all(each["translations"] == [] for each in listed)
    assert sum(each["series"] is not None for each in listed) == 2
    assert all("series" not in each for each in ask("articles/")["items"])


def test_an_author_has_all_their_links(ask: Ask, full_article: Article) -> None:
    writer = AuthorProfile.objects.get(name="Writer 1")
    links = [{"name": "Her own pages", "address": "https://writer.example/"}]
    links += [{"name": "Mastodon", "address": "https://social.example/@writer"}]
    AuthorProfile.objects.filter(pk=writer.pk).update(links=links)
    data = ask(f"authors/{writer.pk}/")
    assert data["links"] == links
    assert data["website"] == links[0]["address"]


def test_content_that_is_not_public_is_in_no_response(
    ask: Ask, full_article: Article, client: Any
) -> None:
    hidden = Article.objects.get(headline="Not yet")
    author = AuthorProfile.objects.get(name="Nobody Yet")
    picture = Image.objects.get(credit="Secret/via Desk")
    comment = Comment.objects.get(name="Spam")
    for path in [
        f"articles/{hidden.pk}/",
        f"authors/{author.pk}/",
        f"pictures/{picture.pk}/",
        f"comments/{comment.pk}/",
        f"tags/{Tag.objects.get(name='unseen').pk}/",
    ]:
        assert ask(path, status=404)["type"] == f"{SITE}/api/v1/#not-found"
    assert ask("comments/", article=hidden.pk)["items"] == []
    assert ask("pictures/", article=hidden.pk)["items"] == []
    for path in ("articles", "authors", "pictures", "comments", "tags", "categories"):
        content = client.get(f"/api/v1/{path}/").content.decode()
        for word in ("Not yet", "Nobody", "Secret", "unseen", "Spam", "@r.example"):
            assert word not in content, (path, word)


def test_an_unpublished_article_takes_its_comments_and_images_with_it(
    ask: Ask, full_article: Article, edna: User
) -> None:
    comment, picture = ask("comments/")["items"][0]["id"], ask("pictures/")["items"][0]["id"]
    publishing.unpublish(full_article, by=edna)
    for path in (f"articles/{full_article.pk}/", f"comments/{comment}/", f"pictures/{picture}/"):
        ask(path, status=404)
    assert "The long way" not in str(ask("articles/"))


def test_an_image_with_an_expired_licence_is_in_no_response(
    ask: Ask, full_article: Article
) -> None:
    Image.objects.update(licence_until=timezone.now())
    assert ask("pictures/")["items"] == []
    data = ask(f"articles/{full_article.pk}/")
    assert data["figures"] == []
    assert "<img" not in data["html"]


def test_textual_usage_terms_are_not_public(ask: Ask, full_article: Article) -> None:
    Image.objects.update(usage_terms="Only for us, until June")
    assert {each["licence"] for each in ask("pictures/")["items"]} == {""}
    Image.objects.update(usage_terms="https://licences.example/by/4.0/")
    assert {each["licence"] for each in ask("pictures/")["items"]} == {
        "https://licences.example/by/4.0/"
    }


@pytest.mark.parametrize(
    ("path", "most"),
    [
        # Always two: the rate limit and the last change.
        ("articles/", 3),
        ("articles/?fields=id,headline", 3),
        ("articles/?fields=html,text", 3),
        ("categories/", 3),
        ("tags/", 3),
        ("authors/", 4),
        ("pictures/", 3),
        ("comments/", 3),
    ],
)
def test_the_number_of_queries_of_a_list_does_not_depend_on_its_length(
    client: Any, full_article: Article, path: str, most: int, django_assert_num_queries: Any
) -> None:
    client.get(f"/api/v1/{path}")
    with django_assert_num_queries(most):
        client.get(f"/api/v1/{path}")
    sample_content.sections(3, 5)
    sample_content.comments(full_article, 12)
    client.get(f"/api/v1/{path}")
    with django_assert_num_queries(most):
        client.get(f"/api/v1/{path}")
