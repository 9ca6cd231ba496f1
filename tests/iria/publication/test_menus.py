"""Menus are edited, resolved when a target is saved, and read with the publication."""

import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from articles.editorial import taxonomy
from articles.pages import saving
from articles.pages.models import Page
from iria.publication import menus
from iria.publication.menus import Entry, broken_entry_messages, broken_menu_items
from iria.publication.models import Publication
from tests import newsroom

pytestmark = pytest.mark.django_db


def page(**fields: Any) -> Page:
    saved = Page(path="about", **{"title": "About us", "is_published": True, **fields})
    saving.save(saved)
    return saved


def entry(kind: str, key: object, label: str = "", *, below: bool = False) -> Entry:
    return Entry(kind=kind, key=str(key), label=label, below=below)


def save_menus(**entries_by_menu: list[Entry]) -> Publication:
    publication = Publication.objects.filter(pk=1).first() or Publication()
    for name, entries in entries_by_menu.items():
        setattr(publication, name, entries)
    menus.save(publication)
    return publication


def header(client: Client) -> str:
    html = client.get("/").content.decode()
    found = re.search(r'<nav class="sections-row".*?</nav>', html, re.DOTALL)
    return found[0] if found else ""


def panel(client: Client) -> str:
    html = client.get("/").content.decode()
    return html.split('<div class="menu-sections">')[1].split("</div>")[0]


def footer(client: Client) -> str:
    return client.get("/").content.decode().split('<nav class="footer-menus"')[1].split("</nav>")[0]


def link_names(html: str) -> list[str]:
    return re.findall(r">([^<>\n]+)</a>", html)


def test_the_default_header_menu_has_the_top_level_categories(client: Client) -> None:
    asia = newsroom.category("Asia", position=2)
    newsroom.category("Japan", parent=asia)
    newsroom.category("Europe", position=1)
    Publication().save()
    assert link_names(header(client)) == ["Europe", "Asia"]
    assert link_names(panel(client)) == ["Europe", "Asia", "Japan"]


def test_editors_can_order_rename_and_nest_menu_items(client: Client) -> None:
    asia, about = newsroom.category("Asia"), page()
    japan = newsroom.category("Japan", parent=asia)
    save_menus(
        header_menu=[
            entry("page", about.pk, "Who we are"),
            entry("category", asia.pk),
            entry("category", japan.pk, below=True),
            entry("link", "https://example.org/data", "Our data", below=True),
        ]
    )
    assert link_names(header(client)) == ["Who we are", "Asia"]
    html = panel(client)
    assert link_names(html) == ["Who we are", "Asia", "Japan", "Our data"]
    assert re.search(r'class="below".*?/category/asia/japan/', html, re.DOTALL)
    assert 'href="https://example.org/data"' in html


def test_the_current_page_is_marked(client: Client) -> None:
    newsroom.category("Asia")
    newsroom.category("Europe")
    save_menus()
    html = client.get("/category/asia/").content.decode()
    assert html.count('<a href="/category/asia/" aria-current="page">') == 3


def test_menus_follow_renamed_categories_and_moved_pages(client: Client) -> None:
    asia, about = newsroom.category("Asia"), page()
    save_menus(header_menu=[entry("category", asia.pk)], footer_menu=[entry("page", about.pk)])
    asia.name, asia.slug = "Asia and the Pacific", "asia-pacific"
    taxonomy.save_category(asia)
    about.path = "who-we-are"
    saving.save(about)
    assert 'href="/category/asia-pacific/"' in header(client)
    assert link_names(header(client)) == ["Asia and the Pacific"]
    assert 'href="/who-we-are/"' in footer(client)


def test_broken_menu_items_are_omitted_and_reported(client: Client, chief: Any) -> None:
    asia, about = newsroom.category("Asia"), page()
    save_menus(
        header_menu=[
            entry("page", about.pk),
            entry("link", "/newsletter/", "Letter", below=True),
            entry("category", asia.pk),
        ]
    )
    about.is_published = False
    saving.save(about)
    assert link_names(header(client)) == ["Letter", "Asia"]
    asia.delete()
    assert link_names(header(client)) == ["Letter"]
    assert [each.count for each in broken_menu_items(chief)] == [2]
    publication = Publication.objects.get()
    first, second = broken_entry_messages(menus.broken_entries(publication, menus.targets()))
    assert "row 1 (“About us”)" in first
    assert "row 3" in second


def test_broken_items_are_shown_to_those_who_can_fix_them(edna: Any) -> None:
    save_menus(header_menu=[entry("category", 404)])
    assert broken_menu_items(edna) == []


def test_menu_items_follow_a_merge_of_categories(client: Client) -> None:
    asia, east = newsroom.category("Asia"), newsroom.category("East Asia")
    save_menus(
        header_menu=[entry("category", east.pk), entry("category", asia.pk)],
        footer_menu=[entry("category", east.pk, "The East")],
    )
    menus.replace_target("category", str(east.pk), str(asia.pk))
    assert link_names(header(client)) == ["Asia"]
    assert 'href="/category/asia/">The East</a>' in footer(client)


def test_names_and_urls_of_menu_items_are_escaped(client: Client) -> None:
    save_menus(header_menu=[entry("link", "/x?a=1&b=2", '<script>alert("x")</script>')])
    html = client.get("/").content.decode()
    assert "<script>alert" not in html
    assert "/x?a=1&amp;b=2" in html


def test_the_publication_and_its_menus_need_one_query(
    rf: RequestFactory, django_assert_num_queries: Any
) -> None:
    newsroom.category("Asia")
    page(position=1)
    save_menus()
    with django_assert_num_queries(1):
        html = render_to_string("base.html", request=rf.get("/"))
    assert "/category/asia/" in html
    assert "/about/" in html
