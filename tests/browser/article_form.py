"""What editors press in the article form."""

from playwright.sync_api import Page


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
