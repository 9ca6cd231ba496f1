"""Reading a thread: dates, initials, new comments, recommendations."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Route, expect

from accounts.models import User
from articles.comments.models import Comment, Recommendation
from articles.editorial.models import Article
from iria.publication.models import Publication
from tests import newsroom
from tests.browser.checkers import complaints_in_every_look
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def article(site: str) -> Article:
    return newsroom.published("Ferries at the strait")


def add(article: Article, text: str = "I was on that ferry.", **more: object) -> Comment:
    values = {"name": "Teo Brandt", "state": Comment.State.APPROVED, **more}
    return Comment.objects.create(article=article, text=text, **values)


def test_dates_are_relative_and_keep_the_exact_date(open_page: OpenPage, article: Article) -> None:
    add(article, created_at=timezone.now() - timedelta(hours=3, minutes=5))
    add(article, created_at=timezone.now() - timedelta(days=400))
    plain = open_page(article.get_absolute_url(), scripts=False).locator(".comment-date time")
    exact = plain.all_inner_texts()
    dates = open_page(article.get_absolute_url()).locator(".comment-date time")
    expect(dates.nth(0)).to_have_text("1 year ago")
    expect(dates.nth(1)).to_have_text("3 hours ago")
    assert [dates.nth(n).get_attribute("title") for n in range(2)] == exact


def test_dates_are_in_the_language_of_the_article(open_page: OpenPage, site: str) -> None:
    Publication.objects.update_or_create(pk=1, defaults={"languages": "en, fr"})
    article = newsroom.published("Les bacs du détroit", language="fr")
    add(article, created_at=timezone.now() - timedelta(hours=3, minutes=5))
    page = open_page(article.get_absolute_url())
    expect(page.locator(".comment-date time")).to_have_text("il y a 3 heures")


def test_staff_have_filled_initials_and_a_label(
    open_page: OpenPage, article: Article, edna: User
) -> None:
    reader, staff = add(article), add(article, user=edna)
    page = open_page(article.get_absolute_url(), scripts=False)
    initials = page.locator(".comment-initials")
    assert initials.all_inner_texts()[0] == "TB"
    backgrounds = [
        initials.nth(n).evaluate("it => getComputedStyle(it).backgroundColor") for n in range(2)
    ]
    assert backgrounds[0] != backgrounds[1]
    expect(page.locator(f"#{staff.anchor} .comment-label")).to_be_visible()
    expect(page.locator(f"#{reader.anchor} .comment-label")).to_have_count(0)


def test_a_reader_recommends_a_comment_and_undoes_it(
    open_page: OpenPage, article: Article, ola: User
) -> None:
    comment = add(article)
    page = open_page(article.get_absolute_url(), who=ola)
    button = page.locator(f"#{comment.anchor} .comment-recommend")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button.locator(".comment-recommendations")).to_have_text("1")
    assert Recommendation.objects.get().user == ola
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button.locator(".comment-recommendations")).to_have_text("")
    assert not Recommendation.objects.exists()


def test_a_lost_connection_is_reported_beside_the_comment(
    open_page: OpenPage, article: Article, ola: User
) -> None:
    comment = add(article)
    page = open_page(who=ola)
    held: list[Route] = []
    # The form says later who comments.
    page.route("**/comments/token/**", lambda route: held.append(route))
    page.goto(article.get_absolute_url())
    button = page.locator(f"#{comment.anchor} .comment-recommend")
    expect(button).to_have_attribute("aria-pressed", "false")

    def drop(route: Route) -> None:
        route.abort("internetdisconnected")

    page.route("**/recommend/", drop)
    button.click()
    expect(page.locator(f"#{comment.anchor} [role=status]")).to_be_visible()
    wait_until(page, lambda: held)
    held.pop().continue_()
    expect(page.locator(".comment-form [role=status]")).to_contain_text("Ola Lind")
    expect(page.locator(f"#{comment.anchor} [role=status]")).to_be_visible()
    expect(button).to_have_attribute("aria-pressed", "false")
    page.unroute("**/recommend/")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator(f"#{comment.anchor} [role=status]")).to_have_count(0)


def test_without_javascript_a_recommendation_is_one_click(
    open_page: OpenPage, article: Article, ola: User
) -> None:
    comment = add(article)
    page = open_page(article.get_absolute_url(), who=ola, scripts=False)
    button = page.locator(f"#{comment.anchor} .comment-recommend")
    button.click()
    page.wait_for_url(f"**#{comment.anchor}")
    expect(button.locator(".comment-recommendations")).to_have_text("1")


def test_new_comments_are_marked_and_lead_to_the_next_one(
    open_page: OpenPage, article: Article
) -> None:
    add(article, created_at=timezone.now() - timedelta(days=1))
    page = open_page(article.get_absolute_url())
    expect(page.locator(".comment-date time")).to_have_attribute("title", re.compile(".+"))
    later = timezone.now() + timedelta(seconds=5)
    first, second = (add(article, f"Later {n}", created_at=later) for n in range(2))
    page.reload()
    page.locator(".thread-new").click()
    assert page.url.endswith(f"#{first.anchor}")
    page.locator(f"#{first.anchor} .comment-new").click()
    assert page.url.endswith(f"#{second.anchor}")
    expect(page.locator(".comment-new")).to_have_count(2)


def test_the_thread_is_accessible_and_fits_the_window(
    open_page: OpenPage, article: Article, edna: User, ola: User
) -> None:
    above = add(article, created_at=timezone.now() - timedelta(hours=9))
    reply = add(article, "Which one?", name="Mei-Lin Agarwal", parent=above)
    third = add(article, "The first one, at noon.", parent=reply, user=edna)
    add(article, "That one.", parent=third)
    add(article, "An editor chose this.", name="ليلى بن حدو", featured=True)
    page = open_page(article.get_absolute_url(), who=ola, size=PHONE, bypass_csp=True)
    button = page.locator(f"#{above.anchor} .comment-recommend")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert complaints_in_every_look(page, PHONE, DESKTOP) == []


def test_a_thread_in_arabic_is_mirrored_and_fits_the_window(
    open_page: OpenPage, site: str, edna: User
) -> None:
    article = newsroom.published("المد والجزر", language="ar")
    above = add(article, "لا أوافق على ذلك.", name="ليلى بن حدو")
    reply = add(article, "ولماذا؟", name="عمر", parent=above, user=edna)
    page = open_page(article.get_absolute_url(), size=PHONE)
    boxes = [
        page.locator(f"#{comment.anchor} .comment-initials").bounding_box()
        for comment in (above, reply)
    ]
    text = page.locator(f"#{above.anchor} .comment-text").bounding_box()
    assert text
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["x"] > text["x"] + text["width"] / 2
    assert boxes[1]["x"] < boxes[0]["x"]
    assert complaints_in_every_look(page, PHONE, DESKTOP) == []


def test_the_pages_of_a_reader_are_accessible_and_fit_the_window(
    open_page: OpenPage, article: Article, ola: User
) -> None:
    comment = add(article, user=ola)
    add(article, "Which one?", user=ola, state=Comment.State.PENDING)
    User.objects.filter(pk=ola.pk).update(has_public_profile=True)
    page = open_page("/robots.txt", who=ola, size=PHONE, bypass_csp=True)
    for url in (
        "/accounts/profile/",
        "/comments/mine/",
        ola.get_absolute_url(),
        f"/comments/{comment.pk}/recommend/",
        f"/comments/new/?article={article.pk}",
    ):
        page.goto(url)
        expect(page.locator("h1")).to_be_visible()
        assert complaints_in_every_look(page, PHONE, DESKTOP) == [], url
