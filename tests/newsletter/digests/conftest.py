"""What the tests of digests share."""

import pytest


@pytest.fixture(autouse=True)
def _jobs_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.job_queue.deliver_soon", lambda issue_id: None)
    monkeypatch.setattr("newsletter.job_queue.begin_later", lambda issue_id, moment: None)
    monkeypatch.setattr("newsletter.job_queue.look_soon", lambda issue_id: None)
