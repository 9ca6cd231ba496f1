"""Pages of a list, with addresses that never fail."""

from typing import Protocol

from django.core.paginator import EmptyPage, InvalidPage, Page, PageNotAnInteger, Paginator
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext


class Pageable[T: Model](Protocol):
    """Rows that know by themselves how many they are, and are read a page at a time."""

    def count(self) -> int: ...

    def __len__(self) -> int: ...

    def __getitem__(self, places: slice) -> "QuerySet[T]": ...


class NoSuchPage(Http404):
    """The reader asked for a page of a list that is not there; the words are for them."""


def page_of[T: Model](
    items: "QuerySet[T] | Pageable[T]", number: str | None, *, size: int = 20
) -> "Page[T]":
    """The page a reader asked for by `?page=`; the first when nothing was asked.

    Raises:
        NoSuchPage: for a page that is no number or does not exist.
    """
    # The stubs want everything to be iterated too, which no paginator does.
    paginator: Paginator[T] = Paginator(items, size)  # type: ignore[arg-type]
    try:
        return paginator.page(number or 1)
    except (EmptyPage, PageNotAnInteger, InvalidPage, OverflowError) as mistake:
        sentence = gettext("This page does not exist.")
        raise NoSuchPage(sentence) from mistake
