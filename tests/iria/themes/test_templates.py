"""Templates of a theme, and what is done with those that cannot be used."""

import pytest
from django.test import Client

from iria.publication.models import Publication
from iria.themes.template_problems import template_problems
from tests.iria.themes.conftest import MakeTheme

FOOTER = "templates/_footer.html"


def front_page(client: Client) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def test_a_template_of_the_theme_is_used_instead_of_the_built_in_one(
    use_theme: MakeTheme, client: Client
) -> None:
    use_theme({FOOTER: '<footer id="harbour">{{ publication.name }}</footer>'})
    assert '<footer id="harbour">Meridian</footer>' in front_page(client)


def test_a_template_may_extend_the_built_in_one_of_its_name(
    use_theme: MakeTheme, client: Client
) -> None:
    use_theme(
        {
            "templates/base.html": (
                '{% extends "base.html" %}{% block body %} data-theme="harbour"{% endblock %}'
            )
        }
    )
    html = front_page(client)
    assert 'data-theme="harbour"' in html
    assert "<footer" in html


def test_another_theme_shows_at_once_and_has_another_etag(
    use_theme: MakeTheme, client: Client
) -> None:
    use_theme({FOOTER: '<footer id="harbour"></footer>'})
    before = client.get("/")
    assert 'id="harbour"' in before.content.decode()
    Publication.objects.update(theme="")
    after = client.get("/", headers={"if-none-match": before.headers["ETag"]})
    assert after.status_code == 200
    assert 'id="harbour"' not in after.content.decode()


def test_a_theme_that_is_gone_leaves_the_built_in_design(client: Client, db: None) -> None:
    Publication(name="Meridian", theme="sold").save()
    assert "<footer" in front_page(client)


@pytest.mark.parametrize(
    "broken",
    [
        '<footer id="harbour">{% if %}</footer>',
        '<footer id="harbour">{% load no_such_library %}</footer>',
        '<footer id="harbour">{% include "_no_such_template.html" %}</footer>',
        '<footer id="harbour">{% url "no_such_page" %}</footer>',
    ],
)
def test_the_built_in_template_is_used_for_one_that_is_broken(
    use_theme: MakeTheme, client: Client, broken: str
) -> None:
    theme = use_theme({FOOTER: broken})
    html = front_page(client)
    assert 'id="harbour"' not in html
    assert "<footer" in html
    (problem,) = template_problems(theme.templates)
    assert problem.fatal
    assert problem.file == "_footer.html"


def test_the_built_in_template_is_used_for_one_without_a_block_that_pages_fill(
    use_theme: MakeTheme, client: Client
) -> None:
    theme = use_theme({"templates/base.html": "<!doctype html><title>Harbour</title>"})
    assert "<footer" in front_page(client)
    problems = template_problems(theme.templates)
    assert any("content" in each.message for each in problems)
    assert all(each.fatal for each in problems)


def test_a_theme_cannot_replace_the_admin(
    use_theme: MakeTheme, client: Client, chief: object
) -> None:
    theme = use_theme({"templates/admin/login.html": "Harbour"})
    assert client.get("/admin/login/", follow=True).content != b"Harbour"
    assert [each.file for each in template_problems(theme.templates)] == ["admin/login.html"]


def test_a_template_that_replaces_nothing_is_reported_but_one_that_is_included_is_not(
    make_theme: MakeTheme,
) -> None:
    theme = make_theme(
        {
            "templates/_foot.html": "Old name",
            "templates/_harbour.html": "Included",
            FOOTER: '{% include "_harbour.html" %}',
        }
    )
    (problem,) = template_problems(theme.templates)
    assert problem.file == "_foot.html"
    assert not problem.fatal
    # The check knows what the template is called now.
    assert "_footer.html" in problem.message


def test_a_block_without_a_place_is_reported(make_theme: MakeTheme) -> None:
    theme = make_theme(
        {
            "templates/404.html": (
                '{% extends "base.html" %}{% block content %}{% block inner %}{% endblock %}{% endblock %}'
                "{% block sidebar %}{% endblock %}"
            )
        }
    )
    (problem,) = template_problems(theme.templates)
    assert "sidebar" in problem.message
    assert not problem.fatal
