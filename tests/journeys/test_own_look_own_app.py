"""A theme and an app written by docs/themes.md and docs/extending.md alone: their blocks of code are the files."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.product import People, Product, Visitor, get, wait_for
from tests.shared import PROJECT

APPEARANCE = "/admin/iria/publication/appearance/"
FONT = "iria-text.woff2"


def write_files(guide: str, folder: Path) -> None:
    """Every block of code whose first line is a comment with the path of a file."""
    text = (PROJECT / "docs" / guide).read_text()
    files = re.findall(r"```\w+\n(?:#|/\*|\{#) (\S+/\S+)[^\n]*\n(.*?)```", text, re.DOTALL)
    assert files
    for name, content in files:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)


def walk(visitor: Visitor, *more: str) -> None:
    """Every kind of page is there, in both web processes."""
    front_page = get(visitor.page, "/").text()
    article, section = (
        re.findall(f'href="({path}[^"#]+/)"', front_page)[0] for path in (r"/\d{4}/", "/category/")
    )
    places = ("/", article, section, "/search/?q=sea", "/newsletter/", "/feed/", *more)
    answers = [(place, get(visitor.page, place).status) for place in places * 2]
    # A search that takes too long on a busy machine is answered with 400.
    assert [each for each in answers if each[1] > 400] == []
    assert get(visitor.page, "/no-such-page/").status == 404


def border(page: Page, path: str = "/") -> str:
    """How the theme of the guide shows."""
    answer = page.goto(path)
    assert answer
    assert answer.ok, (path, answer.status)
    return str(page.evaluate("getComputedStyle(document.body).borderTopWidth"))


def use(page: Page, theme: str) -> None:
    page.goto(APPEARANCE)
    with page.expect_navigation():
        page.click(f"[name=theme][value={theme}]")
    expect(page.locator(".messagelist .success")).to_be_visible()


@pytest.mark.journey
def test_a_theme_is_checked_previewed_chosen_changed_and_removed(
    product: Product, people: People
) -> None:
    folder = Path(product.settings["IRIA_THEME"].rpartition(",")[2])
    write_files("themes.md", folder.parent)
    (folder / "static" / "fonts").mkdir()
    shutil.copy(PROJECT / "static" / "fonts" / FONT, folder / "static" / "fonts" / "harbour.woff2")
    product.manage("check_theme", folder.name)

    # A preview allows no scripts, which a browser with scripts would complain of.
    person, reader = people.enter("administrator", scripts=False), people.enter(scripts=False)
    page = person.page
    page.goto(APPEARANCE)
    card = page.locator(f".theme-card:has([value={folder.name}])")
    preview = str(card.locator("[target=_blank]").get_attribute("href"))
    assert (border(page, preview), border(reader.page)) == ("6px", "0px")
    use(page, folder.name)
    assert border(reader.page) == "6px"
    walk(reader)

    style = folder / "static" / "theme.css"
    style.write_text(style.read_text().replace("6px", "9px"))
    use(page, folder.name)
    assert border(reader.page) == "9px"

    shutil.move(folder, kept := folder.with_name("kept"))
    walk(reader)
    walk(person, APPEARANCE, preview)
    page.goto("/admin/")
    page.locator(f"#dashboard-items a[href='{APPEARANCE}']").click()
    expect(card).to_contain_text(str(folder))
    # The worker renews stored pages within a minute, those of one web process before those of the other.
    wait_for(lambda: border(reader.page) == "0px")

    shutil.move(kept, folder)
    use(page, folder.name)
    assert border(reader.page) == "9px"
    use(page, "default")
    assert border(reader.page) == "0px"
    walk(reader)


@pytest.mark.proof
def test_an_app_adds_a_page_a_form_and_an_item_of_the_dashboard(
    product: Product, people: People
) -> None:
    editor, reader = people.enter("editor").page, people.enter(scripts=False)
    write_files("extending.md", product.folder)
    for each in ("institute", "institute/sources"):
        (product.folder / each / "__init__.py").touch()
    product.settings["DJANGO_SETTINGS_MODULE"] = "institute.settings"
    product.manage("makemigrations", "sources")
    product.manage("migrate")
    product.site.stop()
    product.start()

    walk(reader, "/sources/")
    editor.goto("/admin/")
    link = "#dashboard-items a[href$='/sources/datasource/']"
    before = editor.locator(link).inner_text()
    editor.goto("/admin/sources/datasource/add/")
    editor.fill("[name=name]", "Tide tables of the harbour")
    reader.page.goto("/")
    reader.page.locator("main article a").first.click()
    headline = reader.page.locator("h1").inner_text()
    editor.locator(".select2-selection").click()
    editor.fill(".select2-search__field", headline)
    editor.locator(".select2-results__option[aria-selected]", has_text=headline).first.click()
    editor.click("[name=_save]")
    expect(editor.locator("#result_list")).to_contain_text("Tide tables")
    editor.goto("/admin/")
    expect(editor.locator(link)).not_to_have_text(before)
    reader.page.goto("/sources/")
    expect(reader.page.locator("main li a[href]")).to_have_count(1)
