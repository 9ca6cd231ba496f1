"""The authors of an article, in order, and merging authors."""

from collections.abc import Iterable, Mapping
from itertools import chain

from django.db import connection, transaction
from django.db.models import F, Value

from accounts.models import AuthorProfile, User
from articles.editorial import article_urls, merging
from articles.editorial.merging import CannotMerge
from articles.editorial.models import Article, Byline
from articles.editorial.models.taxonomy import Folded
from iria.core.text.slugs import free_slug


def set_authors(article: Article, authors: Iterable[AuthorProfile]) -> None:
    """Sets the authors of the article, in this order; the same authors change nothing."""
    set_all_authors({article: authors})


def set_all_authors(chosen: Mapping[Article, Iterable[AuthorProfile]]) -> None:
    """`set_authors` for several articles."""
    merging.set_ordered(Byline, "author", chosen)


def get_or_create_author(name: str, *, slug: str = "") -> tuple[AuthorProfile, bool]:
    """The author of this name, ignoring capitals and accents, and whether it was created.

    Args:
        slug: of a new one, if it is free; by default that of the name.

    Raises:
        ValidationError: the name cannot be used.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # Or two requests at once would create two authors.
        cursor.execute("LOCK TABLE accounts_authorprofile IN SHARE ROW EXCLUSIVE MODE")
        named = AuthorProfile.objects.annotate(folded=Folded(F("name"))).order_by("pk")
        if same := named.filter(folded=Folded(Value(name))).first():
            return same, False
        slugs = AuthorProfile.objects.values_list("slug", flat=True)
        author = AuthorProfile(
            name=name,
            slug=free_slug(slug or name, fallback="author", taken={*slugs, *article_urls.RESERVED}),
        )
        author.full_clean()
        author.save()
    return author, True


def merge(authors: Iterable[AuthorProfile], *, into: AuthorProfile, by: User | None = None) -> None:
    """Merges authors: `into` gets their articles and redirects from their URLs.

    It also gets what it lacks (an account, a portrait, a biography) and all their links.

    Raises:
        CannotMerge: two of them have different user accounts, or one no longer exists.
    """
    with transaction.atomic():
        sources, target = merging.lock_rows(authors, into)
        users = {each.user_id for each in (*sources, target) if each.user_id is not None}
        if len(users) > 1:
            message = (
                "Two of these authors have different user accounts. Remove the account from one of "
                "them first."
            )
            raise CannotMerge(message)
        merging.enqueue_changed(merging.articles_of(sources, Byline, "author"), by=by)
        merging.repoint(sources, target)
        for each in sources:
            old_path = each.get_absolute_url()
            each.delete()
            article_urls.add_redirect(old_path, target.get_absolute_url(), author=target)
        target.user_id = users.pop() if users else None
        target.links = _merge_links(each.links for each in (target, *sources))
        for name in ("role", "biography"):
            texts = [getattr(each, name) for each in (target, *sources) if getattr(each, name)]
            setattr(target, name, texts[0] if texts else "")
        target.save()


def _merge_links(links: Iterable[list[dict[str, str]]]) -> list[dict[str, str]]:
    """Every URL once, with its first label."""
    found: dict[str, dict[str, str]] = {}
    for link in chain.from_iterable(links):
        found.setdefault(link["address"].rstrip("/"), link)
    return list(found.values())
