"""Who signs an article, and in which order."""

from collections.abc import Iterable
from itertools import chain

from django.db import transaction

from accounts.models import AuthorProfile
from articles.editorial import article_urls, merging
from articles.editorial.merging import CannotMerge
from articles.editorial.models import Article, Byline


def set_authors(article: Article, authors: Iterable[AuthorProfile]) -> None:
    """Puts these authors' names to the article, in this order; signing again changes nothing."""
    chosen = list(authors)
    with transaction.atomic():
        addresses = [author.get_absolute_url() for author in chosen]
        wanted = [
            author.pk for author in merging.still_there(chosen, addresses=addresses, kind="author")
        ]
        if list(article.bylines.values_list("author", flat=True)) == wanted:
            return
        article.bylines.all().delete()
        Byline.objects.bulk_create(
            Byline(article=article, author_id=pk, position=position)
            for position, pk in enumerate(wanted)
        )


def merge(authors: Iterable[AuthorProfile], *, into: AuthorProfile) -> None:
    """Makes one author of several: their articles are signed by `into`, their addresses lead there.

    What `into` lacks (an account, a portrait, a biography) it gets from them,
    and all their links.

    Raises:
        CannotMerge: two of them sign in with different accounts, or one is no longer there.
    """
    with transaction.atomic():
        goes, stays = merging.hold(authors, into)
        users = {each.user_id for each in (*goes, stays) if each.user_id is not None}
        if len(users) > 1:
            sentence = (
                "Two of these authors sign in with different accounts. Take the account from one "
                "of them first, so that nobody loses what they wrote."
            )
            raise CannotMerge(sentence)
        merging.tell(merging.articles_of(goes, Byline, "author"))
        merging.repoint(goes, stays)
        for each in goes:
            old_path = each.get_absolute_url()
            each.delete()
            article_urls.add_redirect(old_path, stays.get_absolute_url(), author=stays)
        stays.user_id = users.pop() if users else None
        stays.links = _together(each.links for each in (stays, *goes))
        for name in ("role", "biography"):
            words = [getattr(each, name) for each in (stays, *goes) if getattr(each, name)]
            setattr(stays, name, words[0] if words else "")
        stays.save()


def _together(links: Iterable[list[dict[str, str]]]) -> list[dict[str, str]]:
    """Every address once, with the words it had first."""
    found: dict[str, dict[str, str]] = {}
    for link in chain.from_iterable(links):
        found.setdefault(link["address"].rstrip("/"), link)
    return list(found.values())
