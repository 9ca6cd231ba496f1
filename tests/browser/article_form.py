"""What editors press in the article form."""

from playwright.sync_api import Page, expect


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def publish(page: Page) -> None:
    """Presses the primary button, and confirms in the dialog."""
    page.click("[data-publish]")
    page.click("dialog[open] [data-press=_publish]")


def open_menu(page: Page) -> None:
    page.click("[data-menu] > summary")


def save_draft(page: Page) -> None:
    open_menu(page)
    page.click("[data-menu] [name=_continue]")


def add_choice(page: Page, name: str, *labels: str) -> None:
    """Types the names of categories, authors or tags into their field, and adds each by Enter."""
    field = page.locator(f"choice-field[data-name={name}]")
    for label in labels:
        chosen = field.locator(".choice-chip").count()
        field.locator("[role=combobox]").fill(label)
        field.locator("[role=combobox]").press("Enter")
        expect(field.locator(".choice-chip")).to_have_count(chosen + 1)


def chips(page: Page, name: str) -> list[str]:
    """The chosen categories, authors or tags, in their order."""
    return page.locator(f"choice-field[data-name={name}] .choice-name").all_inner_texts()
