"""A reader comments and a moderator decides, with and without JavaScript."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.submission.comment_policy import ArticlePolicy
from articles.editorial.models import Article
from iria.publication.models import CommentPolicy
from tests import commenting, moderation, newsroom
from tests.browser.checkers import (
    complaints_in_every_look,
)
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, wait_until

pytestmark = pytest.mark.browser

WORDS = "I was on that ferry.\nIt was late."


@pytest.fixture
def article(site: str) -> Article:
    return newsroom.published("Ferries at the strait")


@pytest.fixture(autouse=True)
def _no_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests type faster than people; the minimum time is tested elsewhere."""
    monkeypatch.setattr("articles.comments.submission.form.MIN_AGE", timedelta(0))


def write(page: Page, words: str = WORDS, *, name: str = "Teo Brandt") -> None:
    page.fill("#comment-name", name)
    page.fill("#comment-email", "teo@readers.example")
    page.fill("#comment-text", words)


def test_with_javascript_a_comment_is_sent_in_one_step(
    open_page: OpenPage, article: Article
) -> None:
    page = open_page(article.get_absolute_url())
    write(page)
    page.click("text=Submit comment")
    page.wait_for_url("**/comments/thanks/**")
    assert Comment.objects.pending().get().text == WORDS


NOTHING_IS_KEPT = """
for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
"""
"""A browser whose storage throws errors."""


def test_the_reply_form_moves_to_the_comment_and_back_even_without_storage(
    open_page: OpenPage, article: Article, mina: User
) -> None:
    above = commenting.post(
        article, name="Ana Reis", email="ana@readers.example", text="Which one?"
    )
    moderation.approve(above, by=mina)
    page = open_page("/robots.txt", own=True)
    page.add_init_script(NOTHING_IS_KEPT)
    page.goto(article.get_absolute_url())
    # The script loads after the page; until then “Reply” is a link to another page.
    page.wait_for_selector("comment-thread:defined")
    page.click("text=Reply")
    assert page.locator(f"#comment-{above.pk} + form").is_visible()
    page.click("text=Reply")
    assert page.locator(f"#comment-{above.pk} + form").count() == 0
    page.click("text=Reply")
    write(page)
    page.click("text=Submit comment")
    page.wait_for_url("**/comments/thanks/**")
    assert Comment.objects.pending().get().parent == above


def test_a_broken_connection_does_not_lose_the_text(open_page: OpenPage, article: Article) -> None:
    page = open_page(article.get_absolute_url())
    write(page)
    page.wait_for_selector("text=Submit comment")

    def drop(route: Route) -> None:
        route.abort("internetdisconnected")

    page.route("**/comments/new/**", drop)
    page.click("text=Submit comment")
    page.wait_for_selector("text=The connection was lost")
    assert page.input_value("#comment-text") == WORDS
    page.reload()
    expect(page.locator("#comment-text")).to_have_value(WORDS)
    page.unroute("**/comments/new/**")
    write(page)
    page.click("text=Submit comment")
    page.wait_for_url("**/comments/thanks/**")
    assert Comment.objects.count() == 1
    page.goto(article.get_absolute_url())
    assert page.input_value("#comment-text") == ""


def test_text_entered_before_the_script_has_loaded_is_kept_too(
    open_page: OpenPage, article: Article
) -> None:
    page = open_page("/robots.txt")
    on_its_way: list[Route] = []
    page.route("**/comments*.js", lambda route: on_its_way.append(route))
    with page.expect_request("**/comments*.js"):
        page.goto(article.get_absolute_url())
    page.fill("#comment-text", WORDS)
    on_its_way[0].continue_()
    page.wait_for_selector("text=Submit comment")
    page.unroute("**/comments*.js")
    page.reload()
    expect(page.locator("#comment-text")).to_have_value(WORDS)


def test_a_returning_reader_sees_the_number_of_new_comments(
    open_page: OpenPage, article: Article, mina: User
) -> None:
    def add_comment(words: str) -> Comment:
        comment = commenting.post(article, name="Ana", email="a@readers.example", text=words)
        moderation.approve(comment, by=mina)
        return comment

    add_comment("First")
    page = open_page(article.get_absolute_url())
    wait_until(page, "localStorage.length")
    assert page.locator("#comments-heading").inner_text() == "1 Comment"
    last = [add_comment(f"Again {number}") for number in range(3)][-1]
    page.reload()
    expect(page.locator("#comments-heading")).to_have_text("4 Comments")
    expect(page.locator(".thread-new")).to_contain_text("3")
    page.goto(last.get_absolute_url())
    assert page.url.endswith(f"#{last.anchor}")
    assert "Ana" in page.locator(".comment:target .comment-name").inner_text()


