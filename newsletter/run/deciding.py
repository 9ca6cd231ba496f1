"""What becomes of mails that may have arrived or not: a person's word for each."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from newsletter import queueing
from newsletter.models import Decision, Delivery, Issue
from newsletter.run import telling

State = Delivery.State


def send_again(delivery: Delivery, *, by: User) -> bool:
    """Puts an uncertain or refused delivery back into the queue, with the same Message-ID.

    Only a person decides this: whoever may have the mail already would get it twice.

    Returns:
        Whether it waits now; not what was decided already, nor what belongs to a stopped issue.
    """
    with transaction.atomic():
        current = _locked(delivery)
        may_be = {State.UNCERTAIN, State.REFUSED}
        if current.state not in may_be or current.issue.state == Issue.State.STOPPED:
            return False
        # The database's clock, as everywhere in a mailing: workers may have others.
        Delivery.objects.filter(pk=current.pk).update(
            state=State.QUEUED, words="", due_at=Now(), done_at=None
        )
        _decide(current, Decision.Choice.AGAIN, by)
        if current.issue.state == Issue.State.SENT:
            _open_again(current.issue, by)
        transaction.on_commit(lambda: queueing.deliver_soon(current.issue_id))
    delivery.refresh_from_db()
    return True


def leave(delivery: Delivery, *, by: User) -> bool:
    """Leaves an uncertain delivery as it is: whoever has it has it, nobody is asked again."""
    with transaction.atomic():
        current = _locked(delivery)
        if current.state != State.UNCERTAIN:
            return False
        if not current.decisions.filter(choice=Decision.Choice.LEAVE).exists():
            _decide(current, Decision.Choice.LEAVE, by)
    return True


def decide(deliveries: Iterable[Delivery], choice: str, *, by: User) -> int:
    """The same word for many; returns for how many it counted."""
    deed = send_again if choice == Decision.Choice.AGAIN else leave
    return sum(deed(delivery, by=by) for delivery in deliveries)


def _locked(delivery: Delivery) -> Delivery:
    return (
        Delivery.objects.select_for_update(of=("self",)).select_related("issue").get(pk=delivery.pk)
    )


def _decide(delivery: Delivery, choice: Decision.Choice, by: User) -> None:
    Decision.objects.create(delivery=delivery, choice=choice, made_by=by, made_at=Now())


def _open_again(issue: Issue, by: User) -> None:
    reopened = Issue.objects.filter(pk=issue.pk, state=Issue.State.SENT).update(
        state=Issue.State.SENDING, sent_at=None
    )
    if reopened:
        telling.tell(issue, telling.Deed.WENT_ON, "Mails were to be sent again.", by=by)
