"""Sentences that are kept as proof of what somebody agreed to."""

from collections.abc import Sequence

from django.utils.translation import gettext

from newsletter.models import Newsletter


def consent_wording(publication_name: str, newsletters: Sequence[Newsletter]) -> str:
    """What stands above the button that confirms; the same words are kept with the consent."""
    names = [f"“{newsletter.name}”" for newsletter in newsletters]
    several = f"{', '.join(names[:-1])} {gettext('and')} {names[-1]}"
    return gettext(
        "Send me %(newsletters)s from %(name)s by e-mail. "
        "I can leave at any time with the link in every mail."
    ) % {"newsletters": names[0] if len(names) == 1 else several, "name": publication_name}
