"""The page about personal data lists the model policies and the recipients."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from articles.comments.screening import akismet
from articles.comments.screening.models import Check, ScreeningRule
from iria.core import model_policy
from iria.core.stored_data import STORED_DATA
from iria.publication.models import current_publication
from tests import newsroom

pytestmark = pytest.mark.django_db


def _page(client: Client) -> str:
    return client.get(reverse("personal_data")).content.decode()


def test_the_page_has_a_section_for_each_description_and_is_linked_everywhere(
    client: Client,
) -> None:
    newsroom.published()
    assert f'href="{reverse("personal_data")}"' in client.get("/").content.decode()
    page = _page(client)
    descriptions = model_policy.stored_data()
    assert page.count("<dl>") == len(descriptions) > 10
    assert page.count("<dt>") == 4 * len(descriptions)
    comments, admin = STORED_DATA["comments"], STORED_DATA["admin"]
    assert page.index(str(comments.title)) < page.index(str(admin.title))
    assert str(comments.retention) in page
    assert not re.search(r"articles\.|newsletter\.", page.partition("<main")[2])


def test_active_recipients_are_named(client: Client, settings: Any) -> None:
    before = client.get(reverse("personal_data"))
    assert "Akismet" not in before.content.decode()
    settings.AKISMET_KEY = "a-key"
    assert "Akismet" not in _page(client), "the rule is off"
    ScreeningRule.objects.filter(phase=Check.AKISMET).update(active=True)
    settings.MAILERS = {
        "default": {"OPTIONS": {"host": "relay.example", "password": "s3cret-w0rd"}}
    }
    after = client.get(reverse("personal_data"), headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    page = after.content.decode()
    assert akismet.recipient_name() in page
    assert "relay.example" in page
    assert "s3cret-w0rd" not in page


def test_the_page_is_in_the_language_of_the_publication(client: Client) -> None:
    publication = current_publication()
    publication.languages = "fr, en"
    publication.save()
    with override("fr"):
        french = str(STORED_DATA["comments"].title)
    page = _page(client)
    assert 'lang="fr"' in page
    assert french in page
