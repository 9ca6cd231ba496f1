"""Articles that stood at the top of the old site, on the front page of their language."""

from collections.abc import Sequence
from typing import Final

from accounts.models import User
from articles.editorial.models import Article
from articles.public.front_page.layout import SECONDS
from articles.public.front_page.models import Placement
from iria.transfer.records import Kind, Remark
from iria.transfer.report import Report
from iria.transfer.writer.items import Items

PLACES: Final = (
    (Placement.Slot.LEAD, 0),
    *((Placement.Slot.SECOND, position) for position in range(SECONDS)),
)
NO_PLACE: Final = Remark("sticky", "No place on the front page was free.")


def place(source_ids: Sequence[str], items: Items, report: Report, by: User | None) -> None:
    """Places those that this import made, the newest first, where no editor has placed anything."""
    known = items.known(Kind.POSTS, source_ids) if source_ids else {}
    new = {
        each.object_id: source_id
        for source_id, each in known.items()
        if each.created_in_id == items.run_id
    }
    for article in Article.objects.published().filter(pk__in=new).order_by("-published_at", "-pk"):
        front = Placement.objects.on_front(article.language)
        taken = set(front.values_list("slot", "position"))
        free = next((each for each in PLACES if each not in taken), None)
        if free is None:
            report.add_remarks(Kind.POSTS, new[article.pk], [NO_PLACE])
            continue
        slot, position = free
        Placement.objects.create(
            slot=slot, position=position, language=article.language, article=article, placed_by=by
        )
