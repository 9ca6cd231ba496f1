"""Triggers record changes of public tables."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.comments.models import Comment
from articles.editorial.models import Article
from articles.public.front_page import slots
from iria.core import model_policy
from iria.core.db import triggers
from iria.core.http import cache_versions
from iria.core.model_policy import PublicRows, check_declared, declare, public_models, undeclared
from newsletter.models import Issue
from tests import newsroom

pytestmark = pytest.mark.django_db


def _token_count() -> int:
    return cache_versions.CacheVersion.objects.count()


def _tables() -> Iterator[tuple[str, list[str]]]:
    for model, _public in public_models():
        columns = [
            connection.ops.quote_name(str(each.column)) for each in model._meta.concrete_fields
        ]
        yield connection.ops.quote_name(model._meta.db_table), columns


def test_a_statement_without_rows_records_nothing() -> None:
    for table, columns in _tables():
        before = _token_count()
        names = ", ".join(columns)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE false")
            cursor.execute(f"UPDATE {table} SET {columns[0]} = {columns[0]} WHERE false")
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} WHERE false")
        assert _token_count() == before, table


def test_a_policy_names_columns_that_exist() -> None:
    for model, public in public_models():
        row_columns = public.row_scope[1] if public.row_scope else ()
        assert {*(public.whole_row_scope or ("", ()))[1]} <= {*row_columns}
        value_columns = (public.scope_per_value[1],) if public.scope_per_value else ()
        named = {*public.columns, *public.unseen_columns, *row_columns, *value_columns}
        assert named <= {each.column for each in model._meta.concrete_fields}, model


def test_every_change_of_a_public_table_is_recorded(client: Client, parts: dict[str, str]) -> None:
    """An update with the same values records nothing. Deferred foreign keys are never checked."""
    filled = 0
    for model, _public in public_models():
        table = connection.ops.quote_name(model._meta.db_table)
        if not model._default_manager.exists():
            continue
        filled += 1
        key = connection.ops.quote_name(str(model._meta.pk.column))
        before = _token_count()
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {key} = {key}")
            assert _token_count() == before, table
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute(f"SAVEPOINT here; DELETE FROM {table}")
            assert _token_count() > before, table
            cursor.execute("ROLLBACK TO SAVEPOINT here")
    assert filled > 15


def test_clearing_expired_slots_changes_no_etag_without_any(client: Client) -> None:
    newsroom.published()
    before = client.get("/")["ETag"]
    slots.clear_expired()
    assert client.get("/", headers={"If-None-Match": before}).status_code == 304


def test_only_different_values_are_recorded(mina: Any) -> None:
    article = newsroom.published("Quiet")
    newsroom.published("Loud")
    before = _token_count()
    Article.objects.update(headline=models.F("headline"))
    assert _token_count() == before
    Article.objects.filter(pk=article.pk).update(headline="Quieter")
    assert _token_count() == before + 1


def test_unchanged_rows_are_compared_without_a_nested_loop() -> None:
    """A nested loop would take minutes instead of a fraction of a second."""
    before = _token_count()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '60s'")
        cursor.execute(
            "INSERT INTO taggit_tag (name, slug) SELECT 'n' || n, 's' || n FROM generate_series(1, 20000) n"
        )
        cursor.execute("UPDATE taggit_tag SET name = name")
        cursor.execute("UPDATE articles_article SET headline = headline")
    assert _token_count() == before + 1


def test_only_updates_of_public_columns_are_recorded(ola: Any) -> None:
    before = _token_count()
    type(ola).objects.update(email="ola@elsewhere.example", is_active=True)
    assert _token_count() == before
    type(ola).objects.update(is_active=False)
    assert _token_count() == before + 1


def test_moving_a_comment_changes_both_threads_only() -> None:
    source, target, other = (newsroom.published(name) for name in ("Source", "Target", "Other"))
    for article in (source, other):
        Comment.objects.create(article=article, name="Ola", text="Well.", state="approved")
    scopes = [cache_versions.thread(each.pk) for each in (source, target, other)]
    before = dict(cache_versions.current_versions(scopes))
    Comment.objects.filter(article=source).update(article=target)
    after = dict(cache_versions.current_versions(scopes))
    changed = [scope for scope in scopes if after.get(scope) != before.get(scope)]
    assert changed == scopes[:2]
    Comment.objects.update(text=models.F("text"))
    assert dict(cache_versions.current_versions(scopes)) == after


def test_truncating_a_table_with_rows_is_recorded() -> None:
    before = _token_count()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE newsletter_issueitem")
        assert _token_count() == before
    assert apps.get_model("newsletter.issueitem").objects.count() == 0
    newsroom.published()
    before = _token_count()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE articles_relatedlink, articles_article CASCADE")
    assert _token_count() > before


def test_the_delivery_of_an_issue_changes_no_page() -> None:
    before = _token_count()
    Issue.objects.update(error="The mail server does not answer.")
    assert _token_count() == before


def test_migrate_does_not_recreate_triggers() -> None:
    """Creating a trigger needs a lock on its table."""
    triggers.install_triggers()
    with CaptureQueriesContext(connection) as queries:
        triggers.install_triggers()
    created = [each["sql"] for each in queries if re.search(r"(REPLACE|DROP) TRIGGER", each["sql"])]
    assert created == []


FORMER_TRIGGERS = """
CREATE FUNCTION iria_tell_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION iria_tell_thread() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE OR REPLACE TRIGGER iria_tell AFTER INSERT OR UPDATE OR DELETE ON articles_article
    FOR EACH STATEMENT EXECUTE FUNCTION iria_tell_change('content');
