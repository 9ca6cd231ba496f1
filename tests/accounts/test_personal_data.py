"""Export and deletion of personal data, checked in every table of the database."""

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

from accounts import email_addresses, personal_data
from accounts.models import AuthorProfile, Avatar, Device, User
from articles.comments import views
from articles.comments.models import Comment, CommentRevision
from articles.comments.moderation.models import Appeal, Ban, Claim, Flag
from articles.comments.notifications.models import Follow, Follower
from articles.editorial.models import Article, SavedView
from iria.core import hooks, model_policy
from iria.core.stored_data import READERS_DATA
from newsletter.models import Subscriber
from tests import commenting, moderation, newsroom
from tests.conftest import PASSWORD, MailFolder

EMAIL = "ola@readers.example"
PERSONAL_TEXTS = (EMAIL, "Ola Lind", "Olaf", "quay of my childhood")
"""Text that identifies Ola: e-mail address, name, name as a guest, text for moderators."""

UNTRACED_TABLES = {
    "they name only moderators": "articles.claim articles.rejectionreason articles.moderationdecision",
    "only members of the newsroom have permissions": """
        accounts.user_groups accounts.user_user_permissions""",
    "they belong to an identifying row, and contain numbers, hashes or encrypted values": """
        articles.akismetresult articles.commentposition articles.follow articles.commentnotification
        articles.encryptedipaddress
        articles.threadcount newsletter.attempt newsletter.bounce newsletter.consent
        newsletter.consentednewsletter newsletter.delivery
        newsletter.articlefollow newsletter.articlenotification newsletter.consentedfollow
        newsletter.subscription""",
    "they contain hashes that identify nobody": "newsletter.suppression",
    "uploaded by an administrator, deleted after some days": """
        newsletter.importrow newsletter.subscriberimport newsletter.subscriberimport_newsletters""",
    "a ban applies until it ends": "articles.ban",
    "not used": "account.emailconfirmation sessions.session",
}
"""Why a table has no text that identifies a reader → the tables."""


@pytest.fixture
def article(db: None) -> Article:
    return newsroom.published("Ferries at the strait")


def comment_of(user: User | None, article: Article, text: str) -> Comment:
    name, email = ("", "") if user else ("Olaf as a guest", EMAIL.upper())
    return commenting.post(
        article, name=name, email=email, text=text, by=user, ip_address="203.0.113.9"
    )


@pytest.fixture
def traces(ola: User, mina: User, article: Article, client: Client) -> dict[str, Comment]:
    """Rows of Ola in every table with data of readers."""
    email_addresses.mark_confirmed(ola)
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    own = comment_of(ola, article, "I was on that ferry.")
    guest = comment_of(None, article, "So was I, as a guest.")
    Comment.objects.filter(pk=guest.pk).update(email_confirmed_at=timezone.now())
    for each in (own, guest):
        moderation.approve(each, by=mina)
    CommentRevision.objects.create(comment=own, text="On the quay of my childhood", replaced_by=ola)
    Appeal.objects.create(comment=guest, text="On the quay of my childhood")
    reply = commenting.post(article, text="Which ferry?", by=mina, parent=own)
    Flag.objects.create(comment=reply, user=ola, reason="other", text="Ola Lind was there")
    Flag.objects.create(comment=reply, email=EMAIL, reason="other", sender_hash="x")
    views.save_recommendation(reply, by=ola)
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
    return {"own": own, "guest": guest, "reply": reply}


