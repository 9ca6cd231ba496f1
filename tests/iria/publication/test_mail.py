"""Blocks of an e-mail."""

from iria.publication.mail import Block, blocks_of


def test_a_line_with_a_colon_is_the_label_of_the_link_below_it() -> None:
    assert blocks_of("Hello\n\nRead it:\n\nhttps://example.org/") == [
        Block("Hello"),
        Block("Read it", "https://example.org/", is_button=True),
    ]


def test_a_last_line_with_a_colon_is_kept() -> None:
    assert blocks_of("Hello\n\nOur rules:") == [Block("Hello"), Block("Our rules:")]
