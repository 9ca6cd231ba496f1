"""How long a text takes to read."""

import re
from typing import Final

WORDS_A_MINUTE: Final = 230
SIGNS_A_MINUTE: Final = 450

MARKUP = re.compile(r"<[^>]*>")
SIGN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")
WORD = re.compile(r"\w+(?:['’]\w+)?")


def minutes_to_read(body: str) -> int:
    """Minutes for a stored body, at least one; Chinese, Japanese and Korean are counted by sign."""
    text = MARKUP.sub(" ", body)
    signs = len(SIGN.findall(text))
    words = len(WORD.findall(SIGN.sub(" ", text)))
    return max(1, round(words / WORDS_A_MINUTE + signs / SIGNS_A_MINUTE))
