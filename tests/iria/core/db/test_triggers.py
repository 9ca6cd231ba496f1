"""The database records what changed, and nothing where nothing did."""

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
from articles.public.front_page import layout
from iria.core import model_policy
from iria.core.db import triggers
from iria.core.http import cache_versions
from iria.core.model_policy import PublicRows, check_declared, declare, public_models, undeclared
from newsletter.models import Issue
from tests import newsroom

pytestmark = pytest.mark.django_db


def _marks() -> int:
    return cache_versions.CacheVersion.objects.count()


def _tables() -> Iterator[tuple[str, list[str]]]:
    for model, _how in public_models():
        columns = [
            connection.ops.quote_name(str(each.column)) for each in model._meta.concrete_fields
        ]
        yield connection.ops.quote_name(model._meta.db_table), columns


def test_no_statement_that_matches_no_row_counts_for_any_table() -> None:
    for table, columns in _tables():
        before = _marks()
        names = ", ".join(columns)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE false")
            cursor.execute(f"UPDATE {table} SET {columns[0]} = {columns[0]} WHERE false")
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} WHERE false")
        assert _marks() == before, table


def test_every_statement_of_every_table_counts_that_changes_a_row(
    client: Client, parts: dict[str, str]
) -> None:
    """And none that writes what is there already. Foreign keys are looked at later, and not reached."""
    filled = 0
    for model, _how in public_models():
        table = connection.ops.quote_name(model._meta.db_table)
        if not model._default_manager.exists():
            continue
        filled += 1
        key = connection.ops.quote_name(str(model._meta.pk.column))
        before = _marks()
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {key} = {key}")
            assert _marks() == before, table
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute(f"SAVEPOINT here; DELETE FROM {table}")
            assert _marks() > before, table
            cursor.execute("ROLLBACK TO SAVEPOINT here")
    assert filled > 15


def test_clearing_places_that_have_not_run_out_leaves_every_tag(client: Client) -> None:
    newsroom.published()
    before = client.get("/")["ETag"]
    layout.clear_expired()
    assert client.get("/", headers={"If-None-Match": before}).status_code == 304


def test_saving_the_same_once_more_changes_nothing_and_something_else_does(mina: Any) -> None:
    article = newsroom.published("Quiet")
    newsroom.published("Loud")
    before = _marks()
    Article.objects.update(headline=models.F("headline"))
    assert _marks() == before
    Article.objects.filter(pk=article.pk).update(headline="Quieter")
    assert _marks() == before + 1


def test_many_rows_that_stay_as_they_are_are_not_compared_each_with_every_other() -> None:
    """That would take minutes, where it takes a part of a second."""
    before = _marks()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '60s'")
        cursor.execute(
            "INSERT INTO taggit_tag (name, slug) SELECT 'n' || n, 's' || n FROM generate_series(1, 20000) n"
        )
        cursor.execute("UPDATE taggit_tag SET name = name")
        cursor.execute("UPDATE articles_article SET headline = headline")
    assert _marks() == before + 1


def test_of_an_update_only_the_columns_count_that_readers_see(ola: Any) -> None:
    before = _marks()
    type(ola).objects.update(email="ola@elsewhere.example", is_active=True)
    assert _marks() == before
    type(ola).objects.update(is_active=False)
    assert _marks() == before + 1


def test_a_comment_that_moves_changes_both_threads_and_another_one_neither() -> None:
    here, there, other = (newsroom.published(name) for name in ("Here", "There", "Other"))
    for article in (here, other):
        Comment.objects.create(article=article, name="Ola", text="Well.", state="approved")
    scopes = [cache_versions.thread(each.pk) for each in (here, there, other)]
    before = dict(cache_versions.current_versions(scopes))
    Comment.objects.filter(article=here).update(article=there)
    after = dict(cache_versions.current_versions(scopes))
    changed = [scope for scope in scopes if after.get(scope) != before.get(scope)]
    assert changed == scopes[:2]
    Comment.objects.update(text=models.F("text"))
    assert dict(cache_versions.current_versions(scopes)) == after


def test_emptying_a_table_counts_if_there_was_something_in_it() -> None:
    before = _marks()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE newsletter_issueitem")
        assert _marks() == before
    assert apps.get_model("newsletter.issueitem").objects.count() == 0
    newsroom.published()
    before = _marks()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE articles_relatedlink, articles_article CASCADE")
    assert _marks() > before


def test_how_the_sending_of_an_issue_goes_changes_no_page() -> None:
    before = _marks()
    Issue.objects.update(error="The mail server does not answer.")
    assert _marks() == before


def test_a_migrate_makes_no_trigger_again() -> None:
    """To make one, it would have to wait for writers, and others would wait for it."""
    triggers.install_triggers()
    with CaptureQueriesContext(connection) as asked:
        triggers.install_triggers()
    made = [each["sql"] for each in asked if re.search(r"(REPLACE|DROP) TRIGGER", each["sql"])]
    assert made == []


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
    before = _marks()
    newsroom.published("Quiet")
    assert _marks() > before


@pytest.fixture
def offers() -> Iterator[type[models.Model]]:
    """A table of another app, which that app's migrations would make."""

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


def test_a_table_of_another_app_counts_as_shown_until_somebody_decides(
    offers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_policy, "_policies", dict(model_policy._policies))
    triggers.install_triggers()
    assert undeclared() == [offers]
    assert [each.id for each in check_declared(app_configs=None)] == ["iria.W001"]
    before = _marks()
    offers.objects.create(name="Reports")
    assert _marks() == before + 1
    declare("sessions.Offer", public=PublicRows(("name",)))
    triggers.install_triggers()
    offers.objects.update(seen=1)
    assert _marks() == before + 1
    offers.objects.update(name="Surveys")
    assert _marks() == before + 2
    assert undeclared() == []
    declare("sessions.Offer")
    triggers.install_triggers()
    offers.objects.all().delete()
    assert _marks() == before + 2
