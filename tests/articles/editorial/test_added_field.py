"""A field of articles that is added to the model and declared there is everywhere at once."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from iria.launcher.paths import PROJECT
from tests.proofs.machines import database_url

MODEL: Final = Path("articles/editorial/models/article.py")
FIELD: Final = """
    dateline = models.CharField(max_length=80, blank=True, default="", db_default="")
    state = models.CharField("""
DECLARATION: Final = """
    FieldDeclaration("dateline", FormGroup.HEAD, api="Where it was written."),
    FieldDeclaration("lead_image","""

SCRIPT: Final = """
import json
import pytest  # settings are those of tests
import django
django.setup()

from django.db import connection, transaction
from django.test import Client
from django.test.utils import setup_test_environment

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article
from articles.editorial.versions import drafts
from iria.transfer.site.tables import tables
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, send, visible_text

setup_test_environment()
with transaction.atomic():
    with connection.schema_editor(atomic=False) as editor:
        editor.add_field(Article, Article._meta.get_field("dateline"))
    edna = User.objects.create_superuser("edna@meridian.example", "a-long-password", is_staff=True)
    client = Client()
    client.force_login(edna)
    article = newsroom.draft()
    send(client, change_url(article), dateline="Lagos")
    article.refresh_from_db()
    publishing.publish(article, by=edna)
    url = f"/admin/articles/article/{article.pk}/"
    [table] = [each for each in tables() if each.kind.name == "articles"]
    with connection.cursor() as cursor:
        cursor.execute(table.select(personal_data=False))
        line = json.dumps(cursor.fetchone()[0])
    imported = json.loads(table.reader({each.name for each in table.public})(line))
    found = {
        "form": visible_text(client.get(change_url(article))).count("Dateline"),
        "saved": article.dateline,
        "revision": article.revisions.first().details["dateline"],
        "history": "Dateline" in visible_text(client.get(f"{url}history/")),
        "comparison": [
            word in visible_text(client.get(f"{url}versions/2/")) for word in ("Dateline", "Lagos")
        ],
        "api": client.get(f"/api/v1/articles/{article.pk}/").json()["dateline"],
        "documented": "Where it was written." in client.get("/api/v1/openapi.json").text,
        "export": json.loads(line)["dateline"],
        "import": imported["dateline"],
        "copy": drafts.duplicate(article, by=edna).dateline,
    }
    transaction.set_rollback(True)
print(json.dumps(found))
"""


def _project_with_dateline(folder: Path) -> None:
    """Links to the project, with a copy of the one module that a new field changes."""
    for part in (Path(), *reversed(MODEL.parents[:-1])):
        (folder / part).mkdir(exist_ok=True)
        for each in (PROJECT / part).iterdir():
            if each.name != "__pycache__" and not MODEL.is_relative_to(part / each.name):
                (folder / part / each.name).symlink_to(each)
    source = (PROJECT / MODEL).read_text()
    for before, after in (
        ("\n    state = models.CharField(", FIELD),
        ('\n    FieldDeclaration("lead_image",', DECLARATION),
    ):
        assert source.count(before) == 1
        source = source.replace(before, after)
    (folder / MODEL).write_text(source)


@pytest.mark.django_db
def test_a_field_that_the_model_declares_is_in_form_history_comparison_api_and_export(
    tmp_path: Path,
) -> None:
    _project_with_dateline(tmp_path)
    values = {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "iria.settings"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=tmp_path,
        env=os.environ | values,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "form": 1,
        "saved": "Lagos",
        "revision": "Lagos",
        "history": True,
        "comparison": [True, True],
        "api": "Lagos",
        "documented": True,
        "export": "Lagos",
        "import": "Lagos",
        "copy": "Lagos",
    }
