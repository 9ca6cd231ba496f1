"""Subscribe, confirm, choose, unsubscribe, erase: for pages, admin and jobs.

Responses never reveal whether an address is known. A request writes the same rows for every address; the rest happens in the
worker, by e-mail.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from iria.core.http.rate_limit import count_and_allow
from iria.core.security.signed_tokens import BrokenToken, make_token, read_token
from iria.core.text.language import use_language
from iria.publication.models import current_publication
from newsletter import job_queue
from newsletter.models import Consent, Subscriber, Subscription
from newsletter.subscriptions import choices, suppression
from newsletter.subscriptions.choices import Choice, SubscriptionChoice
from newsletter.subscriptions.consent_text import consent_wording

CONFIRM_WITHIN = timedelta(days=3)
PURPOSE = "newsletter.confirm"
TOPICS_GONE = gettext_noop(
    "The topics you chose no longer exist. Enter your e-mail address again and choose new topics."
)
DELETED_AT_ONCE = 1000
REQUESTS_A_DAY = 12
"""How often one address may be entered in a day; what comes after is met with silence."""
CHOICES_A_DAY = 30
"""How often somebody may choose otherwise: each choice is kept as a consent. Leaving is never refused."""


class NotPossible(Exception):
    """What was asked cannot be done; the text is a sentence for whoever asked."""


class TooOften(NotPossible):
    """It was done too often today."""


def request(
    email: str, *, source_url: str, wanted: Sequence[SubscriptionChoice], language: str = ""
) -> None:
    """Somebody entered this address; the worker answers it by mail.

    Args:
        email: in its normal form (`newsletter.subscriptions.email_addresses.normal`).
        source_url: the path of the page on which it was entered.
        language: the one they chose; without it, they are written to in the publication's first.
    """
    if not count_and_allow(
        "newsletter.address", email.lower(), limit=REQUESTS_A_DAY, per=timedelta(days=1)
    ):
        return
    with transaction.atomic():
        subscriber = Subscriber.objects.get_or_create_locked(email)
        consent = Consent.objects.create(
            subscriber=subscriber,
            source_url=source_url[:300],
            language=language,
            wording=_wording(wanted, language),
            asked_at=timezone.now(),
        )
        choices.keep(consent, wanted)
        transaction.on_commit(lambda: job_queue.enqueue_answer(consent.pk))


def _wording(wanted: Sequence[SubscriptionChoice], language: str) -> str:
    publication = current_publication()
    with use_language(language or publication.language_codes[0]):
        return consent_wording(publication.name, wanted)


def confirmation_token(consent: Consent) -> str:
    return make_token(consent.pk, purpose=PURPOSE)


def consent_of(token: str) -> Consent:
    """What a link to confirm is about.

    Raises:
        ExpiredToken, BrokenToken: from `iria.core.security.signed_tokens`.
    """
    consent_id = read_token(token, purpose=PURPOSE, valid_for=CONFIRM_WITHIN)
    consent = (
        Consent.objects.select_related("subscriber")
        .prefetch_related("newsletters")
        .filter(pk=consent_id)
        .first()
    )
    if consent is None:
        # Erased since, together with the subscriber.
        raise BrokenToken
    return consent


def lost_topics(consent: Consent) -> str:
    """Why it is to be asked again: all topics that a newsletter was wished about are gone; else nothing."""
    wanted = choices.of_consent(consent) if consent.confirmed_at is None else []
    return (
        gettext(TOPICS_GONE)
        if any(choice_item.has_lost_its_topics for choice_item in wanted)
        else ""
    )


def unsubscribed_since(consent: Consent) -> bool:
    """Whether the subscriber left after they had asked; an old link must not bring them back."""
    unsubscribed_at = consent.subscriber.unsubscribed_at
    return unsubscribed_at is not None and unsubscribed_at >= consent.asked_at


def confirm(token: str) -> Consent:
    """The subscriber agrees. Twice changes nothing.

    Raises:
        ExpiredToken, BrokenToken: from `iria.core.security.signed_tokens`.
        NotPossible: they have left since, or the address must not be written to.
    """
    with transaction.atomic():
        consent = consent_of(token)
        subscriber = Subscriber.objects.locked().get(pk=consent.subscriber_id)
        consent.subscriber = subscriber
        if suppression.is_subscriber_suppressed(subscriber):
            sentence = gettext("This address is on our suppression list.")
            raise NotPossible(sentence)
        if unsubscribed_since(consent):
            sentence = gettext(
                "You unsubscribed after this link was sent. Enter your e-mail address again to subscribe."
            )
            raise NotPossible(sentence)
        if consent.confirmed_at is None:
            if sentence := lost_topics(consent):
                raise NotPossible(sentence)
            _subscribe(consent)
    return consent


def _subscribe(consent: Consent) -> None:
    now = timezone.now()
    subscriber = consent.subscriber
    consent.confirmed_at = now
    consent.save(update_fields=["confirmed_at"])
    if not subscriber.is_active:
        suppression.erase_unsubscribe_hash(subscriber.email)
        subscriber.state, subscriber.confirmed_at = Subscriber.State.ACTIVE, now
    subscriber.language = consent.language or subscriber.language
    subscriber.save(update_fields=["state", "confirmed_at", "language"])
    _save_subscriptions(subscriber, choices.of_consent(consent))


def _save_subscriptions(subscriber: Subscriber, wanted: Sequence[SubscriptionChoice]) -> None:
    """These newsletters come from now on, just so; the others stay as they are."""
    list(subscriber.subscriptions.locked().values_list("pk", flat=True))
    Subscription.objects.bulk_create(
        [
            Subscription(
                subscriber=subscriber,
                newsletter=choice_item.newsletter,
                frequency=choice_item.frequency,
                topics=choice_item.topic_ids,
            )
            for choice_item in wanted
        ],
        update_conflicts=True,
        unique_fields=["subscriber", "newsletter"],
        update_fields=["frequency", "topics"],
    )


def unsubscribe(token: str) -> Subscriber | None:
    """The holder of the token leaves every newsletter, at once; twice changes nothing.

    Returns:
        Who left, or None where no subscriber has this token (any more).
    """
    with transaction.atomic():
        subscriber = _locked(token)
        if subscriber is not None and subscriber.state in {
            Subscriber.State.ACTIVE,
            Subscriber.State.PENDING,
        }:
            subscriber.state, subscriber.unsubscribed_at = (
                Subscriber.State.UNSUBSCRIBED,
                timezone.now(),
            )
            # Nobody greets them any more.
            subscriber.name = ""
            subscriber.save(update_fields=["state", "unsubscribed_at", "name"])
            subscriber.subscriptions.delete_locked()
    return subscriber


def choose(token: str, choice: Choice) -> Subscriber:
    """The holder of the token chooses what they receive; choosing nothing is leaving.

    Raises:
        NotPossible: they are not subscribed.
        TooOften: they have chosen otherwise again and again today.
    """
    with transaction.atomic():
        subscriber = _locked(token)
        if subscriber is None or not subscriber.is_active:
            sentence = gettext("This address is not subscribed. Enter it again to subscribe.")
            raise NotPossible(sentence)
        if not choice.wanted:
            unsubscribe(token)
            subscriber.refresh_from_db()
            return subscriber
        subscriber.language, subscriber.name = choice.language, choice.name
        subscriber.save(update_fields=["language", "name"])
        # Categories before subscriptions: so does a merge, and neither waits for the other in a ring.
        wanted = choices.locked_choices(choice.wanted)
        now = subscriber.subscriptions.select_related("newsletter").locked()
        received = choices.of_subscriptions(now)
        new = [
            choice_item
            for choice_item in wanted
            if not _is_unchanged(choice_item, received.get(choice_item.newsletter.pk))
        ]
        if new and not _is_allowed_to_choose(subscriber):
            sentence = gettext(
                "You have changed your preferences too often today. Try again tomorrow."
            )
            raise TooOften(sentence)
        chosen = [choice_item.newsletter for choice_item in wanted]
        subscriber.subscriptions.exclude(newsletter__in=chosen).delete()
        if new:
            _record_consent(subscriber, new)
    return subscriber


def _is_allowed_to_choose(subscriber: Subscriber) -> bool:
    address = subscriber.email.lower()
    return count_and_allow(
        "newsletter.choices", address, limit=CHOICES_A_DAY, per=timedelta(days=1)
    )


def _is_unchanged(choice_item: SubscriptionChoice, now: SubscriptionChoice | None) -> bool:
    return now is not None and (now.frequency, now.topic_ids) == (
        choice_item.frequency,
        choice_item.topic_ids,
    )


def _record_consent(subscriber: Subscriber, wanted: Sequence[SubscriptionChoice]) -> None:
    """Whoever chooses on their own page of preferences has shown that the address is theirs."""
    now = timezone.now()
    consent = Consent.objects.create(
        subscriber=subscriber,
        source_url="/newsletter/preferences/",
        language=subscriber.language,
        wording=_wording(wanted, subscriber.language),
        asked_at=now,
        answered_at=now,
        answer=Consent.Answer.NONE,
    )
    choices.keep(consent, wanted)
    _subscribe(consent)


def erase(subscriber: Subscriber, *, suppression_reason: str = "", keep_hash: bool = True) -> None:
    """Removes the address and all that is known of it; what was sent stays counted.

    Args:
        leaving_remembered: whether a hash keeps lists from bringing back who had left.
        suppression_reason: why it is not to be written to ever again, which a hash alone remembers. What
            barred it before goes on doing so either way.
    """
    with transaction.atomic():
        if suppression_reason:
            suppression.suppress(subscriber, because=suppression_reason)
        # The row is locked before what hangs on it, in the order in which sending locks them.
        locked = Subscriber.objects.locked().filter(pk=subscriber.pk).first()
        if locked is not None:
            if keep_hash and locked.state == Subscriber.State.UNSUBSCRIBED:
                suppression.keep_unsubscribe_hash(locked.email)
            locked.subscriptions.delete_locked()
            locked.delete()


def delete_unconfirmed(*, older_than: timedelta = timedelta(days=30)) -> int:
    """Removes addresses that were entered long ago and never confirmed, so many at a time; returns how many."""
    limit = timezone.now() - older_than
    stale = Subscriber.objects.filter(state=Subscriber.State.PENDING, created_at__lt=limit).exclude(
        consents__asked_at__gte=limit
    )
    with transaction.atomic():
        # Locked and judged again, since somebody may confirm or ask again at this moment.
        locked = stale.filter(pk__in=list(stale.values_list("pk", flat=True)[:DELETED_AT_ONCE]))
        ids = list(locked.select_for_update(of=("self",)).values_list("pk", flat=True))
        Subscriber.objects.filter(pk__in=ids).delete()
    Consent.objects.filter(confirmed_at__isnull=True, asked_at__lt=limit).delete()
    return len(ids)


def _locked(token: str) -> Subscriber | None:
    return Subscriber.objects.with_token(token).locked().first()
