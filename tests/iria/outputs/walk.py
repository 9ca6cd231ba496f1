"""Requests all outputs with an image and checks them.

The URLs are those of the URL configuration, with values for which the page contains the image
if it ever does; other outputs are in `image_outputs.SOURCES`. URLs without
images are declared below, with the reason. A URL that neither contains the image nor is declared
is a problem, so a new output cannot be forgotten.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from django.test import Client

from articles.editorial.models import Article
from articles.images.models import Image
from iria.core.http.urls import absolute_url
from tests.iria import hostile
from tests.iria.outputs import image_outputs
from tests.iria.outputs.image_places import JPEG, ImagePlace, image_places
from tests.iria.url_parts import values_for

ADMIN: Final = "/admin/"
"""The admin may show images that are hidden from readers."""

WITHOUT_IMAGES: Final = {
    r"robots|seen|theme|theme_stylesheet|admin_theme|newsletter_email_css": "not for readers",
    r"favicon|touch_icon|manifest|speculation_rules|security_contact|well_known_change_password|"
    r"/apple-touch-icon-precomposed.png": "files for browsers",
    r"/(rss|feed|atom|sitemap_index)\.xml": "redirects",
    r"account_.*|/accounts/|mfa_.*|two_factor_required": "sign-in and account pages",
    r"newsletter_webhook|/newsletter/(told|look-in-your-mail)/": "responses to a provider",
    r"newsletter_(check_inbox|confirm|data|follow|unfollow|preferences|unsubscribe|issues|issues_feed|link)": "forms, subjects, texts and redirects",
    r"file": "PDF and audio",
    r"avatar": "profile pictures of readers",
    r"personal_data": "which personal data is stored, as text",
    r"embed_thumbnail": "images of pages of other sites",
    r"brand_image": "the logo, which is not in the image library",
    r"comment(_.*)?|my_comments": "the comment form and comments",
    r"thread(_.*)?|reader": "comments",
    r"search_(suggest|opened)": "headlines, and a count",
    r"sitemap_news": "headlines",
    r"corrections": "headlines and corrections",
    r"archive|language_archive|(language_)?tags": "years and tags",
    r"api|api_document|api_nowhere": "the documentation of the API",
    r"api_(categories|tags|comments|(category|tag|comment)_detail)": "names and comments",
}
"""Patterns of URL names → why the page has no image."""


FEED_FORMATS: Final = ("atom", "json")
"""Formats of feeds, beside the default."""

STATUS_WHEN_HIDDEN: Final = {"rendition": 410, "picture": 404, "api_image_detail": 404}
"""Names of URLs for the image alone → their status while it is hidden.
All other URLs respond as before, without the image."""


@dataclass(frozen=True)
class Output:
    """A response or another output.

    Args:
        status: of the response; 200 for outputs without a URL.
        gone: the required status while the image is hidden.
        places: all places of the image in it.
    """

    body: bytes
    status: int = 200
    gone: int = 200
    carries: bool = False
    places: Sequence[ImagePlace] = ()


Rule = Callable[[Output], str]
"""Returns the problem of an output, or an empty text."""


@dataclass(frozen=True)
class OutputUrl:
    """A URL whose response contains the image."""

    name: str
    address: str


@dataclass
class Walk:
    """The test data, and the URLs that contain the image.

    Args:
        image: the image in all places.
        parts: values for the parts of URLs.
    """

    image: Image
    parts: dict[str, str]
    article: Article
    below: str = "/"
    """Only URLs with this prefix."""
    carried: list[OutputUrl] = field(default_factory=list)
    initial_places: dict[str, Counter[str]] = field(default_factory=dict)
    """Output → the number of places of each kind at first."""

    def find(self, client: Client) -> list[str]:
        """Fills `carried`; returns URLs that neither contain the image nor are declared."""
        problems = []
        for name, route in dict.fromkeys(hostile.routes()):
            if route.startswith(ADMIN) or not route.startswith(self.below):
                continue
            try:
                values = values_for(name, route, self.parts)
            except KeyError as missing:
                problems.append(f"{route}: there is no value for {missing}")
                continue
            for feed_format in FEED_FORMATS if "feed_format" in values else [""]:
                address = filled(route, {**values, "feed_format": feed_format})
                if problem := self._check(client, name, address):
                    problems.append(problem)
        return problems

    def _check(self, client: Client, name: str, address: str) -> str:
        """Records a URL with the image; returns the problem if the declaration is wrong."""
        found = list(self._output_urls(client, name, address))
        self.carried += found
        declared = reason_without_images(name)
        if found and declared:
            return f"{address}: declared to carry no picture ({declared}), and carries one"
        if not found and not declared:
            return f"{address}: carries no picture here and is not declared so"
        return ""

    def _output_urls(self, client: Client, name: str, address: str) -> Iterator[OutputUrl]:
        """The URL, if necessary with a query string, if the page contains the image."""
        article_url = quote(absolute_url(self.article.get_absolute_url()))
        for query in ("", f"?q={quote(self.article.headline)}", f"?url={article_url}"):
            status, body = get(client, address + query)
            if status == 200 and self.carries(body):
                yield OutputUrl(name, address + query)
                return
            if reason_without_images(name):
                return

    def carries(self, body: bytes) -> bool:
        """Whether the output names a file of the image or is one."""
        return any(name.encode() in body for name in self.names()) or body.startswith(JPEG)

    def names(self) -> list[str]:
        """The current names of its files."""
        return [each.name for each in self.image.renditions.all()]

    def judge(self, client: Client, rule: Rule) -> list[str]:
        """The problems of all outputs by a rule, with URL or name."""
        found = []
        for each in self.carried:
            status, body = get(client, each.address)
            output = self._output(body, status, STATUS_WHEN_HIDDEN.get(each.name, 200))
            found.append((each.address, self._missing_places(each.address, output) or rule(output)))
        for name, content in self.others():
            output = self._output(content)
            found.append((name, self._missing_places(name, output) or rule(output)))
        return [f"{where}: {wrong}" for where, wrong in found if wrong]

    def _output(self, body: bytes, status: int = 200, gone: int = 200) -> Output:
        places = image_places(body, self.names()) if status == 200 else []
        return Output(body, status, gone, self.carries(body), places)

    def _missing_places(self, where: str, output: Output) -> str:
        """Places that the output had at first and no longer has, though it still contains the image."""
        now = Counter(each.kind for each in output.places)
        initial = self.initial_places.setdefault(where, now)
        missing = initial - now if now else Counter()
        return f"missing places: {', '.join(sorted(missing))}" if missing else ""

    def place_kinds(self) -> set[str]:
        """All kinds of places that were found."""
        return {kind for counts in self.initial_places.values() for kind in counts}

    def others(self) -> Iterator[tuple[str, bytes]]:
        """Outputs without a URL."""
        for source in image_outputs.SOURCES.values():
            for output in source(self.image.pk):
                yield output.name, output.content


def filled(route: str, values: dict[str, str]) -> str:
    """The URL of a route with these values."""
    for name, value in values.items():
        route = route.replace(f"<{name}>", value)
    return route


def reason_without_images(name: str) -> str:
    """The declared reason, or an empty text."""
    return next(
        (reason for names, reason in WITHOUT_IMAGES.items() if re.fullmatch(names, name)), ""
    )


def get(client: Client, url: str) -> tuple[int, bytes]:
    """Status and body of the public response."""
    response = client.get(url)
    if response.status_code == 301 and url.startswith("/pictures/"):
        # After a change of the credit the file has a new name, and the old one redirects.
        response = client.get(response["Location"])
    if response.streaming:
        return response.status_code, b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return response.status_code, response.content
