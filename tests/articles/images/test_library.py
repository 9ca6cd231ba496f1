"""The library in the admin: files come in, are found, completed, and let go."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from articles.images.models import Image
from tests.newsroom import picture, picture_file

LIBRARY = "/admin/articles/image/"


def sent(name: str = "harbour.jpg", **options: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture_file(**options).read())


@pytest.fixture
def desk(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def test_one_uploaded_file_leads_to_its_form_with_a_word_about_what_was_read(desk: Client) -> None:
    page = desk.post(f"{LIBRARY}add/", {"pictures": sent()}, follow=True)
    image = Image.objects.get()
    assert page.redirect_chain[-1][0] == reverse("admin:articles_image_change", args=[image.pk])
    assert "The file says nothing about itself" in page.content.decode()


def test_several_files_at_once_get_a_word_each(desk: Client) -> None:
    files = [
        sent("a.jpg", colour="red"),
        sent("b.jpg", colour="green"),
        sent("c.jpg", colour="red"),
    ]
    files.append(SimpleUploadedFile("d.jpg", b"no picture"))
    page = desk.post(f"{LIBRARY}add/", {"pictures": files}).content.decode()
    assert Image.objects.count() == 2
    assert page.count("taken in.") == 2
    assert "in the library already" in page
    assert "not a picture we can read" in page


def test_an_upload_without_a_file_says_so(desk: Client) -> None:
    page = desk.post(f"{LIBRARY}add/", {}).content.decode()
    assert "Choose at least one file" in page


@pytest.mark.parametrize("look", ["", "?look=grid", "?look=list", "?q=harbour", "?lacks=credit"])
def test_the_library_can_be_looked_at_as_grid_and_as_list(desk: Client, look: str) -> None:
    picture()
    assert desk.get(LIBRARY + look).status_code == 200


def test_the_chooser_offers_each_picture_with_what_the_editor_needs(desk: Client) -> None:
    image = picture(caption="Cranes & “quays”", alt_text='A "quoted" text')
    page = desk.get(f"{LIBRARY}choose/?fragment=1").content.decode()
    assert f'data-picture="{image.pk}"' in page
    assert 'data-alt="A &quot;quoted&quot; text"' in page
    assert 'data-caption="Cranes &amp; “quays”"' in page
    assert "<html" not in page


def test_the_chooser_takes_a_picture_in_and_shows_it_first(desk: Client) -> None:
    picture()
    page = desk.post(f"{LIBRARY}choose/?fragment=1", {"pictures": sent()}).content.decode()
    newest = Image.objects.latest("pk")
    assert page.index(f'data-picture="{newest.pk}"') < page.index("A harbour")
    assert "taken in." in page


def test_the_chooser_without_javascript_is_a_page_with_numbers(desk: Client) -> None:
    image = picture()
    page = desk.get(f"{LIBRARY}choose/").content.decode()
    assert f"Number <strong>{image.pk}</strong>" in page
