"""A dry run counts what changed rules would do, and changes nothing."""

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


def turn_off_pre_moderation() -> None:
    """Turns off the rules that hold every comment."""
    rules = (Check.EVERYONE, Check.FIRST_COMMENT)
    ScreeningRule.objects.filter(phase__in=rules).update(active=False)


def stricter_links() -> ScreeningRule:
    rule = ScreeningRule.objects.get(phase=Check.LINKS)
    rule.threshold = 1
    return rule


def test_it_counts_held_comments_and_those_a_moderator_approved(write: Write) -> None:
    approved = write("Read https://example.org/report, it is good.")
    write("No link here.")
    turn_off_pre_moderation()
    result = dry_run([stricter_links()], days=30)
    assert (result.looked_at, result.before["approved"], result.after["held"]) == (2, 2, 1)
    assert result.objected_though_approved == 1
    (change,) = result.changed
    assert (change.comment, change.human) == (approved, "approved")
    assert change.says == "It has one link."


def test_it_counts_approved_comments_that_a_moderator_rejected(write: Write, mina: User) -> None:
    bad = write("https://a.example.org https://b.example.org", pending=True)
    decisions.spam(bad, by=mina)
    turn_off_pre_moderation()
    rule = ScreeningRule.objects.get(phase=Check.LINKS)
    rule.action = Action.ALLOW
    assert dry_run([rule], days=30).passed_though_refused == 1


def test_it_changes_neither_comments_nor_rules(write: Write) -> None:
    comment = write("Read https://example.org/report, it is good.")
    turn_off_pre_moderation()
    dry_run([stricter_links()], days=30)
    assert Comment.objects.get().state == comment.state
    assert ScreeningRule.objects.get(phase=Check.LINKS).threshold == 2


def test_duplicates_are_counted_in_the_order_of_time(write: Write) -> None:
    for _ in range(3):
        write("The very same words.", pending=True)
    turn_off_pre_moderation()
    rule = ScreeningRule.objects.get(phase=Check.DUPLICATE)
    rule.threshold = 2
    result = dry_run([rule], days=30)
    assert (result.before["held"], result.after["held"]) == (2, 1)


def test_a_moderator_tests_and_then_saves_a_rule(write: Write, mina: User, client: Client) -> None:
    write("Read https://example.org/report, it is good.")
    turn_off_pre_moderation()
    client.force_login(mina)
    rule = ScreeningRule.objects.get(phase=Check.LINKS)
    url = reverse("admin:articles_screeningrule_change", args=[rule.pk])
    data = {"active": "on", "threshold": "1", "action": "hold", "reason": "", "days": "30"}
    page = client.post(url, {**data, "_try": "1"}).content.decode()
    assert "example.org/report" in page
    assert ScreeningRule.objects.get(pk=rule.pk).threshold == 2
    client.post(url, {**data, "_save": "1"})
    changed = ScreeningRule.objects.get(pk=rule.pk)
    assert (changed.threshold, changed.modified_by) == (1, mina)


def test_a_rule_that_rejects_needs_a_message_to_the_commenter(mina: User, client: Client) -> None:
    client.force_login(mina)
    rule = ScreeningRule.objects.get(phase=Check.LINKS)
    url = reverse("admin:articles_screeningrule_change", args=[rule.pk])
    data = {"active": "on", "threshold": "7", "action": "reject", "reason": "", "days": "30"}
    for button in ("_try", "_save"):
        page = client.post(url, {**data, button: "1"}).content.decode()
        assert "Enter the message to the commenter. Rules that reject need one." in page
        assert 'value="7"' in page
    assert ScreeningRule.objects.get(pk=rule.pk).action == "hold"


def test_a_word_that_another_one_covers_is_an_error(mina: User, client: Client) -> None:
    client.force_login(mina)
    url = reverse("admin:articles_screenedword_add")
    client.post(url, {"word": "Casino", "list": "banned"})
    page = client.post(url, {"word": "CAS1NO", "list": "suspect"}).content.decode()
    assert "“Casino” is there already" in page
    page = client.post(url, {"word": "!!!", "list": "suspect"}).content.decode()
    assert "errorlist" in page


def test_with_pre_moderation_it_counts_the_objections_of_the_rule(
    write: Write,
) -> None:
    write("Read https://example.org/report, it is good.")
    result = dry_run([stricter_links()], days=30)
    assert (result.before["held"], result.after["held"]) == (1, 1)
    assert (result.objected_before, result.objected_after) == (0, 1)
    assert result.objected_though_approved == 1
    assert [each.says for each in result.changed] == ["It has one link."]
