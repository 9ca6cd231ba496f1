"""Taking along what we hold, and going: followed through every table of the database."""

import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertTemplateUsed

from accounts import deletion, email_addresses, personal_data
from accounts.models import AuthorProfile, Avatar, Device, User
from articles.comments.bans.models import Ban
from articles.comments.flags.models import Flag
from articles.comments.models import Comment, CommentRevision
from articles.comments.moderation import decisions
from articles.comments.moderation.models import Appeal, Claim
from articles.comments.notifications.models import Follow, Follower
from articles.comments.submission import posting
from articles.editorial.models import Article
from iria.core import model_policy
from newsletter.models import Subscriber
from tests import newsroom
from tests.conftest import PASSWORD, MailFolder

EMAIL = "ola@readers.example"
MARKS = (EMAIL, "Ola Lind", "Olaf", "quay of my childhood")
"""What would betray Ola: address, name, the name as a guest, words that only moderators could read."""

NO_TRACE = {
    "only moderators stand there": "articles.claim articles.rejectionreason articles.moderationdecision",
    "only members of the newsroom have rights": """
        accounts.user_groups accounts.user_user_permissions""",
    "it hangs on a row that knows them, and holds numbers, hashes or what nobody can open": """
        articles.akismetresult articles.commentposition articles.follow articles.commentnotification
        articles.encryptedipaddress
        articles.threadcount newsletter.attempt newsletter.bounce newsletter.consent
        newsletter.consentednewsletter newsletter.delivery
        newsletter.subscription""",
    "it keeps hashes that lead to nobody": "newsletter.suppression",
    "an administrator brings it, and it goes by itself after days (newsletter/privacy.py)": """
        newsletter.importrow newsletter.subscriberimport newsletter.subscriberimport_newsletters""",
    "a ban ends by itself; until then it is what keeps somebody out": "articles.ban",
    "nothing is written there": "account.emailconfirmation sessions.session",
}
"""Why no reader leaves a trace that could betray them → in which tables."""
THE_NEWSROOM = 80
"""From this place on, the page of what is kept speaks of those who work here."""


@pytest.fixture
def article(db: None) -> Article:
    return newsroom.published("Ferries at the strait")


def comment_of(user: User | None, article: Article, text: str) -> Comment:
    name, email = ("", "") if user else ("Olaf as a guest", EMAIL.upper())
    return posting.post(
        article, name=name, email=email, text=text, by=user, ip_address="203.0.113.9"
    )


@pytest.fixture
def traces(ola: User, mina: User, article: Article, client: Client) -> dict[str, Comment]:
    """Ola in every table that can know a reader."""
    email_addresses.mark_confirmed(ola)
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    own = comment_of(ola, article, "I was on that ferry.")
    guest = comment_of(None, article, "So was I, as a guest.")
    Comment.objects.filter(pk=guest.pk).update(email_confirmed_at=timezone.now())
    for each in (own, guest):
        decisions.approve(each, by=mina)
    CommentRevision.objects.create(comment=own, text="On the quay of my childhood", replaced_by=ola)
    Appeal.objects.create(comment=guest, text="On the quay of my childhood")
    answer = posting.post(article, text="Which ferry?", by=mina, parent=own)
    Flag.objects.create(comment=answer, user=ola, reason="other", text="Ola Lind was there")
    Flag.objects.create(comment=answer, email=EMAIL, reason="other", sender_hash="x")
    follower = Follower.objects.filter(user=ola).first() or Follower.objects.create(user=ola)
    Follow.objects.get_or_create(
        follower=follower, kind="thread", article=article, defaults={"frequency": "daily"}
    )
    Follower.objects.get_or_create(email=EMAIL)
    subscriber = Subscriber.objects.create(email=EMAIL)
    subscriber.consents.create(source_url="/", wording="Write to me", asked_at=timezone.now())
    Avatar.objects.create(user=ola, name=f"{'0' * 20}.png", png=b"png", width=1, height=1)
    TOTP.activate(ola, "JBSWY3DPEHPK3PXP")
    for row in (ola, own):
        LogEntry.objects.create(
            user=mina,
            content_type=ContentType.objects.get_for_model(row),
            object_id=str(row.pk),
            object_repr=str(row),
            action_flag=CHANGE,
        )
    return {"own": own, "guest": guest, "answer": answer}


