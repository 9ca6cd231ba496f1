"""Dates have one format in the admin."""

import re
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import User
from articles.editorial.models import Article
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, visible_text
from tests.shared import PROJECT

LITERAL = re.compile(r'\|date:"(?!DATE_FORMAT|DATETIME_FORMAT|TIME_FORMAT)([^"]*)"')
WITH_SECONDS = "j F Y, H:i:s"


def test_all_dates_of_an_article_have_the_same_format(client: Client, edna: User) -> None:
    client.force_login(edna)
    article = newsroom.published(by=edna)
    Article.objects.update(published_at="2026-02-03T09:05:00Z", modified_at="2026-02-03T09:05:00Z")
    article.revisions.update(created_at="2026-02-03T09:05:00Z")
    LogEntry.objects.all().delete()
    history = f"/admin/articles/article/{article.pk}/history/"
    for url in ("/admin/articles/article/", change_url(article), history):
        page_text = visible_text(client.get(url))
        assert "3 February 2026, 09:05" in page_text
        assert "3 Feb 2026" not in page_text


@pytest.mark.parametrize(
    "template",
    sorted((PROJECT / "templates" / "admin").rglob("*.html")),
    ids=lambda path: path.stem,
)
def test_admin_templates_use_a_format_of_the_settings(template: Path) -> None:
    assert set(LITERAL.findall(template.read_text())) <= {WITH_SECONDS}
