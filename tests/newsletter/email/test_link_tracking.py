"""Click counts: optional, and without data about the visitor."""

import re

import pytest
from django.test import Client
from lxml import html as lxml_html

from accounts.models import User
from newsletter.delivery import controls, sending
from newsletter.delivery.progress import unsubscribed_after
from newsletter.email import rendering
from newsletter.models import Delivery, Issue, IssueLink, Newsletter
from newsletter.subscriptions import opt_in
from tests.newsletter.admin_pages import issue_url
from tests.newsletter.factories import issue, mark_one, subscriber
from tests.newsroom import published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]


def sent_issue(edna: User, *, tracks_clicks: bool) -> Issue:
    Newsletter.objects.update(tracks_clicks=tracks_clicks)
    subscriber()
    draft = issue(
        "Linked",
        published("One"),
        introduction='<p><a href="https://elsewhere.example/?a=1&amp;b=2">There</a></p>',
    )
    draft.waivers.create(finding_key="unseen", message="Not looked at.", reason="None needed.")
    sending.start(draft, by=edna)
    return draft


def links_of(draft: Issue) -> list[str]:
    tree = lxml_html.document_fromstring(draft.sent_html)
    return [str(link.get("href")) for link in tree.iter("a")]


def test_clicks_are_counted_only_if_enabled(edna: User) -> None:
    draft = sent_issue(edna, tracks_clicks=False)
    assert "https://elsewhere.example/?a=1&b=2" in links_of(draft)
    assert not IssueLink.objects.exists()


def test_links_are_tracked_except_those_to_unsubscribe(edna: User) -> None:
    draft = sent_issue(edna, tracks_clicks=True)
    links = links_of(draft)
    assert not [link for link in links if "elsewhere" in link]
    assert [link for link in links if "/newsletter/unsubscribe/recipient-token" in link]
    tracked = {link.url for link in draft.links.all()}
    assert "https://elsewhere.example/?a=1&b=2" in tracked
    assert len({link for link in links if "/newsletter/link/" in link}) == len(tracked)
    # They are the same for everybody, and the text part has the original URL.
    assert not re.search(r"/newsletter/link/[^\"]*[a-zA-Z]{20}", draft.sent_html)
    assert "https://elsewhere.example/?a=1&b=2" in draft.sent_text


def test_a_click_is_counted_without_data_about_the_visitor(
    client: Client, editor_client: Client, edna: User
) -> None:
    draft = sent_issue(edna, tracks_clicks=True)
    link = draft.links.get(url__contains="elsewhere")
    path = f"/newsletter/link/{draft.pk}/{link.number}/"
    visitor = Client()
    for _ in range(2):
        response = visitor.get(path)
        assert response.status_code == 302
        assert response["Location"] == "https://elsewhere.example/?a=1&b=2"
        assert not response.cookies
        assert "no-store" in response["Cache-Control"]
    link.refresh_from_db()
    assert link.clicks == 2
    controls.cancel(draft, by=edna)
    assert editor_client.get(issue_url(draft, "change")).context["clicks"] == 2


def test_a_link_too_long_to_be_stored_is_not_tracked() -> None:
    url = f"https://elsewhere.example/?{'a' * 2200}"
    link = f'<a href="{url}">Long</a>'
    rendered = rendering.RenderedEmail("Long", link, url)
    assert rendering.with_tracked_links(issue(), rendered).html == link


@pytest.mark.parametrize("path", ["1/1/", "0/0/", "99999999999/1/", "1/99999999999/"])
def test_an_unknown_tracked_link_is_not_found(client: Client, path: str) -> None:
    assert client.get(f"/newsletter/link/{path}").status_code == 404


def test_an_unsubscribe_is_counted_for_the_last_mail_before_it(edna: User) -> None:
    ola, mina = subscriber("ola@readers.example"), subscriber("mina@readers.example")
    first = issue("First")
    sending.start(first, by=edna)
    for _ in range(2):
        mark_one(first)
    opt_in.unsubscribe(mina.token)
    second = issue("Second")
    sending.start(second, by=edna)
    mark_one(second)
    opt_in.unsubscribe(ola.token)
    assert Delivery.objects.filter(sending_at__isnull=False).count() == 3
    assert (unsubscribed_after(first), unsubscribed_after(second)) == (1, 1)
