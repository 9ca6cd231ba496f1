"""Explains why an article matches: fragments of its text, a caption, a credit, a topic.

Takes two queries for a page of results – the texts, and the lexemes of the candidate words – and a third
one for the images of captions.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.safestring import SafeString

from articles.body.plain_text import caption_text
from articles.editorial.models import Article
from articles.images.models import Image
from articles.search.results.snippets import (
    Match,
    Token,
    candidate_tokens,
    highlight,
    matched_lexemes,
    matches,
    snippet,
)
from iria.core.db.replica import reading

MAX_TEXT_LENGTH: Final = 60_000
"""Characters of a text that are examined."""

TEXTS: Final = """
SELECT entry.article_id, entry.configuration, left(entry.text, %(read)s),
    tsvector_to_array(to_tsvector(entry.configuration::regconfig, %(words)s)),
    ARRAY(SELECT ARRAY[figure.image_id::text, figure.caption, image.credit]
        FROM articles_figure AS figure JOIN articles_image AS image ON image.id = figure.image_id
        WHERE figure.article_id = entry.article_id AND figure.place <> 'social' ORDER BY figure.position),
    ARRAY(SELECT tag.name FROM articles_articletag AS worn
        JOIN taggit_tag AS tag ON tag.id = worn.tag_id
        WHERE worn.content_object_id = entry.article_id ORDER BY tag.name)
FROM articles_searchentry AS entry WHERE entry.article_id = ANY(%(articles)s)
"""

READ_WORDS: Final = """
SELECT configuration, word, tsvector_to_array(to_tsvector(configuration::regconfig, word))
FROM unnest(%s::text[], %s::text[]) AS suspected (configuration, word)
"""

NOTHING: Final = SafeString("")


@dataclass(frozen=True, slots=True)
class CaptionMatch:
    """A matching caption, with its image."""

    text: SafeString
    image: Image | None = None
    shows: frozenset[str] | set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MatchExplanation:
    """The explanation of a match; every text is safe HTML."""

    headline: SafeString = NOTHING
    snippet: SafeString = NOTHING
    caption: CaptionMatch | None = None
    credit: SafeString = NOTHING
    topic: SafeString = NOTHING


@dataclass(slots=True)
class _Part:
    """A text of an article, and its candidate words."""

    text: str
    tokens: list[Token]
    image_id: int = 0
    found: list[Match] = field(default_factory=list)

    @property
    def shows(self) -> set[str]:
        return matched_lexemes(self.found)

    @property
    def highlighted(self) -> SafeString:
        return highlight(self.text, self.found)


@dataclass(slots=True)
class _Parts:
    """The texts of an article that are examined."""

    configuration: str
    lexemes: list[str]
    text: _Part
    seen: list[_Part]
    """What the card shows in any case: headline and authors."""
    captions: list[_Part]
    credits: list[_Part]
    tags: list[_Part]

    def all(self) -> Iterator[_Part]:
        yield from (self.text, *self.seen, *self.captions, *self.credits, *self.tags)


def explain(articles: Mapping[int, Article], text: str) -> dict[int, MatchExplanation]:
    """Returns the explanations by article; articles as from `for_cards()`.

    Args:
        text: the words to explain, without excluded ones.
    """
    with reading.cursor() as cursor:
        cursor.execute(TEXTS, {"read": MAX_TEXT_LENGTH, "words": text, "articles": list(articles)})
        found = {pk: _parts(articles[pk], *row) for pk, *row in cursor.fetchall()}
    _confirm(found.values())
    captions = {pk: caption for pk, parts in found.items() if (caption := _caption(parts))}
    images = Image.objects.in_bulk({part.image_id for part in captions.values()})
    return {
        pk: _explanation(parts, _with_image(articles[pk], captions.get(pk), images))
        for pk, parts in found.items()
    }


def _with_image(
    article: Article, caption: _Part | None, images: Mapping[int, Image]
) -> CaptionMatch | None:
    """The caption with its picture, as long as that may be seen."""
    if caption is None:
        return None
    image = images.get(caption.image_id)
    return CaptionMatch(caption.highlighted, image if article.shows(image) else None, caption.shows)


def _parts(
    article: Article,
    configuration: str,
    text: str,
    lexemes: list[str],
    figures: list[list[str]],
    tags: list[str],
) -> _Parts:
    def part(text: str, image_id: int = 0) -> _Part:
        return _Part(text, candidate_tokens(text, lexemes), image_id)

    names = [row.author.name for row in article.bylines.all()]
    return _Parts(
        configuration=configuration,
        lexemes=lexemes,
        text=part(text),
        seen=[part(each) for each in (article.headline, *names)],
        captions=[part(caption_text(each), int(pk)) for pk, each, _credit in figures if each],
        credits=[part(each) for each in dict.fromkeys(row[2] for row in figures) if each],
        tags=[part(each) for each in tags],
    )


def _confirm(found: Iterable[_Parts]) -> None:
    """Determines the lexemes of the candidate words, with one query, and sets the matches."""
    pairs = sorted(
        {
            (parts.configuration, token.word)
            for parts in found
            for part in parts.all()
            for token in part.tokens
        }
    )
    lexemes_by_configuration: dict[str, dict[str, list[str]]] = {}
    if pairs:
        with reading.cursor() as cursor:
            cursor.execute(READ_WORDS, [[each[0] for each in pairs], [each[1] for each in pairs]])
            for configuration, word, lexemes in cursor.fetchall():
                lexemes_by_configuration.setdefault(configuration, {})[word] = lexemes
    for parts in found:
        lexemes_by_word = lexemes_by_configuration.get(parts.configuration, {})
        for part in parts.all():
            part.found = matches(part.tokens, lexemes_by_word, parts.lexemes)


def _caption(parts: _Parts) -> _Part | None:
    """Returns the caption with a match that nothing else shows, or with all of several words."""
    matched_above = _matched_above(parts)
    best = max(
        parts.captions,
        key=lambda part: (len(part.shows - matched_above), len(part.shows)),
        default=None,
    )
    if best is None:
        return None
    has_all = len(parts.lexemes) > 1 and best.shows.issuperset(parts.lexemes)
    return best if best.shows - matched_above or has_all else None


def _explanation(parts: _Parts, caption: CaptionMatch | None) -> MatchExplanation:
    matched_above = _matched_above(parts) | (caption.shows if caption else set())
    credit = _first_with_new(parts.credits, matched_above)
    matched_above |= credit.shows if credit else set()
    topic = _first_with_new(parts.tags, matched_above)
    return MatchExplanation(
        headline=parts.seen[0].highlighted,
        snippet=snippet(parts.text.text, parts.text.found),
        caption=caption,
        credit=credit.highlighted if credit else NOTHING,
        topic=topic.highlighted if topic else NOTHING,
    )


def _matched_above(parts: _Parts) -> set[str]:
    """Returns the lexemes that the fragments, the headline and the authors show already."""
    return parts.text.shows.union(*(part.shows for part in parts.seen))


def _first_with_new(parts: Iterable[_Part], matched_above: set[str]) -> _Part | None:
    """Returns the first part with a lexeme that is not shown yet."""
    return next((part for part in parts if part.shows - matched_above), None)
