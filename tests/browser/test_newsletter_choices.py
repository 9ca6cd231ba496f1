"""Newsletter preferences, without scripts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.models import User
from articles.editorial.models import Category
from newsletter import personal_data
from newsletter.models import Frequency, Newsletter, Subscriber
from tests.browser.checkers import complaints_in_every_look
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.test_newsletter import path_in
from tests.conftest import MailFolder
from tests.newsletter.factories import subscriber
from tests.newsroom import category, published

pytestmark = pytest.mark.browser
OLA = "ola@gmail.com"
Jobs = Callable[[], None]


@pytest.fixture
def weekly(transactional_db: None) -> Newsletter:
    newsletter = Newsletter.objects.create(
        name="Weekly analysis",
        slug="weekly",
        description="One long piece.",
        position=1,
        frequencies=list(Frequency.values),
    )
    newsletter.topics.set([category("Japan"), category("China")])
    return newsletter


def test_a_reader_subscribes_chooses_unsubscribes_and_returns(
    open_page: OpenPage, weekly: Newsletter, jobs: Jobs, mail_folder: MailFolder
) -> None:
    published("A quiet week at the strait")
    page = open_page("/newsletter/", scripts=False, size=PHONE)
    page.check("text=Weekly analysis")
    page.uncheck("label:has(strong:text-is('News')) input")
    page.check("text=Daily")
    page.fill("#newsletter-email", "ola@gmial.com")
    page.press("#newsletter-email", "Enter")
    assert "Did you mean ola@gmail.com?" in page.inner_text("main")
    assert page.input_value("#newsletter-email") == "ola@gmial.com"
    assert page.is_checked("text=Daily")
    page.click("button:has-text('ola@gmail.com')")
    assert page.inner_text("h1") == "Check your inbox"

    jobs()
    (pending_request,) = mail_folder.to(OLA)
    page.goto(path_in(pending_request, "/newsletter/confirm/"))
    assert "“Weekly analysis” (daily)" in page.inner_text("main")
    page.click("main button")
    page.click("text=Manage preferences")
    ola = Subscriber.objects.get()
    assert ola.subscriptions.get().frequency == "daily"

    page.click("main summary")
    page.check("main label:has-text('Japan')")
    page.check("label:has-text('Weekly') input[value=weekly]")
    page.click("button:has-text('Save')")
    assert "Preferences saved." in page.inner_text("main")
    assert page.is_checked("main label:has-text('Japan')")
    chosen = ola.subscriptions.get()
    japan = Category.objects.get(name="Japan")
    assert (chosen.frequency, chosen.topics) == ("weekly", [japan.pk])

    page.click("text=Unsubscribe from everything")
    assert page.inner_text("h1") == "You are unsubscribed"
    page.click("text=subscribe again")
    page.check("text=Weekly analysis")
    page.fill("#newsletter-email", OLA)
    page.press("#newsletter-email", "Enter")
    jobs()
    page.goto(path_in(mail_folder.to(OLA)[-1], "/newsletter/confirm/"))
    page.click("main button")
    assert page.inner_text("h1") == "You are subscribed"
    ola.refresh_from_db()
    assert ola.is_active
    assert page.context.cookies() == []


def test_the_preferences_are_accessible(open_page: OpenPage, weekly: Newsletter) -> None:
    page = open_page("/newsletter/", size=PHONE)
    page.click("main summary")
    complaints = {"signing up": complaints_in_every_look(page, PHONE)}
    page.fill("#newsletter-email", "ola@gmial.com")
    page.press("#newsletter-email", "Enter")
    page.wait_for_selector(".newsletter-suggestion")
    complaints["misspelt address"] = complaints_in_every_look(page, PHONE)
    ola = subscriber(OLA, to=weekly)
    page.goto(ola.preferences_path())
    page.click("main summary")
    complaints["preferences"] = complaints_in_every_look(page, PHONE)
    page.goto(f"/newsletter/data/{personal_data.token_of(ola)}/")
    complaints["data"] = complaints_in_every_look(page, PHONE)
    page.click("button:has-text('Erase everything')")
    complaints["erased"] = complaints_in_every_look(page, PHONE)
    assert not Subscriber.objects.exists()
    assert not any(complaints.values()), complaints


def test_an_administrator_imports_a_list(
    open_admin: OpenPage, chief: User, jobs: Jobs, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("E-mail,Name\nola@readers.example,Ola\nno address,Rui\n", "utf-8")
    url = "/admin/newsletter/subscriberimport/add/"
    page = open_admin(chief, url)
    complaints = {"file": complaints_in_every_look(page, DESKTOP)}
    page.set_input_files("input[type=file]", file)
    page.check("#content input[name=newsletters]")
    page.fill("textarea", "On paper, in May")
    page.click("input[type=submit]")
    assert page.input_value("#column-0") == "email"
    complaints["columns"] = complaints_in_every_look(page, DESKTOP)
    page.click("button:has-text('Check file')")
    assert "Checking" in page.inner_text("#content")
    jobs()
    page.wait_for_selector("button:has-text('Import 1')")
    complaints["checked"] = complaints_in_every_look(page, DESKTOP)
    page.click("button:has-text('Import 1')")
    jobs()
    # Until then the page reloads itself, which would end what is opened next.
    page.wait_for_selector("h2:text-is('Result')")
    complaints["done"] = complaints_in_every_look(page, DESKTOP)
    assert Subscriber.objects.get().is_active
    page.goto("/admin/newsletter/subscriber/")
    complaints["list"] = complaints_in_every_look(page, DESKTOP)
    with page.expect_download() as download:
        page.click("button:has-text('Export 1')")
    assert "ola@readers.example" in download.value.path().read_text("utf-8-sig")
    assert not any(complaints.values()), complaints
