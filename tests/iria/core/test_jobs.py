"""Jobs are declared once, with the names that the queues of running sites know."""

import re
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from iria.core.jobs import enqueue

PACKAGES: Final = ("accounts", "articles", "iria", "newsletter")
FORMER_NAMES: Final = {
    "comments.tell": "comments.send_notifications",
    "newsletter.look": "newsletter.run_external_checks",
    "editorial.tell_changed": "editorial.send_changed",
    "iria.fold_changes": "iria.compact_cache_versions",
}


def names_in(pattern: str) -> set[str]:
    sources = (path for name in PACKAGES for path in Path(settings.BASE_DIR, name).rglob("*.py"))
    return {name for path in sources for name in re.findall(pattern, path.read_text())}


def test_every_declared_job_is_known_to_the_worker() -> None:
    declared = names_in(r'@job\(\s*"([\w.]+)"')
    assert len(declared) > 50
    assert declared <= set(app.tasks)


def test_only_declared_jobs_are_queued() -> None:
    queued = names_in(r'\benqueue\(\s*"([\w.]+)"')
    assert len(queued) > 20
    assert queued <= set(app.tasks)


@pytest.mark.parametrize(("former", "name"), FORMER_NAMES.items())
def test_a_queued_job_with_a_former_name_is_still_run(former: str, name: str) -> None:
    assert app.tasks[former] is app.tasks[name]


def test_a_periodic_job_is_a_function_without_arguments(db: None) -> None:
    app.tasks["comments.forget"].func(timestamp=0)


def test_a_job_is_queued_once_for_the_same_arguments(db: None) -> None:
    for card in (1, 1, 2):
        enqueue("articles.embeds.tasks.fetch_link_card", once=True, card_id=card)
    jobs = ProcrastinateJob.objects.order_by("id").values_list("queue_name", "args")
    assert list(jobs) == [("link_cards", {"card_id": 1}), ("link_cards", {"card_id": 2})]
