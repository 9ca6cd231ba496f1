"""The number of a serial (ISO 3297): seven digits and one that checks them."""

import re
from typing import Final

from django.core.exceptions import ValidationError

SHAPE: Final = re.compile(
    r"(?:ISSN)?[\s:]*(\d{4})[\s\u2010-\u2015-]*(\d{3})([\dX])", re.IGNORECASE | re.ASCII
)


def checked(text: str) -> str:
    """The ISSN as `1234-5679`; an empty text stays empty.

    Raises:
        ValidationError: it has another shape, or its last sign does not check the others.
    """
    if not text.strip():
        return ""
    found = SHAPE.fullmatch(text.strip())
    if not found:
        sentence = "An ISSN has eight signs, such as 2049-3630; the last may be an X."
        raise ValidationError(sentence, code="form")
    digits, check = found[1] + found[2], found[3].upper()
    if check != check_sign(digits):
        sentence = (
            f"{found[1]}-{found[2]}{check} is no ISSN: after {found[1]}-{found[2]} the last sign "
            f"would be {check_sign(digits)}. Please compare it with your registration."
        )
        raise ValidationError(sentence, code="check")
    return f"{found[1]}-{found[2]}{check}"


def check_sign(digits: str) -> str:
    """What makes the sum of the digits, each times its weight from 8 down, divisible by 11."""
    rest = -sum(int(digit) * weight for digit, weight in zip(digits, range(8, 1, -1), strict=True))
    return "X" if rest % 11 == 10 else str(rest % 11)
