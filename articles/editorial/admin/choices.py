"""What the article form asks for while somebody types, as JSON.

Suggestions for categories, authors, tags, series and picks, and new ones by name, for
`static/iria_admin/choice-field.js`; without it, the form has selects and a text field. Also the targets of
internal links, for the link dialog of the text editor.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import BooleanField, Case, Count, F, Model, QuerySet, Value, When
from django.db.models.functions import StrIndex
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_safe
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.body import references
from articles.body.references import Reference
from articles.editorial import permissions, taxonomy
from articles.editorial.models import (
    Article,
    ArticleCategory,
    ArticleTag,
    Byline,
    Category,
    Series,
    SeriesPart,
)
from articles.editorial.models.taxonomy import Folded
from articles.links import targets
from articles.links.targets import LinkKind, Target, link_kinds
from iria.core.text.validators import one_line, storable, validate_not_blank, validate_storable

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

MAX_SUGGESTIONS: Final = 10
MAX_NAME_LENGTH: Final = 120
"""No name is longer."""

Row = dict[str, Any]
"""`id`, `name`, `label` (of a category: with its parents), `detail`, `articles` (how many are published),
and `exact`: whether the text is the whole name. Articles to pick have no `articles`."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The suggestions for one field of the form."""

    matching: Callable[[str, Any], list[Row]]
    """Text and user → the first rows whose name contains the text, without the numbers of articles."""
    permission: str = ""
    """Required to add new ones; empty: nobody may."""
    through: type[Model] | None = None
    """The rows that connect articles with these; None for articles."""
    keys: tuple[str, str] = ("", "")
    """Its foreign keys to these and to the article."""
    get_or_create: Callable[[str], tuple[Any, bool]] | None = None
    """None for tags: the form sends their names."""


def choices_view(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, *, field: str
) -> JsonResponse:
    """GET `?q=` answers with suggestions; POST `name=` creates one, or finds the one of this name."""
    if field not in CHOICES:
        raise Http404
    if not (model_admin.has_change_permission(request) or model_admin.has_add_permission(request)):
        return _error("You may not edit articles.", status=403)
    choices = CHOICES[field]
    may_add = bool(choices.permission) and request.user.has_perm(choices.permission)
    if request.method == "POST":
        if choices.get_or_create is None:
            return _error("They are created when an article is saved.", status=405)
        if not may_add:
            return _error("You may not create this. Ask an editor.", status=403)
        return _create(model_admin, request, choices.get_or_create)
    text = one_line(storable(request.GET.get("q", "")))
    rows = choices.matching(text, request.user) if len(text) <= MAX_NAME_LENGTH else []
    if choices.through is not None:
        counts = _article_counts(choices.through, choices.keys, [row["id"] for row in rows])
        rows = [{**row, "articles": counts.get(row["id"], 0)} for row in rows]
    return JsonResponse({"results": rows, "may_add": may_add})


def _create(
    model_admin: "ModelAdmin[Article]",
    request: HttpRequest,
    get_or_create: Callable[[str], tuple[Any, bool]],
) -> JsonResponse:
    try:
        submitted_name = request.POST.get("name", "")
        validate_storable(submitted_name)
        name = one_line(submitted_name)
        validate_not_blank(name)
        row, created = get_or_create(name)
    except ValidationError as error:
        return _error(" ".join(error.messages), status=400)
    if created:
        own_admin = model_admin.admin_site.get_model_admin(type(row))
        own_admin.log_addition(request, row, "Created in the form of an article.")
    label = taxonomy.path_names(row) if isinstance(row, Category) else str(row)
    return JsonResponse({"id": row.pk, "name": str(row), "label": label, "created": created})


def _error(message: str, *, status: int) -> JsonResponse:
    return JsonResponse({"message": message}, status=status)


def _article_counts(through: type[Model], keys: tuple[str, str], ids: list[int]) -> dict[int, int]:
    """How many published articles each of these has."""
    key, article = keys
    if not ids:
        return {}
    used: QuerySet[Any] = through._default_manager.filter(
        **{f"{key}__in": ids, f"{article}__in": Article.objects.published()}
    )
    return dict(used.order_by().values_list(key).annotate(Count("pk")))


