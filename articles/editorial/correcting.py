"""Telling readers what was wrong."""

from django.db import transaction

from accounts.models import User
from articles.editorial import signals
from articles.editorial.models import Article, Correction


def correct(correction: Correction, *, by: User | None) -> None:
    """Adds a correction to its article, with who made it."""
    correction.made_by = by
    with transaction.atomic():
        correction.save()
        article_id = correction.article_id
        transaction.on_commit(lambda: signals.corrected.send(sender=Article, article_id=article_id))
