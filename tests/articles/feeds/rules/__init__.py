"""Rules for valid feeds.

`problems(document)` returns the problems of a feed, by kind and element. `test_feed_rules.py` tests the
rules with labelled feeds; `test_our_feeds.py` checks our feeds with them.
"""

from dataclasses import dataclass

from lxml import etree

from tests.articles.feeds.rules.names import name_of


@dataclass(frozen=True, slots=True)
class Problem:
    """`kind` is date, id, repeated, escaping, missing, address, unsafe, type, number, media or
    malformed."""

    kind: str
    place: str
    message: str
    within: str = ""
    """The parent element."""


def problems(document: bytes) -> list[Problem]:
    """Everything the rules find in an RSS or Atom document."""
    from tests.articles.feeds.rules import files, markup, structure, values

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as problem:
        return [Problem("malformed", "document", str(problem))]
    found = []
    for element in root.iter(etree.Element):
        if inside_markup(element):
            continue
        place, above = name_of(element), element.getparent()
        within = name_of(above) if above is not None else ""
        for rule in (*structure.RULES, *values.RULES, *markup.RULES, *files.RULES):
            found += [Problem(kind, place, text, within) for kind, text in rule(element)]
    return found


def inside_markup(element: etree._Element) -> bool:
    """Whether the element is part of the content rather than of the feed."""
    above = element.getparent()
    while above is not None:
        if name_of(above) in {"atom:content", "atom:title", "atom:summary", "atom:rights"} | {
            "atom:subtitle",
            "xhtml:body",
        }:
            return True
        above = above.getparent()
    return False
