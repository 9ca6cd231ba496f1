"""Categories, tags, types, authors and redirects in the admin."""

import pytest
from django.test import Client
from taggit.models import Tag

from accounts.models import AuthorProfile, User
from articles.editorial import taxonomy
from articles.editorial.models import Category, Portrait, Redirect
from tests import newsroom
from tests.articles.editorial.admin.forms import errors_on, values_of, visible_text

CATEGORIES = "/admin/articles/category/"
TAGS = "/admin/taggit/tag/"
AUTHORS = "/admin/accounts/authorprofile/"


@pytest.fixture
def editor_client(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def _send(client: Client, url: str, form: str, **changes: str):  # type: ignore[no-untyped-def]
    values = values_of(client.get(url), form)
    return client.post(url, {**values, **changes, "_save": "1"}, follow=True)


def test_categories_are_indented_under_their_parents(editor_client: Client) -> None:
    asia = newsroom.category("Asia-Pacific", position=1)
    newsroom.category("News", position=0)
    newsroom.category("Japan", parent=asia)
    text = visible_text(editor_client.get(CATEGORIES))
    assert text.index("/category/news/") < text.index("/category/asia-pacific/")
    assert "/category/asia-pacific/japan/" in text


def test_a_moved_category_takes_its_children_along_and_leaves_redirects(
    editor_client: Client,
) -> None:
    asia, world = newsroom.category("Asia-Pacific"), newsroom.category("World")
    newsroom.category("Japan", parent=asia)
    _send(editor_client, f"{CATEGORIES}{asia.pk}/change/", "category_form", parent=str(world.pk))
    assert Category.objects.get(slug="japan").path == "world/asia-pacific/japan"
    for old in ("/category/asia-pacific/", "/category/asia-pacific/japan/"):
        assert Redirect.objects.filter(old_path=old).exists()


def test_a_category_cannot_be_its_own_ancestor(editor_client: Client) -> None:
    asia = newsroom.category("Asia-Pacific")
    japan = newsroom.category("Japan", parent=asia)
    page = _send(
        editor_client, f"{CATEGORIES}{asia.pk}/change/", "category_form", parent=str(japan.pk)
    )
    sentence = "A category cannot be below itself or one of its own children."
    assert errors_on(page) == [sentence]
    asia.refresh_from_db()
    assert asia.parent is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slug": "feed"}, "reserved"),
        ({"slug": "news"}, "slug"),
        ({"name": "\u200b"}, "visible"),
        ({"name": "x\x00"}, "Null characters"),
        ({"position": "99999"}, "32767"),
        ({"position": "-1"}, "0"),
    ],
)
def test_a_category_whose_page_would_have_no_valid_url_is_rejected(
    editor_client: Client, changes: dict[str, str], sentence: str
) -> None:
    newsroom.category("News")
    asia = newsroom.category("Asia-Pacific")
    page = _send(editor_client, f"{CATEGORIES}{asia.pk}/change/", "category_form", **changes)
    assert sentence in " ".join(errors_on(page))


def test_a_too_long_path_of_a_category_or_its_descendants_is_rejected(
    editor_client: Client,
) -> None:
    parent = None
    for _ in range(4):
        parent = newsroom.category("x" * 80, slug="x" * 80, parent=parent)
    other = newsroom.category("Other", slug="y" * 70)
    newsroom.category("Child", slug="z" * 60, parent=other)
    assert parent is not None
    page = _send(
        editor_client, f"{CATEGORIES}{other.pk}/change/", "category_form", parent=str(parent.pk)
    )
    assert str(taxonomy.MAX_PATH_LENGTH) in " ".join(errors_on(page))
    page = _send(
        editor_client,
        f"{CATEGORIES}add/",
        "category_form",
        name="X",
        slug="w" * 80,
        parent=str(parent.pk),
    )
    assert str(taxonomy.MAX_PATH_LENGTH) in " ".join(errors_on(page))


def test_a_category_with_articles_is_not_deleted(editor_client: Client) -> None:
    category = newsroom.category("News")
    newsroom.draft(categories=[category])
    editor_client.post(f"{CATEGORIES}{category.pk}/delete/", {"post": "yes"})
    assert Category.objects.filter(pk=category.pk).exists()


def test_two_concurrent_moves_do_not_make_a_cycle(editor_client: Client) -> None:
    one, two = newsroom.category("One"), newsroom.category("Two")
    stale = Category.objects.get(pk=two.pk)
    one.parent = two
    taxonomy.save_category(one)
    stale.parent = Category.objects.get(pk=one.pk)
    with pytest.raises(Exception, match="itself"):
        taxonomy.save_category(stale)


# Tags


def test_the_old_url_of_a_renamed_tag_redirects(editor_client: Client) -> None:
    tag = Tag.objects.create(name="Shipping", slug="shipping")
    _send(editor_client, f"{TAGS}{tag.pk}/change/", "tag_form", name="Sea trade", slug="sea-trade")
    assert Redirect.objects.get(old_path="/tag/shipping/").tag == tag
    _send(editor_client, f"{TAGS}{tag.pk}/change/", "tag_form", slug="shipping")
    assert not Redirect.objects.filter(old_path="/tag/shipping/").exists()


@pytest.mark.parametrize(
    "changes", [{"slug": "feed"}, {"name": "Feed"}, {"name": "+++"}, {"name": " \u200b"}]
)
def test_a_tag_without_a_valid_slug_is_rejected(
    editor_client: Client, changes: dict[str, str]
) -> None:
    tag = Tag.objects.create(name="Shipping", slug="shipping")
    page = _send(editor_client, f"{TAGS}{tag.pk}/change/", "tag_form", **changes)
    assert errors_on(page)
    tag.refresh_from_db()
    assert tag.slug == "shipping"


@pytest.mark.parametrize("name", ["feed", "+++", "!?"])
def test_a_tag_created_outside_the_admin_has_a_usable_url(db: None, name: str) -> None:
    article = newsroom.draft(tags=[name, "Shipping"])
    tag = article.tags.exclude(name="Shipping").get()
    assert tag.slug not in {"", "feed"}
    assert tag.slug.strip("-_")


# Authors


def test_the_old_url_of_a_renamed_author_redirects(editor_client: Client) -> None:
    ines = newsroom.author("Ines Faro")
    _send(editor_client, f"{AUTHORS}{ines.pk}/change/", "authorprofile_form", slug="ines-faro-lima")
    assert Redirect.objects.get(old_path="/author/ines-faro/").author == ines


def test_an_author_gets_a_portrait_from_the_library(editor_client: Client) -> None:
    ines, image = newsroom.author("Ines Faro"), newsroom.picture()
    _send(
        editor_client,
        f"{AUTHORS}{ines.pk}/change/",
        "authorprofile_form",
        **{"portrait-0-image": str(image.pk)},
    )
    assert Portrait.objects.get(author=ines).image == image


def test_redirects_are_read_only(editor_client: Client) -> None:
    ines = newsroom.author("Ines Faro")
    ines.slug = "ines"
    ines.save()
    assert "/author/ines-faro/" in visible_text(editor_client.get("/admin/articles/redirect/"))
    assert editor_client.get("/admin/articles/redirect/add/").status_code == 403


def test_loading_authors_from_a_fixture_adds_no_redirects(db: None) -> None:
    author = AuthorProfile(pk=77, name="Raw", slug="raw")
    author.save_base(raw=True)
    author.slug = "cooked"
    author.save_base(raw=True)
    assert not Redirect.objects.exists()
