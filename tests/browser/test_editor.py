"""The text editor of the article form."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from articles.images.models import Image
from articles.public.article_page import minutes_to_read
from tests import newsroom
from tests.browser.article_form import save_draft
from tests.browser.checkers import complaints_in_every_look
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.text_editor import EDITOR, pick, save, text_of

pytestmark = pytest.mark.browser

ADD = "/admin/articles/article/add/"

BODY = "\n".join(
    [
        '<h2 id="ports" lang="fr">Ports</h2>',
        (
            '<p dir="ltr">The <strong>ferries <em>ran</em></strong> on <span lang="fr">temps</span>, '
            'said <cite>The Quay</cite><span data-footnote="In a letter &amp; &quot;more&quot;."></span>, '
            'H<sub>2</sub>O, <a href="https://example.org/?a=1&amp;b=2">there</a>.</p>'
        ),
        (
            '<figure data-image="{0}" data-width="wide"><figcaption>Terraces at <em>dusk</em>, '
            '<a href="/about/">ours</a></figcaption></figure>'
        ),
        '<figure data-image="{0}"><figcaption></figcaption></figure>',
        (
            '<figure data-gallery="" data-width="wide"><figure data-image="{0}"><figcaption>One, <em>early'
            '</em></figcaption></figure><figure data-image="{0}"><figcaption></figcaption></figure>'
            '<figcaption>Both, <a href="/about/">ours</a></figcaption></figure>'
        ),
        (
            '<figure data-embed="https://www.youtube.com/watch?v=abc&amp;t=3"><figcaption>The strait, '
            "<em>filmed</em></figcaption></figure>"
        ),
        "<ul><li>One<ul><li>Inner</li></ul></li><li>Two</li></ul>",
        '<ol start="3"><li>Third</li></ol>',
        "<blockquote><p>Said.</p></blockquote>",
        '<aside data-callout=""><h3>In numbers</h3><p>Nine ports</p></aside>',
        '<aside data-pull-quote=""><p>The sea is wide.</p></aside>',
        "<hr>",
        "<pre><code>let x = 1;\nlet y;</code></pre>",
        (
            '<table><thead><tr><th>Port</th><th colspan="2">Calls</th></tr></thead>'
            "<tbody><tr><td>Aden</td><td>12</td><td><s>9</s></td></tr></tbody></table>"
        ),
        "<p>The end.<br>Really.</p>",
    ]
)


def test_the_editor_returns_every_text_unchanged(open_admin: OpenPage, edna: User) -> None:
    body = BODY.format(newsroom.picture().pk)
    article = newsroom.draft(body=body, by=edna)
    assert article.body == body
    page = open_admin(edna, f"/admin/articles/article/{article.pk}/change/")
    page.locator(f"{EDITOR} > p").last.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Now.")
    save_draft(page)
    expect(page.locator(".messagelist")).to_contain_text("Saved")
    article.refresh_from_db()
    assert article.body == body.replace("Really.", "Really. Now.")


def test_the_toolbar_stays_in_sight_below_a_long_text(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft(body="<p>The ferries ran on time.</p>" * 90)
    page = open_admin(edna, f"/admin/articles/article/{article.pk}/change/")
    page.locator(f"{EDITOR} p").nth(80).click()
    expect(page.locator(".admin-editor-body .admin-toolbar")).to_be_in_viewport(ratio=1)


def test_words_are_found_and_replaced(open_admin: OpenPage, edna: User) -> None:
    note = '<span data-footnote="A note about the strait"></span>'
    body = f"<p>The <em>strait</em> and{note} the Strait.</p><ul><li>A straitened strait</li></ul>"
    article = newsroom.draft(body=body)
    page = open_admin(edna, f"/admin/articles/article/{article.pk}/change/")
    page.locator(EDITOR).click()
    page.keyboard.press("Control+Shift+H")
    find = page.locator(".admin-find")
    expect(find.locator("input[type=search]")).to_be_focused()
    page.keyboard.type("strait")
    expect(find.get_by_role("status")).to_contain_text("4")
    find.locator("input[type=checkbox]").check()
    expect(find.get_by_role("status")).to_contain_text("3")
    page.keyboard.press("Tab")
    find.locator("input[type=text]").fill("channel")
    find.locator("button").nth(3).click()
    save(page, "channelened")
    article.refresh_from_db()
    assert article.body == (
        f"<p>The <em>channel</em> and{note} the Strait.</p>\n"
        "<ul><li>A channelened channel</li></ul>"
    )
    page.keyboard.press("Escape")
    expect(find).to_be_hidden()
    page.keyboard.press("Control+z")
    expect(page.locator(EDITOR)).to_contain_text("A straitened strait")


def test_words_and_reading_time_are_counted_as_on_the_site(
    open_admin: OpenPage, edna: User
) -> None:
    article = newsroom.draft(body="<p>One two, three’s</p>" * 200 + "<p>東京の港</p>")
    page = open_admin(edna, f"/admin/articles/article/{article.pk}/change/")
    counted = page.locator(".admin-word-count")
    expect(counted).to_contain_text("604")
    expect(counted).to_contain_text(f"{minutes_to_read(article.body)} min")
    page.locator(EDITOR).click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("And ")
    expect(counted).to_contain_text("605")


def test_a_new_table_has_a_header_row(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft(body="", by=edna)
    page = open_admin(edna, f"/admin/articles/article/{article.pk}/change/")
    page.click(EDITOR)
    pick(page, "insert", "table")
    page.fill(".prose-editor-dialog [name=rows]", "2")
    page.click(".prose-editor-dialog [type=submit]")
    page.keyboard.type("Port")
    save_draft(page)
    expect(page.locator(".messagelist")).to_contain_text("Saved")
    article.refresh_from_db()
    assert article.body.startswith("<table><thead><tr><th>Port</th><th></th><th></th></tr></thead>")
    assert article.body.count("<tr>") == 2


def test_a_footnote_is_added_changed_and_removed(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, ADD)
    page.fill("#id_headline", "With a note")
    page.click(EDITOR)
    page.keyboard.insert_text("It is said.")
    page.keyboard.press("Control+Alt+f")
    page.fill(".prose-editor-dialog textarea", "By whom,\nwe know.")
    page.click(".prose-editor-dialog [type=submit]")
    expected = '<p>It is said.<span data-footnote="{}"></span></p>'
    assert page.input_value("#id_body") == expected.format("By whom, we know.")
    page.dblclick(".admin-note")
    page.fill(".prose-editor-dialog textarea", "By Ines.")
    page.click(".prose-editor-dialog [type=submit]")
    assert page.input_value("#id_body") == expected.format("By Ines.")
    page.dblclick(".admin-note")
    page.fill(".prose-editor-dialog textarea", "")
    page.click(".prose-editor-dialog [type=submit]")
    assert page.input_value("#id_body") == "<p>It is said.</p>"


def test_an_embed_is_added_by_its_url(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, ADD)
    page.click(EDITOR)
    for typed, kept in (
        ("javascript:alert(1)", ""),
        (
            "https://vimeo.com/7",
            '<figure data-embed="https://vimeo.com/7"><figcaption>A film</figcaption></figure>',
        ),
    ):
        pick(page, "insert", "embed")
        page.fill(".prose-editor-dialog input[name=address]", typed)
        page.click(".prose-editor-dialog [type=submit]")
        if kept:
            page.click(".admin-embed figcaption")
            page.keyboard.insert_text("A film")
        assert kept in page.input_value("#id_body")
        assert ("data-embed" in page.input_value("#id_body")) == bool(kept)


def test_a_link_is_completed_or_rejected(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, ADD)
    page.click(EDITOR)
    page.keyboard.insert_text("there")
    for typed, kept in (
        ("example.org/page", '<a href="https://example.org/page">there</a>'),
        ("ines@meridian.example", '<a href="mailto:ines@meridian.example">there</a>'),
    ):
        page.keyboard.press("Control+a")
        page.keyboard.press("Control+k")
        page.fill("dialog.admin-link [name=href]", typed)
        page.click("dialog.admin-link [type=submit]")
        assert page.input_value("#id_body") == f"<p>{kept}</p>"
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+k")
    page.fill("dialog.admin-link [name=href]", "javascript:alert(1)")
    page.keyboard.press("Enter")
    expect(page.locator("dialog.admin-link [name=href]")).to_have_attribute("aria-invalid", "true")
    assert "javascript" not in page.input_value("#id_body")


def test_html_entered_in_the_editor_runs_no_script(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, ADD)
    pick(page, "more", "html")
    page.fill(
        ".prose-editor-dialog textarea",
        "<p>Words<img src=x onerror=\"document.title='ran'\"></p><script>document.title='ran'</script>",
    )
    page.click(".prose-editor-dialog [type=submit]")
    assert page.input_value("#id_body") == "<p>Words</p>"
    assert page.title() != "ran"


def test_a_gallery_is_created_ordered_and_split_with_the_keyboard(
    open_admin: OpenPage, edna: User
) -> None:
    first, second = newsroom.picture(caption="Morning"), newsroom.picture(caption="Evening")
    page = open_admin(edna, ADD)
    page.click(EDITOR)

    def choose(image: Image) -> None:
        page.locator(f"dialog [data-picture='{image.pk}']").press("Enter")
        page.locator("dialog").get_by_role("button", name="Insert").press("Enter")
        expect(page.locator(".image-dialog")).to_be_hidden()

    page.locator(".admin-editor-body [data-menu=insert]").press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    choose(first)
    page.get_by_role("button", name="Add images").press("Enter")
    choose(second)
    page.get_by_label("Width of the gallery").select_option("full")
    page.locator(".admin-gallery-images > figcaption").click()
    # Shortly after getting the focus, the editor restores its selection, which must be the clicked position.
    page.wait_for_timeout(100)
    page.keyboard.type("Both")

    one, other = (
        f'<figure data-image="{image.pk}" data-alt="{image.alt_text}">'
        f"<figcaption>{image.caption}</figcaption></figure>"
        for image in (first, second)
    )
    written = '<figure data-gallery="" data-width="full">{}<figcaption>Both</figcaption></figure>'
    assert text_of(page) == written.format(one + other)
    page.get_by_role("button", name="Later").first.press("Enter")
    assert text_of(page) == written.format(other + one)
    page.keyboard.press("Enter")
    assert text_of(page) == written.format(other + one)
    page.get_by_role("button", name="Earlier").last.press("Enter")
    assert text_of(page) == written.format(one + other)
    page.get_by_role("button", name="Ungroup").press("Enter")
    assert text_of(page) == f"{one}{other}<p>Both</p>"


def test_the_article_form_is_accessible_and_fits_the_screen(
    open_admin: OpenPage, edna: User
) -> None:
    article = newsroom.draft(
        body=BODY.format(newsroom.picture().pk), authors=[newsroom.author("Ines Faro")], tags=["x"]
    )
    page = open_admin(edna, f"/admin/articles/article/{article.pk}/change/")
    expect(page.locator(".admin-figure").get_by_label("Credit").first).not_to_have_value("")
    assert complaints_in_every_look(page, DESKTOP, PHONE) == []
