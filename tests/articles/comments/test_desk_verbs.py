"""What moderators do at the desk, as a form sends it and as the script of the desk sends it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.comments.bans.models import Ban
from articles.comments.flags import flagging
from articles.comments.models import Comment
from articles.comments.moderation import appeals, cases, decisions
from articles.comments.moderation.models import RejectionReason
from articles.comments.notifications import follows
from articles.comments.notifications.models import Follow
from articles.comments.screening.models import ScreeningRule
from articles.comments.submission import editing, posting
from articles.editorial.models import Article
from tests.articles.comments.conftest import Write

LIST = "/admin/articles/comment/"
JSON = {"Accept": "application/json"}


@pytest.fixture
def at_desk(client: Client, mina: User) -> Client:
    client.force_login(mina)
    return client


def state_of(comment: Comment) -> str:
    return Comment.objects.get(pk=comment.pk).state


def send(client: Client, address: str, **fields: Any) -> dict[str, Any]:
    answer = client.post(LIST + address, fields, headers=JSON)
    told: dict[str, Any] = answer.json()
    return {"status": answer.status_code, **told}


def test_the_script_hears_what_was_done_how_to_undo_it_and_what_is_left(
    at_desk: Client, write: Write
) -> None:
    one, _ = write("One", waits=True), write("Two", waits=True)
    told = send(at_desk, f"{one.pk}/decide/", verb="approve", seen="held")
    assert (told["status"], told["said"]) == (200, "One comment was approved.")
    assert told["counts"]["held"] == 1
    undone = send(at_desk, "undo/", rows=told["rows"])
    assert (undone["status"], undone["counts"]["held"]) == (200, 2)
    assert state_of(one) == "held"


def test_a_reason_of_the_list_is_kept_in_its_words_and_told(at_desk: Client, write: Write) -> None:
    comment, reason = write(waits=True), RejectionReason.objects.all()[0]
    send(at_desk, f"{comment.pk}/decide/", verb="reject", listed=reason.pk, tell="on")
    row = comment.moderations.first()
    assert row
    assert (row.reason, row.commenter_notified) == (reason.message, True)


def test_the_script_hears_who_was_first_and_who_is_looking(
    at_desk: Client, write: Write, edna: User
) -> None:
    decided, looked_at = write("One", waits=True), write("Two", waits=True)
    decisions.reject(decided, by=edna)
    cases.claim(looked_at, by=edna)
    late = send(at_desk, f"{decided.pk}/decide/", verb="approve", seen="held")
    assert late["status"] == 409
    assert "Edna Okafor rejected" in late["said"]
    assert send(at_desk, f"{looked_at.pk}/claim/")["other"] == "Edna Okafor"
    busy = send(at_desk, f"{looked_at.pk}/decide/", verb="approve", seen="held")
    assert busy["status"] == 423
    assert state_of(looked_at) == "held"


def test_the_count_is_live_and_says_what_others_decided(
    at_desk: Client, write: Write, edna: User
) -> None:
    gone, here = write("One", waits=True), write("Two", waits=True)
    decisions.approve(gone, by=edna)
    cases.claim(here, by=edna)
    news = at_desk.get(f"{LIST}live/?queue=held&shown={gone.pk},{here.pk},x,").json()
    assert news["gone"] == [gone.pk]
    assert news["claimed"] == {str(here.pk): "Edna Okafor"}
    assert news["counts"]["held"] == 1


def test_many_decided_at_once_are_taken_back_at_once(at_desk: Client, write: Write) -> None:
    both = [write("One", waits=True), write("Two", waits=True)]
    form = {"action": "spam_chosen", "_selected_action": [each.pk for each in both]}
    page = at_desk.post(LIST, form, follow=True).content.decode()
    (rows,) = re.findall(r'name="rows" value="([\d,]+)">Undo</button>', page)
    done = at_desk.post(f"{LIST}undo/", {"rows": rows}, follow=True).content.decode()
    assert "2 comments were restored." in done
    assert {state_of(each) for each in both} == {"held"}


def test_from_a_comments_own_page_the_next_one_comes_at_once(
    at_desk: Client, write: Write, edna: User
) -> None:
    one, two, three = (write(words, waits=True) for words in ("One", "Two", "Three"))
    cases.claim(two, by=edna)
    form = {"verb": "approve", "seen": "held", "then": "next", "queue": "held"}
    at = at_desk.post(f"{LIST}{one.pk}/decide/", form, follow=True)
    assert at.request["PATH_INFO"] == f"{LIST}{three.pk}/change/"
    at = at_desk.post(f"{LIST}{three.pk}/decide/", form, follow=True)
    assert "No more comments in this queue." in at.content.decode()


def test_a_button_of_the_list_leads_back_to_the_list_as_it_was(
    at_desk: Client, write: Write
) -> None:
    comment = write(waits=True)
    address = f"{LIST}{comment.pk}/decide/?seen=held"
    came_from = f"http://testserver{LIST}?queue=held&p=2"
    answer = at_desk.post(address, {"verb": "approve"}, headers={"Referer": came_from})
    assert answer["Location"] == f"{LIST}?queue=held&p=2"
    elsewhere = at_desk.post(address, {"verb": "spam"}, headers={"Referer": "https://x.example/?a"})
    assert elsewhere["Location"] == LIST


def test_queues_hold_what_they_are_named_for(at_desk: Client, write: Write, mina: User) -> None:
    reported, rejected = write("Reported words"), write("Rejected words", waits=True)
    flagging.report(reported, reason="insult", text="He means me.", address="203.0.113.9")
    decisions.reject(rejected, by=mina)
    appeals.ask(rejected, text="It was a joke.")
    ScreeningRule.objects.update(active=False)
    write("New words", waits=True)

    def seen(queue: str) -> str:
        return at_desk.get(f"{LIST}?queue={queue}").content.decode()

    assert "He means me." in seen("reported")
    assert "Rejected words" not in seen("reported")
    assert "It was a joke." in seen("asked")
    assert "New words" in seen("new")
    assert "Reported words" not in seen("new")


def test_to_let_new_words_stand_says_that_somebody_looked(at_desk: Client, write: Write) -> None:
    ScreeningRule.objects.update(active=False)
    comment = write(waits=True)
    told = send(at_desk, f"{comment.pk}/decide/", verb="approve", seen="approved")
    assert told["counts"]["new"] == 0
    assert comment.moderations.count() == 2


def test_comments_by_article_and_by_writer_lead_to_the_list_without_an_address(
    at_desk: Client, write: Write, article: Article, ola: User
) -> None:
    write("One", waits=True)
    write("Two")
    write("Three", by=ola)
    follow = follows.follow(
        Follow.Kind.THREAD, Follow.Frequency.DAILY, email="ana@readers.example", article=article
    )
    follows.confirm(follow)
    articles = at_desk.get(f"{LIST}by-article/").content.decode()
    assert f"?article={article.pk}" in articles
    assert re.search(r"<td>1</td>\s*</tr>", articles), "one follower, without a name"
    assert "ana@readers.example" not in articles
    assert "/comments/mail/" in at_desk.get(LIST).content.decode()
    writers = at_desk.get(f"{LIST}by-writer/").content.decode()
    assert "Teo Brandt" in writers
    assert "Ola Lind" in writers
    assert "teo@readers.example" not in writers
    guest = Comment.objects.filter(user=None).latest("pk")
    theirs = at_desk.get(f"{LIST}?writer={guest.pk}").content.decode()
    assert "One" in theirs
    assert "Three" not in theirs


def test_a_writer_is_suspended_on_a_page_that_needs_no_script(
    at_desk: Client, article: Article, write: Write
) -> None:
    comment = posting.post(
        article, name="Teo Brandt", email="teo@readers.example", text="A", ip_address="203.0.113.9"
    )
    page = at_desk.get(f"{LIST}{comment.pk}/ban/").content.decode()
    assert 'value="network"' in page
    assert "203.0.113" not in page
    form = {
        "kinds": ["email", "network"],
        "length": "7",
        "reason": "Threats",
        "existing_comments": "reject",
    }
    at_desk.post(f"{LIST}{comment.pk}/ban/", form, follow=True)
    assert Ban.objects.active().count() == 2
    ban = Ban.objects.filter(kind="email").get()
    assert ban.expires_at
    assert timedelta(days=6) < ban.expires_at - timezone.now() < timedelta(days=8)
    assert state_of(comment) == "rejected"
    bans = at_desk.get("/admin/articles/ban/").content.decode()
    assert "Teo Brandt" in bans
    assert "teo@readers.example" not in bans
    lifted = {"action": "remove_selected", "_selected_action": [ban.pk]}
    at_desk.post("/admin/articles/ban/", lifted, follow=True)
    assert Ban.objects.active().count() == 1


@pytest.mark.parametrize(
    ("form", "said"),
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
def test_a_ban_with_a_mistake_says_which(
    at_desk: Client, write: Write, form: dict[str, str], said: str
) -> None:
    comment = write(waits=True)
    answer = at_desk.post(f"{LIST}{comment.pk}/ban/", form)
    assert said in answer.content.decode()
    assert not Ban.objects.exists()


def test_who_may_not_decide_reaches_none_of_it(client: Client, write: Write, rui: User) -> None:
    comment = write(waits=True)
    client.force_login(rui)
    for address in ("decide/", "claim/", "feature/", "ban/"):
        assert client.post(f"{LIST}{comment.pk}/{address}").status_code == 403
    assert client.post(f"{LIST}undo/").status_code == 403
    for address in ("live/", "next/", "by-article/", "by-writer/"):
        assert client.get(f"{LIST}{address}").status_code == 403
    for address in ("export/", "weeks/"):
        assert client.get(f"/admin/articles/moderationdecision/{address}").status_code == 403


def test_an_editor_decides_and_bans_nobody(client: Client, write: Write, edna: User) -> None:
    comment = write(waits=True)
    client.force_login(edna)
    assert "Ban or suspend" not in client.get(LIST).content.decode()
    assert client.post(f"{LIST}{comment.pk}/ban/").status_code == 403
    assert client.post(f"{LIST}{comment.pk}/decide/", {"verb": "approve"}).status_code == 302
    assert client.post(f"{LIST}{comment.pk}/feature/").status_code == 302
    assert Comment.objects.get(pk=comment.pk).featured


def test_nobody_decides_about_words_they_have_not_read(at_desk: Client, write: Write) -> None:
    comment = write("As Mina read it", waits=True)
    (read_at,) = re.findall(r'name="read_at" value="([^"]+)"', at_desk.get(LIST).content.decode())
    editing.change(comment, text="As it is now", by=None)
    told = send(at_desk, f"{comment.pk}/decide/", verb="approve", seen="held", read_at=read_at)
    assert told["status"] == 412
    form = {"action": "approve_chosen", "_selected_action": [comment.pk], "read_at": read_at}
    assert "was edited just now" in at_desk.post(LIST, form, follow=True).content.decode()
    assert state_of(comment) == "held"


def rows_of(page: str) -> dict[str, str]:
    """What a page of the list sends with each row: how the moderator saw it."""
    return dict(re.findall(r'name="(seen-\d+)" value="([^"]+)"', page))


def test_many_decided_at_once_overrule_no_other_moderator(
    at_desk: Client, write: Write, edna: User
) -> None:
    hers, here = write("One", waits=True), write("Two", waits=True)
    shown = rows_of(at_desk.get(f"{LIST}?queue=all").content.decode())
    decisions.reject(hers, by=edna, reason="An insult")
    form = {"action": "approve_chosen", "_selected_action": [hers.pk, here.pk], **shown}
    page = at_desk.post(f"{LIST}?queue=all", form, follow=True).content.decode()
    assert "Edna Okafor rejected" in page
    assert (state_of(hers), state_of(here)) == ("rejected", "approved")


def test_of_many_that_were_not_on_the_page_those_decided_since_are_left(
    at_desk: Client, write: Write, edna: User
) -> None:
    hers, here = write("One", waits=True), write("Two", waits=True)
    page = at_desk.get(f"{LIST}?queue=all").content.decode()
    (read_at,) = re.findall(r'name="read_at" value="([^"]+)"', page)
    decisions.reject(hers, by=edna)
    form = {"action": "approve_chosen", "_selected_action": [hers.pk, here.pk], "read_at": read_at}
    page = at_desk.post(f"{LIST}?queue=all", form, follow=True).content.decode()
    assert "Edna Okafor rejected" in page
    assert (state_of(hers), state_of(here)) == ("rejected", "approved")


def test_words_that_came_while_the_page_was_made_count_as_changed(
    at_desk: Client, write: Write
) -> None:
    comment = write("As Mina read it", waits=True)
    page = at_desk.get(LIST).content.decode()
    (seen,) = re.findall(r'data-seen="([^"]+)"', page)
    (read_at,) = re.findall(r'name="read_at" value="([^"]+)"', page)
    editing.change(comment, text="As it is now", by=None)
    Comment.objects.update(edited_at=timezone.now() - timedelta(minutes=1))
    sent = {"verb": "approve", "seen": seen, "read_at": read_at}
    assert send(at_desk, f"{comment.pk}/decide/", **sent)["status"] == 412
    own_page = at_desk.get(f"{LIST}{comment.pk}/change/").content.decode()
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', own_page)
    assert send(at_desk, f"{comment.pk}/decide/", **{**sent, "seen": seen})["status"] == 200
