"""The address a comment came from: sealed, opened for a ban, and destroyed within thirty days."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.comments.bans import identifiers
from articles.comments.bans.models import EncryptedIPAddress
from articles.comments.models import Comment
from articles.comments.submission import posting
from articles.editorial.models import Article


def posted(article: Article, address: str | None) -> Comment:
    return posting.post(
        article, name="Teo Brandt", email="teo@readers.example", text="Words", ip_address=address
    )


def test_the_database_holds_no_address_that_could_be_read(article: Article) -> None:
    comment = posted(article, "203.0.113.9")
    assert "203.0.113" not in EncryptedIPAddress.objects.get().ciphertext
    assert identifiers.ip_address_of(comment) == "203.0.113.9"


@pytest.mark.parametrize("address", [None, "", "not an address"])
def test_without_an_address_nothing_is_kept(article: Article, address: str | None) -> None:
    assert identifiers.ip_address_of(posted(article, address)) == ""
    assert not EncryptedIPAddress.objects.exists()


def test_after_thirty_days_it_is_not_opened_and_the_night_destroys_it(article: Article) -> None:
    comment = posted(article, "2001:db8::7")
    now = timezone.now()
    EncryptedIPAddress.objects.update(created_at=now - timedelta(days=30), expires_at=now)
    assert identifiers.ip_address_of(comment) == ""
    assert identifiers.delete_expired() == 1
    assert not EncryptedIPAddress.objects.exists()


def test_nobody_can_keep_one_for_longer(article: Article) -> None:
    posted(article, "203.0.113.9")
    with pytest.raises(IntegrityError), transaction.atomic():
        EncryptedIPAddress.objects.update(expires_at=timezone.now() + timedelta(days=31))


def test_a_new_secret_opens_old_seals_by_its_fallback_and_never_breaks(
    article: Article, settings: Any
) -> None:
    comment = posted(article, "203.0.113.9")
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another secret"
    assert identifiers.ip_address_of(comment) == ""
    settings.SECRET_KEY_FALLBACKS = [old]
    assert identifiers.ip_address_of(comment) == "203.0.113.9"
