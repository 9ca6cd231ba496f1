"""An author who signed articles before they had an account gets one."""

from django.db import IntegrityError, transaction

from accounts.models import AuthorProfile, User


class AccountAlreadyLinked(Exception):
    """The author keeps the account they had; the message is one sentence that says why."""


def link_account(author: AuthorProfile, user: User | None) -> None:
    """Lets the account sign as this author from now on; None takes the account away.

    Bylines point at the author, so everything signed before is theirs at once.

    Raises:
        CannotJoin: the account signs as another author.
    """
    with transaction.atomic():
        AuthorProfile.objects.select_for_update(of=("self",)).get(pk=author.pk)
        other = AuthorProfile.objects.filter(user=user).exclude(pk=author.pk).first()
        if user is not None and other is not None:
            raise AccountAlreadyLinked(already_linked_message(other))
        author.user = user
        try:
            with transaction.atomic():
                author.save(update_fields=["user"])
        except IntegrityError as mistake:
            # Joined to somebody else at this very moment.
            sentence = (
                "Another author was linked to this account just now. Reload the list of authors."
            )
            raise AccountAlreadyLinked(sentence) from mistake


def already_linked_message(other: AuthorProfile) -> str:
    return (
        f"This account is linked to the author “{other}”. If they are the same person, merge the authors; "
        "otherwise remove the account from the other author first."
    )
