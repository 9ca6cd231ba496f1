"""Subscribe, confirm, choose, unsubscribe, erase: for pages, admin and jobs.

Responses never reveal whether an address is known. A request writes the same rows for every address; the rest happens in the
worker, by e-mail. Other apps add their choices to the preferences page with a hook (`hooks.mail_preferences`).
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from iria.core import hooks
from iria.core.hooks import MailChoices
from iria.core.jobs import enqueue
from iria.core.security import BrokenToken, count_and_allow, make_token, read_token
from iria.core.text.language import interface_language, use_language
from iria.core.text.languages import language_of
from iria.core.text.typography import comma, listed, quoted
from iria.publication.models import current_publication
from newsletter.models import Consent, Subscriber, Subscription
from newsletter.subscriptions import choices, suppression
from newsletter.subscriptions import follows as article_follows
from newsletter.subscriptions.choices import Choice, SubscriptionChoice
from newsletter.subscriptions.follows import Subject

CONFIRM_WITHIN = timedelta(days=3)
PURPOSE = "newsletter.confirm"
TOPICS_GONE = gettext_noop(
    "The topics you chose no longer exist. Enter your e-mail address again and choose new topics."
)
DELETE_BATCH_SIZE = 1000
MAX_REQUESTS_PER_DAY = 12
"""How often an address may be entered per day; further requests are ignored."""
MAX_CHANGES_PER_DAY = 30
"""How often choices may change per day, because each is stored as a consent. Unsubscribing is always
allowed.
"""


class NotPossible(Exception):
    """The action is not possible. The message is shown to the user."""


class TooOften(NotPossible):
    """The daily limit was exceeded."""


def request(
    email: str,
    *,
    source_url: str,
    wanted: Sequence[SubscriptionChoice] = (),
    follows: Sequence[Subject] = (),
    language: str = "",
) -> None:
    """Stores that somebody entered this address; the worker answers by e-mail.

    Args:
        email: the normalised address (`newsletter.subscriptions.email_addresses.normalise`).
        source_url: the path of the page with the form.
        wanted: the newsletters, or
        follows: what the reader wants to follow.
        language: the chosen language; the default is the first of the publication.
    """
    if not count_and_allow(
        "newsletter.address", email.lower(), limit=MAX_REQUESTS_PER_DAY, per=timedelta(days=1)
    ):
        return
    with transaction.atomic():
        subscriber = Subscriber.objects.get_or_create_locked(email)
        consent = Consent.objects.create(
            subscriber=subscriber,
            source_url=source_url[:300],
            language=language,
            wording=_wording(wanted, language, follows),
            asked_at=timezone.now(),
        )
        choices.save_choices(consent, wanted)
        article_follows.save_request(consent, follows)
        transaction.on_commit(lambda: enqueue("newsletter.answer", consent_id=consent.pk))


def _wording(
    wanted: Sequence[SubscriptionChoice], language: str, follows: Sequence[Subject] = ()
) -> str:
    publication = current_publication()
    with use_language(language or publication.language_codes[0]):
        if follows:
            return article_follows.wording(publication.name, follows)
        return consent_wording(publication.name, wanted)


def confirmation_token(consent: Consent) -> str:
    return make_token(consent.pk, purpose=PURPOSE)


def consent_of(token: str) -> Consent:
    """Returns the consent of a confirmation link.

    Raises:
        ExpiredToken, BrokenToken: from `iria.core.security`.
    """
    consent_id = read_token(token, purpose=PURPOSE, valid_for=CONFIRM_WITHIN)
    consent = (
        Consent.objects.select_related("subscriber")
        .prefetch_related("newsletters")
        .filter(pk=consent_id)
        .first()
    )
    if consent is None:
        # It was erased with its subscriber.
        raise BrokenToken
    return consent


def lost_topics(consent: Consent) -> str:
    """Returns why the reader must choose again before confirming, or an empty string.

    All topics of a newsletter were deleted, or everything that they wanted to follow.
    """
    if consent.confirmed_at is not None:
        return ""
    wanted = choices.of_consent(consent)
    is_lost = any(choice.has_lost_its_topics for choice in wanted)
    return gettext(TOPICS_GONE) if is_lost or not (wanted or consent.follows.exists()) else ""


def unsubscribed_since(consent: Consent) -> bool:
    """Whether the subscriber unsubscribed after the request: an old link must not resubscribe them."""
    unsubscribed_at = consent.subscriber.unsubscribed_at
    return unsubscribed_at is not None and unsubscribed_at >= consent.asked_at


def confirm(token: str) -> Consent:
    """Confirms a consent and subscribes. Confirming again changes nothing.

    Raises:
        ExpiredToken, BrokenToken: from `iria.core.security`.
        NotPossible: they have unsubscribed since, or the address is suppressed.
    """
    with transaction.atomic():
        consent = consent_of(token)
        subscriber = Subscriber.objects.locked().get(pk=consent.subscriber_id)
        # After a double click, the first request may have confirmed it before the lock was free.
        consent.refresh_from_db(fields=["confirmed_at", "welcome"])
        consent.subscriber = subscriber
        if suppression.is_subscriber_suppressed(subscriber):
            raise NotPossible(gettext("This address is on our suppression list."))
        if unsubscribed_since(consent):
            raise NotPossible(
                gettext(
                    "You unsubscribed after this link was sent. Enter your e-mail address again to subscribe."
                )
            )
        if consent.confirmed_at is None:
            if message := lost_topics(consent):
                raise NotPossible(message)
            _enqueue_welcome(consent)
            _subscribe(consent)
    return consent


def _enqueue_welcome(consent: Consent) -> None:
    """Enqueues the welcome e-mail, if there is a newsletter that they do not receive yet."""
    received = consent.subscriber.subscriptions.values("newsletter")
    if consent.newsletters.filter(sends_welcome=True).exclude(pk__in=received).exists():
        consent.welcome = Consent.Welcome.DUE
        transaction.on_commit(lambda: enqueue("newsletter.welcome", consent_id=consent.pk))


def _subscribe(consent: Consent) -> None:
    now = timezone.now()
    subscriber = consent.subscriber
    consent.confirmed_at = now
    consent.save(update_fields=["confirmed_at", "welcome"])
    if not subscriber.is_active:
        suppression.erase_unsubscribe_hash(subscriber.email)
        subscriber.state, subscriber.confirmed_at = Subscriber.State.ACTIVE, now
    subscriber.language = consent.language or subscriber.language
    subscriber.save(update_fields=["state", "confirmed_at", "language"])
    _save_subscriptions(subscriber, choices.of_consent(consent))
    article_follows.confirm(consent)


def _save_subscriptions(subscriber: Subscriber, wanted: Sequence[SubscriptionChoice]) -> None:
    """Creates or updates these subscriptions; others are not changed."""
    list(subscriber.subscriptions.locked().values_list("pk", flat=True))
    Subscription.objects.bulk_create(
        [
            Subscription(
                subscriber=subscriber,
                newsletter=choice.newsletter,
                frequency=choice.frequency,
                topics=choice.topic_ids,
            )
            for choice in wanted
        ],
        update_conflicts=True,
        unique_fields=["subscriber", "newsletter"],
        update_fields=["frequency", "topics"],
    )


def unsubscribe(token: str) -> Subscriber | None:
    """Unsubscribes from every newsletter and unfollows everything. Doing it again changes nothing.

    Returns:
        The subscriber, or None if there is no subscriber with this token.
    """
    with transaction.atomic():
        subscriber = _lock_subscriber(token)
        if subscriber is not None and subscriber.state in {
            Subscriber.State.ACTIVE,
            Subscriber.State.PENDING,
        }:
            subscriber.mark_unsubscribed()
            subscriber.subscriptions.delete_locked()
            subscriber.article_follows.all().delete()
    return subscriber


def choose(token: str, choice: Choice) -> Subscriber:
    """Saves the choices of a subscriber; choosing nothing unsubscribes those who follow nothing either.

    Raises:
        NotPossible: they are not subscribed.
        TooOften: they have changed their choices too often today.
    """
    with transaction.atomic():
        subscriber = _lock_subscriber(token)
        if subscriber is None or not subscriber.is_active:
            raise NotPossible(
                gettext("This address is not subscribed. Enter it again to subscribe.")
            )
        if not choice.wanted and not subscriber.article_follows.exists():
            unsubscribe(token)
            subscriber.refresh_from_db()
            return subscriber
        subscriber.language, subscriber.name = choice.language, choice.name
        subscriber.save(update_fields=["language", "name"])
        # Categories are locked before subscriptions, as in a merge, to prevent deadlocks.
        wanted = choices.lock_choices(choice.wanted)
        subscriptions = subscriber.subscriptions.select_related("newsletter").locked()
        current = choices.of_subscriptions(subscriptions)
        changed = [new for new in wanted if not _is_unchanged(new, current.get(new.newsletter.pk))]
        if changed and not _is_allowed_to_choose(subscriber):
            raise TooOften(
                gettext("You have changed your preferences too often today. Try again tomorrow.")
            )
        newsletters = [new.newsletter for new in wanted]
        subscriber.subscriptions.exclude(newsletter__in=newsletters).delete()
        if changed:
            _record_consent(subscriber, changed)
    return subscriber


def _is_allowed_to_choose(subscriber: Subscriber) -> bool:
    email = subscriber.email.lower()
    return count_and_allow(
        "newsletter.choices", email, limit=MAX_CHANGES_PER_DAY, per=timedelta(days=1)
    )


def _is_unchanged(new: SubscriptionChoice, current: SubscriptionChoice | None) -> bool:
    return current is not None and (current.frequency, current.topic_ids) == (
        new.frequency,
        new.topic_ids,
    )


def _record_consent(subscriber: Subscriber, wanted: Sequence[SubscriptionChoice]) -> None:
    """Records a confirmed consent: a person who can open the preferences page owns the address."""
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
    choices.save_choices(consent, wanted)
    _subscribe(consent)


def erase(subscriber: Subscriber, *, suppression_reason: str = "", keep_hash: bool = True) -> None:
    """Erases an address and its data; deliveries stay counted.

    Args:
        suppression_reason: why the address must be suppressed, which is kept with its hash
            only. Earlier suppressions are kept in any case.
        keep_hash: whether a hash prevents imports from resubscribing somebody who unsubscribed.
    """
    with transaction.atomic():
        if suppression_reason:
            suppression.suppress(subscriber, details=suppression_reason)
        # Locks the subscriber before related rows, in the same order as delivery.
        locked = Subscriber.objects.locked().filter(pk=subscriber.pk).first()
        if locked is not None:
            if keep_hash and locked.state == Subscriber.State.UNSUBSCRIBED:
                suppression.keep_unsubscribe_hash(locked.email)
            locked.subscriptions.delete_locked()
            locked.delete()


def delete_unconfirmed(*, older_than: timedelta = timedelta(days=30)) -> int:
    """Deletes old addresses that were never confirmed, in batches; returns how many."""
    before = timezone.now() - older_than
    stale = Subscriber.objects.filter(
        state=Subscriber.State.PENDING, created_at__lt=before
    ).exclude(consents__asked_at__gte=before)
    with transaction.atomic():
        # Checked again under the lock: somebody may confirm or sign up right now.
        locked = stale.filter(pk__in=list(stale.values_list("pk", flat=True)[:DELETE_BATCH_SIZE]))
        ids = list(locked.select_for_update(of=("self",)).values_list("pk", flat=True))
        Subscriber.objects.filter(pk__in=ids).delete()
    Consent.objects.filter(confirmed_at__isnull=True, asked_at__lt=before).delete()
    return len(ids)


def _lock_subscriber(token: str) -> Subscriber | None:
    return Subscriber.objects.with_token(token).locked().first()


def consent_wording(publication_name: str, wanted: Sequence[SubscriptionChoice]) -> str:
    """Returns the text above the confirm button; it is stored with the consent."""
    names = listed([_describe(choice) for choice in wanted], gettext("and"), interface_language())
    return gettext(
        "Send me %(newsletters)s from %(name)s by e-mail. I can unsubscribe at any time with the link in every e-mail."
    ) % {"newsletters": names, "name": publication_name}


def _describe(choice: SubscriptionChoice) -> str:
    """Returns the newsletter, and its frequency and topics if readers can choose them."""
    language = interface_language()
    # Only the first letter: nouns inside have a capital letter in German.
    label = str(choice.frequency.label)
    details = [f"{label[:1].lower()}{label[1:]}"] if len(choice.newsletter.frequencies) > 1 else []
    if choice.topics:
        topics = comma(language).join(topic.name for topic in choice.topics)
        details.append(gettext("only about %(topics)s") % {"topics": topics})
    elif choice.topics is not None:
        details.append(gettext("about nothing until I choose new topics"))
    name = quoted(choice.newsletter.name, language)
    semicolon = language_of(language).semicolon
    return f"{name} ({semicolon.join(details)})" if details else name


def email_of(token: str) -> str:
    """Returns the address of a token, or an empty string."""
    subscriber = Subscriber.objects.with_token(token).first()
    if subscriber is not None:
        return subscriber.email
    emails = (provider.email_of(token) for provider in hooks.mail_preferences)
    return next((email for email in emails if email), "")


def received_by(subscriber: Subscriber | None) -> dict[int, SubscriptionChoice]:
    """Returns the current choices by newsletter ID."""
    if subscriber is None:
        return {}
    return choices.of_subscriptions(subscriber.subscriptions.select_related("newsletter"))


def other_choices(email: str) -> list[MailChoices]:
    """Returns the choices of other apps that send e-mail to the address."""
    provided = (provider.choices_for(email) for provider in hooks.mail_preferences)
    return [choices for choices in provided if choices is not None]


def save_preferences(email: str, choice: Choice, answers: Mapping[str, str]) -> None:
    """Saves all choices of the page.

    Raises:
        NotPossible: newsletters were chosen, but the address has been unsubscribed since the
            page was opened.
    """
    for provider in hooks.mail_preferences:
        provider.save_choices(email, answers)
    subscriber = Subscriber.objects.with_email(email).first()
    if subscriber is not None and (subscriber.is_active or choice.wanted):
        choose(subscriber.token, choice)


def unsubscribe_all(email: str) -> None:
    """Unsubscribes the address from everything that this site sends."""
    subscriber = Subscriber.objects.with_email(email).first()
    if subscriber is not None:
        unsubscribe(subscriber.token)
    for provider in hooks.mail_preferences:
        provider.unsubscribe(email)
