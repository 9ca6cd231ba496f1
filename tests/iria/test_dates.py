"""One way to write a date in the admin."""

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


def test_every_date_of_an_article_is_written_alike_in_the_admin(client: Client, edna: User) -> None:
    client.force_login(edna)
    article = newsroom.published(by=edna)
    Article.objects.update(published_at="2026-02-03T09:05:00Z", modified_at="2026-02-03T09:05:00Z")
    article.revisions.update(created_at="2026-02-03T09:05:00Z")
    LogEntry.objects.all().delete()
    history = f"/admin/articles/article/{article.pk}/history/"
    for url in ("/admin/articles/article/", change_url(article), history):
        words = visible_text(client.get(url))
        assert "3 February 2026, 09:05" in words
        assert "3 Feb 2026" not in words


@pytest.mark.parametrize(
    "template",
    sorted((PROJECT / "templates" / "admin").rglob("*.html")),
    ids=lambda path: path.stem,
)
def test_admin_templates_name_a_format_of_the_settings(template: Path) -> None:
    assert set(LITERAL.findall(template.read_text())) <= {WITH_SECONDS}
