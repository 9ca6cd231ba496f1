"""Lists of articles: front pages, categories, tags and authors.

The lead of a category page is chosen by an editor, or the newest article.
"""

from dataclasses import dataclass, replace

from django.core.paginator import Page
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.models import Article, Category, ListingEntry, Portrait, Scope
from articles.popular.most_read import MAX_SHOWN as MOST_READ
from articles.popular.most_read import most_read_articles, most_read_ids
from articles.public import page_meta
from articles.public.front_page import layout as front_page_layout
from articles.public.front_page.models import Placement, PlacementQuerySet
from articles.public.navigation import ListingScope, listing_scope
from articles.public.responses import render_public_page
from articles.public.views.archives import (
    only_other_language,
    other_language_or_404,
    scope_context,
)
from iria.core.http.cache_versions import ProcessCache
from iria.core.http.page_cache import public_page
from iria.core.http.urls import url_path
from iria.core.pagination import page_of
from iria.core.text.language import use_language
from iria.core.text.languages import native_name
from iria.publication.context_processors import in_its_language, publication_of


@dataclass(frozen=True, slots=True)
class CategoryContext:
    """A category, its ancestors from the top down, and its children in order."""

    chosen: Category
    above: list[Category]
    children: list[Category]
    lead_id: int | None
    """The lead chosen by an editor."""

    def within(self, scope: ListingScope) -> "CategoryContext":
        """The same with only those children that have articles in the scope: one more query."""
        used = scope.sections
        return replace(self, children=[each for each in self.children if each.path in used])


def category_context(path: str) -> CategoryContext:
    """The category at a path with its ancestors and children, in one query.

    Raises:
        Http404: no category has this path.
    """
    parts = path.split("/")
    ancestor_paths = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
    categories = Category.objects.filter(
        Q(path__in=ancestor_paths) | Q(parent__path=path)
    ).in_order()
    rows = list(categories.annotate(lead_id=Subquery(_lead_placements().values("article")[:1])))
    chosen = next((row for row in rows if row.path == path), None)
    if chosen is None:
        raise Http404
    return CategoryContext(
        chosen=chosen,
        lead_id=chosen.lead_id,  # type: ignore[attr-defined]
        above=[row for row in rows if row.path in ancestor_paths[:-1]],
        children=[row for row in rows if row.path not in ancestor_paths],
    )


def _lead_placements() -> PlacementQuerySet:
    """The lead of a category, while it is published and in the category."""
    listed = ListingEntry.objects.filter(
        scope=Scope.CATEGORY, target=OuterRef("category"), article=OuterRef("article")
    )
    picked = Placement.objects.in_force().filter(slot=Placement.Slot.HEAD, category=OuterRef("pk"))
    return picked.filter(Exists(listed))


@dataclass(frozen=True, slots=True)
class SectionPage:
    """A page of a category; only the first one has a lead."""

    lead: Article | None
    cards: list[Article]
    page: Page[Article]


def section_page(
    scope: ListingScope, category: Category, lead_id: int | None, number: str | None
) -> SectionPage:
    """The cards of a category page, with the lead.

    Two queries; two more for the first page if an editor chose the lead.

    Args:
        lead_id: the article that an editor chose, if any.
        number: the requested page.
    """
    page = page_of(scope.listing(Scope.CATEGORY, category.pk).without(lead_id), number)
    cards = list(page.object_list)
    if page.number > 1:
        return SectionPage(None, cards, page)
    picked = scope.articles.filter(pk=lead_id).for_cards().first() if lead_id else None
    if picked is not None:
        return SectionPage(picked, cards, page)
    return SectionPage(cards[0] if cards else None, cards[1:], page)


_layouts: ProcessCache[front_page_layout.Layout] = ProcessCache()
"""The layout of each front page; it changes only with the rows."""
_category_trees: ProcessCache[CategoryContext] = ProcessCache()
"""Ancestors, children and lead of each category; they change only with the rows."""


@public_page(by_row=True)
@in_its_language
def home(request: HttpRequest) -> HttpResponse:
    """The front page of the publication's first language and of unlisted languages."""
    return _front(request, publication_of(request).language_codes[0])


@public_page(by_row=True)
@in_its_language
def language(request: HttpRequest, code: str) -> HttpResponse:
    if code == publication_of(request).language_codes[0]:
        return redirect("home")
    return _front(request, listing_scope(request, code).code)


def _front(request: HttpRequest, code: str) -> HttpResponse:
    codes = publication_of(request).language_codes
    articles = Article.objects.published().of_front(code, codes)
    layout = _layouts.of(
        request,
        code,
        lambda: front_page_layout.build_layout(
            articles, code, codes, popular=popular_on_front(request, code)
        ),
    )
    return render_front_page(request, code, layout)


def popular_on_front(request: HttpRequest, code: str) -> list[int]:
    """The ids of the most-read articles, if the publication shows them."""
    return most_read_ids(code) if publication_of(request).show_most_read else []


