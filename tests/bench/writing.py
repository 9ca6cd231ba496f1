"""How long an editor waits for each letter: from the key to the paint, in a text of 20,000 words and in an empty one.

Chromium types at the start, in the middle and at the end of a text with headings, lists, tables, quotes, images,
footnotes and links, and in an empty text, by turns, so that other work on the machine slows all of them. The
pauses between keys vary as a person's do, so that keys also meet what the page does after a pause: saving,
counting words.

`python -m tests.bench writing` measures only this.
"""

import shutil
from random import Random
from statistics import median, quantiles
from time import perf_counter
from typing import Any, Final

from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, sync_playwright

from accounts.models import User
from tests import newsroom
from tests.bench.content import STEMS
from tests.bench.serving import serving
from tests.bench.table import Line

WORDS: Final = 20_000
PARAGRAPH: Final = 80
ROUNDS: Final = 5
KEYS: Final = 20
"""In each place in one round."""
PAUSES: Final = (60, 80, 100, 130, 180, 330, 700)
"""Milliseconds after a key."""
SAVING: Final = 2_050
"""Milliseconds after every tenth key, and after the last one: the page begins to save after two seconds."""
PLACES: Final = {"start": 1, "middle": 0.5, "end": -1}
ALLOWED: Final = 3
"""Times the empty text, for 95 of 100 keys."""

Waits = list[tuple[list[float], list[float]]]
"""Milliseconds for each key in the long and in the empty text, by round."""

# The first task after the frame begins when it has been painted. A key waits for the one before it, too.
TIMES_KEYS: Final = """() => {
    globalThis.waits = [];
    addEventListener('keydown', ({timeStamp}) => requestAnimationFrame(() => {
        const painted = new MessageChannel();
        painted.port1.onmessage = () => waits.push(performance.now() - timeStamp);
        painted.port2.postMessage(null);
    }), {capture: true});
}"""
# At the end of a paragraph of the text, not of a list or of a caption.
PLACES_CARET: Final = """(place) => {
    const all = [...document.querySelectorAll('.admin-editor-body .ProseMirror > p')].filter((each) => each.textContent);
    const paragraph = place < 0 ? all.at(-1) : all[place < 1 ? Math.round(all.length * place) : 0];
    const caret = paragraph ?? document.querySelector('.admin-editor-body .ProseMirror > p');
    document.querySelector('.admin-editor-body .ProseMirror').focus();
    getSelection().selectAllChildren(caret);
    getSelection().collapseToEnd();
    caret.scrollIntoView({block: 'center'});
}"""


def body() -> str:
    """A text of 20,000 words with everything that a report has."""
    random = Random(1)
    images = [newsroom.picture().pk for _ in range(12)]

    def text(words: int) -> str:
        return " ".join(random.choices(STEMS, k=words))

    blocks = []
    for number in range(WORDS // PARAGRAPH):
        note = f'<span data-footnote="{text(8)}"></span>' if number % 3 == 0 else ""
        link = f' <a href="https://www.example.org/{number}/">{text(3)}</a>' if number % 2 else ""
        blocks.append(f"<p>{text(30)}<strong>{text(4)}</strong>{note} {text(43)}{link}.</p>")
        if number % 8 == 0:
            blocks.append(f"<h2>{text(5)}</h2>")
        if number % 20 == 0:
            image = images[number // 20 % len(images)]
            blocks.append(f'<figure data-image="{image}">{text(6)}</figure>')
        if number % 25 == 0:
            blocks += [
                f"<ul>{f'<li><p>{text(12)}</p></li>' * 4}</ul>",
                f"<blockquote><p>{text(20)}</p></blockquote>",
                f"<table>{f'<tr>{f"<td><p>{text(2)}</p></td>" * 4}</tr>' * 6}</table>",
            ]
    return "".join(blocks)


@override_settings(STAFF_SECOND_FACTOR=False)
def measure() -> dict[str, Any]:
    """Returns place → milliseconds and times the empty text, of the median and of 95 of 100 keys."""
    name = f"bench{perf_counter()}@writing.example"
    editor = User.objects.create_superuser(name, "a-password-for-the-bench")
    long, empty = (newsroom.draft(body=text, by=editor) for text in (body(), ""))
    client = Client()
    client.force_login(editor)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    waits: dict[str, Waits] = {place: [] for place in PLACES}
    with (
        serving(STAFF_SECOND_FACTOR="False") as server,
        sync_playwright() as playwright,
        playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell"), args=["--no-sandbox"]
        ) as browser,
    ):
        url = f"http://127.0.0.1:{server.port}"
        context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": session.key, "value": session.value, "url": url}])
        pages = [_opened(context, article.pk) for article in (long, empty)]
        random = Random(2)
        for _ in range(ROUNDS):
            for place, position in PLACES.items():
                own = _type(pages[0], position, random)
                waits[place].append((own, _type(pages[1], -1, random)))
    for each in (long, empty, editor):
        each.delete()
    found = {place: _summary(pairs) for place, pairs in waits.items()}
    return {"places": found, "met": all(each["ratio_95"] <= ALLOWED for each in found.values())}


def lines(results: dict[str, Any]) -> list[Line]:
    return [
        Line(
            f"key to paint, {place} of {WORDS:,} words",
            each["ms_95"],
            "ms (95 %)",
            each["empty_95"],
            "empty text",
            each["ratio_95"],
            ALLOWED,
            note=f"median {each['ms']:.1f} ms, {each['ratio']:.2f} × the empty text",
        )
        for place, each in results["places"].items()
    ]


def _summary(rounds: Waits) -> dict[str, float]:
    """The medians of the rounds: each pair was typed one after the other."""
    middles = [(median(own), median(empty)) for own, empty in rounds]
    most = [(_percentile(own), _percentile(empty)) for own, empty in rounds]
    return {
        "ms": round(median(own for own, _ in middles), 1),
        "ms_95": round(median(own for own, _ in most), 1),
        "empty_95": round(median(empty for _, empty in most), 1),
        "ratio": round(median(own / empty for own, empty in middles), 2),
        "ratio_95": round(median(own / empty for own, empty in most), 2),
    }


def _percentile(waits: list[float]) -> float:
    return quantiles(waits, n=20, method="inclusive")[-1]


def _opened(context: BrowserContext, article: int) -> Page:
    page = context.new_page()
    page.goto(reverse("admin:articles_article_change", args=[article]), timeout=120_000)
    page.locator(".admin-editor-body .ProseMirror").wait_for(timeout=120_000)
    page.evaluate(TIMES_KEYS)
    return page


def _type(page: Page, place: float, random: Random) -> list[float]:
    page.bring_to_front()
    page.evaluate(PLACES_CARET, place)
    page.wait_for_timeout(500)
    page.evaluate("waits.length = 0")
    for number, key in enumerate(random.choices("abcdefghij ", k=KEYS), start=1):
        page.keyboard.press(key)
        page.wait_for_timeout(random.choice(PAUSES) if number % 10 else SAVING)
    waits: list[float] = page.evaluate("waits")
    if len(waits) != KEYS:
        raise RuntimeError(f"{len(waits)} of {KEYS} keys were painted.")
    return waits
