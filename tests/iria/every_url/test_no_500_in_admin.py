"""Hostile requests of an administrator to the admin cause no server error."""

from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.models import User
from newsletter.models import Issue
from tests.articles.editorial.admin.forms import values_of
from tests.iria import hostile
from tests.iria.url_requests import errors_of, request_error, share_of, with_query

pytestmark = pytest.mark.proof

ADMIN = "/admin/"


@pytest.fixture
def admin_client(anybody: Client, chief: User) -> Client:
    anybody.force_login(chief)
    return anybody


def admin_urls(kind: str) -> list[str]:
    """Lists and forms of every model, with the first row if there is one."""
    found = []
    for name, route in hostile.routes(ADMIN):
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


def test_no_filter_breaks_a_changelist(admin_client: Client, parts: dict[str, str]) -> None:
    found = []
    for turn, url in enumerate(admin_urls("_changelist")):
        names = share_of(enumerate(FILTERS), turn, 4)
        single = [f"{name}={ODD[(turn + index) % len(ODD)]}" for index, name in names]
        combined = ["&".join(f"{n}={value}" for n in FILTERS) for value in share_of(ODD, turn)]
        found += [
            request_error(admin_client, "GET", f"{url}?{query}") for query in [*single, *combined]
        ]
    assert errors_of(found) == []


def test_no_part_of_a_url_breaks_the_admin(admin_client: Client, parts: dict[str, str]) -> None:
    routes = [route for _, route in hostile.routes(ADMIN) if "<" in route]
    assert (
        errors_of(
            request_error(admin_client, "GET", hostile.filled(route, value))
            for turn, route in enumerate(routes)
            for value in share_of(hostile.VALUES, turn)
        )
        == []
    )


IMAGE_PAGES = ("admin:articles_article_pictures", "admin:articles_image_choose")


def test_no_query_string_breaks_the_admin_forms(
    admin_client: Client, parts: dict[str, str]
) -> None:
    urls = [a for kind in ("_add", "_change") for a in admin_urls(kind)]
    urls += [reverse(name) for name in (*IMAGE_PAGES, "admin:autocomplete")]
    urls += [reverse("admin:newsletter_emails"), ADMIN]
    assert (
        errors_of(
            request_error(admin_client, "GET", with_query(url, query))
            for turn, url in enumerate(urls)
            for query in share_of(hostile.queries(), turn)
        )
        == []
    )


def test_no_request_body_breaks_the_admin(admin_client: Client, parts: dict[str, str]) -> None:
    kinds = ("_changelist", "_add", "_change", "_delete", "_history")
    urls = [a for kind in kinds for a in admin_urls(kind)]
    issue = Issue.objects.get(slug="what-moves-next")
    actions = ("preview", "mail", "test", "send", "cancel")
    urls += [reverse(f"admin:newsletter_issue_{action}", args=[issue.pk]) for action in actions]
    urls += [reverse(name) for name in IMAGE_PAGES]
    urls.append(reverse("admin:articles_comment_decide", args=[parts["pk"]]))
    assert (
        errors_of(
            request_error(
                admin_client, "POST", url, data=body.content, content_type=body.content_type
            )
            for turn, url in enumerate(urls)
            for body in share_of(hostile.bodies(), turn)
        )
        == []
    )


def test_no_field_value_breaks_the_admin(admin_client: Client, parts: dict[str, str]) -> None:
    found = []
    urls = [a for kind in ("_add", "_change") for a in admin_urls(kind)]
    for index, url in enumerate(urls):
        page = admin_client.get(url)
        form_id = f"{url.split('/')[3]}_form"
        if page.status_code != 200 or f'id="{form_id}"' not in page.content.decode():
            continue
        values = values_of(page, form_id)
        for turn, name in share_of(enumerate(values), index, 3):
            value = ("\x00", "9" * 30, "x" * 3000)[turn % 3]
            form = {**values, name: [value], "_continue": "1"}
            body = urlencode(form, doseq=True).encode()
            error = request_error(admin_client, "POST", url, data=body, content_type=hostile.FORM)
            found.append(error and f"{url} with {name}={value[:12]!r}: {error}")
    assert errors_of(found) == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_empty_to_field_is_rejected(admin_client: Client, edna: User, method: str) -> None:
    url = reverse("admin:accounts_user_change", args=[edna.pk])
    assert getattr(admin_client, method)(url, {"_to_field": ""}).status_code == 400
