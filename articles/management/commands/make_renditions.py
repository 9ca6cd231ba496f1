"""`manage.py make_renditions`: the files that pictures from before an update do not have yet."""

from typing import Any

from django.core.management.base import BaseCommand

from articles.images.models import Image
from articles.images.tasks import enqueue, make_renditions


class Command(BaseCommand):
    help = (
        "Has the worker update the files of every image: missing sizes and shapes, "
        "another focus, changed rights. What is up to date already costs it one look."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for image_id in Image.objects.order_by("-pk").values_list("pk", flat=True).iterator():
            enqueue(make_renditions, image_id)
            count += 1
        self.stdout.write(
            f"{count} picture{'' if count == 1 else 's'} to be looked at by the worker."
        )
