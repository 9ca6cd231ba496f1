"""Tags on articles: one word is one tag, whatever its capitals and accents."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from taggit.managers import _TaggableManager
from taggit.models import Tag

# The database compares tags without capitals and accents (migration `tags_folded`). Those found
# are held against being deleted, in the order of a merge: one at this moment waits, or is waited for.
SAME_WORD = """
SELECT wanted.name, tag.id
FROM unnest(%s::text[]) AS wanted(name)
JOIN taggit_tag AS tag ON iria_folded(tag.name) = iria_folded(wanted.name)
ORDER BY tag.id
FOR KEY SHARE OF tag
"""


def tags_called(names: Iterable[str]) -> dict[str, int]:
    """The id of the tag that is the same word, for every name that has one."""
    with connection.cursor() as cursor:
        cursor.execute(SAME_WORD, [list(names)])
        return dict(cursor.fetchall())


class FoldedTags(_TaggableManager):
    """`article.tags`: names lead to the tag that is the same word, made only where there is none."""

    def _to_tag_model_instances(self, tags: Iterable[str | Tag], tag_kwargs: Any) -> list[Tag]:
        wanted = list(tags)
        names = [each for each in wanted if isinstance(each, str)]
        known = tags_called(names) if names else {}
        rows = Tag.objects.in_bulk(list(known.values()))
        found: dict[int, Tag] = {}
        for each in wanted:
            tag = (
                each if isinstance(each, Tag) else self._called(each, rows.get(known.get(each, 0)))
            )
            found.setdefault(tag.pk, tag)
        return list(found.values())

    def _called(self, name: str, known: Tag | None) -> Tag:
        known = known or self._merged_into(name)
        if known is not None:
            return known
        try:
            with transaction.atomic():
                made: Tag = Tag.objects.create(name=name)
                return made
        except IntegrityError:
            # The same word was made at this moment by somebody else; the index lets one of us.
            found = tags_called([name])
            if name not in found:
                raise
            there: Tag = Tag.objects.get(pk=found[name])
            return there

    def _merged_into(self, name: str) -> Tag | None:
        """A word that was merged into another tag, or renamed, stays so when it is typed again."""
        redirects = apps.get_model("articles", "Redirect")._default_manager
        old_path = f"/tag/{Tag().slugify(name)}/"  # type: ignore[no-untyped-call]
        moved = redirects.filter(old_path=old_path, tag__isnull=False).select_related("tag").first()
        return moved.tag if moved else None
