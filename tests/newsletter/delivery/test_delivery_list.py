"""The list of deliveries: filters, search and queries."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from newsletter.admin import deliveries
from newsletter.delivery import sending
from newsletter.models import Delivery, Issue
from tests.newsletter.factories import issue, subscriber, subscribers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]
LIST = "/admin/newsletter/delivery/"


def page(client: Client, **parameters: str | int) -> str:
    return client.get(LIST, parameters).content.decode()


def found(client: Client, **parameters: Any) -> int:
    """How many deliveries the list has."""
    count: int = client.get(LIST, parameters).context["cl"].result_count
    return count


def test_a_delivery_is_found_by_issue_address_and_message_id(
    editor_client: Client, edna: User
) -> None:
    ola, mina = subscriber("ola@readers.example"), subscriber("mina@readers.example")
    first, second = issue("First"), issue("Second")
    for each in (first, second):
        sending.start(each, by=edna)
    of_first = page(editor_client, issue__id__exact=first.pk)
    assert found(editor_client, issue__id__exact=first.pk) == 2
    assert "Second" in of_first  # in the filter beside the list
    assert found(editor_client, q="OLA@") == 2
    assert found(editor_client, q="readers.example") == 4
    assert found(editor_client, q="nobody@") == 0
    assert found(editor_client, issue__id__exact="9" * 30) == 0
    mail = Delivery.objects.get(issue=first, subscriber=ola)
    for number in (mail.message_id, mail.message_id.strip("<>")):
        assert found(editor_client, q=number) == 1
    assert str(mina) in page(editor_client, q="mina", issue__id__exact=second.pk)


def test_a_search_with_many_matches_leaves_none_out(
    editor_client: Client, edna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribers(4)
    sending.start(issue(), by=edna)
    monkeypatch.setattr(deliveries, "MAX_LISTED_SUBSCRIBERS", 2)
    assert found(editor_client, q="readers.example") == 4


def test_the_list_has_constant_queries_and_does_not_load_the_mails(
    editor_client: Client, edna: User
) -> None:
    subscribers(2)
    sending.start(issue("One"), by=edna)
    page(editor_client)
    with CaptureQueriesContext(connection) as few:
        page(editor_client)
    for number in range(3):
        sending.start(issue(f"Another {number}"), by=edna)
    with CaptureQueriesContext(connection) as many:
        assert found(editor_client) == 8
    assert len(many) <= len(few)
    assert not [query for query in many if "sent_html" in query["sql"]]


def test_bounces_can_be_filtered_by_issue(editor_client: Client, edna: User) -> None:
    subscribers(1)
    sending.start(issue("One"), by=edna)
    url = reverse("admin:newsletter_bounce_changelist")
    response = editor_client.get(url, {"issue": Issue.objects.get().pk})
    assert "One" in response.content.decode()
