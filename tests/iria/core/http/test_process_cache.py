"""What stands on every page is made once, and anew as soon as anything changes."""

from typing import Any

import pytest
from django.test import Client

from iria.publication.models import Publication
from tests import newsroom

pytestmark = pytest.mark.django_db


def test_a_new_name_stands_at_the_head_of_the_very_next_page(client: Client) -> None:
    newsroom.published("Quiet")
    for name in ("The Strait Review", "The Harbour Review"):
        Publication(name=name).save()
        assert name in client.get("/").text


def test_a_new_section_is_in_the_menu_of_the_very_next_page(client: Client) -> None:
    newsroom.published("Quiet")
    assert "Energy" not in client.get("/corrections/").text
    newsroom.category("Energy")
    assert 'href="/category/energy/"' in client.get("/corrections/").text


def test_the_second_page_of_a_day_reads_neither_name_nor_menu_again(
    client: Client, django_assert_num_queries: Any
) -> None:
    newsroom.published("Quiet")
    client.get("/corrections/")
    with django_assert_num_queries(1):
        client.get("/corrections/")


def test_the_menu_says_which_page_this_is(client: Client) -> None:
    newsroom.published("Quiet", categories=[newsroom.category("Energy")])
    here = 'href="/category/energy/" aria-current="page"'
    assert here in client.get("/category/energy/").text
    assert here not in client.get("/").text


def test_pages_behind_a_session_have_the_same_head_and_foot(client: Client) -> None:
    Publication(name="The Strait Review").save()
    newsroom.category("Energy")
    page = client.get("/accounts/login/").text
    assert "The Strait Review" in page
    assert 'href="/category/energy/"' in page
