"""Pages of a list, with addresses that never fail."""

from django.core.paginator import EmptyPage, InvalidPage, Page, PageNotAnInteger, Paginator
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext


class NoSuchPage(Http404):
    """The reader asked for a page of a list that is not there; the words are for them."""


def page_of[T: Model](items: "QuerySet[T]", number: str | None, *, size: int = 20) -> "Page[T]":
    """The page a reader asked for by `?page=`; the first when nothing was asked.

    Raises:
        NoSuchPage: for a page that is no number or does not exist.
    """
    paginator = Paginator(items, size)
    try:
        return paginator.page(number or 1)
    except (EmptyPage, PageNotAnInteger, InvalidPage, OverflowError) as mistake:
        sentence = gettext("There is no such page of this list.")
        raise NoSuchPage(sentence) from mistake
