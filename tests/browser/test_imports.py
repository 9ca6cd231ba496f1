"""The page of an import follows the worker, with and without JavaScript."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from iria.core.db.history import ImportRun

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("has_scripts", [True, False])
def test_the_progress_of_an_import_is_followed_to_its_report(
    open_admin: Callable[..., Page], chief: User, has_scripts: bool
) -> None:
    run = ImportRun.objects.create(
        system="wordpress",
        name="export.xml",
        server_file="export.xml",
        state="importing",
        done=10,
        total=40,
    )
    path = reverse("admin:iria_importrun_change", args=[run.pk])
    page = open_admin(chief, path, scripts=has_scripts)
    bar = page.locator("progress")
    expect(bar).to_have_attribute("value", "10")
    ImportRun.objects.update(done=30)
    expect(bar).to_have_attribute("value", "30")
    ImportRun.objects.update(
        state="done", finished_at=run.created_at, counts={"posts": {"found": 40, "created": 40}}
    )
    expect(page.locator(".import-counts")).to_be_visible(timeout=20_000)
