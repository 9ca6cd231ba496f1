"""Consent and choices are checked again immediately before an e-mail is sent."""

import pytest
from django.utils import timezone

from accounts.models import User
from articles.editorial import taxonomy
from newsletter.delivery import sending
from newsletter.models import Digest, Frequency
from newsletter.subscriptions import opt_in
from newsletter.subscriptions.choices import Choice, SubscriptionChoice
from tests.newsletter.factories import chose, issue, mark_next, news
from tests.newsroom import category

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]
OLA = "ola@readers.example"


def daily_digest() -> Digest:
    moment = timezone.now()
    return Digest.objects.create(
        newsletter=news(),
        frequency=Frequency.DAILY,
        period="2026-11-26",
        begins_at=moment,
        ends_at=moment,
        composed_at=moment,
        needs_approval=True,
    )


@pytest.mark.parametrize(
    ("topics", "language", "state"),
    [
        (("Asia", "Japan"), "", "sending"),
        ((), "", "sending"),
        (("Asia",), "", "suppressed"),
        (("Japan", "China"), "fr", "sending"),
        (("Japan",), "de", "suppressed"),
    ],
)
def test_a_digest_is_not_sent_if_the_choice_no_longer_matches(
    edna: User, topics: tuple[str, ...], language: str, state: str
) -> None:
    categories = {name: category(name) for name in ("Asia", "Japan", "China")}
    ola = chose(OLA, Frequency.DAILY, categories["Japan"], language="fr")
    draft = issue(digest=daily_digest(), topics=[categories["Japan"].pk], language="fr")
    sending.start(draft, by=edna)
    topic_ids = tuple(categories[name] for name in topics) or None
    wanted = [SubscriptionChoice(news(), Frequency.DAILY, topic_ids)]
    opt_in.choose(ola.token, Choice(wanted, language=language))
    mark_next(draft)
    assert draft.deliveries.get().state == state


def test_a_merge_while_a_digest_is_sent_skips_nobody(edna: User) -> None:
    japan, asia = category("Japan"), category("Asia")
    chose(OLA, Frequency.DAILY, japan)
    draft = issue(digest=daily_digest(), topics=[japan.pk])
    sending.start(draft, by=edna)
    taxonomy.merge_categories([japan], into=asia)
    mark_next(draft)
    assert draft.deliveries.get().state == "sending"
