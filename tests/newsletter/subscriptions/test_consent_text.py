"""The text of a consent, in each language of the interface."""

import pytest
from django.utils.translation import gettext

from iria.core.text.language import use_language
from newsletter.models import Frequency, Newsletter
from newsletter.subscriptions.choices import SubscriptionChoice
from newsletter.subscriptions.opt_in import consent_wording

QUOTED = {
    "en": "“Tides”",
    "fr": "«\u202fTides\u202f»",
    "ar": "«Tides»",
    "de": "„Tides“",
    "es": "«Tides»",
    "pt": "«Tides»",
}


def tides(**fields: object) -> Newsletter:
    return Newsletter(name="Tides", frequencies=[Frequency.ISSUES, Frequency.WEEKLY], **fields)


@pytest.mark.parametrize("language", QUOTED)
def test_newsletters_are_quoted_as_in_the_language(language: str) -> None:
    choice = SubscriptionChoice(tides(), Frequency.WEEKLY, topics=None)
    with use_language(language):
        wording = consent_wording("Meridian", [choice])
        label = gettext("Weekly")
    assert f"{QUOTED[language]} ({label[0].lower()}{label[1:]})" in wording


def test_german_nouns_keep_their_capital_letter() -> None:
    choice = SubscriptionChoice(tides(), Frequency.ISSUES, topics=None)
    with use_language("de"):
        noun = gettext("Regular issues").split()[-1]
        assert noun in consent_wording("Meridian", [choice])
    assert noun[0].isupper()


def test_several_newsletters_are_joined_as_in_the_language() -> None:
    choices = [
        SubscriptionChoice(
            Newsletter(name=name, frequencies=[Frequency.ISSUES]), Frequency.ISSUES, topics=None
        )
        for name in ("Tides", "Ports", "Ships")
    ]
    with use_language("en"):
        assert "“Tides”, “Ports” and “Ships”" in consent_wording("Meridian", choices)
    with use_language("ar"):
        conjunction = gettext("and")
        wording = consent_wording("Meridian", choices)
        assert f"«Tides»، «Ports» {conjunction}«Ships»" in wording
