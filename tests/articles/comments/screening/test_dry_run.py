"""A changed rule is tried on what was written before; asking changes nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.moderation import decisions
from articles.comments.screening.dry_run import dry_run
from articles.comments.screening.models import Action, Check, ScreeningRule
from tests.articles.comments.conftest import Write

pytestmark = pytest.mark.django_db


def open_house() -> None:
    """From now on comments stand at once unless a rule has something against them."""
    quiet = (Check.EVERYONE, Check.FIRST_COMMENT)
    ScreeningRule.objects.filter(phase__in=quiet).update(active=False)


def stricter_links() -> ScreeningRule:
    rule = ScreeningRule.objects.get(phase=Check.LINKS)
    rule.threshold = 1
    return rule


def test_it_counts_what_would_be_held_and_what_a_moderator_had_let_stand(write: Write) -> None:
    liked = write("Read https://example.org/report, it is good.")
    write("No link here.")
    open_house()
    result = dry_run([stricter_links()], days=30)
    assert (result.looked_at, result.before["approved"], result.after["held"]) == (2, 2, 1)
    assert result.objected_though_approved == 1
    (change,) = result.changed
    assert (change.comment, change.human) == (liked, "approved")
    assert change.says == "It has one link."


def test_it_counts_what_would_pass_though_a_moderator_refused_it(write: Write, mina: User) -> None:
    bad = write("https://a.example.org https://b.example.org", waits=True)
    decisions.spam(bad, by=mina)
    open_house()
    rule = ScreeningRule.objects.get(phase=Check.LINKS)
    rule.action = Action.ALLOW
    assert dry_run([rule], days=30).passed_though_refused == 1


def test_asking_changes_no_comment_and_no_rule(write: Write) -> None:
    comment = write("Read https://example.org/report, it is good.")
    open_house()
    dry_run([stricter_links()], days=30)
    assert Comment.objects.get().state == comment.state
    assert ScreeningRule.objects.get(phase=Check.LINKS).threshold == 2


def test_the_same_words_are_counted_as_they_came(write: Write) -> None:
    for _ in range(3):
        write("The very same words.", waits=True)
    open_house()
    rule = ScreeningRule.objects.get(phase=Check.DUPLICATE)
    rule.threshold = 2
    result = dry_run([rule], days=30)
    assert (result.before["held"], result.after["held"]) == (2, 1)


def test_mina_tries_a_rule_and_then_applies_it(write: Write, mina: User, client: Client) -> None:
    write("Read https://example.org/report, it is good.")
    open_house()
    client.force_login(mina)
    rule = ScreeningRule.objects.get(phase=Check.LINKS)
    address = reverse("admin:articles_screeningrule_change", args=[rule.pk])
    sent = {"active": "on", "threshold": "1", "action": "hold", "reason": "", "days": "30"}
    tried = client.post(address, {**sent, "_try": "1"}).content.decode()
    assert "example.org/report" in tried
    assert ScreeningRule.objects.get(pk=rule.pk).threshold == 2
    client.post(address, {**sent, "_save": "1"})
    changed = ScreeningRule.objects.get(pk=rule.pk)
    assert (changed.threshold, changed.modified_by) == (1, mina)


def test_a_rule_that_rejects_needs_a_reason_and_keeps_what_was_typed(
    mina: User, client: Client
) -> None:
    client.force_login(mina)
    rule = ScreeningRule.objects.get(phase=Check.LINKS)
    address = reverse("admin:articles_screeningrule_change", args=[rule.pk])
    sent = {"active": "on", "threshold": "7", "action": "reject", "reason": "", "days": "30"}
    for button in ("_try", "_save"):
        page = client.post(address, {**sent, button: "1"}).content.decode()
        assert "Enter the message to the commenter. Rules that reject need one." in page
        assert 'value="7"' in page
    assert ScreeningRule.objects.get(pk=rule.pk).action == "hold"


def test_a_word_that_another_finds_already_is_refused_in_words(mina: User, client: Client) -> None:
    client.force_login(mina)
    address = reverse("admin:articles_screenedword_add")
    client.post(address, {"word": "Casino", "list": "banned"})
    page = client.post(address, {"word": "CAS1NO", "list": "suspect"}).content.decode()
    assert "“Casino” is there already" in page
    page = client.post(address, {"word": "!!!", "list": "suspect"}).content.decode()
    assert "errorlist" in page


def test_where_every_comment_is_held_first_it_tells_what_the_rule_itself_objects_to(
    write: Write,
) -> None:
    write("Read https://example.org/report, it is good.")
    result = dry_run([stricter_links()], days=30)
    assert (result.before["held"], result.after["held"]) == (1, 1)
    assert (result.objected_before, result.objected_after) == (0, 1)
    assert result.objected_though_approved == 1
    assert [each.says for each in result.changed] == ["It has one link."]
