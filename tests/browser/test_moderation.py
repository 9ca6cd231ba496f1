"""Moderating with the keyboard, and two moderators with one queue."""

from collections import Counter
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from articles.comments.admin.comment import CommentAdmin
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation.models import Ban, RejectionReason
from articles.comments.screening.models import ScreeningRule
from articles.editorial.models import Article
from tests import commenting, newsroom
from tests.browser.checkers import accessibility_complaints
from tests.browser.conftest import PHONE, OpenPage

pytestmark = pytest.mark.browser

LIST = "/admin/articles/comment/"
ROWS = "#result_list tr.case"


@pytest.fixture
def article(site: str) -> Article:
    return newsroom.published("Ferries at the strait")


def add_pending(article: Article, number: int) -> list[Comment]:
    """Adds pending comments, each by another commenter."""
    return [
        commenting.post(
            article,
            name=f"Writer {at}",
            email=f"writer{at}@readers.example",
            text=f"Remark {at} about https://example.org/timetable/{at}",
            ip_address=f"203.0.113.{at}",
        )
        for at in range(number)
    ]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the element has the focus."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(selector)


def pending_count_on(page: Page) -> str:
    return page.locator("[data-queue=held] .admin-count").inner_text()


def decided() -> Counter[str]:
    return Counter(Comment.objects.values_list("state", flat=True))


def test_twenty_comments_are_moderated_with_the_keyboard_alone(
    open_admin: OpenPage, article: Article, mina: User
) -> None:
    comments = add_pending(article, 20)
    page = open_admin(mina, LIST)
    complaints = accessibility_complaints(page)
    press(page, "j")
    expect(page.locator(f"{ROWS}.comment-current bdi")).to_have_text("Writer 0")
    press(page, "?")
    complaints += accessibility_complaints(page)
    press(page, "Escape")
    complaints += decide_and_undo(page, comments[0])
    complaints += reject_with_a_reason(page, comments[0])
    press(page, *"aasa" * 3)
    expect(page.locator(ROWS)).to_have_count(7)
    expect(page.locator("[data-queue=held] .admin-count")).to_have_text("7")
    assert decided() == {"rejected": 1, "approved": 9, "spam": 3, "held": 7}
    complaints += suspend_a_commenter(page)
    for _ in range(6):
        with page.expect_navigation():
            press(page, "a")
    expect(page.locator(".messagelist")).to_contain_text("No more comments in this queue.")
    assert pending_count_on(page) == "0"
    assert decided() == {"rejected": 2, "approved": 15, "spam": 3}
    assert Comment.objects.filter(moderations__created_by=mina).distinct().count() == 20
    complaints += change_a_rule(page)
    rule = ScreeningRule.objects.get(phase="links")
    assert (rule.threshold, rule.modified_by) == (1, mina)
    assert complaints == []


def test_shortcuts_apply_to_the_first_comment_before_any_selection(
    open_admin: OpenPage, article: Article, mina: User
) -> None:
    comments = add_pending(article, 2)
    page = open_admin(mina, LIST)
    expect(page.locator(f"{ROWS}.comment-current bdi")).to_have_text("Writer 0")
    assert page.evaluate("document.activeElement === document.body")
    press(page, "a")
    expect(page.locator(".admin-said .admin-undo")).to_be_visible()
    assert Comment.objects.get(pk=comments[0].pk).state == "approved"


def test_disabled_shortcuts_select_nothing(
    open_admin: OpenPage, article: Article, mina: User
) -> None:
    add_pending(article, 1)
    page = open_admin(mina, LIST)
    press(page, "?")
    page.locator("#admin-keys-on").uncheck()
    page.reload()
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page.locator(f"{ROWS}.comment-current")).to_have_count(0)


def decide_and_undo(page: Page, comment: Comment) -> list[str]:
    """Approves a comment and undoes it: it is pending at its old position."""
    expect(page.locator(".admin-waiting")).to_contain_text("20")
    press(page, "a")
    expect(page.locator(".admin-said")).to_contain_text("Writer 0: approved.")
    expect(page.locator(".admin-waiting")).to_contain_text("19")
    complaints = accessibility_complaints(page)
    press(page, "u")
    expect(page.locator(".admin-said")).to_contain_text("restored")
    expect(page.locator(".admin-waiting")).to_contain_text("20")
    expect(page.locator(f"{ROWS}.comment-current bdi")).to_have_text("Writer 0")
    assert Comment.objects.get(pk=comment.pk).state == "held"
    return complaints


def reject_with_a_reason(page: Page, comment: Comment) -> list[str]:
    """Enter rejects nothing before a reason is chosen."""
    press(page, "r", "Enter")
    complaints = accessibility_complaints(page)
    press(page, "t", "1")
    expect(page.locator(".admin-said")).to_contain_text("Writer 0: rejected.")
    row = ModerationDecision.objects.get(comment=comment, decision="rejected")
    assert (row.commenter_notified, row.reason) == (True, RejectionReason.objects.all()[0].message)
    return complaints


def suspend_a_commenter(page: Page) -> list[str]:
    """Their pending comments are rejected too, and the next comment is selected."""
    with page.expect_navigation():
        press(page, "b")
    complaints = accessibility_complaints(page)
    tab_to(
        page, "[name=kinds][value=email]"
    )  # The e-mail address of a guest is unconfirmed, so it must be selected.
    press(page, "Space")
    tab_to(page, "#id_reason")
    page.keyboard.type("Advertises everywhere")
    with page.expect_navigation():
        press(page, "Enter")
    ban = Ban.objects.active().get()
    assert (ban.reason, ban.expires_at is None) == ("Advertises everywhere", False)
    assert decided()["rejected"] == 2
    return complaints + accessibility_complaints(page)


