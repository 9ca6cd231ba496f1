"""E-mails made of templates."""

from pathlib import Path
from typing import Any

import pytest

from iria.publication.mail import Block, blocks_of, compose


def test_a_line_with_a_colon_is_the_label_of_the_link_below_it() -> None:
    assert blocks_of("Hello\n\nRead it:\nhttps://a.example/\n\nhttps://b.example/") == [
        Block("Hello"),
        Block("Read it", "https://a.example/", is_button=True),
        Block("", "https://b.example/"),
    ]


def test_a_last_line_with_a_colon_is_kept() -> None:
    assert blocks_of("Hello\n\nOur rules:") == [Block("Hello"), Block("Our rules:")]


@pytest.fixture
def templates(tmp_path: Path, settings: Any) -> Path:
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]
    return tmp_path


@pytest.mark.django_db
def test_a_text_that_somebody_entered_cannot_look_like_a_link_of_ours(templates: Path) -> None:
    (templates / "hello.txt").write_text(
        "{% partialdef subject %}Hello{% endpartialdef %}{% partialdef footer %}{% endpartialdef %}"
        "Hello {{ name }}!"
    )
    name = "<b>Teo</b> & co:\n\nhttps://evil.example/\n\n" + "x " * 40
    message = compose("hello", "ola@readers.example", {"name": name})
    html = " ".join(str(message.alternatives[0][0]).split())
    assert "Hello <b>Teo</b> & co: https://evil.example/ x" in message.body
    assert "&lt;b&gt;Teo&lt;/b&gt; &amp; co: https://evil.example/" in html
    assert 'href="https://evil' not in html
