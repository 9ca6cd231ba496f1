"""The rules, their findings and the resulting state."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.screening.engine import dry_run
from articles.comments.screening.models import (
    Action,
    Check,
    ScreenedWord,
    ScreeningRule,
    SpamModelVersion,
)
from articles.comments.screening.spam_model import SpamModel
from articles.comments.screening.word_matching import folded
from articles.editorial.models import Article
from tests import commenting, moderation
from tests.articles.comments.conftest import Write

pytestmark = pytest.mark.django_db


def set_rule(phase: Check, **values: object) -> None:
    ScreeningRule.objects.filter(phase=phase).update(**values)


def turn_off_pre_moderation() -> None:
    """Turns off the rules that hold every comment."""
    for phase in (Check.EVERYONE, Check.FIRST_COMMENT):
        set_rule(phase, active=False)


def add_word(word: str, kind: str) -> None:
    ScreenedWord.objects.create(word=word, folded=folded(word), list=kind)


def findings(comment: Comment) -> list[str]:
    return [each["says"] for each in Comment.objects.get(pk=comment.pk).screening_results]


def test_every_comment_is_held_on_a_new_site(write: Write) -> None:
    comment = write(pending=True)
    assert comment.state == Comment.State.PENDING
    assert "Every comment is pending first." in findings(comment)


def test_a_comment_without_objections_is_approved(write: Write) -> None:
    turn_off_pre_moderation()
    comment = write(pending=True)
    assert comment.state == Comment.State.APPROVED
    assert comment.moderations.get().reason == "No rule objects."


def test_a_banned_word_rejects_with_a_message_to_the_commenter(write: Write) -> None:
    turn_off_pre_moderation()
    add_word("casino", "banned")
    comment = write("Win at our CAS1NO tonight", pending=True)
    assert comment.state == Comment.State.REJECTED
    row = comment.moderations.get()
    assert row.commenter_notified
    assert "please write it without that word" in row.reason
    assert findings(comment) == ["It has the banned word “casino”."]


def test_a_suspect_word_holds(write: Write) -> None:
    turn_off_pre_moderation()
    add_word("crypto", "suspect")
    assert write("Buy crypto now", pending=True).state == Comment.State.PENDING


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("See a.example.com and https://b.example.org/x", "It has 2 links."),
        ("See https://bit.ly/3abc", "A link through bit.ly hides its target."),
        ("See http://192.0.2.7/win", "A link leads to an IP address instead of a domain name."),
        ("THIS IS THE WORST THING I HAVE READ", "100 per cent of its letters are capitals."),
    ],
)
def test_a_finding_is_described_and_holds_the_comment(
    write: Write, text: str, finding: str
) -> None:
    turn_off_pre_moderation()
    comment = write(text, pending=True)
    assert comment.state == Comment.State.PENDING
    assert finding in findings(comment)


def test_a_duplicate_is_held(write: Write) -> None:
    turn_off_pre_moderation()
    write("I was there and saw it.", pending=True)
    second = write("I was there and saw it.", name="Another", pending=True)
    assert findings(second) == ["The same text was submitted once before, within thirty days."]


def test_a_commenter_with_an_approved_comment_is_known(
    article: Article, write: Write, mina: User
) -> None:
    set_rule(Check.EVERYONE, active=False)
    first = write("My first words here.", pending=True)
    assert findings(first) == ["No earlier comment by this commenter was approved."]
    moderation.approve(first, by=mina)
    assert write("And some more.", pending=True).state == Comment.State.APPROVED


def test_a_rule_that_only_notes_does_not_hold(write: Write) -> None:
    turn_off_pre_moderation()
    set_rule(Check.LENGTH, threshold=10)
    comment = write("Longer than ten characters.", pending=True)
    assert comment.state == Comment.State.APPROVED
    assert findings(comment) == ["It has 27 characters."]


def test_the_strictest_rule_decides(write: Write) -> None:
    turn_off_pre_moderation()
    add_word("casino", "banned")
    add_word("crypto", "suspect")
    comment = write("crypto casino", pending=True)
    assert comment.state == Comment.State.REJECTED
    assert len(findings(comment)) == 2


def test_the_model_holds_spam_with_its_reasons(write: Write) -> None:
    turn_off_pre_moderation()
    content = SpamModel({"word:my channel": 4.0}, prior=0.0, threshold=2.0).as_json()
    SpamModelVersion.objects.create(
        ham_count=50, spam_count=50, precision=1, recall=1, content=content
    )
    comment = write("Come to my channel", pending=True)
    assert comment.state == Comment.State.PENDING
    assert findings(comment) == ["Classified as spam: “my channel”."]


def test_screening_takes_a_limited_number_of_queries(
    article: Article, django_assert_max_num_queries: object
) -> None:
    for number in range(5):
        add_word(f"word{number}", "suspect")
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        commenting.post(article, name="Teo", email="teo@readers.example", text="Some words.")


def stricter_links() -> ScreeningRule:
    rule = ScreeningRule.objects.get(phase=Check.LINKS)
    rule.threshold = 1
    return rule


def test_it_counts_held_comments_and_those_a_moderator_approved(write: Write) -> None:
    approved = write("Read https://example.org/report, it is good.")
    write("No link here.")
    turn_off_pre_moderation()
    result = dry_run([stricter_links()], days=30)
    assert (result.tested, result.before["approved"], result.after["held"]) == (2, 2, 1)
    assert result.objected_to_approved == 1
    (change,) = result.changed
    assert (change.comment, change.human) == (approved, "approved")
    assert change.says == "It has one link."


def test_it_counts_approved_comments_that_a_moderator_rejected(write: Write, mina: User) -> None:
    bad = write("https://a.example.org https://b.example.org", pending=True)
    moderation.spam(bad, by=mina)
    turn_off_pre_moderation()
    rule = ScreeningRule.objects.get(phase=Check.LINKS)
    rule.action = Action.ALLOW
    assert dry_run([rule], days=30).passed_rejected == 1


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
    assert result.objected_to_approved == 1
    assert [each.says for each in result.changed] == ["It has one link."]