def betrayed() -> list[str]:
    """Tables in which something of Ola still stands, by looking into every column of every row."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        )
        for (table,) in cursor.fetchall():
            for mark in MARKS:
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" AS row WHERE row::text ILIKE %s',
                    [f"%{mark}%"],
                )
                if cursor.fetchone()[0]:
                    found.append(f"{table}: {mark}")
    return found


def test_the_search_through_every_table_finds_what_is_there(traces: dict[str, Comment]) -> None:
    tables = {each.partition(":")[0] for each in betrayed()}
    assert {"accounts_user", "articles_comment", "articles_flag", "newsletter_subscriber"} < tables
    assert {"articles_commentrevision", "django_admin_log", "account_emailaddress"} < tables


def test_there_is_a_trace_in_every_table_that_knows_people(
    traces: dict[str, Comment], ola: User
) -> None:
    """Whoever adds a table that knows people (`iria.core.model_policy`) lets Ola leave a trace in it here, or says
    why she cannot; then the search through every table follows it too."""
    betraying = {each.partition(":")[0] for each in betrayed()}
    pointing = {
        field.model._meta.db_table
        for _, field in personal_data.columns_pointing_here()
        if field.model._base_manager.filter(**{field.attname: ola.pk}).exists()
    }
    traced = betraying | pointing
    of_readers = {
        model
        for model, policy in model_policy.policies().items()
        if policy.personal_data and policy.personal_data.order < THE_NEWSROOM
    }
    untraced = {
        model._meta.label_lower for model in of_readers if model._meta.db_table not in traced
    }
    explained = {label for labels in NO_TRACE.values() for label in labels.split()}
    assert untraced - explained == set()
    assert explained - untraced == set()


@pytest.mark.parametrize("keep_text", [True, False])
def test_nothing_in_any_table_knows_who_left(
    traces: dict[str, Comment], ola: User, keep_text: bool
) -> None:
    gone = ola.pk
    deletion.delete_account(ola, keep_text=keep_text)
    assert betrayed() == []
    for column, field in personal_data.columns_pointing_here():
        assert not field.model._base_manager.filter(**{field.attname: gone}).exists(), column


@pytest.mark.parametrize("keep_text", [True, False])
def test_the_admin_forgets_the_name_beside_a_ban_and_in_its_log(
    ola: User, mina: User, article: Article, keep_text: bool
) -> None:
    comment = comment_of(None, article, "So was I, as a guest.")
    Comment.objects.filter(pk=comment.pk).update(email_confirmed_at=timezone.now())
    ban = Ban.objects.create(
        kind="name",
        value="x",
        label="Olaf as a guest",
        reason="x",
        created_by=mina,
        comment=comment,
    )
    row = LogEntry.objects.create(
        user=mina,
        content_type=ContentType.objects.get_for_model(comment),
        object_id=str(comment.pk),
        object_repr="Olaf as a guest",
        action_flag=CHANGE,
    )
    deletion.delete_account(ola, keep_text=keep_text)
    ban.refresh_from_db()
    row.refresh_from_db()
    assert (ban.label, row.object_repr) == ("Deleted user", "a comment")


def test_words_that_stay_have_no_name_and_answers_keep_their_place(
    traces: dict[str, Comment], ola: User, article: Article, client: Client
) -> None:
    deletion.delete_account(ola, keep_text=True)
    page = client.get(article.get_absolute_url()).content.decode()
    assert "I was on that ferry." in page
    assert "So was I, as a guest." in page
    assert "Deleted user" in page


def test_words_that_go_leave_an_empty_place_only_below_an_answer(
    traces: dict[str, Comment], ola: User, mina: User, article: Article, client: Client
) -> None:
    decisions.approve(traces["answer"], by=mina)
    deletion.delete_account(ola, keep_text=False)
    page = client.get(article.get_absolute_url()).content.decode()
    assert "I was on that ferry." not in page
    assert "Which ferry?" in page
    assert not Comment.objects.filter(pk=traces["guest"].pk).exists()
    place = Comment.objects.get(pk=traces["own"].pk)
    assert (place.state, place.text, place.user) == ("deleted", "–", None)
    last = place.moderations.first()
    assert last is not None
    assert last.decision == "deleted"


def test_what_is_taken_along_holds_everything_and_no_secret(
    traces: dict[str, Comment], ola: User
) -> None:
    with zipfile.ZipFile(BytesIO(personal_data.archive(ola))) as files:
        held = {name: files.read(name).decode("utf-8", "replace") for name in files.namelist()}
    assert held.keys() == {
        *("read-me.txt", "account.json", "comments.json", "newsletter.json", "desk.json"),
        "picture.png",
    }
    comments = json.loads(held["comments.json"])
    assert {each["text"] for each in comments["comments"]} == {
        "I was on that ferry.",
        "So was I, as a guest.",
    }
    own = next(each for each in comments["comments"] if each["text"].startswith("I was"))
    assert own["earlier texts"][0]["text"] == "On the quay of my childhood"
    assert own["came from the IP address"] == "203.0.113.9"
    # Whoever wrote as a guest under this address may be somebody else.
    guest = next(each for each in comments["comments"] if each["text"].startswith("So was"))
    assert guest["came from the IP address"] is None
    # Nor is it known who left the address with a report as a guest.
    assert len(comments["reports"]) == 1
    assert comments["followed"]
    assert json.loads(held["newsletter.json"])["e-mail address"] == EMAIL
    account = json.loads(held["account.json"])
    assert account["two-factor authentication"][0]["kind"] == "totp"
    assert account["sessions"]
    assert "JBSWY3DPEHPK3PXP" not in str(held)
    assert ola.password not in str(held)


def test_nothing_of_others_is_taken_along(traces: dict[str, Comment], rui: User) -> None:
    with zipfile.ZipFile(BytesIO(personal_data.archive(rui))) as files:
        held = b"".join(files.read(name) for name in files.namelist()).decode()
    assert "ferry" not in held
    assert EMAIL not in held


def _rows(
    member: User, article: Article, comment: Comment
) -> dict[str, Callable[[], models.Model]]:
    """A row for each column that points to an account and that readers have no part in."""
    revision = article.revisions.latest("pk")
    known: dict[str, Callable[[], models.Model]] = {
        "admin.LogEntry.user": lambda: LogEntry.objects.create(
            user=member, object_repr="x", action_flag=CHANGE
        ),
        "articles.Article.created_by": lambda: _set(article, created_by=member),
        "articles.Revision.created_by": lambda: _set(revision, created_by=member),
        "articles.ModerationDecision.created_by": lambda: _set(
            comment.moderations.latest("pk"), created_by=member
        ),
        "articles.Claim.moderator": lambda: Claim.objects.create(
            comment=comment, moderator=member, expires_at=timezone.now()
        ),
        "articles.Ban.created_by": lambda: Ban.objects.create(
            kind="name", value="x", label="x", reason="x", created_by=member
        ),
        "articles.Ban.user": lambda: Ban.objects.create(
            kind="account", value=str(member.pk), label="x", reason="x", user=member
        ),
        "accounts.AuthorProfile.user": lambda: AuthorProfile.objects.create(
            name="Rui Tavares", slug="rui", user=member
        ),
        "accounts.Device.user": lambda: Device.objects.create(user=member, token="x"),
        "accounts.User_groups.user": lambda: User.groups.through.objects.create(
            user=member, group=Group.objects.create(name="x")
        ),
        "accounts.User_user_permissions.user": lambda: User.user_permissions.through.objects.create(
            user=member, permission=Permission.objects.earliest("pk")
        ),
    }
    return known


def _set(row: models.Model, **values: Any) -> models.Model:
    type(row)._base_manager.filter(pk=row.pk).update(**values)
    return row


def test_what_somebody_did_at_the_admin_stays_done_and_is_notified_to_them(
    rui: User, mina: User, article: Article
) -> None:
    comment = comment_of(None, article, "A word of mine.")
    decisions.approve(comment, by=mina)
    rows = {column: make() for column, make in _rows(rui, article, comment).items()}
    told = personal_data.rows_naming(rui)
    assert {"articles.Article.created_by", "articles.ModerationDecision.created_by"} <= told.keys()
    User.objects.filter(pk=rui.pk).update(is_staff=False)
    rui.refresh_from_db()
    with pytest.raises(deletion.CannotDelete):
        deletion.delete_account(rui, keep_text=True)
    assert LogEntry.objects.filter(user=rui).exists()
    LogEntry.objects.filter(user=rui).delete()
    deletion.delete_account(rui, keep_text=True)
    fields = dict(personal_data.columns_pointing_here())
    for column, row in rows.items():
        left = type(row)._base_manager.filter(pk=row.pk).first()
        assert left is None or getattr(left, fields[column].attname) is None, column
    assert Article.objects.get().pk == article.pk
    assert AuthorProfile.objects.get(slug="rui").user is None


def test_no_column_keeps_an_account_from_being_deleted() -> None:
    """Whoever adds one that points to an account decides: it goes with it, or is emptied."""
    for column, field in personal_data.columns_pointing_here():
        done = field.remote_field.on_delete  # type: ignore[union-attr]
        assert done in {models.CASCADE, models.SET_NULL}, column


def test_members_of_the_newsroom_are_let_go_first(client: Client, edna: User) -> None:
    with pytest.raises(deletion.CannotDelete):
        deletion.delete_account(edna, keep_text=True)
    assert User.objects.filter(pk=edna.pk).exists()


def test_the_page_asks_what_becomes_of_the_comments_and_whether_one_is_sure(
    traces: dict[str, Comment], client: Client, ola: User, mail_folder: MailFolder
) -> None:
    for form in ({}, {"sure": "on"}, {"comments": "keep"}, {"comments": "all", "sure": "on"}):
        page = client.post("/accounts/delete/", form)
        assert page.status_code == 200
        assert 'class="errorlist"' in page.content.decode()
    page = client.post("/accounts/delete/", {"comments": "remove", "sure": "on"}, follow=True)
    assertTemplateUsed(page, "account/deleted.html")
    assert "_auth_user_id" not in client.session
    message = render_to_string("account/email/deleted_message.txt", {"publication_name": "x"})
    assert message.split(".")[0] in str(mail_folder.to(EMAIL)[-1].get_content())


@pytest.mark.parametrize("path", ["/accounts/delete/", "/accounts/data/"])
def test_an_open_browser_is_not_enough(client: Client, ola: User, path: str) -> None:
    client.force_login(ola)
    answer = client.get(path)
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    answer = client.post(answer["Location"], {"password": PASSWORD})
    assert answer["Location"] == path
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("keep_text", [True, False])
def test_what_somebody_else_wrote_under_ones_address_is_neither_told_nor_erased(
    ola: User, mina: User, article: Article, keep_text: bool
) -> None:
    """Nobody confirmed the address: whose words they are, nobody knows. Only the address goes."""
    typed = comment_of(None, article, "I am not Ola, but I know the address.")
    flag = Flag.objects.create(
        comment=typed, email=EMAIL, reason="other", text="Not hers", sender_hash="x"
    )
    told = personal_data.gather(ola)
    assert "I am not Ola" not in json.dumps(told, default=str)
    assert told["comments"]["comments that gave your address and nobody confirmed"] == 1
    deletion.delete_account(ola, keep_text=keep_text)
    typed.refresh_from_db()
    flag.refresh_from_db()
    assert (typed.text, typed.name) == ("I am not Ola, but I know the address.", "Olaf as a guest")
    assert (typed.email, flag.email, flag.text) == ("", "", "Not hers")
