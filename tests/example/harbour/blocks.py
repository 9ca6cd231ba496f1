"""A block of a text: facts in a box beside the story, with paragraphs and lists."""

from articles.body.blocks.asides import aside
from articles.body.registry import register

KEY_FACTS = aside("key-facts", {"p", "ul", "ol"}, editor="harbour/key-facts.js")


def register_blocks() -> None:
    register(KEY_FACTS)
