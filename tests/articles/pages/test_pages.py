"""Static pages."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import URLResolver, get_resolver

from accounts.models import User
from articles.images.models import Image
from articles.pages import saving
from articles.pages.hooks import images_in_pages
from articles.pages.models import RESERVED, Page
from tests import newsroom
from tests.articles.public import sample_content
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def create_page(path: str = "about", **fields: object) -> Page:
    values = {"title": "About us", "body": "<p>We study straits.</p>", "is_published": True}
    page = Page(path=path, **{**values, **fields})
    saving.save(page)
    return page


def test_a_page_is_shown_at_its_url(client: Client) -> None:
    page = create_page("about/our-team", description="Who we are.")
    assert page.get_absolute_url() == "/about/our-team/"
    html = client.get("/about/our-team/").content.decode()
    assert "<h1>About us</h1>" in html
    assert "We study straits." in html
    assert '<meta name="description" content="Who we are.">' in html


def test_the_path_may_be_entered_with_slashes() -> None:
    assert create_page("/about/").path == "about"


def test_an_unpublished_page_is_not_shown_and_not_linked(client: Client) -> None:
    create_page("about", is_published=False, position=1)
    assert client.get("/about/").status_code == 404
    assert 'href="/about/"' not in client.get("/").content.decode()


def test_the_footer_links_pages_in_the_editors_order(client: Client) -> None:
    create_page("privacy", title="Privacy", position=3)
    create_page("contact", title="Contact", position=2)
    create_page("about", title="About", position=1)
    create_page("imprint", title="Imprint")
    foot = client.get("/").content.decode().split("<footer")[1]
    assert re.findall(r'<a href="/([a-z]+)/">', foot)[:3] == ["about", "contact", "privacy"]
    assert "Imprint" not in foot


def test_the_text_of_a_page_is_sanitised(client: Client) -> None:
    create_page(
        body='<p onclick="x()">Words</p><script>alert(1)</script><img src=x onerror=alert(1)>'
    )
    html = client.get("/about/").content.decode()
    assert "alert(1)" not in html
    assert "onclick" not in html


def test_images_on_a_page_have_credits_and_are_listed_as_used(client: Client) -> None:
    image = sample_content.sized(newsroom.picture())
    page = create_page(body=sample_content.figure(image, "Our house"))
    html = client.get("/about/").content.decode()
    assert (
        'Our house <span class="credit">(Image Credit: Ines Faro/via Meridian Pictures)'
        in " ".join(html.split())
    )
    assert [use.label for use in images_in_pages(image.pk)] == ["Page “About us”"]
    assert not Image.objects.exclude(Image.objects.in_use()).exists()
    other = newsroom.picture()
    assert Image.objects.exclude(Image.objects.in_use()).get() == other
    image.credit = ""
    image.save()
    assert "<img" not in client.get(page.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("admin", "are reserved"),
        ("category/asia", "are reserved"),
        ("2026/plan", "reserved for articles"),
        ("about/feed", "reserved for feeds"),
        ("about us", "letters, digits and hyphens"),
        ("about//team", "letters, digits and hyphens"),
        ("../etc", "letters, digits and hyphens"),
        ("über-uns?x=1", "letters, digits and hyphens"),
        ("a\x00b", "NUL"),
        ("", "cannot be blank"),
    ],
)
def test_an_invalid_path_is_rejected_with_an_error(path: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        create_page(path)
    assert not Page.objects.exists()


def test_two_pages_cannot_have_the_same_path() -> None:
    create_page("about")
    with pytest.raises(ValidationError, match="A page with this path already exists"):
        create_page("about", title="Another")


def test_the_first_segment_of_every_url_of_the_site_is_reserved() -> None:
    patterns = list(get_resolver().url_patterns)
    for each in patterns:
        if isinstance(each, URLResolver) and str(each.pattern) == "":
            patterns += each.url_patterns
    # Paths of pages have no dot, so that a file such as /favicon.ico is never one.
    first = {str(each.pattern).split("/")[0] for each in patterns}
    fixed = {part.lstrip("^") for part in first if part and not {"<", "."} & set(part)}
    assert {"admin", "category", "search", "feed"} <= fixed
    assert {part for part in fixed if not {part, part.split("-")[0]} & RESERVED} == set()


def test_an_editor_creates_a_page_in_the_admin_and_gets_errors(client: Client, edna: User) -> None:
    assert client.login(email=edna.email, password=PASSWORD)
    sent = {"title": "About us", "path": "/admin/x/", "body": "<p>Words.</p>", "language": "en"}
    response = client.post("/admin/articles/page/add/", {**sent, "is_published": "on"})
    assert "are reserved" in response.content.decode()
    response = client.post("/admin/articles/page/add/", {**sent, "path": "/about/"})
    assert response.status_code == 302
    assert Page.objects.get().path == "about"
