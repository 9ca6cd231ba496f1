"""IP addresses of comments are encrypted and deleted after thirty days."""

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


def post(article: Article, ip_address: str | None) -> Comment:
    return posting.post(
        article, name="Teo Brandt", email="teo@readers.example", text="Words", ip_address=ip_address
    )


def test_the_address_is_stored_encrypted(article: Article) -> None:
    comment = post(article, "203.0.113.9")
    assert "203.0.113" not in EncryptedIPAddress.objects.get().ciphertext
    assert identifiers.ip_address_of(comment) == "203.0.113.9"


@pytest.mark.parametrize("ip_address", [None, "", "not an address"])
def test_nothing_is_stored_without_a_valid_address(
    article: Article, ip_address: str | None
) -> None:
    assert identifiers.ip_address_of(post(article, ip_address)) == ""
    assert not EncryptedIPAddress.objects.exists()


def test_expired_addresses_are_not_returned_and_get_deleted(article: Article) -> None:
    comment = post(article, "2001:db8::7")
    now = timezone.now()
    EncryptedIPAddress.objects.update(created_at=now - timedelta(days=30), expires_at=now)
    assert identifiers.ip_address_of(comment) == ""
    assert identifiers.delete_expired() == 1
    assert not EncryptedIPAddress.objects.exists()


def test_the_database_limits_the_retention_to_thirty_days(article: Article) -> None:
    post(article, "203.0.113.9")
    with pytest.raises(IntegrityError), transaction.atomic():
        EncryptedIPAddress.objects.update(expires_at=timezone.now() + timedelta(days=31))


def test_old_addresses_are_decrypted_with_a_fallback_secret(
    article: Article, settings: Any
) -> None:
    comment = post(article, "203.0.113.9")
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another secret"
    assert identifiers.ip_address_of(comment) == ""
    settings.SECRET_KEY_FALLBACKS = [old]
    assert identifiers.ip_address_of(comment) == "203.0.113.9"
