"""The actions of moderators, sent by forms and by the script."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import decisions, flagging, queues
from articles.comments.moderation.models import Ban, RejectionReason
from articles.comments.notifications import follows
from articles.comments.notifications.models import Follow
from articles.comments.screening.models import ScreeningRule
from articles.comments.submission import posting
from articles.editorial.models import Article
from tests import commenting, moderation
from tests.articles.comments.conftest import Write

LIST = "/admin/articles/comment/"
JSON = {"Accept": "application/json"}


@pytest.fixture
def moderator_client(client: Client, mina: User) -> Client:
    client.force_login(mina)
    return client


def state_of(comment: Comment) -> str:
    return Comment.objects.get(pk=comment.pk).state


def send(client: Client, path: str, **fields: Any) -> dict[str, Any]:
    response = client.post(LIST + path, fields, headers=JSON)
    data: dict[str, Any] = response.json()
    return {"status": response.status_code, **data}


def test_the_script_gets_a_message_undo_rows_and_counts(
    moderator_client: Client, write: Write
) -> None:
    one, _ = write("One", pending=True), write("Two", pending=True)
    data = send(moderator_client, f"{one.pk}/decide/", decision="approve", seen="held")
    assert (data["status"], data["message"]) == (200, "One comment was approved.")
    assert data["counts"]["held"] == 1
    undone = [send(moderator_client, "undo/", rows=data["rows"]) for _ in range(2)]
    assert (undone[0]["status"], undone[0]["counts"]["held"]) == (200, 2)
    assert undone[1] == undone[0], "pressed twice"
    assert state_of(one) == "held"


def test_a_listed_reason_is_saved_with_its_message(moderator_client: Client, write: Write) -> None:
    comment, reason = write(pending=True), RejectionReason.objects.all()[0]
    send(moderator_client, f"{comment.pk}/decide/", decision="reject", listed=reason.pk, tell="on")
    row = comment.moderations.first()
    assert row
    assert (row.reason, row.commenter_notified) == (reason.message, True)


def test_the_script_gets_conflicts_and_claims(
    moderator_client: Client, write: Write, edna: User
) -> None:
    decided, claimed = write("One", pending=True), write("Two", pending=True)
    moderation.reject(decided, by=edna)
    queues.claim(claimed, by=edna)
    conflict = send(moderator_client, f"{decided.pk}/decide/", decision="approve", seen="held")
    assert conflict["status"] == 409
    assert "Edna Okafor rejected" in conflict["message"]
    assert send(moderator_client, f"{claimed.pk}/claim/")["other"] == "Edna Okafor"
    response = send(moderator_client, f"{claimed.pk}/decide/", decision="approve", seen="held")
    assert (response["status"], response["other"]) == (423, "Edna Okafor")
    assert state_of(claimed) == "held"


def test_live_updates_have_counts_and_decisions_of_others(
    moderator_client: Client, write: Write, edna: User
) -> None:
    decided, pending = write("One", pending=True), write("Two", pending=True)
    moderation.approve(decided, by=edna)
    queues.claim(pending, by=edna)
    data = moderator_client.get(f"{LIST}live/?queue=held&shown={decided.pk},{pending.pk},x,").json()
    assert data["gone"] == [decided.pk]
    assert data["claimed"] == {str(pending.pk): "Edna Okafor"}
    assert data["counts"]["held"] == 1


def test_several_decisions_are_undone_at_once(moderator_client: Client, write: Write) -> None:
    both = [write("One", pending=True), write("Two", pending=True)]
    form = {"action": "spam_chosen", "_selected_action": [each.pk for each in both]}
    page = moderator_client.post(LIST, form, follow=True).content.decode()
    (rows,) = re.findall(r'name="rows" value="([\d,]+)">Undo</button>', page)
    done = moderator_client.post(f"{LIST}undo/", {"rows": rows}, follow=True).content.decode()
    assert "2 comments were restored." in done
    assert {state_of(each) for each in both} == {"held"}


def test_a_decision_on_a_page_leads_to_the_next_comment(
    moderator_client: Client, write: Write, edna: User
) -> None:
    one, two, three = (write(text, pending=True) for text in ("One", "Two", "Three"))
    queues.claim(two, by=edna)
    form = {"decision": "approve", "seen": "held", "then": "next", "queue": "held"}
    response = moderator_client.post(f"{LIST}{one.pk}/decide/", form, follow=True)
    assert response.request["PATH_INFO"] == f"{LIST}{three.pk}/change/"
    response = moderator_client.post(f"{LIST}{three.pk}/decide/", form, follow=True)
    assert "No more comments in this queue." in response.content.decode()


def test_a_decision_in_the_list_leads_back_to_the_filtered_list(
    moderator_client: Client, write: Write
) -> None:
    comment = write(pending=True)
    url = f"{LIST}{comment.pk}/decide/?seen=held"
    referer = f"http://testserver{LIST}?queue=held&p=2"
    response = moderator_client.post(url, {"decision": "approve"}, headers={"Referer": referer})
    assert response["Location"] == f"{LIST}?queue=held&p=2"
    response = moderator_client.post(
        url, {"decision": "spam"}, headers={"Referer": "https://x.example/?a"}
    )
    assert response["Location"] == LIST
    response = moderator_client.post(url, {"decision": "reject"}, headers={"Referer": "http://["})
    assert response["Location"] == LIST


def test_each_queue_has_its_comments(moderator_client: Client, write: Write, mina: User) -> None:
    reported, rejected = write("Reported words"), write("Rejected words", pending=True)
    flagging.save_report(reported, reason="insult", text="He means me.", ip_address="203.0.113.9")
    moderation.reject(rejected, by=mina)
    decisions.appeal(rejected, text="It was a joke.")
    ScreeningRule.objects.update(active=False)
    write("New words", pending=True)

    def seen(queue: str) -> str:
        return moderator_client.get(f"{LIST}?queue={queue}").content.decode()

    assert "He means me." in seen("reported")
    assert "Rejected words" not in seen("reported")
    assert "It was a joke." in seen("asked")
    assert "New words" in seen("new")
    assert "Reported words" not in seen("new")


def test_approving_an_approved_comment_records_a_review(
    moderator_client: Client, write: Write
) -> None:
    ScreeningRule.objects.update(active=False)
    comment = write(pending=True)
    data = send(moderator_client, f"{comment.pk}/decide/", decision="approve", seen="approved")
    assert data["counts"]["new"] == 0
    assert comment.moderations.count() == 2


def test_the_overviews_link_to_the_list_without_email_addresses(
    moderator_client: Client, write: Write, article: Article, ola: User
) -> None:
    write("One", pending=True)
    write("Two")
    write("Three", by=ola)
    follow = follows.follow(
        Follow.Kind.THREAD, Follow.Frequency.DAILY, email="ana@readers.example", article=article
    )
    follows.confirm(follow)
    articles = moderator_client.get(f"{LIST}by-article/").content.decode()
    assert f"?article={article.pk}" in articles
    assert re.search(r"<td>1</td>\s*</tr>", articles), "one follower, without a name"
    assert "ana@readers.example" not in articles
    assert "/comments/mail/" in moderator_client.get(LIST).content.decode()
    writers = moderator_client.get(f"{LIST}by-writer/").content.decode()
    assert "Teo Brandt" in writers
    assert "Ola Lind" in writers
    assert "teo@readers.example" not in writers
    guest = Comment.objects.filter(user=None).latest("pk")
    comments_of_guest = moderator_client.get(f"{LIST}?writer={guest.pk}").content.decode()
    assert "One" in comments_of_guest
    assert "Three" not in comments_of_guest


def test_a_commenter_is_suspended_without_javascript(
    moderator_client: Client, article: Article, write: Write
) -> None:
    comment = commenting.post(
        article, name="Teo Brandt", email="teo@readers.example", text="A", ip_address="203.0.113.9"
    )
    page = moderator_client.get(f"{LIST}{comment.pk}/ban/").content.decode()
    assert 'value="network"' in page
    assert "203.0.113" not in page
    form = {
        "kinds": ["email", "network"],
        "length": "7",
        "reason": "Threats",
        "existing_comments": "reject",
    }
    moderator_client.post(f"{LIST}{comment.pk}/ban/", form, follow=True)
    assert Ban.objects.active().count() == 2
    ban = Ban.objects.filter(kind="email").get()
    assert ban.expires_at
    assert timedelta(days=6) < ban.expires_at - timezone.now() < timedelta(days=8)
    assert state_of(comment) == "rejected"
    bans = moderator_client.get("/admin/articles/ban/").content.decode()
    assert "Teo Brandt" in bans
    assert "teo@readers.example" not in bans
    removal = {"action": "remove_selected", "_selected_action": [str(ban.pk)]}
    moderator_client.post("/admin/articles/ban/", removal, follow=True)
    assert Ban.objects.active().count() == 1


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "Choose at least one."),
        (
            {"kinds": "email", "length": "x", "reason": "y", "existing_comments": "leave"},
            "not one of",
        ),
        (
            {"kinds": "email", "length": "7", "reason": "  ", "existing_comments": "leave"},
            "required",
        ),
        (
            {"kinds": "network", "length": "7", "reason": "y", "existing_comments": "leave"},
            "not one of",
        ),
    ],
)
def test_an_invalid_ban_shows_an_error(
    moderator_client: Client, write: Write, form: dict[str, str], error: str
) -> None:
    comment = write(pending=True)
    response = moderator_client.post(f"{LIST}{comment.pk}/ban/", form)
    assert error in response.content.decode()
    assert not Ban.objects.exists()


def test_users_without_permission_cannot_moderate(client: Client, write: Write, rui: User) -> None:
    comment = write(pending=True)
    client.force_login(rui)
    for path in ("decide/", "claim/", "feature/", "ban/"):
        assert client.post(f"{LIST}{comment.pk}/{path}").status_code == 403
    assert client.post(f"{LIST}undo/").status_code == 403
    for path in ("live/", "next/", "by-article/", "by-writer/"):
        assert client.get(f"{LIST}{path}").status_code == 403
    for path in ("export/", "weeks/"):
        assert client.get(f"/admin/articles/moderationdecision/{path}").status_code == 403


def test_an_editor_can_decide_but_not_ban(client: Client, write: Write, edna: User) -> None:
    comment = write(pending=True)
    client.force_login(edna)
    assert "Ban or suspend" not in client.get(LIST).content.decode()
    assert client.post(f"{LIST}{comment.pk}/ban/").status_code == 403
    assert client.post(f"{LIST}{comment.pk}/decide/", {"decision": "approve"}).status_code == 302
    assert client.post(f"{LIST}{comment.pk}/feature/").status_code == 302
    assert Comment.objects.get(pk=comment.pk).featured


def test_a_comment_edited_meanwhile_cannot_be_decided(
    moderator_client: Client, write: Write
) -> None:
    comment = write("As Mina read it", pending=True)
    (read_at,) = re.findall(
        r'name="read_at" value="([^"]+)"', moderator_client.get(LIST).content.decode()
    )
    posting.edit_own(comment, text="As it is now", by=None)
    data = send(
        moderator_client, f"{comment.pk}/decide/", decision="approve", seen="held", read_at=read_at
    )
    assert data["status"] == 412
    form = {"action": "approve_chosen", "_selected_action": [comment.pk], "read_at": read_at}
    assert "was edited just now" in moderator_client.post(LIST, form, follow=True).content.decode()
    assert state_of(comment) == "held"


def seen_values(page: str) -> dict[str, str]:
    """Returns the hidden fields with the state of each listed comment."""
    return dict(re.findall(r'name="(seen-\d+)" value="([^"]+)"', page))


def test_a_bulk_action_does_not_override_other_moderators(
    moderator_client: Client, write: Write, edna: User
) -> None:
    decided, pending = write("One", pending=True), write("Two", pending=True)
    shown = seen_values(moderator_client.get(f"{LIST}?queue=all").content.decode())
    moderation.reject(decided, by=edna, reason="An insult")
    form = {"action": "approve_chosen", "_selected_action": [decided.pk, pending.pk], **shown}
    page = moderator_client.post(f"{LIST}?queue=all", form, follow=True).content.decode()
    assert "Edna Okafor rejected" in page
    assert (state_of(decided), state_of(pending)) == ("rejected", "approved")


def test_a_bulk_action_skips_unlisted_comments_decided_since(
    moderator_client: Client, write: Write, edna: User
) -> None:
    decided, pending = write("One", pending=True), write("Two", pending=True)
    page = moderator_client.get(f"{LIST}?queue=all").content.decode()
    (read_at,) = re.findall(r'name="read_at" value="([^"]+)"', page)
    moderation.reject(decided, by=edna)
    form = {
        "action": "approve_chosen",
        "_selected_action": [decided.pk, pending.pk],
        "read_at": read_at,
    }
    page = moderator_client.post(f"{LIST}?queue=all", form, follow=True).content.decode()
    assert "Edna Okafor rejected" in page
    assert (state_of(decided), state_of(pending)) == ("rejected", "approved")


def test_an_edit_while_the_page_is_rendered_is_detected(
    moderator_client: Client, write: Write
) -> None:
    comment = write("As Mina read it", pending=True)
    page = moderator_client.get(LIST).content.decode()
    (seen,) = re.findall(r'data-seen="([^"]+)"', page)
    (read_at,) = re.findall(r'name="read_at" value="([^"]+)"', page)
    posting.edit_own(comment, text="As it is now", by=None)
    Comment.objects.update(edited_at=timezone.now() - timedelta(minutes=1))
    fields = {"decision": "approve", "seen": seen, "read_at": read_at}
    assert send(moderator_client, f"{comment.pk}/decide/", **fields)["status"] == 412
    own_page = moderator_client.get(f"{LIST}{comment.pk}/change/").content.decode()
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', own_page)
    assert (
        send(moderator_client, f"{comment.pk}/decide/", **{**fields, "seen": seen})["status"] == 200
    )


def test_a_comment_approved_on_the_dashboard_leads_back_to_it(
    moderator_client: Client, write: Write
) -> None:
    comment = write("Waiting for long", pending=True)
    page = moderator_client.get("/admin/").content.decode()
    assert "Waiting for long" in page
    (url,) = re.findall(r'action="([^"]*/decide/[^"]*)"', page)
    response = moderator_client.post(url, {"decision": "approve", "then": "dashboard"}, follow=True)
    assert response.redirect_chain[-1][0] == "/admin/"
    assert state_of(comment) == "approved"


def test_the_menu_of_a_row_rejects_with_its_reason(moderator_client: Client, write: Write) -> None:
    comment, reason = write("Which quay?", pending=True), RejectionReason.objects.all()[0]
    html = moderator_client.get(LIST).content.decode()
    assert f"listed={reason.pk}" in html
    # The reason of the action for several comments is in the same form.
    sent = {"decision": "reject", "listed": "", "reason": "For others", f"tell-{comment.pk}": "on"}
    moderator_client.post(f"{LIST}{comment.pk}/decide/?seen=held&listed={reason.pk}", sent)
    row = comment.moderations.first()
    assert row
    assert (row.reason, state_of(comment)) == (reason.message, "rejected")


def test_an_unknown_reason_in_the_url_decides_nothing(
    moderator_client: Client, write: Write
) -> None:
    comment = write(pending=True)
    url = f"{LIST}{comment.pk}/decide/?seen=held&listed=999999"
    response = moderator_client.post(url, {"decision": "reject"}, headers=JSON)
    assert (response.status_code, state_of(comment)) == (422, "held")


def test_replying_to_a_pending_comment_approves_it_and_opens_the_form(
    moderator_client: Client, write: Write
) -> None:
    comment = write("Which quay?", pending=True)
    url = f"{LIST}{comment.pk}/decide/?seen={comment.change_token}"
    response = moderator_client.post(url, {"decision": "reply"}, follow=True)
    assert state_of(comment) == "approved"
    assert response.redirect_chain[-1][0].startswith("/comments/new/")
    assert f'name="parent" value="{comment.pk}"' in response.content.decode()


def test_an_approved_comment_has_a_link_to_reply(moderator_client: Client, write: Write) -> None:
    comment = write("Which quay?")
    html = moderator_client.get(f"{LIST}?queue=approved").content.decode()
    assert f"parent={comment.pk}" in html
