"""Recording which text links to what."""

from typing import Any

from django.db.models import Model

from articles.body.references import Reference, references_in


def record_links(source: Model, *bodies: str) -> None:
    """Updates `source.internal_links` from the references in its text and captions."""
    name = str(source._meta.model_name)
    own: Any = source.internal_links  # type: ignore[attr-defined]
    rows = own.values_list("pk", "target_kind", "target_id")
    stored = {Reference(kind, number): pk for pk, kind, number in rows}
    wanted = set(references_in(*bodies)) - {Reference(name, source.pk)}
    if spare := [pk for reference, pk in stored.items() if reference not in wanted]:
        own.filter(pk__in=spare).delete()
    own.bulk_create(
        [
            own.model(**{own.field.name: source}, target_kind=each.kind, target_id=each.id)
            for each in sorted(wanted - stored.keys())
        ],
        ignore_conflicts=True,
    )
