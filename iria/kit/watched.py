"""Whose rows readers see: each app declares it, and the database records changes to those (`iria.kit.changes`).

A table that nobody has declared counts as shown. Then pages are made anew more often than they need
be, and nobody is shown anything old; a check names the table until somebody decides.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.core import checks
from django.db import models

from iria.kit.changes import CONTENT
from iria.kit.registry import Port

Model = type[models.Model]


@dataclass(frozen=True, slots=True)
class Shown:
    """How changes to the rows of a model count."""

    columns: tuple[str, ...] = ()
    """Of an update, the columns that readers see; empty for all of them."""
    inserts: bool = True
    """Whether a new row changes any page by itself."""
    scope: str = CONTENT
    also: tuple[str, str] | None = None
    """The beginning of a scope of its own for each value of a column, and that column."""


SHOWN: Final = Shown()

_decisions: Port[Shown | None] = Port()


def declare(*, shown: Mapping[str, Shown] | Iterable[str] = (), hidden: Iterable[str] = ()) -> None:
    """Says of models whether readers see their rows; called in `AppConfig.ready`.

    Args:
        shown: by label, such as `shop.Offer`; with a `Shown` for each where not every change counts.
        hidden: labels of those that only the desk, the worker or one reader sees.
    """
    for label in shown:
        how = shown[label] if isinstance(shown, Mapping) else SHOWN
        _decisions.offer(label.lower(), how)
    for label in hidden:
        _decisions.offer(label.lower(), None)


def watched() -> Iterator[tuple[Model, Shown]]:
    """Every model whose rows readers may see."""
    decided = dict(_decisions.items())
    for model in _concrete():
        how = decided.get(model._meta.label_lower, SHOWN)
        if how is not None:
            yield model, how


def undecided() -> list[Model]:
    """The models of which nobody has said whether readers see them."""
    decided = dict(_decisions.items())
    return [model for model in _concrete() if model._meta.label_lower not in decided]


def check_decided(*, app_configs: object, **_options: Any) -> list[checks.CheckMessage]:
    """A warning for each model that nobody has declared."""
    return [
        checks.Warning(
            f"Nobody has said whether readers see the rows of {model._meta.label}, "
            "so every change to them renews all pages.",
            hint="Declare it with iria.kit.watched.declare in the ready() of its app, "
            "or in that of an app of yours.",
            obj=model,
            id="iria.W001",
        )
        for model in undecided()
    ]


def _concrete() -> Iterator[Model]:
    for model in apps.get_models(include_auto_created=True):
        if not (model._meta.proxy or model._meta.swapped):
            yield model
