"""A banned writer writes no more; a name or a network makes only doubt."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.comments.bans import bans
from articles.comments.bans.models import Ban
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.comments.moderation.forms import BanForm
from articles.comments.screening import dry_run
from articles.comments.submission import posting
from articles.editorial.models import Article
from tests.articles.comments.conftest import Write

MOMENT = timezone.now() - timedelta(days=1)
HOME, NEIGHBOUR, ELSEWHERE = "203.0.113.9", "203.0.113.77", "198.51.100.1"


def post(
    article: Article,
    *,
    name: str = "Teo Brandt",
    email: str = "teo@readers.example",
    by: User | None = None,
    address: str | None = None,
) -> Comment:
    number = Comment.objects.count()
    return posting.post(
        article, name=name, email=email, text=f"Words {number}", by=by, ip_address=address
    )


def test_a_banned_accounts_address_is_rejected_with_a_sentence_and_the_moderator_reads_why(
    article: Article, mina: User, ola: User
) -> None:
    bans.ban(post(article, by=ola), kinds=["email"], by=mina, reason="Threats")
    again = post(article, name="Another Name", email=ola.email.upper())
    row = again.moderations.get()
    assert (again.state, row.commenter_notified) == ("rejected", True)
    assert "suspended" in row.reason
    said = [each["says"] for each in again.screening_results if each["phase"] == "writer"]
    assert said == ["Mina Sato banned this e-mail address: Threats."]


def test_an_address_that_only_guests_gave_is_doubt_and_held(article: Article, mina: User) -> None:
    bans.ban(post(article), kinds=["email"], by=mina, reason="Threats")
    again = post(article, name="Another Name", email="TEO@readers.example")
    assert again.state == "held"
    said = [each["says"] for each in again.screening_results if each["phase"] == "likeness"]
    assert said == ["Mina Sato banned this e-mail address: Threats."]


def test_a_banned_account_cannot_write_under_another_name(
    article: Article, mina: User, ola: User
) -> None:
    bans.ban(post(article, by=ola), kinds=["account"], by=mina, reason="Threats")
    User.objects.filter(pk=ola.pk).update(display_name="Somebody Else")
    assert post(article, by=User.objects.get(pk=ola.pk)).state == "rejected"


@pytest.mark.parametrize("name", ["Teo Brandt", "TEO  BRANDT", "Tеo Brandt"])
def test_who_bears_a_banned_name_is_held_and_not_rejected(
    article: Article, mina: User, name: str
) -> None:
    bans.ban(post(article), kinds=["name"], by=mina, reason="Threats")
    again = post(article, name=name, email="other@readers.example")
    assert again.state == "held"
    assert any(each["phase"] == "likeness" for each in again.screening_results)


@pytest.mark.parametrize(
    ("kind", "address", "met"),
    [
        ("address", HOME, True),
        ("address", NEIGHBOUR, False),
        ("network", NEIGHBOUR, True),
        ("network", ELSEWHERE, False),
    ],
)
def test_a_ban_of_an_address_or_its_network_holds_what_comes_from_there(
    article: Article, mina: User, kind: str, address: str, met: bool
) -> None:
    bans.ban(post(article, address=HOME), kinds=[kind], by=mina, reason="Threats")
    again = post(article, name="Ana", email="ana@readers.example", address=address)
    assert again.state == "held"
    assert any(each["phase"] == "likeness" for each in again.screening_results) == met


def test_a_suspension_ends_by_itself_and_gives_up_what_it_held(
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


def test_a_lifted_ban_says_by_whom_and_counts_no_more(
    article: Article, mina: User, edna: User, ola: User
) -> None:
    (ban,) = bans.ban(post(article, by=ola), kinds=["account"], by=mina, reason="Heat")
    assert bans.remove_ban(ban, by=edna)
    assert not bans.remove_ban(ban, by=mina)
    assert post(article, by=ola).state == "held"
    ban.refresh_from_db()
    assert ban.ended_by == edna


def test_banned_anew_the_earlier_ban_ends(article: Article, mina: User, edna: User) -> None:
    comment = post(article)
    soon = timezone.now() + timedelta(days=1)
    bans.ban(comment, kinds=["email"], by=mina, reason="Heat", expires_at=soon)
    bans.ban(comment, kinds=["email"], by=edna, reason="Again")
    assert [ban.reason for ban in Ban.objects.active()] == ["Again"]
    assert Ban.objects.count() == 2


@pytest.mark.parametrize(
    ("earlier", "approved", "waiting"),
    [
        ("leave", "approved", "held"),
        ("held", "approved", "rejected"),
        ("reject", "rejected", "rejected"),
        ("spam", "spam", "spam"),
    ],
)
def test_what_becomes_of_earlier_comments_is_chosen_and_each_has_its_row(
    article: Article, write: Write, mina: User, earlier: str, approved: str, waiting: str
) -> None:
    stands, waits = write("One"), write("Two", waits=True)
    other = posting.post(article, name="Ana", email="ana@readers.example", text="Three")
    (ban,) = bans.ban(waits, kinds=["email"], by=mina, reason="Threats", existing_comments=earlier)
    for comment, state in ((stands, approved), (waits, waiting), (other, "held")):
        comment.refresh_from_db()
        latest = comment.moderations.first()
        assert latest
        assert comment.state == latest.decision == state
        assert (latest.ban == ban) == (state not in {"approved", "held"})


def test_a_banned_name_takes_with_it_what_was_written_under_the_like(
    article: Article, mina: User
) -> None:
    one, two, three = (post(article, name=name) for name in ("Teo", "Tеo", "Theo"))
    bans.ban(one, kinds=["name"], by=mina, reason="Threats", existing_comments="held")
    states = [Comment.objects.get(pk=each.pk).state for each in (one, two, three)]
    assert states == ["rejected", "rejected", "held"]


def test_comments_from_a_banned_network_are_found_by_their_sealed_addresses(
    article: Article, mina: User
) -> None:
    one = post(article, address=HOME)
    two = post(article, name="Ana", email="ana@readers.example", address=NEIGHBOUR)
    three = post(article, name="Ben", email="ben@readers.example", address=ELSEWHERE)
    bans.ban(one, kinds=["network"], by=mina, reason="Flood", existing_comments="spam")
    states = [Comment.objects.get(pk=each.pk).state for each in (one, two, three)]
    assert states == ["spam", "spam", "held"]


def test_a_ban_that_cannot_be_made_is_refused_in_words(
    article: Article, mina: User, edna: User
) -> None:
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


def test_a_guest_who_types_anothers_address_gets_no_account_banned(
    article: Article, mina: User, ola: User
) -> None:
    stands = post(article, by=ola)
    decisions.approve(stands, by=mina)
    troll = post(article, name="Ola", email=ola.email)
    bans.ban(troll, kinds=["email"], by=mina, reason="Threats", existing_comments="reject")
    stands.refresh_from_db()
    again = post(article, by=ola)
    assert (stands.state, again.state) == ("approved", "held")
    assert not any(each["phase"] == "writer" for each in again.screening_results)
    (kept,) = (each for each in dry_run._as_they_came(MOMENT) if each[0].pk == again.pk)
    assert kept[2].banned == ""


def test_a_ban_of_an_accounts_address_outlives_one_made_from_a_guest_with_it(
    article: Article, mina: User, ola: User
) -> None:
    bans.ban(post(article, by=ola), kinds=["email"], by=mina, reason="Threats")
    bans.ban(post(article, email=ola.email), kinds=["email"], by=mina, reason="Again")
    assert post(article, by=ola).state == "rejected"


def test_a_guest_who_types_a_colleagues_address_is_banned_by_all_but_it(
    article: Article, mina: User, edna: User
) -> None:
    troll = post(article, name="Edna", email=edna.email.upper(), address=HOME)
    bans.ban(troll, kinds=["address", "name"], by=mina, reason="Threats")
    with pytest.raises(bans.BanError, match=r"[Mm]embers of the newsroom"):
        bans.ban(troll, kinds=["email"], by=mina, reason="Threats")
    assert Ban.objects.count() == 2


def test_two_moderators_who_ban_the_same_writer_at_once_are_told(
    article: Article, mina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = post(article)
    bans.ban(comment, kinds=["email"], by=mina, reason="Threats")
    # As it is when the other ban was not there yet while this one looked.
    monkeypatch.setattr(bans, "_end", lambda same, by: 0)
    with pytest.raises(bans.BanError, match="Another moderator"):
        bans.ban(comment, kinds=["email"], by=mina, reason="Heat")
    assert [ban.reason for ban in Ban.objects.all()] == ["Threats"]


def test_only_an_account_is_ticked_beforehand() -> None:
    assert BanForm(known=["account", "email"]).fields["kinds"].initial == ["account"]
    assert BanForm(known=["email", "name"]).fields["kinds"].initial == []


def test_who_writes_much_in_ten_minutes_is_held(article: Article, mina: User) -> None:
    sent = [post(article) for _ in range(5)]
    said = [any(each["phase"] == "rate" for each in comment.screening_results) for comment in sent]
    assert said == [False, False, False, False, True]


def test_the_database_holds_no_address_and_no_name_that_could_be_read_and_moderators_know_whom(
    client: Client, article: Article, mina: User
) -> None:
    bans.ban(
        post(article, address=HOME),
        kinds=["email", "name", "address", "network"],
        by=mina,
        reason="Threats",
    )
    kept = dict(Ban.objects.values_list("kind", "value"))
    for plain in ("teo", "readers.example", "brandt", HOME):
        assert plain not in f"{kept['email']} {kept['name']} {kept['address']}"
    assert dict(Ban.objects.values_list("kind", "masked_value")) == {
        "email": "t…@readers.example",
        "name": "Teo Brandt",
        "address": f"an address in {kept['network']}",
        "network": kept["network"],
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


def test_who_lifts_a_ban_may_put_back_what_it_decided_but_nothing_that_somebody_looked_at_since(
    client: Client, article: Article, mina: User, edna: User, ola: User
) -> None:
    stood, waited, looked_at = (post(article, by=ola) for _ in range(3))
    decisions.approve(stood, by=edna)
    (ban,) = bans.ban(stood, kinds=["account"], by=mina, reason="Heat", existing_comments="reject")
    decisions.spam(looked_at, by=edna, seen="rejected")
    client.force_login(mina)
    values = {"action": "remove_and_restore", "_selected_action": [ban.pk], "index": 0}
    client.post("/admin/articles/ban/", values, follow=True)
    states = [Comment.objects.get(pk=each.pk).state for each in (stood, waited, looked_at)]
    assert states == ["approved", "held", "spam"]
    row = stood.moderations.first()
    assert row is not None
    assert (row.created_by, row.reason) == (mina, "The ban was removed.")
    assert bans.restore_comments(ban, by=mina) == 0
