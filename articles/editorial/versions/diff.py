"""What changed between two revisions of an article: words, fields and images."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Literal

from articles.body import references
from articles.body.blocks.images import figures_in
from articles.body.references import Reference
from articles.body.rendering import compared_text
from articles.body.tree import caption_text, parse, text_of
from articles.editorial.models import Article, ArticleType, Revision
from articles.editorial.versions.content import (
    ADDED_LATER,
    IMAGE_COLUMNS,
    LABELS,
    REVISION_COLUMNS,
    TEXTS,
    Content,
    content_of_revision,
)
from articles.editorial.versions.related_rows import MODELS
from articles.images.models import Image
from articles.links.targets import PUBLIC, Target, targets_of

Kind = Literal["same", "added", "removed"]
WORD: Final = re.compile(r"\s+|[^\s]+")
Opcode = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]
MAX_STEPS: Final = 100_000_000
"""The steps of a comparison, about a second; every word of a paragraph of 1,500 words needs a third of them."""
CONTEXT_PARAGRAPHS: Final = 1
"""Unchanged paragraphs shown on either side of a change."""


@dataclass(frozen=True, slots=True)
class Piece:
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a comparison; a gap replaces unchanged ones."""

    pieces: tuple[Piece, ...]
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    paragraphs: list[Paragraph]
    fields: tuple[str, ...]
    """The fields of `Content` that it compares."""


WHAT_IS_COMPARED: Final[dict[str, Callable[[str], str]]] = {
    "body": compared_text,
    "lead_caption": caption_text,
}
"""The name of a field whose text has markup → what is compared of it."""

COMPARED_BY_WORDS: Final = tuple(
    name for name in TEXTS if name in REVISION_COLUMNS or name in ADDED_LATER
)
"""The texts that every revision holds."""

ONLY_MARKUP: Final = "The words are the same. Headings, formatting, links or images changed."


def compared(old: Revision | None, new: Revision) -> list[Part]:
    """The parts of an article that changed, each with what was added and removed."""
    before = content_of_revision(old) if old is not None else {}
    after = content_of_revision(new)
    parts = [
        *_texts(before, after),
        *_images(before, after),
        *_links(before, after),
    ]
    if old is None or old.details is None or new.details is None:
        # The first revision, or one of which only the text is known.
        return parts
    return [*parts, *_fields(before, after)]


def _texts(before: Content, after: Content) -> list[Part]:
    parts = []
    for name in COMPARED_BY_WORDS:
        to_text = WHAT_IS_COMPARED.get(name, str)
        old, new = before.get(name, ""), after.get(name, "")
        if old == new:
            continue
        words = to_text(old), to_text(new)
        if words[0] != words[1]:
            paragraphs = _paragraphs(words[0].split("\n"), words[1].split("\n"))
        else:
            paragraphs = [Paragraph((Piece("same", ONLY_MARKUP),))]
        parts.append(Part(LABELS[name], paragraphs, (name,)))
    return parts


def _images(before: Content, after: Content) -> list[Part]:
    """The lead image, the social image, and images that are in one of the texts only."""
    parts = []
    single = {name: (before.get(name), after.get(name)) for name in IMAGE_COLUMNS}
    inline = [
        dict.fromkeys(use.image_id for use in figures_in(each.get("body", "")))
        for each in (before, after)
    ]
    removed = [pk for pk in inline[0] if pk not in inline[1]]
    added = [pk for pk in inline[1] if pk not in inline[0]]
    used = [pk for pair in single.values() for pk in pair]
    shown = {pk for pk in (*used, *removed, *added) if pk}
    names = {image.pk: str(image) for image in Image.objects.filter(pk__in=shown)}

    def name(pk: int | None) -> str:
        return names.get(pk, f"Image {pk}, no longer in the library") if pk else ""

    for column, (old, new) in single.items():
        if old != new:
            parts.append(Part(LABELS[column], [_change(name(old), name(new))], (column,)))
    if removed or added:
        changes = [_change(name(pk), "") for pk in removed] + [
            _change("", name(pk)) for pk in added
        ]
        parts.append(Part("Images in the text", changes, ("body",)))
    return parts


def _links(before: Content, after: Content) -> list[Part]:
    """Links of the text that are in one of the two only; those with the same words are one change."""
    old, new = (_hrefs(each.get("body", "")) for each in (before, after))
    if old == new:
        return []
    shared = Counter(old) & Counter(new)
    removed = list((Counter(old) - shared).elements())
    added = list((Counter(new) - shared).elements())
    titles = targets_of(
        found[0] for _, href in (*removed, *added) if (found := references.read(href))
    )
    changes = []
    for text, href in removed:
        same = next((each for each in added if each[0] == text), None)
        if same is not None:
            added.remove(same)
        new_target = _target_name(same[1], titles) if same else ""
        changes.append(_link_change(text, _target_name(href, titles), new_target))
    changes += [_link_change(text, "", _target_name(href, titles)) for text, href in added]
    return [Part("Links in the text", changes, ("body",))] if changes else []


def _hrefs(body: str) -> list[tuple[str, str]]:
    """Text and URL of each link outside captions."""
    return [
        (text_of(link), link.get("href", ""))
        for link in parse(body).iter("a")
        if next(link.iterancestors("figcaption"), None) is None
    ]


