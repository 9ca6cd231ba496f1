"""The page of the admin where the theme is chosen and changed."""

import re
from html import unescape

import pytest
from django.test import Client

from accounts.models import User
from iria.publication.models import Publication
from tests.conftest import PASSWORD
from tests.iria.themes.conftest import MakeTheme

pytestmark = pytest.mark.django_db

URL = "/admin/iria/publication/appearance/"


def test_an_unknown_theme_is_refused(admin_client: Client) -> None:
    admin_client.post(URL, {"theme": "nowhere"})
    assert Publication.objects.get().theme == ""


def test_changed_colours_and_sizes_are_on_the_pages(admin_client: Client, client: Client) -> None:
    values = {"ink-light": "222222", "ink-dark": "#eeeeee", "radius": "4px"}
    assert admin_client.post(URL, values).status_code == 302
    url = re.search(r'href="(/theme/default/[^"]+)"', client.get("/").content.decode())
    assert url is not None
    response = client.get(url[1])
    assert "--ink: light-dark(#222222, #eeeeee);" in response.content.decode()
    assert "immutable" in response.headers["Cache-Control"]
    # Each theme keeps its own changes.
    admin_client.post(URL, {"theme": "institute"})
    assert 'value="#222222"' not in admin_client.get(URL).content.decode()


def test_emptied_fields_are_as_in_the_theme_again(admin_client: Client) -> None:
    admin_client.post(URL, {"radius": "4px"})
    admin_client.post(URL, {"radius": ""})
    assert Publication.objects.get().theme_changes["default"]["sizes"] == {}


@pytest.mark.parametrize(
    "values",
    [{"ink-light": "#dddddd"}, {"ink-dark": "blue"}, {"radius": "0; } body { display: none"}],
)
def test_unreadable_colours_and_wrong_values_are_refused_and_kept_in_the_form(
    admin_client: Client, values: dict[str, str]
) -> None:
    response = admin_client.post(URL, values)
    assert response.status_code == 422
    assert Publication.objects.get().theme_changes == {}
    ((name, value),) = values.items()
    form = response.context["form"]
    assert form.errors.keys() == {name}
    assert form[name].value() == value


def test_the_preview_shows_values_that_are_not_saved(admin_client: Client, client: Client) -> None:
    before = client.get("/").content
    found = admin_client.get(f"{URL}check/", {"ink-light": "#dddddd", "radius": "4px"}).json()
    assert {each["field"] for each in found["problems"]} == {"ink-light"}
    response = admin_client.get(found["preview"])
    assert response.status_code == 200
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
    assert "no-store" in response.headers["Cache-Control"]
    urls = re.findall(r'rel="stylesheet" href="([^"]+)"', response.content.decode())
    (rules,) = [url for url in map(unescape, urls) if url.startswith(URL)]
    assert "--radius: 4px;" in admin_client.get(rules).content.decode()
    # Readers notice nothing.
    assert client.get("/").content == before


def test_a_preview_url_cannot_be_forged(admin_client: Client) -> None:
    assert admin_client.get(f"{URL}preview/anything/light/").status_code == 404


def test_only_users_who_may_change_the_publication_see_the_page(
    rui: User, client: Client, admin_client: Client
) -> None:
    assert client.login(email=rui.email, password=PASSWORD)
    preview = admin_client.get(URL).context["preview_url"]
    for url in (URL, f"{URL}check/", preview):
        assert client.get(url).status_code == 403


def test_the_page_says_what_is_wrong_with_a_theme(
    admin_client: Client, make_theme: MakeTheme
) -> None:
    make_theme({"templates/_footer.html": "{% if %}"})
    assert "_footer.html" in admin_client.get(URL).content.decode()
