"""The command option for the language of a collection."""

from django.core.management.base import CommandParser

from iria.core.text.languages import LANGUAGE_NAMES


def add_language(parser: CommandParser) -> None:
    parser.add_argument(
        "--language",
        default="en",
        type=_code_of,
        choices=sorted(LANGUAGE_NAMES),
        help="a code such as de, or the language's English name",
    )


def _code_of(language: str) -> str:
    codes = {name.lower(): code for code, name in LANGUAGE_NAMES.items()}
    return codes.get(language.lower(), language.lower())
