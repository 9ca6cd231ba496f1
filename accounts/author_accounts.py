"""Links authors to accounts."""

from django.db import IntegrityError, transaction

from accounts.models import AuthorProfile, User


class AccountAlreadyLinked(Exception):
    """The account is linked to another author; the message says what to do."""


def link_account(author: AuthorProfile, user: User | None) -> None:
    """Links an account to an author; None removes the link.

    Bylines refer to the author, so earlier articles belong to the account at once.

    Raises:
        AccountAlreadyLinked: to another author.
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
        except IntegrityError as error:
            # Linked to another author at the same moment.
            message = (
                "Another author was linked to this account just now. Reload the list of authors."
            )
            raise AccountAlreadyLinked(message) from error


def already_linked_message(other: AuthorProfile) -> str:
    return (
        f"This account is linked to the author “{other}”. If they are the same person, merge the authors; "
        "otherwise remove the account from the other author first."
    )
