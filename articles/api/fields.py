"""Sparse fields: only what was asked for is read and told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from articles.api.problems import refuse


class Writer(Protocol):
    """Tells one field of a row."""

    def __call__(self, row: Any, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Fields:
    """Every field of a thing, and which of them stand in lists and on its own page."""

    writers: Mapping[str, Writer]
    only_when_asked: Collection[str] = field(default=())
    """Long ones that lists leave out."""

    def chosen(self, asked: str | None, *, in_list: bool) -> list[str]:
        """The fields of an answer, in the order of the documentation; `id` is always there.

        Raises:
            Refused: there is no such field.
        """
        if asked is None or not asked.strip():
            left_out = self.only_when_asked if in_list else ()
            return [name for name in self.writers if name not in left_out]
        wanted = {"id", *(name.strip() for name in asked.split(",") if name.strip())}
        if unknown := wanted - self.writers.keys():
            known = ", ".join(self.writers)
            refuse("fields", f"There is no “{min(unknown)[:80]}”; there are {known}.")
        return [name for name in self.writers if name in wanted]

    def tell(self, row: Any, names: Collection[str]) -> dict[str, Any]:
        return {name: self.writers[name](row) for name in names}
