"""What a stranger can make us compute with one comment."""

from time import process_time

import pytest

from articles.comments.models import TEXT_MAX_LENGTH
from articles.comments.spam.features import LINK, features

pytestmark = pytest.mark.proof

ORDINARY = "I read your piece on the strait twice and would like to add a word. "
COSTLY = ["a-", "㌀-", "a", "www.", "a .", "- ", "http://", "x.x", "a[dot]"]
MOST = 20
"""How often as much as an ordinary comment of the same length one may cost."""


def cost(text: str) -> float:
    """Processor time of the looks that read a text for links and features, the best of three."""
    times = []
    for _ in range(3):
        started = process_time()
        LINK.findall(text)
        features(text)
        times.append(process_time() - started)
    return min(times)


@pytest.mark.parametrize("piece", COSTLY)
def test_a_comment_made_to_cost_much_costs_little(piece: str) -> None:
    floor = cost((ORDINARY * 100)[:TEXT_MAX_LENGTH])
    ratio = cost((piece * TEXT_MAX_LENGTH)[:TEXT_MAX_LENGTH]) / floor
    print(f"{piece!r}: {ratio:.1f} × an ordinary comment ({1000 * floor:.1f} ms)")
    assert ratio < MOST
