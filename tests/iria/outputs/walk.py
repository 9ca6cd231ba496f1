"""Every way by which a picture leaves the site, found and gone through.

The addresses are those of the URL configuration, each leading to something that carries the picture
if it ever carries one; the rest is in `image_outputs.SOURCES`. What may carry no
picture is declared below, with the reason. An address that is neither seen to carry one nor declared
is a fault, so whoever adds an output is led here.
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
from tests.iria.outputs.standing import JPEG, Standing, standings
from tests.iria.places import fitting

DESK: Final = "/admin/"
"""What the newsroom sees of pictures that readers may not see is its own matter."""

PICTURELESS: Final = {
    r"robots|seen|theme|newsletter_email_css": "no words for readers",
    r"account_.*|/accounts/|mfa_.*|two_factor_required": "sign-in, and what somebody may see of themselves",
    r"newsletter_webhook|/newsletter/(told|look-in-your-mail)/": "a word to a provider",
    r"newsletter(_check_inbox|_confirm|_data|_preferences|_unsubscribe|_issues|_issues_feed|_link)?": "forms, subjects and words, a way on",
    r"avatar": "the initials of a reader, or the picture they gave of themselves",
    r"personal_data": "which personal data is stored, as text",
    r"brand_image": "the publication's own mark, which is no picture of the library",
    r"comment(_.*)?|my_comments": "the form and what was written with it",
    r"thread(_.*)?|reader": "words of readers",
    r"search_(suggest|opened)": "headlines, and a count",
    r"sitemap_news": "headlines",
    r"corrections": "headlines and what was wrong",
    r"archive|language_archive|tags": "years, and the names of topics",
    r"api|api_document|api_nowhere": "how the API is asked",
    r"api_(categories|tags|comments|(category|tag|comment)_detail)": "names and words of readers",
}
"""Names of addresses, as patterns, and why no picture stands there."""


FORMS: Final = ("atom", "json")
"""Of a feed, besides the one that its plain address has."""

GONE_WITH_IT: Final = {"rendition": 410, "picture": 404, "api_image_detail": 404}
"""Names of addresses that are about nothing but the picture, and how they answer while it is withheld.
Every other one answers as before, without it."""


@dataclass(frozen=True)
class Output:
    """What went out once.

    Args:
        status: as it was answered; 200 for what goes out by no address.
        gone: the status it has to have while the picture is withheld.
        standings: every place of the picture in it.
    """

    body: bytes
    status: int = 200
    gone: int = 200
    carries: bool = False
    standings: Sequence[Standing] = ()


Rule = Callable[[Output], str]
"""What is wrong with an output, or nothing."""


@dataclass(frozen=True)
class Carried:
    """One answer that carries the picture."""

    name: str
    address: str


@dataclass
class Walk:
    """The world that is walked through, and what was found to carry the picture.

    Args:
        image: the picture that stands wherever one can stand.
        parts: what fits into the places of addresses.
    """

    image: Image
    parts: dict[str, str]
    article: Article
    below: str = "/"
    """Only addresses that begin so."""
    carried: list[Carried] = field(default_factory=list)
    stood: dict[str, Counter[str]] = field(default_factory=dict)
    """Output → how often each sort of place stood in it at first."""

    def find(self, client: Client) -> list[str]:
        """Fills `carried`; returns what is neither seen to carry the picture nor declared."""
        faults = []
        for name, route in dict.fromkeys(hostile.routes()):
            if route.startswith(DESK) or not route.startswith(self.below):
                continue
            try:
                places = fitting(name, route, self.parts)
            except KeyError as missing:
                faults.append(f"{route}: nothing is known that fits into {missing}")
                continue
            for form in FORMS if "form" in places else [""]:
                address = filled(route, {**places, "form": form})
                if fault := self._look(client, name, address):
                    faults.append(fault)
        return faults

    def _look(self, client: Client, name: str, address: str) -> str:
        """Notes whether the address carries the picture; what is wrong if that was not declared."""
        found = list(self._carrying(client, name, address))
        self.carried += found
        declared = is_pictureless(name)
        if found and declared:
            return f"{address}: declared to carry no picture ({declared}), and carries one"
        if not found and not declared:
            return f"{address}: carries no picture here and is not declared so"
        return ""

    def _carrying(self, client: Client, name: str, address: str) -> Iterator[Carried]:
        """The address as it is, and as it would be asked for something."""
        asked = quote(absolute_url(self.article.get_absolute_url()))
        for query in ("", f"?q={quote(self.article.headline)}", f"?url={asked}"):
            status, body = answer_of(client, address + query)
            if status == 200 and self.carries(body):
                yield Carried(name, address + query)
                return
            if is_pictureless(name):
                return

    def carries(self, body: bytes) -> bool:
        """Whether one of the picture's files is named in it, or is what it is."""
        return any(name.encode() in body for name in self.names()) or body.startswith(JPEG)

    def names(self) -> list[str]:
        """Of its files, as they are today."""
        return [each.name for each in self.image.renditions.all()]

    def judge(self, client: Client, rule: Rule) -> list[str]:
        """What a rule finds wrong with each output, by its address or name."""
        found = []
        for each in self.carried:
            status, body = answer_of(client, each.address)
            output = self._output(body, status, GONE_WITH_IT.get(each.name, 200))
            found.append((each.address, self._less(each.address, output) or rule(output)))
        for name, content in self.others():
            output = self._output(content)
            found.append((name, self._less(name, output) or rule(output)))
        return [f"{where}: {wrong}" for where, wrong in found if wrong]

    def _output(self, body: bytes, status: int = 200, gone: int = 200) -> Output:
        places = standings(body, self.names()) if status == 200 else []
        return Output(body, status, gone, self.carries(body), places)

    def _less(self, where: str, output: Output) -> str:
        """Which places the picture had there before and has no more, though it is still shown."""
        now = Counter(each.sort for each in output.standings)
        before = self.stood.setdefault(where, now)
        gone = before - now if now else Counter()
        return f"stood before and does not now: {', '.join(sorted(gone))}" if gone else ""

    def sorts(self) -> set[str]:
        """Every sort of place that was seen."""
        return {sort for counted in self.stood.values() for sort in counted}

    def others(self) -> Iterator[tuple[str, bytes]]:
        """What goes out by no address."""
        for ask in image_outputs.SOURCES.values():
            for output in ask(self.image.pk):
                yield output.name, output.content


def filled(route: str, places: dict[str, str]) -> str:
    """The address with its places filled."""
    for place, part in places.items():
        route = route.replace(f"<{place}>", part)
    return route


def is_pictureless(name: str) -> str:
    """Why no picture stands there, or nothing."""
    return next((why for names, why in PICTURELESS.items() if re.fullmatch(names, name)), "")


def answer_of(client: Client, address: str) -> tuple[int, bytes]:
    """How a reader is answered there, and with what."""
    answer = client.get(address)
    if answer.status_code == 301 and address.startswith("/pictures/"):
        # A file has a new name after its credit changed, and the old one leads there.
        answer = client.get(answer["Location"])
    streamed = answer.streaming
    return answer.status_code, b"".join(answer.streaming_content) if streamed else answer.content  # type: ignore[attr-defined]
