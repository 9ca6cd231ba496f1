"""The name of the theme whose templates are used: for a request, or while an e-mail is rendered.

Which theme that is says the publication (`iria.publication`), which this package does not import. It
is asked for only when a template is looked up.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import DatabaseError

_choose: ContextVar[Callable[[], str] | None] = ContextVar("theme", default=None)


def active_theme() -> str:
    """A key of `settings.THEMES`: the chosen theme, or the first if none was chosen or it is gone."""
    choose = _choose.get()
    default = next(iter(settings.THEMES))
    if choose is None:
        return default
    try:
        name = choose()
    except DatabaseError:
        # The page that says that the database does not answer is rendered too.
        return default
    return name if name in settings.THEMES else default


@contextmanager
def theme_from(choose: Callable[[], str]) -> Iterator[None]:
    """Uses the theme with the name that `choose` returns."""
    token = _choose.set(choose)
    try:
        yield
    finally:
        _choose.reset(token)
