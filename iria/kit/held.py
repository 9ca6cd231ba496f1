"""What stays true until something changes, held by each process.

A public page reads first of all under which generation it is made (`iria.kit.caching`). Whatever
follows from the rows alone and not from the page – who publishes, the head and foot of every page –
is made once for a generation and shared by all pages of it.
"""

from collections.abc import Callable, Hashable

from django.http import HttpRequest


class Held[T]:
    """Values by key; those of an earlier generation are forgotten together."""

    def __init__(self) -> None:
        self._held: tuple[str, dict[Hashable, T]] = ("", {})

    def of(self, request: HttpRequest, key: Hashable, make: Callable[[], T]) -> T:
        """The value under a key, made where it is not known yet for the request's generation.

        A request that knows of none, such as one of the desk's, has it made anew.
        """
        generation: str = getattr(request, "generation", "")
        if not generation:
            return make()
        held = self._held
        if held[0] != generation:
            held = self._held = (generation, {})
        known = held[1].get(key)
        if known is None:
            known = held[1][key] = make()
        return known
