"""Stands in for the queue of jobs, and remembers what was queued."""

from functools import partial
from typing import Any


class Queued:
    def __init__(self) -> None:
        self.jobs: list[tuple[str, dict[str, Any]]] = []

    def configure_task(self, name: str, **options: Any) -> Any:
        self.defer = partial(self._defer, name)
        return self

    def _defer(self, name: str, **arguments: Any) -> None:
        self.jobs.append((name, arguments))

    def __call__(self, name: str) -> list[Any]:
        """The first argument of each queued job with this name."""
        return [next(iter(arguments.values())) for each, arguments in self.jobs if each == name]
