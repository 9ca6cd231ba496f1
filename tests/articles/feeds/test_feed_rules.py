"""Our feed rules checked against labelled feeds."""

import json
import re
from collections import Counter
from functools import cache
from typing import Final

import pytest

from tests.articles.feeds.rules import problems
from tests.shared import shared_data

KINDS: Final = {
    "date": "InvalidRFC3339Date InvalidRFC2822Date ProblematicalRFC822Date ImplausibleDate"
    " ValidRFC2822Date ValidW3CDTFDate",
    "id": "InvalidTAG InvalidURN NonCanonicalURI InvalidHttpGUID InvalidPermalink ValidTAG ValidURN",
    "repeated": "DuplicateElement DuplicateAtomLink DuplicateEnclosure DuplicateValue",
    "escaping": "ContainsHTML ContainsUndeclaredHTML NotHtml NotInline HtmlFragment ValidHtml",
    "missing": "MissingElement MissingAttribute MissingHref MissingNamespace MissingSourceElement"
    " MissingTypeAttr NotBlank AttrNotBlank AtomLinkNotEmpty MissingDescription MissingXhtmlDiv"
    " ItemMustContainTitleOrDescription",
    "address": "InvalidFullLink InvalidLink RelativeSelf InvalidUriChar UnexpectedWhitespace"
    " UriNotIri ValidURLAttribute ValidURI",
    "unsafe": "SecurityRisk SecurityRiskAttr DangerousStyleAttr",
    "type": "InvalidMIMEType InvalidMIMEAttribute ValidMIMEAttribute ValidLanguage",
    "number": "InvalidInteger InvalidIntegerAttribute InvalidPositiveInteger ValidInteger",
    "media": "InvalidMediaRating InvalidCreditRole InvalidMediaMedium InvalidMediaHash"
    " InvalidMediaTextType InvalidMediaRestrictionRel InvalidMediaRestrictionType",
}
"""Kind of problem → the messages of its labels."""

KIND_OF: Final = {message: kind for kind, messages in KINDS.items() for message in messages.split()}


@cache
def labels() -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(
        shared_data("feeds", "feedvalidator", "labels.json").read_text()
    )
    return found


def found_in(file: str) -> list[tuple[str, str, str]]:
    """The problems of a labelled feed: kind, element with message, and its parent element."""
    document = shared_data("feeds", "feedvalidator", file).read_bytes()
    return [
        (each.kind, f"{each.place} {each.message}".lower(), each.within.rpartition(":")[2])
        for each in problems(document)
    ]


def agrees(label: dict[str, str]) -> bool:
    """Whether the rules agree with the label: this kind of problem at this element, or none.

    Messages that begin with `Valid` mean that a value is valid, those with `!` that there is no
    such problem.
    """
    expected = label["expect"]
    message, _, rest = expected.lstrip("!").partition("{")
    wanted = not (expected.startswith("!") or message.startswith("Valid"))
    names = [name.split(":")[-1].lower() for name in re.findall(r"(?:element|attr):([^,}]+)", rest)]
    kind = KIND_OF[message]
    # A missing element is reported for its parent, markup for the element that contains it.
    (parent,) = re.findall(r"parent:([\w]+)", rest) or [""] if kind == "escaping" else [""]
    found = [
        text
        for each, text, within in found_in(label["file"])
        if each == kind
        and (not names or any(name in text for name in names))
        and (parent in {"", within} or parent in text)
    ]
    return bool(found) == wanted


def test_the_rules_agree_with_the_labels() -> None:
    agreed, counted = Counter[str](), Counter[str]()
    for label in labels():
        message = label["expect"].lstrip("!").partition("{")[0]
        if kind := KIND_OF.get(message):
            counted[kind] += 1
            agreed[kind] += agrees(label)
    shares = {kind: agreed[kind] / counted[kind] for kind in KINDS}
    assert agreed.total() / counted.total() >= 0.9, shares
    assert min(shares.values()) >= 0.9, shares


def test_the_rules_find_nothing_in_valid_feeds() -> None:
    sound = [label["file"] for label in labels() if label["expect"] == "!Error"]
    clean = [file for file in sound if not found_in(file)]
    assert len(clean) / len(sound) >= 0.9, set(sound) - set(clean)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_rule_can_fail(kind: str) -> None:
    """An invalid feed for each kind, so that the rules are tested without the labels too."""
    faults = {
        "date": ("<pubDate>Wed, 04 Mar 2026 12:30:00 +0000</pubDate>", "<pubDate>today</pubDate>"),
        "id": ('<guid isPermaLink="false">tag', '<guid isPermaLink="true">tag'),
        "repeated": ("<title>A</title>", "<title>A</title><title>B</title>"),
        "escaping": ("<title>A</title>", "<title>A &lt;b&gt;bold&lt;/b&gt; word</title>"),
        "missing": ("<description>C</description>", ""),
        "address": ("https://m.example/a/", "/a/"),
        "unsafe": ("&lt;p&gt;", '&lt;p onclick="x()"&gt;'),
        "type": ('type="image/jpeg"', 'type="jpeg"'),
        "number": ('length="12"', 'length="many"'),
        "media": ('medium="image"', 'medium="picture"'),
    }
    feed = (
        "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'"
        " xmlns:media='http://search.yahoo.com/mrss/'><channel>"
        "<title>T</title><link>https://m.example/</link><description>C</description><item>"
        "<title>A</title><link>https://m.example/a/</link>"
        '<guid isPermaLink="false">tag:m.example,2026:a</guid>'
        "<pubDate>Wed, 04 Mar 2026 12:30:00 +0000</pubDate>"
        "<content:encoded>&lt;p&gt;Words&lt;/p&gt;</content:encoded>"
        '<enclosure url="https://m.example/a.jpeg" length="12" type="image/jpeg"/>'
        '<media:content url="https://m.example/a.jpeg" medium="image"/></item></channel></rss>'
    )
    before, after = faults[kind]
    assert before in feed
    assert problems(feed.encode()) == []
    assert kind in {found.kind for found in problems(feed.replace(before, after).encode())}
