"""Fixtures for embeds."""

from collections.abc import Iterator

import pytest

from tests.articles.embeds.other_site import OtherSite, running


@pytest.fixture
def other_site(monkeypatch: pytest.MonkeyPatch) -> Iterator[OtherSite]:
    with running(monkeypatch) as site:
        yield site
