"""Working in the text editor of the article form."""

from playwright.sync_api import Page, Response

EDITOR = ".admin-editor-body .ProseMirror"


def pick(page: Page, menu: str, entry: str) -> None:
    """Chooses an entry of a menu of the toolbar, such as `pick(page, "insert", "table")`."""
    page.click(f".admin-editor-body [data-menu={menu}]")
    page.click(f".admin-editor-body [role=menu] [data-entry='{entry}']:visible")


def paste(page: Page, html: str, text: str = "plain") -> float:
    """Pastes into the editor as a browser does when these two are on the clipboard.

    Returns the milliseconds until the editor can be used again.
    """
    milliseconds: float = page.evaluate(
        """([selector, html, text]) => {
            const data = new DataTransfer();
            if (html) data.setData('text/html', html);
            data.setData('text/plain', text);
            const began = performance.now();
            document.querySelector(selector).dispatchEvent(
                new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
            return performance.now() - began;
        }""",
        [EDITOR, html, text],
    )
    return milliseconds


def text_of(page: Page) -> str:
    """What the form sends, without the empty last line of the editor."""
    return page.input_value("#id_body").removesuffix("<p></p>")


def save(page: Page, typed: str) -> None:
    """Saves with the keyboard, until the server has what was typed."""

    def has_it(response: Response) -> bool:
        sent = response.request.post_data_buffer or b""
        return response.url.endswith("/autosave/") and typed.encode() in sent

    with page.expect_response(has_it):
        page.keyboard.press("Control+s")
