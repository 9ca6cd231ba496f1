"""An invalid related object is a form error and keeps the other input."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuthorProfile, User
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, errors_on, values_of

VALUES = ["x", "\x00", "-1", "9" * 30, "9" * 5_000, "٣", "²", "1.5"]


@pytest.mark.parametrize("value", VALUES)
def test_an_invalid_account_is_a_form_error(client: Client, edna: User, value: str) -> None:
    client.force_login(edna)
    add = "/admin/accounts/authorprofile/add/"
    typed: dict[str, Any] = {**values_of(client.get(add), "authorprofile_form"), "user": [value]}
    page = client.post(add, {**typed, "name": ["Ines Faro"], "slug": ["ines-faro"]})
    assert errors_on(page)
    assert values_of(page, "authorprofile_form")["name"] == ["Ines Faro"]
    assert not AuthorProfile.objects.exists()


@pytest.mark.parametrize("value", VALUES)
def test_an_invalid_related_article_is_a_form_error(client: Client, edna: User, value: str) -> None:
    client.force_login(edna)
    article = newsroom.draft()
    values = values_of(client.get(change_url(article)))
    values |= {"picks": [value], "headline": ["Typed beside it"]}
    page = client.post(change_url(article), {**values, "_continue": "1"})
    assert errors_on(page)
    assert values_of(page)["headline"] == ["Typed beside it"]
    article.refresh_from_db()
    assert article.headline != "Typed beside it"
