"""Banned commenters are rejected; bans by name or network only hold comments."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.comments.admin.actions import BanForm
from articles.comments.models import Comment
from articles.comments.moderation import ban_matching, bans
from articles.comments.moderation.models import Ban, EncryptedIPAddress
from articles.comments.screening import engine
from articles.editorial.models import Article
from tests import commenting, moderation
from tests.articles.comments.conftest import Write

MOMENT = timezone.now() - timedelta(days=1)
HOME, NEIGHBOUR, ELSEWHERE = "203.0.113.9", "203.0.113.77", "198.51.100.1"


def post(
    article: Article,
    *,
    name: str = "Teo Brandt",
    email: str = "teo@readers.example",
    by: User | None = None,
    ip_address: str = "",
) -> Comment:
    number = Comment.objects.count()
    return commenting.post(
        article, name=name, email=email, text=f"Text {number}", by=by, ip_address=ip_address
    )


def test_the_address_of_a_banned_account_is_rejected_with_a_reason(
    article: Article, mina: User, ola: User
) -> None:
    bans.ban(post(article, by=ola), kinds=["email"], by=mina, reason="Threats")
    again = post(article, name="Another Name", email=ola.email.upper())
    row = again.moderations.get()
    assert (again.state, row.commenter_notified) == ("rejected", True)
    assert "suspended" in row.reason
    messages = [each["says"] for each in again.screening_results if each["phase"] == "writer"]
    assert messages == ["Mina Sato banned this e-mail address: Threats."]


def test_a_banned_address_of_a_guest_only_holds_comments(article: Article, mina: User) -> None:
    bans.ban(post(article), kinds=["email"], by=mina, reason="Threats")
    again = post(article, name="Another Name", email="TEO@readers.example")
    assert again.state == "held"
    messages = [each["says"] for each in again.screening_results if each["phase"] == "likeness"]
    assert messages == ["Mina Sato banned this e-mail address: Threats."]


def test_a_banned_account_cannot_comment_under_another_name(
    article: Article, mina: User, ola: User
) -> None:
    bans.ban(post(article, by=ola), kinds=["account"], by=mina, reason="Threats")
    User.objects.filter(pk=ola.pk).update(display_name="Somebody Else")
    assert post(article, by=User.objects.get(pk=ola.pk)).state == "rejected"


@pytest.mark.parametrize("name", ["Teo Brandt", "TEO  BRANDT", "Tеo Brandt"])
def test_comments_with_a_banned_name_are_held_not_rejected(
    article: Article, mina: User, name: str
) -> None:
    bans.ban(post(article), kinds=["name"], by=mina, reason="Threats")
    again = post(article, name=name, email="other@readers.example")
    assert again.state == "held"
    assert any(each["phase"] == "likeness" for each in again.screening_results)


@pytest.mark.parametrize(
    ("kind", "ip_address", "matches"),
    [
        ("address", HOME, True),
        ("address", NEIGHBOUR, False),
        ("network", NEIGHBOUR, True),
        ("network", ELSEWHERE, False),
    ],
)
def test_bans_by_ip_address_and_network_hold_comments(
    article: Article, mina: User, kind: str, ip_address: str, matches: bool
) -> None:
    bans.ban(post(article, ip_address=HOME), kinds=[kind], by=mina, reason="Threats")
    again = post(article, name="Ana", email="ana@readers.example", ip_address=ip_address)
    assert again.state == "held"
    assert any(each["phase"] == "likeness" for each in again.screening_results) == matches


def test_an_expired_suspension_ends_and_its_identifier_is_erased(
    article: Article, mina: User, ola: User
) -> None:
    soon = timezone.now() + timedelta(days=7)
    mine = post(article, by=ola)
    (ban,) = bans.ban(mine, kinds=["account"], by=mina, reason="Heat", expires_at=soon)
    assert post(article, by=ola).state == "rejected"
    Ban.objects.update(expires_at=timezone.now())
    assert post(article, by=ola).state == "held"
    assert bans.end_expired() == 1
    ban.refresh_from_db()
    assert (ban.value, ban.ended_by) == ("", None)
    assert (ban.reason, ban.created_by) == ("Heat", mina)


def test_a_removed_ban_records_by_whom_and_no_longer_applies(
    article: Article, mina: User, edna: User, ola: User
) -> None:
    (ban,) = bans.ban(post(article, by=ola), kinds=["account"], by=mina, reason="Heat")
    assert bans.remove_ban(ban, by=edna)
    assert not bans.remove_ban(ban, by=mina)
    assert post(article, by=ola).state == "held"
    ban.refresh_from_db()
    assert ban.ended_by == edna


def test_a_new_ban_ends_the_earlier_one(article: Article, mina: User, edna: User) -> None:
    comment = post(article)
    soon = timezone.now() + timedelta(days=1)
    bans.ban(comment, kinds=["email"], by=mina, reason="Heat", expires_at=soon)
    bans.ban(comment, kinds=["email"], by=edna, reason="Again")
    assert [ban.reason for ban in Ban.objects.active()] == ["Again"]
    assert Ban.objects.count() == 2


@pytest.mark.parametrize(
    ("existing", "approved", "pending"),
    [
        ("leave", "approved", "held"),
        ("held", "approved", "rejected"),
        ("reject", "rejected", "rejected"),
        ("spam", "spam", "spam"),
    ],
)
def test_existing_comments_are_decided_as_chosen_and_logged(
    article: Article, write: Write, mina: User, existing: str, approved: str, pending: str
) -> None:
    first, second = write("One"), write("Two", pending=True)
    other = commenting.post(article, name="Ana", email="ana@readers.example", text="Three")
    (ban,) = bans.ban(
        second, kinds=["email"], by=mina, reason="Threats", existing_comments=existing
    )
    for comment, state in ((first, approved), (second, pending), (other, "held")):
        comment.refresh_from_db()
        latest = comment.moderations.first()
        assert latest
        assert comment.state == latest.decision == state
        assert (latest.ban == ban) == (state not in {"approved", "held"})


def test_a_ban_by_name_applies_to_similar_names(article: Article, mina: User) -> None:
    one, two, three = (post(article, name=name) for name in ("Teo", "Tеo", "Theo"))
    bans.ban(one, kinds=["name"], by=mina, reason="Threats", existing_comments="held")
    states = [Comment.objects.get(pk=each.pk).state for each in (one, two, three)]
    assert states == ["rejected", "rejected", "held"]


def test_comments_from_a_banned_network_are_found_by_encrypted_address(
    article: Article, mina: User
) -> None:
    one = post(article, ip_address=HOME)
    two = post(article, name="Ana", email="ana@readers.example", ip_address=NEIGHBOUR)
    three = post(article, name="Ben", email="ben@readers.example", ip_address=ELSEWHERE)
    bans.ban(one, kinds=["network"], by=mina, reason="Flood", existing_comments="spam")
    states = [Comment.objects.get(pk=each.pk).state for each in (one, two, three)]
    assert states == ["spam", "spam", "held"]


def test_invalid_bans_raise_an_error(article: Article, mina: User, edna: User) -> None:
    guest, staff = post(article), post(article, by=edna)
    yesterday = timezone.now() - timedelta(days=1)
    with pytest.raises(bans.BanError, match="Not stored for this comment"):
        bans.ban(guest, kinds=["address"], by=mina, reason="Heat")
    with pytest.raises(bans.BanError, match="in the future"):
        bans.ban(guest, kinds=["email"], by=mina, reason="Heat", expires_at=yesterday)
    with pytest.raises(bans.BanError, match=r"[Mm]embers of the newsroom"):
        bans.ban(staff, kinds=["account"], by=mina, reason="Heat")
    with pytest.raises(bans.BanError, match="way to identify"):
        bans.ban(guest, kinds=[], by=mina, reason="Heat")
    assert not Ban.objects.exists()


def test_a_guest_with_the_address_of_an_account_does_not_get_it_banned(
    article: Article, mina: User, ola: User
) -> None:
    published = post(article, by=ola)
    moderation.approve(published, by=mina)
    troll = post(article, name="Ola", email=ola.email)
    bans.ban(troll, kinds=["email"], by=mina, reason="Threats", existing_comments="reject")
    published.refresh_from_db()
    again = post(article, by=ola)
    assert (published.state, again.state) == ("approved", "held")
    assert not any(each["phase"] == "writer" for each in again.screening_results)
    (row,) = (each for each in engine._submissions(MOMENT) if each[0].pk == again.pk)
    assert row[2].banned == ""


def test_a_ban_of_an_accounts_address_still_applies_after_one_of_a_guest(
    article: Article, mina: User, ola: User
) -> None:
    bans.ban(post(article, by=ola), kinds=["email"], by=mina, reason="Threats")
    bans.ban(post(article, email=ola.email), kinds=["email"], by=mina, reason="Again")
    assert post(article, by=ola).state == "rejected"


def test_a_guest_with_an_address_of_the_newsroom_is_not_banned_by_it(
    article: Article, mina: User, edna: User
) -> None:
    troll = post(article, name="Edna", email=edna.email.upper(), ip_address=HOME)
    bans.ban(troll, kinds=["address", "name"], by=mina, reason="Threats")
    with pytest.raises(bans.BanError, match=r"[Mm]embers of the newsroom"):
        bans.ban(troll, kinds=["email"], by=mina, reason="Threats")
    assert Ban.objects.count() == 2


def test_two_moderators_cannot_ban_the_same_commenter_at_once(
    article: Article, mina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = post(article)
    bans.ban(comment, kinds=["email"], by=mina, reason="Threats")
    # Simulates a second ban that is created between the query and the insert.
    monkeypatch.setattr(bans, "_end", lambda earlier, by: 0)
    with pytest.raises(bans.BanError, match="Another moderator"):
        bans.ban(comment, kinds=["email"], by=mina, reason="Heat")
    assert [ban.reason for ban in Ban.objects.all()] == ["Threats"]


def test_only_the_account_is_preselected() -> None:
    assert BanForm(known=["account", "email"]).fields["kinds"].initial == ["account"]
    assert BanForm(known=["email", "name"]).fields["kinds"].initial == []


def test_the_ban_of_an_accounts_email_address_is_not_described_as_a_guests() -> None:
    def label(*known: str) -> str:
        choices = BanForm(known=known).fields["kinds"].choices  # type: ignore[attr-defined]
        return str(dict(choices)[Ban.Kind.EMAIL])

    assert label("account", "email") != label("email", "name")


def test_many_comments_in_ten_minutes_are_held(article: Article, mina: User) -> None:
    sent = [post(article) for _ in range(5)]
    messages = [
        any(each["phase"] == "rate" for each in comment.screening_results) for comment in sent
    ]
    assert messages == [False, False, False, False, True]


def test_ban_identifiers_are_hashed_and_shown_masked(
    client: Client, article: Article, mina: User
) -> None:
    bans.ban(
        post(article, ip_address=HOME),
        kinds=["email", "name", "address", "network"],
        by=mina,
        reason="Threats",
    )
    values = dict(Ban.objects.values_list("kind", "value"))
    for plain in ("teo", "readers.example", "brandt", HOME):
        assert plain not in f"{values['email']} {values['name']} {values['address']}"
    assert dict(Ban.objects.values_list("kind", "masked_value")) == {
        "email": "t…@readers.example",
        "name": "Teo Brandt",
        "address": f"an address in {values['network']}",
        "network": values["network"],
    }
    client.force_login(mina)
    listed = client.get("/admin/articles/ban/").content.decode()
    assert "t…@readers.example" in listed
    assert "teo@readers.example" not in listed
    for ban in Ban.objects.all():
        bans.remove_ban(ban, by=mina)
    assert not Ban.objects.exclude(value="", masked_value="").exists()


def test_a_ban_outlives_a_change_of_the_secret(article: Article, mina: User, settings: Any) -> None:
    bans.ban(post(article), kinds=["email"], by=mina, reason="Threats")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret"
    again = post(article)
    assert any(each["phase"] == "likeness" for each in again.screening_results)
    bans.ban(again, kinds=["email"], by=mina, reason="Threats once more")
    assert Ban.objects.active().count() == 1


def test_removing_a_ban_restores_comments_not_decided_since(
    client: Client, article: Article, mina: User, edna: User, ola: User
) -> None:
    approved, pending, reviewed = (post(article, by=ola) for _ in range(3))
    moderation.approve(approved, by=edna)
    (ban,) = bans.ban(
        approved, kinds=["account"], by=mina, reason="Heat", existing_comments="reject"
    )
    moderation.spam(reviewed, by=edna, seen="rejected")
    client.force_login(mina)
    values = {"action": "remove_and_restore", "_selected_action": [ban.pk], "index": 0}
    client.post("/admin/articles/ban/", values, follow=True)
    states = [Comment.objects.get(pk=each.pk).state for each in (approved, pending, reviewed)]
    assert states == ["approved", "held", "spam"]
    row = approved.moderations.first()
    assert row is not None
    assert (row.created_by, row.reason) == (mina, "The ban was removed.")
    assert bans.restore_comments(ban, by=mina) == 0


def post_from(article: Article, ip_address: str) -> Comment:
    return commenting.post(
        article, name="Teo Brandt", email="teo@readers.example", text="Words", ip_address=ip_address
    )


def test_the_address_is_stored_encrypted(article: Article) -> None:
    comment = post_from(article, "203.0.113.9")
    assert "203.0.113" not in EncryptedIPAddress.objects.get().ciphertext
    assert ban_matching.ip_address_of(comment) == "203.0.113.9"


@pytest.mark.parametrize("ip_address", ["", "not an address"])
def test_nothing_is_stored_without_a_valid_address(article: Article, ip_address: str) -> None:
    assert ban_matching.ip_address_of(post_from(article, ip_address)) == ""
    assert not EncryptedIPAddress.objects.exists()


def test_expired_addresses_are_not_returned_and_get_deleted(article: Article) -> None:
    comment = post_from(article, "2001:db8::7")
    now = timezone.now()
    EncryptedIPAddress.objects.update(created_at=now - timedelta(days=30), expires_at=now)
    assert ban_matching.ip_address_of(comment) == ""
    assert ban_matching.delete_expired_ip_addresses() == 1
    assert not EncryptedIPAddress.objects.exists()


def test_the_database_limits_the_retention_to_thirty_days(article: Article) -> None:
    post_from(article, "203.0.113.9")
    with pytest.raises(IntegrityError), transaction.atomic():
        EncryptedIPAddress.objects.update(expires_at=timezone.now() + timedelta(days=31))


def test_old_addresses_are_decrypted_with_a_fallback_secret(
    article: Article, settings: Any
) -> None:
    comment = post_from(article, "203.0.113.9")
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another secret"
    assert ban_matching.ip_address_of(comment) == ""
    settings.SECRET_KEY_FALLBACKS = [old]
    assert ban_matching.ip_address_of(comment) == "203.0.113.9"