CREATE OR REPLACE TRIGGER iria_tell AFTER DELETE OR UPDATE OF display_name ON accounts_user
    FOR EACH STATEMENT EXECUTE FUNCTION iria_tell_change('content');
CREATE OR REPLACE TRIGGER iria_tell_thread AFTER INSERT OR UPDATE OR DELETE ON articles_comment
    FOR EACH ROW EXECUTE FUNCTION iria_tell_thread();
"""


def test_the_triggers_of_an_older_release_are_replaced() -> None:
    with connection.cursor() as cursor:
        cursor.execute(FORMER_TRIGGERS)
        triggers.install_triggers()
        cursor.execute(
            "SELECT count(*) FROM pg_proc WHERE proname = ANY(%s)", [[*triggers.FORMER_FUNCTIONS]]
        )
        assert cursor.fetchone() == (0,)
    before = _token_count()
    newsroom.published("Quiet")
    assert _token_count() > before


@pytest.fixture
def offer_model() -> Iterator[type[models.Model]]:
    """A model of another app."""

    class Offer(models.Model):
        name = models.CharField(max_length=20)
        seen = models.IntegerField(default=0)

        class Meta:
            app_label = "sessions"

        def __str__(self) -> str:
            return self.name

    with connection.schema_editor() as editor:
        editor.create_model(Offer)
    yield Offer
    apps.all_models["sessions"].pop("offer")
    apps.clear_cache()


def test_a_model_without_a_policy_counts_as_public(
    offer_model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_policy, "_policies", dict(model_policy._policies))
    triggers.install_triggers()
    assert undeclared() == [offer_model]
    assert [each.id for each in check_declared(app_configs=None)] == ["iria.W001"]
    before = _token_count()
    offer_model.objects.create(name="Reports")
    assert _token_count() == before + 1
    declare("sessions.Offer", public=PublicRows(("name",)))
    triggers.install_triggers()
    offer_model.objects.update(seen=1)
    assert _token_count() == before + 1
    offer_model.objects.update(name="Surveys")
    assert _token_count() == before + 2
    assert undeclared() == []
    declare("sessions.Offer")
    triggers.install_triggers()
    offer_model.objects.all().delete()
    assert _token_count() == before + 2
