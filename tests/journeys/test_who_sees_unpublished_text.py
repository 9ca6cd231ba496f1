"""Who sees text that is not published, in every place that might show it.

The tables in docs/editors/roles.md are what this journey observed. It fails if a page shows more or less;
with IRIA_WRITE_ROLES=1 in the environment it writes them anew.
"""

import os
import re
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any, Final

import pytest
from PIL import Image
from playwright.sync_api import APIRequestContext, APIResponse, Page, expect

from tests.journeys.product import People, Visitor, wait_for
from tests.shared import PROJECT

pytestmark = pytest.mark.journey

PAGE: Final = PROJECT / "docs" / "editors" / "roles.md"
MARK: Final = "<!-- who sees unpublished text -->"
ARTICLES: Final = "/admin/articles/article"
IMAGES: Final = "/admin/articles/image"
STATES: Final = ("draft", "waiting changes", "scheduled", "unpublished", "trash")
PEOPLE: Final = {
    "reader": "",
    "its reporter": "reporter",
    "other reporter": "other reporter",
    "moderator": "moderator",
    "newsletter editor": "newsletter editor",
    "editor": "editor",
    "administrator": "administrator",
}
"""The columns of the tables, and who of the cast it is."""


def words(state: str, *, old: bool = False) -> tuple[str, str]:
    """A word of the headline and one of the text; those of the version before if `old`."""
    number = STATES.index(state)
    return (f"marl{number}", f"tarn{number}") if old else (f"quorn{number}", f"velden{number}")


class Look:
    """What a person gets of an article, by requests of their browser."""

    def __init__(self, visitor: Visitor, state: str, article: str, image: str) -> None:
        self.http, self.state, self.image = visitor.context.request, state, image
        self.number, self.url = article, f"{ARTICLES}/{article}"

    def get(self, *urls: str) -> str:
        return " ".join(self.http.get(url, max_retries=1).text() for url in urls)

    def form(self) -> str:
        return self.get(f"{self.url}/change/")

    def preview(self) -> str:
        return self.get(f"{self.url}/preview/light/")

    def preview_link(self) -> str:
        answer = self.http.get(f"{self.url}/preview/", max_retries=1)
        return answer.text() if PREVIEW_LINK.match(answer.url) else ""

    def history(self) -> str:
        listed = re.findall(r"/versions/(\d+)/", self.get(f"{self.url}/history/"))
        newest = max(map(int, listed), default=0)
        return self.get(f"{self.url}/versions/{newest}/") if newest else ""

    def comparison(self) -> str:
        return self.get(f"{self.url}/versions/2/?with=1")

    def cards(self) -> str:
        return self.get(f"{self.url}/preview/card/search/")

    def link_chooser(self) -> str:
        """It shows headlines only."""
        shown = ""
        for headline, text in self.versions():
            answer = self.http.get(f"{ARTICLES}/links/?q={headline}")
            if "json" in answer.headers["content-type"]:
                shown += answer.text().replace(headline, text)
        return shown

    def api(self) -> str:
        return self.get("/api/v1/articles/", f"/api/v1/articles/{self.number}/")

    def feeds(self) -> str:
        return self.get("/feed/", "/feed/json/")

    def search(self) -> str:
        return self.get(*(f"/search/?q={headline}" for headline, _ in self.versions()))

    def versions(self) -> list[tuple[str, str]]:
        """The words of the versions that somebody might find."""
        was_published = self.state == "waiting changes"
        return [words(self.state, old=old) for old in (False, True)[: 1 + was_published]]

    def image_file(self) -> str:
        answer = self.http.get(f"{IMAGES}/{self.image}/details/")
        is_shown = "json" in answer.headers["content-type"] and answer.ok
        return words(self.state)[1] if is_shown and answer.json()["thumbnail"] else ""

    def duplicate(self) -> str:
        return post(self.http, f"{self.url}/duplicate/").text()

    def cell(self, place: str) -> str:
        seen: str = PLACES[place](self)
        if words(self.state)[1] in seen:
            return "yes"
        return "published version" if words(self.state, old=True)[1] in seen else "–"


PREVIEW_LINK: Final = re.compile(r"^http://[^/]+/preview/")
PLACES: Final = {
    "form": Look.form,
    "preview": Look.preview,
    "preview link": Look.preview_link,
    "history": Look.history,
    "comparison of versions": Look.comparison,
    "cards": Look.cards,
    "link chooser": Look.link_chooser,
    "content API": Look.api,
    "feeds": Look.feeds,
    "search": Look.search,
    "image in the library": Look.image_file,
    "duplicate": Look.duplicate,
}
"""The rows of the tables. Copies come last: the places before would show them."""


def post(http: APIRequestContext, url: str, **fields: Any) -> APIResponse:
    answer = http.get(f"{ARTICLES}/autosave/", max_retries=1)
    token = answer.json()["csrf_token"] if "json" in answer.headers["content-type"] else ""
    return http.post(url, multipart=fields, headers={"X-CSRFToken": token})


