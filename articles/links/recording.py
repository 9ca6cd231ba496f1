"""Recording which text links to what."""

from django.db.models import Model

from articles.body.references import Reference, references_in
from articles.links.models import InternalLink


def record_links(source: Model, *bodies: str) -> None:
    """Updates the rows of an article or a page from the references in its text and captions."""
    name = str(source._meta.model_name)
    own = InternalLink.objects.filter(**{name: source})
    rows = own.values_list("pk", "target_kind", "target_id")
    stored = {Reference(kind, number): pk for pk, kind, number in rows}
    wanted = set(references_in(*bodies)) - {Reference(name, source.pk)}
    if spare := [pk for reference, pk in stored.items() if reference not in wanted]:
        InternalLink.objects.filter(pk__in=spare).delete()
    InternalLink.objects.bulk_create(
        [
            InternalLink(**{f"{name}_id": source.pk}, target_kind=each.kind, target_id=each.id)
            for each in sorted(wanted - stored.keys())
        ],
        ignore_conflicts=True,
    )
