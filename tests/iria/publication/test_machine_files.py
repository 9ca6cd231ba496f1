"""Files that browsers and other programs ask for at fixed addresses."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from iria import environment
from iria.publication.models import Publication, current_publication
from tests import newsroom

pytestmark = pytest.mark.django_db

SECURITY = "/.well-known/security.txt"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/favicon.ico", r"/static/icons/icon-32.*\.png"),
        ("/apple-touch-icon.png", r"/static/icons/icon-180.*\.png"),
        ("/apple-touch-icon-precomposed.png", r"/static/icons/icon-180.*\.png"),
        ("/rss.xml", "/feed/"),
        ("/feed.xml", "/feed/"),
        ("/atom.xml", "/feed/atom/"),
        ("/sitemap_index.xml", "/sitemap.xml"),
        ("/.well-known/change-password", "/accounts/password/change/"),
    ],
)
def test_well_known_urls_redirect_to_pages_of_the_site(
    client: Client, path: str, target: str
) -> None:
    response = client.get(path)
    assert response.status_code in {301, 302}
    assert re.fullmatch(target, response.headers["Location"])


def test_the_icons_are_those_of_the_publication(client: Client) -> None:
    own = {"address": "/emblem/own.png", "width": 180, "height": 180}
    Publication.objects.create(brand_images={"icon_32": own, "icon_180": own})
    assert client.get("/favicon.ico").headers["Location"] == own["address"]
    icons = json.loads(client.get("/manifest.webmanifest").content)["icons"]
    assert [icon["src"] for icon in icons] == [own["address"]]


def test_pages_name_a_manifest_with_the_name_of_the_publication(client: Client) -> None:
    Publication.objects.create(name="Meridian", languages="ar, en")
    link = re.search(r'rel="manifest" href="([^"]+)"', client.get("/").content.decode())
    assert link
    response = client.get(link[1])
    assert response.headers["Content-Type"].startswith("application/manifest+json")
    manifest = json.loads(response.content)
    assert (manifest["name"], manifest["lang"], manifest["dir"]) == ("Meridian", "ar", "rtl")
    assert {icon["sizes"] for icon in manifest["icons"]} >= {"180x180", "512x512"}


def test_security_txt_names_the_contact_for_vulnerabilities(client: Client, settings: Any) -> None:
    assert client.get(SECURITY).status_code == 404
    publication = current_publication()
    publication.contact_email = "desk@meridian.example"
    publication.save()
    assert "Contact: mailto:desk@meridian.example\n" in client.get(SECURITY).content.decode()
    settings.SECURITY_CONTACT = "https://meridian.example/report"
    settings.SECURITY_POLICY = "https://meridian.example/policy"
    text = client.get(SECURITY).content.decode()
    assert "Contact: https://meridian.example/report\n" in text
    assert "Policy: https://meridian.example/policy\n" in text
    expires = parse_datetime(text.split("Expires: ")[1].split("\n")[0])
    assert expires
    assert timedelta(days=30) < expires - timezone.now() < timedelta(days=365)


@pytest.mark.parametrize("value", ["nobody", "ftp://x.example", "a b@c.example"])
def test_a_contact_that_is_neither_address_nor_url_is_refused(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("SECURITY_CONTACT", value)
    with pytest.raises(ImproperlyConfigured, match="SECURITY_CONTACT"):
        environment.contact("SECURITY_CONTACT")


def test_public_pages_name_the_links_that_may_be_fetched_ahead(client: Client) -> None:
    path = newsroom.published().get_absolute_url()
    assert client.get(path).headers["Speculation-Rules"] == '"/speculation-rules.json"'
    response = client.get("/speculation-rules.json")
    assert response.headers["Content-Type"] == "application/speculationrules+json"
    (rule,) = json.loads(response.content)["prefetch"]
    excluded = rule["where"]["and"][1]["not"]["href_matches"]
    assert {"/admin/*", "/accounts/*", "/newsletter/*"} <= set(excluded)
    for other in ("/accounts/login/", "/feed/"):
        assert "Speculation-Rules" not in client.get(other).headers


def test_pages_give_language_and_country_and_allow_large_previews(client: Client) -> None:
    for language, locale in (("en", "en_US"), ("fr", "fr_FR"), ("pt-br", "pt_BR")):
        path = newsroom.published(f"In {language}", language=language).get_absolute_url()
        html = client.get(path).content.decode()
        assert f'<meta property="og:locale" content="{locale}">' in html
        assert '<meta name="robots" content="max-image-preview:large">' in html


def test_search_results_are_not_indexed_but_the_search_page_is(client: Client) -> None:
    noindex = '<meta name="robots" content="noindex">'
    assert noindex in client.get("/search/?q=quay").content.decode()
    assert noindex not in client.get("/search/").content.decode()