def _target_name(href: str, titles: Mapping[Reference, Target]) -> str:
    """The URL, or the title of a published text that is linked by reference.

    The reader of a comparison may not be allowed to see other drafts.
    """
    found = references.read(href)
    if found is None:
        return href
    reference, rest = found
    target = titles.get(reference)
    if target is not None and target.status == PUBLIC:
        name = f"“{target.title}”"
    else:
        state = "not published" if target else "deleted"
        name = f"{reference.kind} {reference.id} ({state})"
    return f"{name} {rest}".rstrip()


def _link_change(text: str, before: str, after: str) -> Paragraph:
    return Paragraph((Piece("same", f"{text}: "), *_change(before, after).pieces))


def _fields(before: Content, after: Content) -> list[Part]:
    names = [name for name in after if name not in COMPARED_BY_WORDS and name not in IMAGE_COLUMNS]
    return [
        Part(LABELS[name], [_change(old, new)], (name,))
        for name in names
        if before.get(name) != after[name]
        and (old := _display_value(name, before.get(name)))
        != (new := _display_value(name, after[name]))
    ]


def _display_value(name: str, value: Any) -> str:
    """A value as editors know it."""
    if name in MODELS:
        return ", ".join(each["name"] for each in value or [])
    if name == "tags":
        return ", ".join(value or [])
    if name == "picks":
        return ", ".join(_titles(value or []))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value in (None, ""):
        return ""
    if name == "translation_of":
        return next(_titles([value]))
    if name == "kind_id":
        found = ArticleType.objects.filter(pk=value).first()
        return str(found) if found else f"{value} (deleted)"
    if name == "series_position":
        return str(value)
    choices = dict(Article._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    return str(choices.get(value, value))


def _titles(article_ids: list[int]) -> Iterator[str]:
    """As in `_target_name`, the headlines of published articles only."""
    found = Article.objects.in_bulk(article_ids)
    for pk in article_ids:
        if pk not in found:
            yield f"article {pk} (deleted)"
        elif not found[pk].is_published:
            yield f"article {pk} (not published)"
        else:
            yield f"“{found[pk].headline}”"


def _change(before: str, after: str) -> Paragraph:
    pieces = []
    if before:
        pieces.append(Piece("removed", before))
    if before and after:
        pieces.append(Piece("same", " → "))
    if after:
        pieces.append(Piece("added", after))
    return Paragraph(tuple(pieces))


def _paragraphs(before: list[str], after: list[str]) -> list[Paragraph]:
    found: list[Paragraph] = []
    matching = _Matching()
    for kind, a, b, c, d in matching.opcodes(before, after):
        if kind == "equal":
            found += _with_gap(before[a:b], first=not found, last=b == len(before))
        elif kind == "replace" and b - a == d - c:
            found += [
                Paragraph(tuple(_compare_words(old, new, matching)))
                for old, new in zip(before[a:b], after[c:d], strict=True)
            ]
        else:
            found += [Paragraph((Piece("removed", text),)) for text in before[a:b] if text]
            found += [Paragraph((Piece("added", text),)) for text in after[c:d] if text]
    return found


@dataclass(slots=True)
class _Matching:
    """Finds what two texts have in common, as long as that takes a limited number of steps.

    `SequenceMatcher` takes cubic time for long lists in which the same occurs often. What would take
    too many steps is removed and added as a whole, apart from its beginning and end.
    """

    steps: int = MAX_STEPS

    def opcodes(self, old: list[str], new: list[str]) -> list[Opcode]:
        if self._takes(old, new):
            return SequenceMatcher(str.isspace, old, new, autojunk=False).get_opcodes()
        start = _same_at_start(old, new)
        end = _same_at_start(old[start:][::-1], new[start:][::-1])
        a, b = len(old) - end, len(new) - end
        found: list[Opcode] = [("equal", 0, start, 0, start)] if start else []
        if self._takes(old[start:a], new[start:b]):
            inner = SequenceMatcher(str.isspace, old[start:a], new[start:b], autojunk=False)
            found += [
                (kind, i + start, j + start, k + start, m + start)
                for kind, i, j, k, m in inner.get_opcodes()
            ]
        else:
            found.append(("replace", start, a, start, b))
        return [*found, ("equal", a, len(old), b, len(new))] if end else found

    def _takes(self, old: list[str], new: list[str]) -> bool:
        """Whether the steps for these lists are left; spaces alone are no beginning of a match."""
        counts = Counter(each for each in new if not each.isspace())
        pairs = sum(counts[each] for each in old)
        steps = len(old) + len(new) + (len(old) + pairs) * min(len(old), len(new), pairs)
        if steps > self.steps:
            return False
        self.steps -= steps
        return True


def _same_at_start(old: list[str], new: list[str]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(old), len(new)))


def _with_gap(same: list[str], *, first: bool, last: bool) -> list[Paragraph]:
    """Unchanged paragraphs, only those next to a change."""
    head = [] if first else same[:CONTEXT_PARAGRAPHS]
    tail = [] if last else same[len(same) - CONTEXT_PARAGRAPHS :]
    if len(head) + len(tail) >= len(same):
        return [Paragraph((Piece("same", text),)) for text in same]
    shown = [Paragraph((Piece("same", text),)) for text in head]
    shown.append(Paragraph((), gap=True))
    return shown + [Paragraph((Piece("same", text),)) for text in tail]


def _compare_words(before: str, after: str, matching: _Matching) -> list[Piece]:
    old, new = WORD.findall(before), WORD.findall(after)
    pieces = []
    for kind, a, b, c, d in matching.opcodes(old, new):
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        if b > a:
            pieces.append(Piece("removed", "".join(old[a:b])))
        if d > c:
            pieces.append(Piece("added", "".join(new[c:d])))
    return pieces
