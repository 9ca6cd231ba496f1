"""Every model has a policy: public pages, personal data and permissions follow from it."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection, models
from procrastinate.contrib.django import app

from accounts.role_names import ADMINISTRATOR, EDITOR, MODERATOR, REPORTER
from iria.core import model_policy
from iria.core.db import triggers

PUBLIC_CONTACTS = {"iria.publication", "newsletter.newsletter"}
"""Models with e-mail addresses of the organisation."""


def _refers_to_people(model: type[models.Model]) -> bool:
    """Whether rows refer to an account or contain an e-mail address."""
    return any(
        field.related_model is get_user_model() or isinstance(field, models.EmailField)
        for field in model._meta.concrete_fields
    )


@pytest.fixture
def diary() -> Iterator[type[models.Model]]:
    class Diary(models.Model):
        email = models.EmailField()

        class Meta:
            app_label = "iria"

        def __str__(self) -> str:
            return self.email

    yield Diary
    del apps.all_models["iria"]["diary"]
    apps.clear_cache()


def test_every_model_has_a_policy() -> None:
    assert model_policy.check_declared(app_configs=None) == []


def test_every_policy_belongs_to_a_model() -> None:
    existing = {model._meta.label_lower for model in apps.get_models()}
    assert set(model_policy._policies) - existing == set()


def test_a_new_model_without_a_policy_is_reported(diary: type[models.Model]) -> None:
    [found] = model_policy.check_declared(app_configs=None)
    assert found.obj is diary


def test_a_model_that_refers_to_people_declares_personal_data() -> None:
    wrong = {
        model._meta.label_lower
        for model, policy in model_policy.policies().items()
        if policy.personal_data is None and _refers_to_people(model)
    }
    assert wrong - PUBLIC_CONTACTS == set()


@pytest.mark.django_db
def test_policies_name_roles_and_permissions_that_exist() -> None:
    existing = set(Permission.objects.values_list("content_type__app_label", "codename"))
    for config in apps.get_app_configs():
        granted = model_policy.permissions_of(config.label)
        assert set(granted) <= {ADMINISTRATOR, EDITOR, REPORTER, MODERATOR}
        named = {(config.label, codename) for each in granted.values() for codename in each}
        assert named - existing == set()


@pytest.mark.django_db
def test_exactly_the_public_tables_have_triggers() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE starts_with(tgname, 'iria_tell')"
        )
        existing = set(cursor.fetchall())
    assert existing == {
        (model._meta.db_table, kind.trigger)
        for model, public in model_policy.public_models()
        for statement, kind in triggers.KINDS.items()
        if statement != "insert" or public.inserts
    }


def test_tables_are_pruned_by_periodic_jobs() -> None:
    periodic = {name for name, _ in app.periodic_registry.periodic_tasks}
    pruned = {each.pruning.task for each in model_policy.policies().values() if each.pruning}
    assert pruned
    assert pruned <= periodic
