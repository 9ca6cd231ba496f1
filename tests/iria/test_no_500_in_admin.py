"""Whatever an administrator sends to the desk: an answer in words, never a crash."""

from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.models import User
from newsletter.models import Issue
from tests.articles.editorial.admin.forms import values_of
from tests.iria import hostile
from tests.iria.sweeping import dealt, sends, with_query, wrong
from tests.proofs.size import sized

DESK = "/admin/"


@pytest.fixture
def desk(anybody: Client, chief: User) -> Client:
    anybody.force_login(chief)
    return anybody


def addresses_of_the_desk(kind: str) -> list[str]:
    """Lists and forms of every model with a row that is there, if any is."""
    found = []
    for name, route in hostile.routes(DESK):
        if not name.endswith(kind):
            continue
        if "<" in route:
            *_, app, model, _id, _what, _end = route.split("/")
            row = apps.get_model(app, model)._default_manager.first()
            if row is None:
                continue
            route = hostile.filled(route, str(row.pk))
        found.append(route)
    return found


FILTERS = [
    "o",
    "p",
    "e",
    "q",
    "all",
    "in",
    "state",
    "_popup",
    "pk",
    "id",
    "id__in",
    "id__exact",
    "headline",
    "kind__id__exact",
    "categories",
    "bylines",
    "language",
    "created_by",
    "is_staff__exact",
    "published_at__gte",
    "published_at__day",
    "image",
    "parent",
    "chosen",
    "year",
    "month",
    "day",
    "level",
    "action",
    "_facets",
    "article__id__exact",
    "article",
    "made_by",
    "state__exact",
    "look",
    "lacks",
    "tags",
]


ODD = [*hostile.VALUES, "", "99", "1000000000", "1", "99.-99.x", "a,b"]


def test_no_filter_breaks_a_list(desk: Client, parts: dict[str, str]) -> None:
    found = []
    for turn, address in enumerate(addresses_of_the_desk("_changelist")):
        names = dealt(enumerate(FILTERS), turn, sized(4, 1))
        alone = [f"{name}={ODD[(turn + place) % len(ODD)]}" for place, name in names]
        together = ["&".join(f"{n}={value}" for n in FILTERS) for value in dealt(ODD, turn)]
        found += [sends(desk, "GET", f"{address}?{query}") for query in [*alone, *together]]
    assert wrong(found) == []


def test_no_part_of_an_address_breaks_the_admin(desk: Client, parts: dict[str, str]) -> None:
    routes = [route for _, route in hostile.routes(DESK) if "<" in route]
    assert (
        wrong(
            sends(desk, "GET", hostile.filled(route, value))
            for turn, route in enumerate(routes)
            for value in dealt(hostile.VALUES, turn)
        )
        == []
    )


PICTURES = ("admin:articles_article_pictures", "admin:articles_image_choose")


def test_no_query_breaks_the_forms_of_the_admin(desk: Client, parts: dict[str, str]) -> None:
    addresses = [a for kind in ("_add", "_change") for a in addresses_of_the_desk(kind)]
    addresses += [reverse(name) for name in (*PICTURES, "admin:autocomplete")]
    addresses += [reverse("admin:newsletter_emails"), DESK]
    assert (
        wrong(
            sends(desk, "GET", with_query(address, query))
            for turn, address in enumerate(addresses)
            for query in dealt(hostile.queries(), turn)
        )
        == []
    )


def test_no_body_breaks_the_admin(desk: Client, parts: dict[str, str]) -> None:
    kinds = ("_changelist", "_add", "_change", "_delete", "_history")
    addresses = [a for kind in kinds for a in addresses_of_the_desk(kind)]
    issue = Issue.objects.get(slug="what-moves-next")
    actions = ("preview", "mail", "test", "send", "cancel")
    addresses += [
        reverse(f"admin:newsletter_issue_{action}", args=[issue.pk]) for action in actions
    ]
    addresses += [reverse(name) for name in PICTURES]
    addresses.append(reverse("admin:articles_comment_decide", args=[parts["pk"]]))
    assert (
        wrong(
            sends(desk, "POST", address, data=body.content, content_type=body.content_type)
            for turn, address in enumerate(addresses)
            for body in dealt(hostile.bodies(), turn)
        )
        == []
    )


def test_no_field_of_a_form_breaks_the_admin(desk: Client, parts: dict[str, str]) -> None:
    found = []
    addresses = [a for kind in ("_add", "_change") for a in addresses_of_the_desk(kind)]
    for place, address in enumerate(addresses):
        page = desk.get(address)
        form_id = f"{address.split('/')[3]}_form"
        if page.status_code != 200 or f'id="{form_id}"' not in page.content.decode():
            continue
        values = values_of(page, form_id)
        for turn, name in dealt(enumerate(values), place, sized(3, 1)):
            value = ("\x00", "9" * 30, "x" * 3000)[turn % 3]
            sent = {**values, name: [value], "_continue": "1"}
            body = urlencode(sent, doseq=True).encode()
            wrongs = sends(desk, "POST", address, data=body, content_type=hostile.FORM)
            found.append(wrongs and f"{address} with {name}={value[:12]!r}: {wrongs}")
    assert wrong(found) == []


@pytest.mark.parametrize("way", ["get", "post"])
def test_a_field_without_a_name_is_rejected(desk: Client, edna: User, way: str) -> None:
    address = reverse("admin:accounts_user_change", args=[edna.pk])
    assert getattr(desk, way)(address, {"_to_field": ""}).status_code == 400