def identifying_tables() -> list[str]:
    """Tables with text that identifies Ola in any column of any row."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        )
        for (table,) in cursor.fetchall():
            for text in PERSONAL_TEXTS:
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" AS row WHERE row::text ILIKE %s',
                    [f"%{text}%"],
                )
                if cursor.fetchone()[0]:
                    found.append(f"{table}: {text}")
    return found


def test_every_table_with_personal_data_is_covered(traces: dict[str, Comment], ola: User) -> None:
    """A new table with personal data (`iria.core.model_policy`) needs a row of Ola in the fixture, or a
    reason in UNTRACED_TABLES."""
    identifying = {each.partition(":")[0] for each in identifying_tables()}
    referring = {
        field.model._meta.db_table
        for _, field in personal_data.foreign_keys_to_accounts()
        if field.model._base_manager.filter(**{field.attname: ola.pk}).exists()
    }
    covered = identifying | referring
    of_readers = {
        model
        for model, policy in model_policy.policies().items()
        if policy.personal_data in READERS_DATA
    }
    uncovered = {
        model._meta.label_lower for model in of_readers if model._meta.db_table not in covered
    }
    explained = {label for labels in UNTRACED_TABLES.values() for label in labels.split()}
    assert uncovered - explained == set()
    assert explained - uncovered == set()


@pytest.mark.parametrize("keep_text", [True, False])
def test_no_table_identifies_a_deleted_account(
    traces: dict[str, Comment], ola: User, keep_text: bool
) -> None:
    user_id = ola.pk
    personal_data.delete_account(ola, keep_text=keep_text)
    assert identifying_tables() == []
    for column, field in personal_data.foreign_keys_to_accounts():
        assert not field.model._base_manager.filter(**{field.attname: user_id}).exists(), column


@pytest.mark.parametrize("in_list", [False, True])
def test_an_account_deleted_in_the_admin_is_erased_everywhere_and_its_comments_stay(
    traces: dict[str, Comment], ola: User, admin_client: Client, in_list: bool
) -> None:
    if in_list:
        url = "/admin/accounts/user/"
        form = {"action": "delete_selected", "_selected_action": str(ola.pk)}
        question = admin_client.post(url, form)
    else:
        url, form = f"/admin/accounts/user/{ola.pk}/delete/", {}
        question = admin_client.get(url)
    assertTemplateUsed(question, "admin/accounts/user/_erased.html")
    assert admin_client.post(url, {**form, "post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=ola.pk).exists()
    assert identifying_tables() == []
    texts = Comment.objects.values_list("text", flat=True)
    assert "I was on that ferry." in texts


@pytest.mark.parametrize("keep_text", [True, False])
def test_deletion_erases_the_name_in_bans_and_the_admin_log(
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
    personal_data.delete_account(ola, keep_text=keep_text)
    ban.refresh_from_db()
    row.refresh_from_db()
    assert (ban.label, row.object_repr) == ("Deleted user", "a comment")


def test_kept_comments_have_no_name_and_replies_stay(
    traces: dict[str, Comment], ola: User, article: Article, client: Client
) -> None:
    personal_data.delete_account(ola, keep_text=True)
    page = client.get(article.get_absolute_url()).content.decode()
    assert "I was on that ferry." in page
    assert "So was I, as a guest." in page
    assert "Deleted user" in page


def test_a_deleted_comment_leaves_a_placeholder_if_it_has_replies(
    traces: dict[str, Comment], ola: User, mina: User, article: Article, client: Client
) -> None:
    moderation.approve(traces["reply"], by=mina)
    personal_data.delete_account(ola, keep_text=False)
    page = client.get(article.get_absolute_url()).content.decode()
    assert "I was on that ferry." not in page
    assert "Which ferry?" in page
    assert not Comment.objects.filter(pk=traces["guest"].pk).exists()
    placeholder = Comment.objects.get(pk=traces["own"].pk)
    assert (placeholder.state, placeholder.text, placeholder.user) == ("deleted", "–", None)
    last = placeholder.moderations.first()
    assert last is not None
    assert last.decision == "deleted"


def test_the_export_contains_all_data_and_no_secret(traces: dict[str, Comment], ola: User) -> None:
    with zipfile.ZipFile(BytesIO(personal_data.archive(ola))) as files:
        exported = {name: files.read(name).decode("utf-8", "replace") for name in files.namelist()}
    assert exported.keys() == {
        *("read-me.txt", "account.json", "admin.json", "articles.json", "comments.json"),
        *("newsletter.json", "picture.png"),
    }
    comments = json.loads(exported["comments.json"])
    assert {each["text"] for each in comments["comments"]} == {
        "I was on that ferry.",
        "So was I, as a guest.",
    }
    own = next(each for each in comments["comments"] if each["text"].startswith("I was"))
    assert own["earlier texts"][0]["text"] == "On the quay of my childhood"
    assert own["came from the IP address"] == "203.0.113.9"
    # A guest with this e-mail address may be somebody else.
    guest = next(each for each in comments["comments"] if each["text"].startswith("So was"))
    assert guest["came from the IP address"] is None
    # So may a guest who reported a comment with this e-mail address.
    assert len(comments["reports"]) == 1
    assert comments["followed"]
    assert json.loads(exported["newsletter.json"])["e-mail address"] == EMAIL
    account = json.loads(exported["account.json"])
    assert account["two-factor authentication"][0]["kind"] == "totp"
    assert account["sessions"]
    assert "JBSWY3DPEHPK3PXP" not in str(exported)
    assert ola.password not in str(exported)


def test_the_export_contains_no_data_of_others(traces: dict[str, Comment], rui: User) -> None:
    with zipfile.ZipFile(BytesIO(personal_data.archive(rui))) as files:
        exported = b"".join(files.read(name) for name in files.namelist()).decode()
    assert "ferry" not in exported
    assert EMAIL not in exported


def _rows(
    member: User, article: Article, comment: Comment
) -> dict[str, Callable[[], models.Model]]:
    """A row for each foreign key to an account that concerns members of the newsroom."""
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


def test_rows_of_admin_actions_stay_and_are_in_the_export(
    rui: User, mina: User, article: Article
) -> None:
    comment = comment_of(None, article, "A word of mine.")
    moderation.approve(comment, by=mina)
    rows = {column: make() for column, make in _rows(rui, article, comment).items()}
    exported = personal_data.rows_naming(rui)
    assert {
        "articles.Article.created_by",
        "articles.ModerationDecision.created_by",
    } <= exported.keys()
    User.objects.filter(pk=rui.pk).update(is_staff=False)
    rui.refresh_from_db()
    with pytest.raises(personal_data.CannotDelete):
        personal_data.delete_account(rui, keep_text=True)
    assert LogEntry.objects.filter(user=rui).exists()
    LogEntry.objects.filter(user=rui).delete()
    personal_data.delete_account(rui, keep_text=True)
    fields = dict(personal_data.foreign_keys_to_accounts())
    for column, row in rows.items():
        remaining = type(row)._base_manager.filter(pk=row.pk).first()
        assert remaining is None or getattr(remaining, fields[column].attname) is None, column
    assert Article.objects.get().pk == article.pk
    assert AuthorProfile.objects.get(slug="rui").user is None


def test_every_foreign_key_to_an_account_cascades_or_is_set_to_null() -> None:
    for column, field in personal_data.foreign_keys_to_accounts():
        on_delete = field.remote_field.on_delete  # type: ignore[union-attr]
        assert on_delete in {models.CASCADE, models.SET_NULL}, column


COUNTED_ONLY = {
    "admin.LogEntry.user": "its texts can name other people",
    "articles.Claim.moderator": "it says that somebody reads a comment, for some minutes",
    "accounts.User_user_permissions.user": "it says what somebody may do",
}


def test_every_row_that_is_deleted_with_an_account_is_in_its_export() -> None:
    exported = {column for handler in hooks.personal_data for column in handler.exported_columns}
    for column, field in personal_data.foreign_keys_to_accounts():
        on_delete = field.remote_field.on_delete  # type: ignore[union-attr]
        if on_delete is models.CASCADE and column not in COUNTED_ONLY:
            assert column in exported, column


def test_saved_views_of_the_article_list_are_in_the_export(rui: User, edna: User) -> None:
    SavedView.objects.create(user=rui, name="My drafts", query="state=draft")
    SavedView.objects.create(user=edna, name="Not of Rui", query="q=strait")
    views_of_rui = personal_data.gather(rui)["articles"]["saved views of the article list"]
    assert [(each["name"], each["query"]) for each in views_of_rui] == [
        ("My drafts", "state=draft")
    ]


def test_a_member_of_the_newsroom_cannot_delete_the_account(client: Client, edna: User) -> None:
    with pytest.raises(personal_data.CannotDelete):
        personal_data.delete_account(edna, keep_text=True)
    assert User.objects.filter(pk=edna.pk).exists()


def test_deletion_needs_a_choice_for_comments_and_a_confirmation(
    traces: dict[str, Comment], client: Client, ola: User, mail_folder: MailFolder
) -> None:
    for form in ({}, {"sure": "on"}, {"comments": "keep"}, {"comments": "all", "sure": "on"}):
        page = client.post("/accounts/delete/", form)
        assert page.status_code == 200
        assert 'class="errorlist"' in page.content.decode()
    page = client.post("/accounts/delete/", {"comments": "remove", "sure": "on"}, follow=True)
    assertTemplateUsed(page, "account/deleted.html")
    assert "_auth_user_id" not in client.session
    sentence = render_to_string("account/email/deleted.txt").partition(".")[0].strip()
    body = mail_folder.to(EMAIL)[-1].get_body(("plain",))
    assert body
    assert sentence in " ".join(body.get_content().split())


@pytest.mark.parametrize("path", ["/accounts/delete/", "/accounts/data/"])
def test_export_and_deletion_require_reauthentication(client: Client, ola: User, path: str) -> None:
    client.force_login(ola)
    response = client.get(path)
    assert response["Location"].startswith("/accounts/reauthenticate/")
    response = client.post(response["Location"], {"password": PASSWORD})
    assert response["Location"] == path
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("keep_text", [True, False])
def test_comments_with_an_unconfirmed_address_are_not_exported_or_erased(
    ola: User, mina: User, article: Article, keep_text: bool
) -> None:
    """Without confirmation the author is unknown. Only the e-mail address is erased."""
    unconfirmed = comment_of(None, article, "I am not Ola, but I know the address.")
    flag = Flag.objects.create(
        comment=unconfirmed, email=EMAIL, reason="other", text="Not hers", sender_hash="x"
    )
    exported = personal_data.gather(ola)
    assert "I am not Ola" not in json.dumps(exported, default=str)
    assert exported["comments"]["comments that gave your address and nobody confirmed"] == 1
    personal_data.delete_account(ola, keep_text=keep_text)
    unconfirmed.refresh_from_db()
    flag.refresh_from_db()
    assert (unconfirmed.text, unconfirmed.name) == (
        "I am not Ola, but I know the address.",
        "Olaf as a guest",
    )
    assert (unconfirmed.email, flag.email, flag.text) == ("", "", "Not hers")
