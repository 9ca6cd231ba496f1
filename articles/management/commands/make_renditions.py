"""`manage.py make_renditions`: renditions that older images lack after an update."""

from typing import Any

from django.core.management.base import BaseCommand

from articles.images.models import Image
from articles.images.tasks import enqueue_renditions


class Command(BaseCommand):
    help = (
        "Enqueues a job for every image that updates its renditions: missing sizes and "
        "crops, a moved focal point, changed rights. Current renditions are not changed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for image_id in Image.objects.order_by("-pk").values_list("pk", flat=True).iterator():
            enqueue_renditions(image_id)
            count += 1
        self.stdout.write(f"{count} job{'' if count == 1 else 's'} enqueued for the worker.")
