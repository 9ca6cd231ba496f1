"""Fixtures of the digest tests."""

import pytest


@pytest.fixture(autouse=True)
def _jobs_do_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.job_queue.enqueue_delivery", lambda issue_id: None)
    monkeypatch.setattr("newsletter.job_queue.enqueue_start", lambda issue_id, moment: None)
    monkeypatch.setattr("newsletter.job_queue.enqueue_checks", lambda issue_id: None)
