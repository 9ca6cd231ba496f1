"""What every model declares about itself: public pages, personal data, permissions.

The triggers that renew cached pages (`iria.core.db.triggers`), the page about personal data (`iria.publication.views`)
and what each role may do (`iria.roles`) follow from these declarations. A system check names a model without one.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.apps import apps
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from iria.core.stored_data import STORED_DATA, StoredData

Model = type[models.Model]

ALL_ACTIONS: Final = "view add change delete"


@dataclass(frozen=True, slots=True)
class PublicRows:
    """Which changes to the rows of a model change public pages."""

    columns: tuple[str, ...] = ()
    """The columns whose updates readers see; empty for all of them."""
    unseen_columns: tuple[str, ...] = ()
    """The columns whose updates readers never see, instead of naming all others."""
    seen_if: str = ""
    """The SQL condition for an updated row that readers see, such as `{row}.state = 'published'`."""
    inserts: bool = True
    """Whether a new row changes any page by itself."""
    scope: str = "content"
    """The scope of the cache version that changes (`iria.core.http.cache_versions`)."""
    scope_per_value: tuple[str, str] | None = None
    """The prefix of a further scope for each value of a column, and that column."""
    row_scope: tuple[str, tuple[str, ...]] | None = None
    """The prefix of the scope of each row, and the columns that a page shows only if it has loaded the row
    as an instance; no query of a public page filters or orders by them. A stored page without the row stays
    when they change (`iria.core.http.cache_versions`)."""
    whole_row_scope: tuple[str, tuple[str, ...]] | None = None
    """The same for those of these columns that only a page with the whole row loads, not one with its card."""


ALL_ROWS: Final = PublicRows()


@dataclass(frozen=True, slots=True)
class Pruning:
    """What keeps a table small."""

    task: str
    """Name of a periodic job."""
    rule: str
    """Which rows it deletes, as a sentence for administrators."""


@dataclass(frozen=True, slots=True)
class ModelPolicy:
    public: PublicRows | None
    """None: no public page shows these rows, or a row of another table changes with them."""
    personal_data: str | None
    """The key of its entry in `iria.core.stored_data`. None: the rows contain no personal data."""
    permissions: Mapping[str, str] = field(default_factory=dict)
    """Role → actions, such as `view change`. Administrators may do everything."""
    pruning: Pruning | None = None
    """None: its rows are content, or as many as there is content."""


_policies: dict[str, ModelPolicy] = {}


def model_policy[M: Model](
    *,
    public: PublicRows | None,
    personal_data: str | None,
    permissions: Mapping[str, str] | None = None,
    pruning: Pruning | None = None,
) -> Callable[[M], M]:
    """Class decorator: declares the policy of a model."""

    def register(model: M) -> M:
        declare(
            model._meta.label,
            public=public,
            personal_data=personal_data,
            permissions=permissions,
            pruning=pruning,
        )
        return model

    return register


def declare(
    label: str,
    *,
    public: PublicRows | None = None,
    personal_data: str | None = None,
    permissions: Mapping[str, str] | None = None,
    pruning: Pruning | None = None,
) -> None:
    """Declares the policy of a library's model, such as `taggit.Tag`."""
    if personal_data is not None and personal_data not in STORED_DATA:
        raise ImproperlyConfigured(f"{label}: no stored data {personal_data!r}.")
    _policies[label.lower()] = ModelPolicy(public, personal_data, permissions or {}, pruning)


def policies() -> dict[Model, ModelPolicy]:
    """Every model that has a policy.

    The table behind a ManyToManyField has that of the model with the field. If only some columns of
    that model are public, the table is not.
    """
    by_model = {}
    for model in _concrete_models():
        owner: Any = model._meta.auto_created or model
        policy = _policies.get(owner._meta.label_lower)
        if policy is not None:
            if owner is not model:
                public = policy.public if policy.public == ALL_ROWS else None
                policy = ModelPolicy(public, policy.personal_data)
            by_model[model] = policy
    return by_model


def undeclared() -> list[Model]:
    declared = policies()
    return [model for model in _concrete_models() if model not in declared]


def public_models() -> Iterator[tuple[Model, PublicRows]]:
    """The models of public pages. A model without a policy counts as public, so that no page is outdated."""
    declared = policies()
    for model in _concrete_models():
        public = declared[model].public if model in declared else ALL_ROWS
        if public is not None:
            yield model, public


def stored_data() -> list[StoredData]:
    """All descriptions of personal data in use, in the order of the page."""
    used = {policy.personal_data for policy in policies().values()}
    return [each for key, each in STORED_DATA.items() if key in used]


def permissions_of(app_label: str) -> dict[str, set[str]]:
    """Role → codenames of the permissions that its models give to the role."""
    granted: dict[str, set[str]] = {}
    for model, policy in policies().items():
        if model._meta.app_label == app_label:
            for role, actions in policy.permissions.items():
                names = {f"{action}_{model._meta.model_name}" for action in actions.split()}
                granted.setdefault(role, set()).update(names)
    return granted


def check_declared(*, app_configs: object, **_options: Any) -> list[checks.CheckMessage]:
    return [
        checks.Warning(
            f"{model._meta.label} has no model policy, so every change to it renews all cached pages, "
            "and the page about personal data does not mention it.",
            hint="Decorate the model with iria.core.model_policy.model_policy, or call declare() in the "
            "ready() of an app of yours.",
            obj=model,
            id="iria.W001",
        )
        for model in undeclared()
    ]


def _concrete_models() -> Iterator[Model]:
    for model in apps.get_models(include_auto_created=True):
        if not (model._meta.proxy or model._meta.swapped):
            yield model