def render_front_page(
    request: HttpRequest, code: str, layout: front_page_layout.Layout
) -> HttpResponse:
    """The front page of a language in this layout."""
    codes = publication_of(request).language_codes
    front = front_page_layout.load_front_page(layout)
    with use_language(code):
        meta = page_meta.front_page_meta(request, code, native_name(code), front.lead)
        context = {
            "front": front,
            "page_language": code,
            "meta": meta,
        }
        if code != codes[0]:
            context["listing_scope"] = ListingScope(code, request.path)
        return render_public_page(request, "articles/public/home.html", context)


@public_page(parameters=("page",), by_row=True)
@in_its_language
def articles(request: HttpRequest, code: str) -> HttpResponse:
    """All articles in one language, newest first."""
    scope = listing_scope(request, code)
    page = page_of(scope.listing(), request.GET.get("page"))
    with use_language(code):
        title, feed = gettext("All articles"), url_path("language_feed", code)
        meta = page_meta.listing_meta(
            request, scope.title_for(title), page, above=scope.crumbs, feed=feed, cards=page
        )
        context = {"title": title, "page": page, "meta": meta, **scope_context(scope)}
        return render_public_page(request, "articles/public/articles.html", context)


@public_page(parameters=("page",), by_row=True)
@in_its_language
def category(request: HttpRequest, path: str, code: str = "") -> HttpResponse:
    """A category, or its articles in one language; not found if there are none."""
    scope = listing_scope(request, code)
    tree = _category_trees.of(request, path, lambda: category_context(path))
    section = section_page(scope, tree.chosen, tree.lead_id, request.GET.get("page"))
    if section.page.paginator.count == 0 and section.lead is None:
        elsewhere = only_other_language(scope, Scope.CATEGORY, tree.chosen.pk)
        if elsewhere:
            return redirect("language_category", elsewhere, path)
        if code:
            raise Http404
    shown = [*filter(None, [section.lead]), *section.cards]
    with use_language(code):
        meta = page_meta.listing_meta(
            request,
            scope.title_for(tree.chosen.local_name),
            section.page,
            description=tree.chosen.local_introduction,
            above=[*scope.crumbs, *_above(tree, scope)],
            feed=f"{request.path}feed/",
            cards=shown,
        )
        context = {
            "category_tree": tree.within(scope) if code else tree,
            "category": tree.chosen,
            "lead": section.lead,
            "cards": section.cards,
            "most_read": _most_read_in(request, scope, tree.chosen, shown),
            "page": section.page,
            "meta": meta,
            **scope_context(scope),
        }
        return render_public_page(request, "articles/public/category.html", context)


def _most_read_in(
    request: HttpRequest, scope: ListingScope, category: Category, shown: list[Article]
) -> list[Article]:
    """The most-read articles of a category that are not on its page; none if they fill no row."""
    publication = publication_of(request)
    if not publication.show_most_read:
        return []
    code = scope.code or publication.language_codes[0]
    excluded = [article.pk for article in shown]
    found = most_read_articles(code, excluded=excluded, category=category)
    return found if len(found) == MOST_READ else []


def _above(tree: CategoryContext, scope: ListingScope) -> list[tuple[str, str]]:
    return [(each.local_name, scope.url("category", each.path)) for each in tree.above]


@public_page(parameters=("page",), by_row=True)
@in_its_language
def tag(request: HttpRequest, slug: str, code: str = "") -> HttpResponse:
    """The articles with a tag in one language."""
    scope, chosen = listing_scope(request, code), get_object_or_404(Tag, slug=slug)
    page = page_of(scope.listing(Scope.TAG, chosen.pk), request.GET.get("page"))
    if not page.paginator.count:
        return redirect("language_tag", other_language_or_404(scope, Scope.TAG, chosen.pk), slug)
    with use_language(code):
        meta = page_meta.listing_meta(
            request,
            scope.title_for(chosen.name),
            page,
            description=gettext("Articles about %(topic)s.") % {"topic": chosen.name},
            above=scope.crumbs,
            feed=f"{request.path}feed/",
            cards=page,
        )
        context = {"tag": chosen, "page": page, "meta": meta, **scope_context(scope)}
        return render_public_page(request, "articles/public/tag.html", context)


@public_page(parameters=("page",), by_row=True)
@in_its_language
def author(request: HttpRequest, slug: str, code: str = "") -> HttpResponse:
    """The articles by an author in one language."""
    scope, chosen = listing_scope(request, code), get_object_or_404(AuthorProfile, slug=slug)
    portrait = Portrait.objects.filter(author=chosen).select_related("image").first()
    page = page_of(scope.listing(Scope.AUTHOR, chosen.pk), request.GET.get("page"))
    if not page.paginator.count:
        return redirect(
            "language_author", other_language_or_404(scope, Scope.AUTHOR, chosen.pk), slug
        )
    with use_language(code):
        meta = page_meta.author_meta(request, chosen, page, portrait, scope.title_for(chosen.name))
        context = {"author": chosen, "portrait": portrait, "page": page, "meta": meta}
        return render_public_page(
            request, "articles/public/author.html", context | scope_context(scope)
        )
