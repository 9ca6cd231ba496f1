"""Subscribers, with what the source says about their consent.

Somebody is subscribed only if the source says so, newsletters are named, and there is a proof of consent. Who has
unsubscribed there stays unsubscribed here, so that no later list subscribes them again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from iria.transfer.models import ImportedItem
from iria.transfer.names import MAX_ID_LENGTH
from iria.transfer.records import Consent, Kind, Subscriber
from iria.transfer.report import DiskDict, Outcome, Report
from iria.transfer.writer.items import Items, Made, digest_of_row, storable
from newsletter.models import Consent as ConsentRow
from newsletter.models import (
    ConsentedNewsletter,
    Newsletter,
    Subscription,
    Suppression,
)
from newsletter.models import Subscriber as SubscriberRow
from newsletter.models.querysets import email_hash
from newsletter.models.subscriber import NAME_MAX_LENGTH
from newsletter.subscriptions import email_addresses, opt_in, suppression

State = SubscriberRow.State
STATES: Final = {
    Consent.SUBSCRIBED: State.ACTIVE,
    Consent.UNSUBSCRIBED: State.UNSUBSCRIBED,
    # Until `suppression.suppress` has made it one of its own.
    Consent.SUPPRESSED: State.UNSUBSCRIBED,
}
NO_NEWSLETTER: Final = "Import subscribers as a list, or name a newsletter (--newsletter) and the proof of consent (--consent)."
UNCONFIRMED: Final = "Never confirmed."
UNSUBSCRIBED: Final = "This person unsubscribed. Only they can subscribe again."
SUPPRESSED: Final = "This address is on the suppression list."
TWICE: Final = "This address is in the file twice."
ID_TWICE: Final = "Its id is in the file twice."
SUBSCRIBED_HERE: Final = "Subscribed here; the source says otherwise."


@dataclass(frozen=True, slots=True)
class Mailing:
    """What subscribers are subscribed to, and the proof that they agreed."""

    newsletters: Sequence[Newsletter]
    consent: str


@dataclass(slots=True)
class Subscribers:
    items: Items
    report: Report
    mailing: Mailing | None
    name: str = ""
    """The name of the file."""
    _created: list[tuple[Subscriber, SubscriberRow]] = field(default_factory=list)
    _seen: DiskDict[int] = field(default_factory=DiskDict[int])
    """The ids of those that were read."""

    def write(self, batch: Sequence[Subscriber]) -> None:
        valid = [
            (each, email) for each in batch if self._is_new(each) and (email := self._email(each))
        ]
        with transaction.atomic():
            known = self.items.known(Kind.SUBSCRIBERS, [each.source_id for each in batch])
            rows = _locked(known.values(), [email for _, email in valid])
            by_id = {each.pk: each for each in rows}
            by_email = {each.email.lower(): each for each in rows}
            hashes = {email_hash(email): email.lower() for _, email in valid}
            suppressed = {
                hashes[each.email_hash]: each.reason
                for each in Suppression.objects.active().filter(email_hash__in=hashes)
            }
            self._created = []
            seen: set[str] = set()
            for each, email in valid:
                item = known.get(each.source_id[:MAX_ID_LENGTH])
                if item is not None:
                    self._again(each, item, by_id.get(item.object_id))
                elif email.lower() in seen:
                    self._report(each, Outcome.SKIPPED, TWICE)
                else:
                    row = by_email.get(email.lower())
                    self._first(each, email, row, suppressed.get(email.lower(), ""))
                seen.add(email.lower())
            self._insert()

    def _is_new(self, record: Subscriber) -> bool:
        """Whether no other one had its id; otherwise it was reported."""
        key = record.source_id[:MAX_ID_LENGTH]
        if key in self._seen:
            self._report(record, Outcome.SKIPPED, ID_TWICE)
            return False
        self._seen[key] = 1
        return True

    def _email(self, record: Subscriber) -> str:
        """The normalised address; empty if the record was reported already."""
        if reason := record.skipped or ("" if self.mailing else NO_NEWSLETTER):
            self._report(record, Outcome.SKIPPED, reason)
            return ""
        if record.consent == Consent.UNCONFIRMED:
            self._report(record, Outcome.SKIPPED, UNCONFIRMED)
            return ""
        try:
            return email_addresses.normalise(record.email)
        except ValidationError as error:
            self._report(record, Outcome.FAILED, " ".join(error.messages))
            return ""

    def _again(self, record: Subscriber, item: ImportedItem, row: SubscriberRow | None) -> None:
        """Takes over only the end of a subscription from somebody who was imported before."""
        if row is None:
            self._report(record, Outcome.SKIPPED, "It was deleted here.")
        elif row.is_active and record.consent != Consent.SUBSCRIBED:
            opt_in.unsubscribe(row.token)
            self._report(record, Outcome.UPDATED)
        else:
            self._report(record, self.items.unchanged(item))

    def _first(
        self, record: Subscriber, email: str, row: SubscriberRow | None, reason: str
    ) -> None:
        wants = record.consent == Consent.SUBSCRIBED
        is_gone = row is not None and row.state in {State.UNSUBSCRIBED, State.SUPPRESSED}
        if reason or is_gone:
            is_left = reason == Suppression.Reason.UNSUBSCRIBED or (
                not reason and row is not None and row.state == State.UNSUBSCRIBED
            )
            why = UNSUBSCRIBED if is_left else SUPPRESSED
            self._report(record, Outcome.SKIPPED if wants else Outcome.UNCHANGED, why)
        elif row is not None and not wants:
            self._report(record, Outcome.SKIPPED, SUBSCRIBED_HERE)
        elif row is not None:
            self._add_newsletters(record, row)
        else:
            now = timezone.now()
            subscriber = SubscriberRow(
                email=email,
                state=STATES[record.consent],
                name=_name(record.name) if wants else "",
                confirmed_at=now if wants else None,
                unsubscribed_at=None if wants else now,
            )
            self._created.append((record, subscriber))

    def _add_newsletters(self, record: Subscriber, row: SubscriberRow) -> None:
        received = set(row.subscriptions.values_list("newsletter_id", flat=True))
        if row.is_active and received >= {each.pk for each in self._newsletters}:
            self._report(record, Outcome.UNCHANGED)
            return
        row.state = State.ACTIVE
        row.confirmed_at = row.confirmed_at or timezone.now()
        row.save(update_fields=["state", "confirmed_at"])
        self._subscribe([row])
        self._report(record, Outcome.UPDATED)

    @property
    def _newsletters(self) -> Sequence[Newsletter]:
        return self.mailing.newsletters if self.mailing else ()

    def _insert(self) -> None:
        made = [row for _, row in self._created]
        # One who signs up at this moment stays as they are.
        SubscriberRow.objects.bulk_create(made, ignore_conflicts=True)
        tokens = {each.token: each for each in made}
        rows = {each.token: each for each in SubscriberRow.objects.filter(token__in=tokens)}
        self._subscribe([each for each in rows.values() if each.is_active])
        for record, unsaved in self._created:
            row = rows.get(unsaved.token)
            if row is None:
                self._report(record, Outcome.SKIPPED, TWICE)
                continue
            if record.consent == Consent.SUPPRESSED:
                suppression.suppress(
                    row, details=f"Suppressed in {self.name}", reason=Suppression.Reason.HARD
                )
                row.refresh_from_db()
            self._report(record, Outcome.CREATED)
        self.items.record_all(
            [
                Made(
                    Kind.SUBSCRIBERS,
                    record.source_id,
                    SubscriberRow,
                    row.pk,
                    "",
                    written(row),
                    True,
                )
                for record, unsaved in self._created
                if (row := rows.get(unsaved.token))
            ]
        )

    def _subscribe(self, rows: Sequence[SubscriberRow]) -> None:
        if self.mailing is None or not rows:
            return
        now = timezone.now()
        Subscription.objects.bulk_create(
            (
                Subscription(subscriber=row, newsletter=each, frequency=each.usual_frequency)
                for row in rows
                for each in self.mailing.newsletters
            ),
            ignore_conflicts=True,
        )
        consents = ConsentRow.objects.bulk_create(
            ConsentRow(
                subscriber=row,
                source_url=f"Import: {self.name}"[:300],
                wording=self.mailing.consent,
                asked_at=now,
                answered_at=now,
                answer=ConsentRow.Answer.NONE,
                confirmed_at=now,
            )
            for row in rows
        )
        ConsentedNewsletter.objects.bulk_create(
            ConsentedNewsletter(consent=consent, newsletter=each, frequency=each.usual_frequency)
            for consent in consents
            for each in self.mailing.newsletters
        )

    def _report(self, record: Subscriber, outcome: Outcome, reason: str = "") -> None:
        self.report.add(Kind.SUBSCRIBERS, record.source_id, outcome, reason)


def written(row: SubscriberRow) -> str:
    """What tells that nothing has happened to them since."""
    return digest_of_row(row.email, row.state)


def _locked(items: Iterable[ImportedItem], emails: Sequence[str]) -> list[SubscriberRow]:
    found = SubscriberRow.objects.alias(small=Lower("email")).filter(
        Q(pk__in=[each.object_id for each in items])
        | Q(small__in=[email.lower() for email in emails])
    )
    return list(found.order_by("pk").locked())


def _name(text: str) -> str:
    name = " ".join(storable(text).split())
    return name if len(name) <= NAME_MAX_LENGTH else ""