def upload_image(editor: Visitor) -> str:
    """Uploads an image with a credit to the library; returns its number."""
    pixels, http = BytesIO(), editor.context.request
    Image.new("RGB", (640, 400), "teal").save(pixels, "PNG")
    file = {"name": "quay.png", "mimeType": "image/png", "buffer": pixels.getvalue()}
    number = post(http, f"{IMAGES}/upload/", pictures=file).json()["results"][0]["image"]["id"]
    assert post(http, f"{IMAGES}/{number}/details/", credit="Ines Faro").ok
    return str(number)


def write(page: Page, state: str, *, image: str = "") -> None:
    """Writes the text in the form and saves it: without an image, the version before."""
    headline, text = words(state, old=not image)
    page.fill("[name=headline]", f"A quiet week at {headline}")
    page.fill("[name=standfirst]", f"What did not happen at {text}.")
    page.fill("[name=body]", f"<p>The ferries of {text} ran on time.</p>")
    page.select_option("#id_chosen_categories_0", index=1)
    page.fill("[name=lead_image]", image)
    page.fill("[name=lead_alt]", "A quay at dusk" if image else "")
    if not page.locator("[name=_continue]:visible").count():
        page.click("[data-menu] summary")
    page.click("[name=_continue]:visible")
    expect(page.locator("[name=headline]")).to_have_value(f"A quiet week at {headline}")


def make_article(people: People, state: str, image: str) -> str:
    """An article of the reporter in this state, with two versions; returns its number."""
    reporter, editor = (people.enter(role, scripts=False).page for role in ("reporter", "editor"))
    reporter.goto(f"{ARTICLES}/add/")
    write(reporter, state)
    url = reporter.url
    if state == "waiting changes":
        editor.goto(url)
        editor.locator("[name=_publish]").first.click()
        write(editor, state, image=image)
    else:
        write(reporter, state, image=image)
        editor.goto(url)
    if state == "scheduled":
        editor.locator(".admin-schedule summary").click()
        moment = datetime.now() + timedelta(days=2)  # noqa: DTZ005 - of the publication
        editor.fill("[name=schedule_for]", f"{moment:%Y-%m-%dT%H:%M}")
        editor.click("[name=_schedule]")
    elif state == "unpublished":
        editor.locator("[name=_publish]").first.click()
        editor.locator(".article-quiet [name=_unpublish]").click()
        editor.click("#unpublish_form [type=submit]")
    elif state == "trash":
        editor.locator(".article-quiet [formaction$='/trash/']").click()
    return url.rstrip("/").split("/")[-2]


def make_newsletter_editor_group(administrator: Page) -> None:
    """Of people who write newsletters and nothing else."""
    administrator.goto("/admin/auth/group/add/")
    administrator.fill("[name=name]", "Newsletter editors")
    offered = administrator.locator("#id_permissions option")
    names = [name for name in offered.all_inner_texts() if name.lower().startswith("newsletter")]
    administrator.select_option("#id_permissions", label=names)
    administrator.click("[name=_save]")
    expect(administrator.locator("#result_list")).to_contain_text("Newsletter editors")


def tables(seen: dict[tuple[str, str, str], str]) -> str:
    """Markdown: a table for each state, with a row for each place."""
    lines = []
    for state in STATES:
        lines += ["", f"### {state.capitalize()}", "", f"| | {' | '.join(PEOPLE)} |"]
        lines.append(f"|---|{'---|' * len(PEOPLE)}")
        for place in PLACES:
            cells = (seen[state, place, person] for person in PEOPLE)
            lines.append(f"| {place} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def is_shown(look: Look, place: str, is_public: bool) -> bool:
    return (look.cell(place) != "–") is is_public


def test_everybody_sees_the_unpublished_text_that_the_guide_says(people: People) -> None:
    make_newsletter_editor_group(people.enter("administrator", scripts=False).page)
    visitors = {person: people.enter(role) for person, role in PEOPLE.items()}
    image = upload_image(visitors["editor"])
    articles = {state: make_article(people, state, image) for state in STATES}

    def look(person: str, state: str) -> Look:
        return Look(visitors[person], state, articles[state], image)

    # The worker adds what is published to the search, and takes out what no longer is.
    for place in ("content API", "feeds", "search"):
        for state, is_public in (("waiting changes", True), ("unpublished", False)):
            wait_for(partial(is_shown, look("reader", state), place, is_public))
    seen = {
        (state, place, person): look(person, state).cell(place)
        for place in PLACES
        for state in STATES
        for person in PEOPLE
    }
    link = look("editor", "draft").http.get(f"{ARTICLES}/{articles['draft']}/preview/").url
    assert words("draft")[1] in look("reader", "draft").get(link)
    before, _, written = PAGE.read_text().partition(MARK)
    if os.environ.get("IRIA_WRITE_ROLES"):
        PAGE.write_text(f"{before}{MARK}\n{tables(seen)}")
    else:
        assert written.strip() == tables(seen).strip()
