"""The migration that records the links which related articles know."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from articles.links.models import InternalLink
from articles.related.models import TextLink
from tests import newsroom

pytestmark = pytest.mark.django_db


def test_known_links_are_recorded_once() -> None:
    one, other = newsroom.draft("One"), newsroom.draft("Other")
    TextLink.objects.create(article=one, other=other)
    record = import_module("articles.migrations.0061_record_internal_links").record
    for _ in range(2):
        with connection.schema_editor() as editor:
            record(apps, editor)
    row = InternalLink.objects.get()
    assert (row.article_id, row.page_id) == (one.pk, None)
    assert (row.target_kind, row.target_id) == ("article", other.pk)
