"""Recording which text links to what."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model

from articles.body.references import Reference, references_in


def record_links(source: Model, *bodies: str) -> None:
    """Updates `source.internal_links` from the references in its text and captions."""
    record_all_links({source: bodies})


def record_all_links[M: Model](bodies: Mapping[M, Sequence[str]]) -> None:
    """`record_links` for several sources of one model."""
    if not bodies:
        return
    first: Any = next(iter(bodies))
    links = first.internal_links.model
    field = first.internal_links.field
    stored: dict[int, dict[Reference, int]] = {source.pk: {} for source in bodies}
    rows = links._default_manager.filter(**{f"{field.name}__in": list(bodies)})
    for pk, of, kind, number in rows.values_list("pk", field.attname, "target_kind", "target_id"):
        stored[of][Reference(kind, number)] = pk
    spare: list[int] = []
    new: list[Model] = []
    for source, texts in bodies.items():
        known = stored[source.pk]
        wanted = set(references_in(*texts))
        wanted.discard(Reference(str(source._meta.model_name), source.pk))
        spare += [pk for reference, pk in known.items() if reference not in wanted]
        new += [
            links(**{field.name: source}, target_kind=each.kind, target_id=each.id)
            for each in sorted(wanted - known.keys())
        ]
    if spare:
        links._default_manager.filter(pk__in=spare).delete()
    links._default_manager.bulk_create(new, ignore_conflicts=True)
