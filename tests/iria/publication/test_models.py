"""ISSN by ISO 3297."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from iria.publication import models
from iria.publication.models import Publication


@pytest.mark.parametrize(
    ("text", "issn"),
    [
        ("2049-3630", "2049-3630"),
        ("0317-8471", "0317-8471"),
        ("ISSN 2434-561x", "2434-561X"),
        ("20493630", "2049-3630"),
        ("2049–3630", "2049-3630"),
        ("  ", ""),
    ],
)
def test_an_issn_is_normalised(text: str, issn: str) -> None:
    assert models.clean_issn(text) == issn


@pytest.mark.parametrize("wrong", ["2049-3631", "0317-847X", "1049-3630"])
def test_a_wrong_check_digit_is_rejected(wrong: str) -> None:
    with pytest.raises(ValidationError) as rejected:
        models.clean_issn(wrong)
    assert rejected.value.code == "check"


@pytest.mark.parametrize("wrong", ["2049-363", "x", "2049-36300", "X049-3630", "٢٠٤٩-3630"])
def test_another_format_is_rejected_with_an_example(wrong: str) -> None:
    with pytest.raises(ValidationError, match="such as 2049-3630"):
        models.clean_issn(wrong)


@pytest.mark.django_db
def test_the_database_checks_the_format_too() -> None:
    with pytest.raises(IntegrityError):
        Publication.objects.create(issn="nonsense")