def test_a_thread_can_be_collapsed_and_its_pages_work_without_javascript(
    open_page: OpenPage, article: Article
) -> None:
    approved = {"article": article, "name": "Ana", "state": Comment.State.APPROVED}
    tops = Comment.objects.bulk_create(Comment(text=f"Top {n}", **approved) for n in range(60))
    Comment.objects.bulk_create(
        Comment(text=f"Reply {n}", parent=tops[0], **approved) for n in range(120)
    )
    page = open_page(article.get_absolute_url(), scripts=False)
    assert page.locator("text=Reply 3").first.is_visible()
    page.click("summary:has-text('120 replies')")
    assert not page.locator("text=Reply 3").first.is_visible()
    page.click("summary:has-text('120 replies')")
    page.click("text=Show all 120 replies")
    assert page.locator(".thread-answered .comment-text").inner_text() == "Top 0"
    page.click("text=Next page")
    assert page.locator(".comment-text").nth(1).inner_text() == "Reply 50"
    page.click("h1 a")
    page.click("text=Newest first")
    assert page.locator(".thread .comment-text").first.inner_text() == "Top 59"
    page.click("text=Next page")
    assert page.locator(".thread .comment-text").first.inner_text() == "Top 9"


def test_errors_are_shown_beside_the_form(
    open_page: OpenPage, article: Article, mina: User
) -> None:
    page = open_page(article.get_absolute_url())
    write(page, name="Mina Sato")
    page.click("text=Submit comment")
    page.wait_for_selector("text=A member of the newsroom has this name")
    assert page.url.endswith(article.get_absolute_url())
    assert page.input_value("#comment-text") == WORDS
    assert page.evaluate("document.activeElement.id") == "comment-name"
    page.fill("#comment-name", "Teo Brandt")
    page.click("text=Submit comment")
    page.wait_for_url("**/comments/thanks/**")


def test_a_signed_in_user_is_not_asked_for_name_and_email(
    open_page: OpenPage, article: Article, ola: User
) -> None:
    page = open_page(article.get_absolute_url(), who=ola)
    form = page.locator("#comment-form")
    expect(form.get_by_role("status")).to_contain_text(ola.display_name)
    expect(page.locator("#comment-name")).to_be_hidden()
    expect(page.locator("#comment-email")).to_be_hidden()
    assert complaints_in_every_look(page, DESKTOP, PHONE) == []
    page.fill("#comment-text", WORDS)
    page.click("text=Submit comment")
    page.wait_for_url("**/comments/thanks/**")
    assert Comment.objects.get().user == ola


def test_an_anonymous_reader_gets_the_guest_form_without_a_request(
    open_page: OpenPage, article: Article
) -> None:
    page = open_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    with page.expect_response("**/accounts/state/**"):
        page.goto(article.get_absolute_url())
    wait_until(page, "() => !!customElements.get('comment-thread')")
    expect(page.locator("#comment-name")).to_be_visible()
    assert not any("/comments/" in path for path in requests)


def test_a_user_signed_out_elsewhere_is_warned_before_sending(
    open_page: OpenPage, article: Article, ola: User
) -> None:
    page = open_page(article.get_absolute_url(), who=ola)
    expect(page.locator("#comment-name")).to_be_hidden()
    page.context.clear_cookies()
    page.fill("#comment-text", WORDS)
    page.locator("#comment-form button").first.click()
    expect(page.locator("#comment-name")).to_be_visible()
    assert page.locator("#comment-text").input_value() == WORDS
    assert not Comment.objects.exists()


def test_a_comment_by_staff_is_published_immediately(
    open_page: OpenPage, article: Article, mina: User
) -> None:
    Article.objects.update(comments_policy="held")
    page = open_page(article.get_absolute_url(), who=mina)
    form = page.locator("#comment-form")
    expect(form.get_by_role("status")).to_contain_text(mina.display_name)
    expect(form.get_by_text(ArticlePolicy(CommentPolicy.HELD, is_open=True).notice)).to_be_hidden()
    page.fill("#comment-text", WORDS)
    page.locator("#comment-form button").first.click()
    page.wait_for_url("**/comments/thanks/**")
    page.goto(article.get_absolute_url())
    expect(page.locator(".comment-text")).to_contain_text(WORDS.splitlines()[0])


def test_the_moderation_pages_work_with_scripts_and_comply_with_the_policy(
    open_admin: OpenPage, article: Article, mina: User
) -> None:
    comment = commenting.post(
        article, name="Ana Reis", email="ana@readers.example", text="<b>Which?"
    )
    page = open_admin(mina, "/admin/articles/comment/")
    page.click("#result_list .comment-link")
    page.fill("#decision-reason", "Off the subject")
    page.check("[name=tell]")
    page.click("#comment-page button[value=reject]")
    assert "One comment was rejected." in page.locator(".messagelist").inner_text()
    row = comment.moderations.first()
    assert row
    assert (row.decision, row.reason, row.commenter_notified) == (
        "rejected",
        "Off the subject",
        True,
    )
    page.goto("/admin/articles/moderationdecision/")
    assert "Off the subject" in page.locator("#result_list").inner_text()


def a_thread(article: Article, mina: User) -> Comment:
    above = None
    for number in range(5):
        above = commenting.post(
            article, name="Ana Reis", email="a@readers.example", text=f"Word {number}", parent=above
        )
        moderation.approve(above, by=mina)
    assert above
    gap = commenting.post(article, name="Ana Reis", email="a@readers.example", text="Unkind")
    moderation.approve(gap, by=mina)
    response = commenting.post(
        article, name="Ben Ode", email="b@readers.example", text="Be kind", parent=gap
    )
    moderation.approve(response, by=mina)
    moderation.reject(gap, by=mina)
    return above
