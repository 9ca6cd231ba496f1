"""Every public page in each language and each theme; `make test` takes one theme for a language."""

import pytest

from tests.iria import test_every_page
from tests.iria.conftest import parts
from tests.iria.test_every_page import (
    in_language,
    test_every_page_is_entirely_in_its_language_and_theme,
)

__all__ = ["in_language", "parts", "test_every_page_is_entirely_in_its_language_and_theme"]
pytestmark = pytest.mark.proof


@pytest.fixture(autouse=True)
def _every_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_every_page, "every_theme", True)