def change_a_rule(page: Page) -> list[str]:
    """Tests a rule on existing comments and applies it; returns accessibility problems."""
    tab_to(page, "#nav-sidebar a[href='/admin/settings/']")
    with page.expect_navigation():
        press(page, "Enter")
    tab_to(page, "a[href$='/screeningrule/']")
    with page.expect_navigation():
        press(page, "Enter")
    rule = ScreeningRule.objects.get(phase="links")
    tab_to(page, f"#result_list th a[href$='/{rule.pk}/change/']")
    with page.expect_navigation():
        press(page, "Enter")
    complaints = accessibility_complaints(page)
    tab_to(page, "#id_threshold")
    press(page, "Control+a")
    page.keyboard.type("1")
    tab_to(page, "[name=_try]")
    with page.expect_navigation():
        press(page, "Enter")
    expect(page.locator(".replay-errors")).to_contain_text(
        "15 of these were approved by a moderator."
    )
    complaints += accessibility_complaints(page)
    tab_to(page, "[name=_save]")
    with page.expect_navigation():
        press(page, "Enter")
    return complaints


def test_two_moderators_decide_every_comment_exactly_once(
    open_admin: OpenPage, article: Article, mina: User, edna: User
) -> None:
    comments = add_pending(article, 16)
    turns = [(open_admin(mina, LIST), "a"), (open_admin(edna, LIST), "s")]
    for page, _ in turns:
        press(page, "j")
    deadline = monotonic() + 60
    while Comment.objects.pending().exists() and monotonic() < deadline:
        for page, decision in turns:
            press(page, decision)
        page.wait_for_timeout(60)
        for page, _ in turns:
            press(page, "j")
        turns.reverse()
    assert not Comment.objects.pending().exists()
    decisions = ModerationDecision.objects.filter(created_by__isnull=False)
    times = Counter(decisions.values_list("comment", flat=True))
    assert times == dict.fromkeys((each.pk for each in comments), 1)
    assert {row.created_by for row in decisions.select_related("created_by")} == {mina, edna}


def test_the_last_decision_of_a_page_can_be_undone_before_the_next_page_loads(
    open_admin: OpenPage, article: Article, mina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CommentAdmin, "list_per_page", 2)
    add_pending(article, 3)
    page = open_admin(mina, LIST)
    press(page, "j", "a")
    expect(page.locator(".admin-said")).to_contain_text("Writer 0: approved.")
    press(page, "a")
    expect(page.locator(".admin-said")).to_contain_text("Next comments (j)")
    press(page, "u")
    expect(page.locator(f"{ROWS} bdi").first).to_have_text("Writer 1")
    press(page, "a")
    expect(page.locator(".admin-said")).to_contain_text("Next comments (j)")
    press(page, "j")
    expect(page.locator(f"{ROWS} bdi").first).to_have_text("Writer 2")


@pytest.mark.parametrize("rest", ["comment/by-writer/", "moderation/weeks/"])
def test_tables_are_not_wider_than_a_phone(
    open_admin: OpenPage, article: Article, mina: User, rest: str
) -> None:
    add_pending(article, 3)
    page = open_admin(mina, f"/admin/articles/{rest}")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_comment_is_rejected_with_a_reason_of_its_menu(
    open_admin: OpenPage, article: Article, mina: User
) -> None:
    comments = add_pending(article, 2)
    reason = RejectionReason.objects.all()[1]
    page = open_admin(mina, LIST)
    menu = page.locator(ROWS).nth(1).locator(".comment-reasons")
    menu.locator("summary").click()
    expect(menu.locator(f"[data-listed='{reason.pk}']")).to_be_visible()
    assert accessibility_complaints(page) == []
    press(page, "Escape")
    expect(menu.locator("summary")).to_be_focused()
    press(page, "Enter")
    menu.locator(f"[data-listed='{reason.pk}']").press("Enter")
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page.locator(".admin-said .admin-undo")).to_be_visible()
    decision = ModerationDecision.objects.get(comment=comments[1], created_by=mina)
    assert decision.reason == reason.message


def test_a_comment_is_featured_from_its_menu_with_the_keyboard(
    open_admin: OpenPage, article: Article, mina: User
) -> None:
    comments = [
        Comment.objects.create(article=article, name=f"Writer {at}", text="Yes.", state="approved")
        for at in range(2)
    ]
    page = open_admin(mina, f"{LIST}?queue=approved")
    row = page.locator(f"#case-{comments[0].pk}")
    menu = row.locator(".comment-more")
    menu.locator("summary").press("Enter")
    expect(menu.locator(".comment-ban")).to_be_visible()
    assert accessibility_complaints(page) == []
    press(page, "Escape")
    expect(menu.locator("summary")).to_be_focused()
    expect(menu.locator(".comment-ban")).to_be_hidden()
    press(page, "Enter", "Tab", "Tab", "Tab")
    with page.expect_navigation():
        press(page, "Enter")
    assert [each.featured for each in Comment.objects.order_by("pk")] == [True, False]


@pytest.mark.parametrize("scripts", [True, False])
def test_the_menu_of_a_comment_leads_to_the_ban_on_a_phone(
    open_admin: OpenPage, article: Article, mina: User, scripts: bool
) -> None:
    add_pending(article, 2)
    page = open_admin(mina, LIST, scripts=scripts, size=PHONE)
    menu = page.locator(ROWS).nth(1).locator(".comment-more")
    menu.locator("summary").click()
    box = menu.locator(".admin-menu-list").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    if scripts:
        assert accessibility_complaints(page) == []
    with page.expect_navigation():
        menu.locator(".comment-ban").click()
    expect(page.locator("#id_reason")).to_be_visible()
