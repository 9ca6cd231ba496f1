"""Addresses as they stand in bounces: in brackets, quotes, with a type before them."""

import re
from typing import Final

WIDE: Final = "（）＜＞［］【】《》「」『』：，；、。！"
"""Brackets and stops of Chinese and Japanese, which no address holds."""
ADDRESS: Final = rf"[^\s<>()\[\]\"',;:@\\{WIDE}]{{1,200}}@(?:[A-Za-z0-9](?:[A-Za-z0-9_-]{{0,62}})(?:\.|(?![\w-]))){{1,10}}(?<!\.)(?!\.\.)"
"""One address; what stands around it is up to the pattern that uses it."""
IN_TEXT: Final = re.compile(rf"(?<![\w.+=/%-]){ADDRESS}")
TYPED: Final = re.compile(r"(?i)^\s*(?:rfc-?822|utf-8|smtp|x-?400|dns|unknown|x-[\w-]+)\s*;")
WITHIN: Final = re.compile(r"(?i)smtp[=:]\s*(\S+@[\w.-]+)")


def clean(text: str) -> str:
    """The one address that a field names, or nothing."""
    value = TYPED.sub("", text, count=1).strip()
    value = value.split("(")[0].strip() if not value.startswith("(") else value
    inner = re.search(r"<([^<>]*)>", value)
    if inner and "@" in inner[1]:
        value = inner[1]
    if found := WITHIN.search(value):
        value = found[1]
    value = value.strip(" \t<>\"'`;,:").removeprefix("SMTP=").rstrip(".")
    return value if is_address(value) else ""


def is_address(text: str) -> bool:
    """Whether the text is one address that mail can be sent to, or was once."""
    local, at, domain = text.rpartition("@")
    if not at or not 1 <= len(local) <= 128 or not 1 <= len(domain) <= 255:
        return False
    if (
        ".." in text
        or local.startswith("/")
        or any(sign.isspace() or ord(sign) < 32 for sign in text)
    ):
        return False
    return "@" not in local.strip('"') and all(
        label and not label.startswith("-") and re.fullmatch(r"[\w-]+", label)
        for label in domain.split(".")
    )


def in_text(text: str) -> list[str]:
    """Every address in a text, in its order."""
    found = (each.strip(".") for each in IN_TEXT.findall(text))
    named = (each for each in found if is_address(each) and "." in each.rpartition("@")[2])
    return list(dict.fromkeys(named))
