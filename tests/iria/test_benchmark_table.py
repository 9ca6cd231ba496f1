"""The table of `make bench`."""

from tests.bench.table import Line, table


def test_a_line_is_judged_by_its_ratio_and_else_by_what_was_measured() -> None:
    over = Line("page", 9.0, "ms", 0.5, "bare view", ratio=18.0, limit=17.0)
    assert not over.met
    assert Line("page", 9.0, "ms", 0.5, "bare view", ratio=16.0, limit=17.0).met
    assert not Line("image", 2.0, "s", 1.0, "Pillow alone", limit=1.5).met


def test_a_least_limit_is_missed_below_it() -> None:
    assert not Line("e-mails", 50, "/s", 100, "loop", ratio=0.5, limit=0.7, is_least=True).met
    assert Line("e-mails", 80, "/s", 100, "loop", ratio=0.8, limit=0.7, is_least=True).met


def test_each_line_shows_its_floor_and_whether_it_was_missed() -> None:
    heading, line = table(
        [Line("page", 9.0, "ms", 0.5, "bare view", ratio=18.0, limit=17.0)]
    ).splitlines()
    assert heading.split() == ["what", "measured", "floor", "ratio", "limit"]
    assert line.split() == [
        "page",
        "9",
        "ms",
        "0.5",
        "bare",
        "view",
        "18.00",
        "×",
        "≤",
        "17",
        "×",
        "MISSED",
    ]
