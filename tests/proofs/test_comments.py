"""The cost of processing a hostile comment."""

from time import process_time

import pytest

from articles.comments.models import TEXT_MAX_LENGTH
from articles.comments.screening.spam_features import LINK, features

pytestmark = pytest.mark.proof

ORDINARY = "I read your piece on the strait twice and would like to add a word. "
COSTLY = ["a-", "㌀-", "a", "www.", "a .", "- ", "http://", "x.x", "a[dot]"]
MAX_RATIO = 20
"""The maximum ratio to an ordinary comment of the same length."""


def cost(text: str) -> float:
    """Processor time to find links and features in a text, the best of three."""
    times = []
    for _ in range(3):
        started = process_time()
        LINK.findall(text)
        features(text)
        times.append(process_time() - started)
    return min(times)


@pytest.mark.parametrize("piece", COSTLY)
def test_a_hostile_comment_is_processed_quickly(piece: str) -> None:
    floor = cost((ORDINARY * 100)[:TEXT_MAX_LENGTH])
    ratio = cost((piece * TEXT_MAX_LENGTH)[:TEXT_MAX_LENGTH]) / floor
    print(f"{piece!r}: {ratio:.1f} × an ordinary comment ({1000 * floor:.1f} ms)")
    assert ratio < MAX_RATIO
