"""Links of authors: form rows, links on the page and structured data."""

import json
from typing import Any

import pytest
from django.test import Client
from lxml import html as lxml_html

from accounts.models import AuthorProfile, User
from articles.editorial import taxonomy
from articles.editorial.models import Portrait
from tests import newsroom
from tests.articles.public import sample_content

pytestmark = pytest.mark.django_db

SITE = {"name": "Her own pages", "address": "https://ines.example/"}
MASTODON = {"name": "Mastodon", "address": "https://social.example/@ines"}


def save(client: Client, author: AuthorProfile, *links: tuple[str, str]) -> str:
    form: dict[str, Any] = {
        "name": author.name,
        "slug": author.slug,
        "links-address": [address for address, _name in links],
        "links-name": [name for _address, name in links],
        "portrait-TOTAL_FORMS": "0",
        "portrait-INITIAL_FORMS": "0",
        "_continue": "1",
    }
    url = f"/admin/accounts/authorprofile/{author.pk}/change/"
    return client.post(url, form, follow=True).content.decode()


def test_links_from_the_form_are_shown_to_readers(client: Client, edna: User) -> None:
    client.force_login(edna)
    ines = newsroom.author("Ines Faro")
    newsroom.published("Cranes at dusk", authors=[ines])
    page = save(client, ines, (SITE["address"], SITE["name"]), (MASTODON["address"], "Mastodon"))
    assert "was changed successfully" in page
    assert AuthorProfile.objects.get().links == [SITE, MASTODON]
    tree = lxml_html.document_fromstring(client.get("/author/ines-faro/").content.decode())
    shown = [
        (each.text, each.get("href"), each.get("rel")) for each in tree.xpath("//main//a[@rel]")
    ]
    assert (SITE["name"], SITE["address"], "me external") in shown
    assert (MASTODON["name"], MASTODON["address"], "me external") in shown


def test_an_invalid_link_is_rejected_and_the_input_is_kept(client: Client, edna: User) -> None:
    client.force_login(edna)
    ines = newsroom.author("Ines Faro")
    page = save(client, ines, ("ines.example", "Her own pages"), (MASTODON["address"], ""))
    assert "Row 1: " in page
    assert "Row 2: " in page
    assert 'value="ines.example"' in page
    assert AuthorProfile.objects.get().links == []


def test_structured_data_has_the_links_and_the_portrait(client: Client) -> None:
    ines = newsroom.author("Ines Faro")
    ines.links = [SITE, MASTODON]
    ines.save()
    image = sample_content.sized(newsroom.picture(alt_text="Ines Faro on a quay"))
    Portrait.objects.create(author=ines, image=image)
    newsroom.published("Cranes at dusk", authors=[ines])
    tree = lxml_html.document_fromstring(client.get("/author/ines-faro/").content.decode())
    (script,) = tree.xpath("//script[@type='application/ld+json']")
    person = json.loads(script.text)["mainEntity"]
    assert person["sameAs"] == [MASTODON["address"]], "a site of one's own may be about a project"
    assert person["image"]["@type"] == "ImageObject"
    assert person["image"]["creditText"] == "Ines Faro/via Meridian Pictures"
    image.credit = ""
    image.save()
    tree = lxml_html.document_fromstring(client.get("/author/ines-faro/").content.decode())
    (script,) = tree.xpath("//script[@type='application/ld+json']")
    assert "image" not in json.loads(script.text)["mainEntity"]


def test_merged_authors_have_the_links_of_both_without_duplicates() -> None:
    kept, merged = newsroom.author("Ines Faro"), newsroom.author("I Faro")
    kept.links = [MASTODON]
    merged.links = [SITE, {"name": "Again", "address": f"{MASTODON['address']}/"}]
    kept.save()
    merged.save()
    taxonomy.merge_authors([merged], into=kept)
    assert AuthorProfile.objects.get().links == [MASTODON, SITE]
