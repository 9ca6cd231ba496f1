"""An image that was imported without a credit may be shown until it has one."""

from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from articles.images import usage_check
from articles.images.models import Image
from articles.images.models.rights import Channel
from iria.core.blockers import Blocked
from tests import newsroom

pytestmark = pytest.mark.django_db


def _imported(**fields: Any) -> Image:
    image = newsroom.picture(**{"credit": "", "credit_pending": True, **fields})
    image.refresh_from_db()
    return image


def _check_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_pending_image_is_published_and_its_page_says_so(client: Client) -> None:
    image = _imported()
    article = newsroom.published("Out", lead_image=image)
    _check_now()
    assert image in Image.objects.showable()
    assert image.may_be_shown
    assert "Credit unknown" in client.get(article.get_absolute_url()).content.decode()


def test_a_pending_image_may_not_be_mailed() -> None:
    assert usage_check.blockers([_imported()], channels=[Channel.NEWSLETTER])
    assert not usage_check.blockers([_imported()], channels=[Channel.SITE])


def test_an_image_without_credit_that_was_not_imported_stays_refused() -> None:
    with pytest.raises(Blocked):
        newsroom.published("Out", lead_image=newsroom.picture(credit=""))


def test_a_credit_ends_it_for_good() -> None:
    image = _imported()
    newsroom.published("Out", lead_image=image)
    Image.objects.filter(pk=image.pk).update(credit="Ines Faro")
    image.refresh_from_db()
    assert not image.credit_pending
    Image.objects.filter(pk=image.pk).update(credit="", credit_pending=True)
    with pytest.raises(IntegrityError):
        _check_now()


def test_only_a_new_image_can_be_pending() -> None:
    image = newsroom.picture(credit="")
    Image.objects.filter(pk=image.pk).update(credit_pending=True)
    image.refresh_from_db()
    assert not image.credit_pending


def test_a_pending_credit_cannot_be_dropped_from_a_published_image() -> None:
    image = _imported()
    newsroom.published("Out", lead_image=image)
    Image.objects.filter(pk=image.pk).update(credit_pending=False)
    with pytest.raises(IntegrityError):
        _check_now()