def _with_match(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The rows with the `place` of the text in their name, 0 if the name does not contain it.

    Capitals and accents do not count.
    """
    folded_text = Folded(Value(text))
    exact = Case(When(folded=folded_text, then=True), default=False, output_field=BooleanField())
    named: QuerySet[Any] = rows.annotate(folded=Folded(F("name")))
    placed: QuerySet[Any] = named.annotate(place=StrIndex(F("folded"), folded_text), exact=exact)
    return placed


def _best_matches(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    return (
        _with_match(rows, text)
        .filter(place__gt=0)
        .order_by("-exact", "place", "name")[:MAX_SUGGESTIONS]
    )


def _tags(text: str, user: Any) -> list[Row]:
    return [_row(tag, exact=tag.exact) for tag in _best_matches(Tag.objects.all(), text)]


def _authors(text: str, user: Any) -> list[Row]:
    found = _best_matches(AuthorProfile.objects.only("name", "role"), text)
    return [_row(author, exact=author.exact, detail=author.role) for author in found]


def _categories(text: str, user: Any) -> list[Row]:
    """In the order of the tree; all are read, because the names of parents are shown."""
    rows = list(_with_match(Category.objects.in_order().only("name", "path"), text))
    labels = taxonomy.names_in_tree(rows)
    found = sorted((row for row in rows if row.place), key=lambda row: (not row.exact, row.place))
    return [_row(row, exact=row.exact, label=labels[row.pk]) for row in found[:MAX_SUGGESTIONS]]


def _series(text: str, user: Any) -> list[Row]:
    return [_row(each, exact=each.exact) for each in _best_matches(Series.objects.all(), text)]


def _picks(text: str, user: Any) -> list[Row]:
    """Articles that the user may see and that have all these words in the headline, the newest first."""
    rows = permissions.visible_to(user, Article.objects.order_by("-pk"))
    for word in text.split():
        rows = rows.filter(headline__icontains=word)
    return [
        _row(
            each,
            exact=each.headline.casefold() == text.casefold(),
            detail=date_format(timezone.localtime(each.published_at), "DATE_FORMAT")
            if each.is_published and each.published_at
            else str(each.get_state_display()),
        )
        for each in rows.only("headline", "state", "published_at")[:MAX_SUGGESTIONS]
    ]


def _row(choice: Any, *, exact: bool, label: str = "", detail: str = "") -> Row:
    name = str(choice)
    return {
        "id": choice.pk,
        "name": name,
        "label": label or name,
        "detail": detail,
        "exact": exact,
    }


CHOICES: Final = {
    "categories": Choices(
        _categories,
        "articles.add_category",
        ArticleCategory,
        ("category", "article"),
        taxonomy.get_or_create_category,
    ),
    "authors": Choices(
        _authors,
        "accounts.add_authorprofile",
        Byline,
        ("author", "article"),
        taxonomy.get_or_create_author,
    ),
    "tags": Choices(_tags, "taggit.add_tag", ArticleTag, ("tag", "content_object")),
    "series": Choices(
        _series,
        "articles.add_series",
        SeriesPart,
        ("series", "article"),
        taxonomy.get_or_create_series,
    ),
    "picks": Choices(_picks),
}


MAX_LINK_QUERY_LENGTH: Final = 200
MAX_TARGETS: Final = 8
"""Results of each kind."""
MAX_REFERENCES: Final = 200
"""References that one request may ask about."""


@require_safe
def links_view(request: HttpRequest) -> JsonResponse:
    """`?q=words` finds targets by their titles, the newest first; `?reference=…` describes these.

    One query for each kind, or two for any number of references.
    """
    if not request.user.has_perm("articles.change_article"):
        raise PermissionDenied
    if references_asked := request.GET.getlist("reference"):
        return JsonResponse(
            {"targets": _targets_by_reference(references_asked[:MAX_REFERENCES], request.user)}
        )
    query = request.GET.get("q", "")[:MAX_LINK_QUERY_LENGTH]
    groups = [
        {
            "label": kind.label,
            "targets": [
                _target_json(each) for each in _matching_targets(kind, query, request.user)
            ],
        }
        for kind in link_kinds
    ]
    return JsonResponse({"groups": [group for group in groups if group["targets"]]})


def _matching_targets(kind: LinkKind, query: str, user: Any) -> list[Target]:
    """Those with all these words in the title."""
    rows = kind.offered(user)
    for word in query.split():
        rows = rows.filter(link_title__icontains=word)
    return targets.read_ordered_targets(rows[:MAX_TARGETS])


def _targets_by_reference(references_asked: list[str], user: Any) -> dict[str, Any]:
    """Reference → its target; without a title if the user may not see it."""
    wanted = {found[0] for each in references_asked if (found := references.read(each))}
    existing = targets.targets_of(wanted)
    visible = {each.reference for each in targets.read_targets(_visible(wanted, user))}
    return {
        str(reference): _target_json(target)
        if (target := existing.get(reference)) and reference in visible
        else {"title": "", "url": "", "state": "", "status": target.status if target else "gone"}
        for reference in wanted
    }


def _visible(wanted: set[Reference], user: Any) -> list["QuerySet[Any]"]:
    return [
        kind.offered(user).filter(pk__in=[each.id for each in wanted if each.kind == name])
        for name, kind in link_kinds.items()
        if any(each.kind == name for each in wanted)
    ]


def _target_json(target: Target) -> dict[str, str]:
    return {
        "reference": str(target.reference),
        "title": target.title or str(Article()),
        "url": target.url,
        "status": target.status,
        "state": str(Article.State(target.state).label),
    }
