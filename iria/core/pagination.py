"""Pagination of lists."""

import re
from typing import Final, Protocol

from django.core.paginator import EmptyPage, InvalidPage, Page, PageNotAnInteger, Paginator
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext

NUMBER: Final = re.compile(r"[1-9][0-9]*")


class Pageable[T: Model](Protocol):
    """Rows with a count, which are read a page at a time."""

    def count(self) -> int: ...

    def __len__(self) -> int: ...

    def __getitem__(self, key: slice) -> "QuerySet[T]": ...


class NoSuchPage(Http404):
    """The requested page of a list does not exist; the message is for the reader."""


def page_of[T: Model](
    items: "QuerySet[T] | Pageable[T]", number: str | None, *, size: int = 20
) -> "Page[T]":
    """The page of the number in `?page=`; by default the first.

    Raises:
        NoSuchPage: the number is invalid or the page does not exist.
    """
    # The stubs require an iterable, which the paginator does not need.
    paginator: Paginator[T] = Paginator(items, size)  # type: ignore[arg-type]
    try:
        # Python reads `01`, `+1` and digits of other scripts as well: many URLs of one page.
        if number and not NUMBER.fullmatch(number):
            raise PageNotAnInteger(number)
        return paginator.page(number or 1)
    except (EmptyPage, PageNotAnInteger, InvalidPage, OverflowError) as error:
        raise NoSuchPage(gettext("This page does not exist.")) from error
