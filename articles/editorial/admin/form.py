"""The article form: the fields that `ARTICLE_FIELDS` declares, those with controls of their own, and validation."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db.models import CharField, F, Model, Value
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join

from accounts.models import AuthorProfile
from articles.editorial import translations
from articles.editorial.admin import submit_actions
from articles.editorial.admin.editor_field import BodyField, CaptionField
from articles.editorial.admin.fields import (
    ArticleChooserField,
    ListedArticle,
    MomentField,
    OrderedChoiceField,
    PicksField,
    TagsField,
    article_label,
    check_picks,
    join_tags,
    listed_articles,
)
from articles.editorial.article_urls import RESERVED
from articles.editorial.models import Article, ArticleType, Category, Series
from articles.editorial.models.article import ARTICLE_FIELDS, EDITABLE_FIELDS
from articles.editorial.models.querysets import ArticleQuerySet
from articles.editorial.taxonomy import names_in_tree
from articles.editorial.versions import drafts, revisions
from articles.editorial.versions.content import BLANK, Content, fields_of
from articles.editorial.versions.related_rows import MODELS
from iria.core.text.languages import LANGUAGE_NAMES
from iria.core.text.validators import one_line

MAX_OFFERED: Final = 60
"""The newest articles; scripts find the others."""
RECENT: Final = 1000
"""Among as many of the newest are translations offered: in a large archive in one language, looking
for others would read all of it."""

RELATIONS: Final = {each.name_in_form: each.name for each in ARTICLE_FIELDS if each.is_relation}
"""Fields with rows of other tables, and what these are in `Content`."""


def _control(attributes: Mapping[str, object]) -> forms.Widget:
    return (
        forms.Textarea(dict(attributes))
        if "rows" in attributes
        else AdminTextInputWidget(dict(attributes))
    )


def content_value(name: str, value: Any) -> Any:
    """A valid value of a field, as `Content` holds it."""
    if RELATIONS.get(name) in MODELS:
        return [{"id": row.pk, "name": row.name} for row in value]
    if name == "picks":
        return [each.pk for each in value]
    return getattr(value, "pk", value)


class ArticleForm(forms.ModelForm[Article]):
    """All editable fields of an article. Publishing and scheduling have buttons of their own."""

    body = BodyField(label="Text")
    lead_caption = CaptionField(
        help_text="The credit is stored with the image and shown after the caption.",
    )
    chosen_categories = OrderedChoiceField(
        Category.objects.all(),
        "categories",
        row="Category",
        first="primary",
        help_text="The first one is the primary category.",
    )
    signed_by = OrderedChoiceField(
        AuthorProfile.objects.all(),
        "authors",
        row="Author",
        help_text="In byline order.",
    )
    tags = TagsField()
    series = OrderedChoiceField(Series.objects.all(), "series", row="Series", most=1)
    series_position = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=32_767,
        help_text="Empty: after the parts with a position, by publication date.",
    )
    picks = PicksField()
    translation_of = ArticleChooserField(
        Article.objects.not_in_trash(),
        help_text="The same text in another language. Choose from the list or paste its URL.",
    )
    schedule_for = MomentField(label="Date and time", required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    form_token = forms.CharField(required=False, widget=forms.HiddenInput)

    class Media:
        css = {"all": ["iria_admin/article-form.css", "iria_admin/article-preview.css"]}
        # Not with the admin's scripts: lists load those too, and have no import map.
        js = [
            forms.Script("iria_admin/autosave.js", type="module"),
            forms.Script("iria_admin/article-sidebar.js", type="module"),
            forms.Script("iria_admin/article-preview.js", type="module"),
            forms.Script("iria_admin/article-publishing.js", type="module"),
        ]

    class Meta:
        model = Article
        fields = EDITABLE_FIELDS
        # Their field is declared above; the one that taggit makes would cost a query.
        exclude = ["tags"]  # noqa: DJ006
        widgets = {
            each.name: _control(each.control)
            for each in ARTICLE_FIELDS
            if each.control and not each.is_relation
        }
        help_texts = {"comments_open": "Existing comments stay visible when this is off."}

    visible_articles: ArticleQuerySet | None = None
    """The articles that the user may see; the admin sets it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        article: Article | None = kwargs.get("instance")
        # A user who may only view sees what readers see; only declared fields are left for them.
        may_edit = article is not None and article.pk and "headline" in self.base_fields
        self.opened = drafts.open_for_editing(article) if article and may_edit else None
        super().__init__(*args, **kwargs)
        if self.opened is not None:
            self.initial = {**self.initial, **_related_initial(self.instance, self.opened)}
        elif self.instance._state.adding:
            self.initial.setdefault("form_token", submit_actions.make_form_token())
            self.fields["headline"].widget.attrs["autofocus"] = not self.is_bound
        for each in ARTICLE_FIELDS:
            if each.label and each.name_in_form in self.fields:
                self.fields[each.name_in_form].label = each.label
        if "show_updated" in self.fields and self.instance.published_at is None:
            self.fields["show_updated"].widget = forms.HiddenInput()
        if "schedule_for" in self.fields:
            ignored = self.is_bound and submit_actions.SCHEDULE not in self.data
            self.fields["schedule_for"].ignored = ignored  # type: ignore[attr-defined]
        self._offer_choices()

    @property
    def _saved_picks(self) -> list[int]:
        return self.opened.content["picks"] if self.opened else []

    def _offer_choices(self) -> None:
        # The form has no fields for a user who may only view.
        if "chosen_categories" in self.fields:
            categories = list(Category.objects.in_order().only("name", "path"))
            labels = names_in_tree(categories)
            self.fields["chosen_categories"].offer(  # type: ignore[attr-defined]
                (each.pk, "\u2003" * each.depth + each.name, labels[each.pk]) for each in categories
            )
        if "series" in self.fields:
            rows = _offered_rows()
            if kind := self.fields.get("kind"):
                kinds = [(pk, name) for pk, name, _ in rows["kind"]]
                kind.choices = [("", kind.empty_label), *kinds]  # type: ignore[attr-defined]
            self.fields["signed_by"].offer(  # type: ignore[attr-defined]
                (pk, f"{name}, {role}" if role else name, name)
                for pk, name, role in rows["signed_by"]
            )
            self.fields["series"].offer((pk, name, name) for pk, name, _ in rows["series"])  # type: ignore[attr-defined]
            self._offer_articles()

    def _offer_articles(self) -> None:
        seen, picked = self._visible_articles().order_by("-pk"), self._saved_picks
        recent = seen.filter(pk__in=seen.values("pk")[:RECENT])
        other = self.opened.content["translation_of"] if self.opened else None
        found = listed_articles(
            {
                "newest": seen[:MAX_OFFERED],
                "picked": seen.filter(pk__in=picked),
                "translations": recent.exclude(language=self.instance.language or "en")[
                    :MAX_OFFERED
                ],
                "translation": Article.objects.not_in_trash().filter(
                    pk__in=[other] if other else []
                ),
                "linked": translations.others(self.instance, self._visible_articles()),
            }
        )
        offered = [*found["newest"], *found["picked"]]
        self.fields["picks"].offer_articles(offered, picked)  # type: ignore[attr-defined]
        field = self.fields["translation_of"]
        field.articles = self._visible_articles()  # type: ignore[attr-defined]
        field.widget.offers = [article_label(each) for each in found["translations"]]
        if found["translation"]:
            self.initial["translation_of"] = article_label(found["translation"][0])
        if linked := sorted(found["linked"], key=lambda each: each.language):
            field.help_text = _describe_translations(linked)

    def _visible_articles(self) -> ArticleQuerySet:
        return (
            Article.objects.not_in_trash()
            if self.visible_articles is None
            else self.visible_articles
        )

    def clean_headline(self) -> str:
        headline = one_line(self.cleaned_data["headline"])
        if not headline and self.instance.state == Article.State.SCHEDULED:
            raise ValidationError(
                "A scheduled article needs a headline. Write one, or unschedule it first."
            )
        return headline

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in RESERVED:
            raise ValidationError("“feed” is reserved for URLs. Choose another slug.")
        if not slug and self.instance.year is not None:
            # Readers know this URL; an empty field does not ask for another one.
            return str(self.initial.get("slug", ""))
        return slug

    def clean_picks(self) -> list[Article]:
        picked: list[Article] = self.cleaned_data["picks"]
        check_picks(picked, self.instance, seen=self._visible_articles(), before=self._saved_picks)
        return picked

    def clean_schedule_for(self) -> datetime | None:
        """The time counts only if the button beside it was pressed."""
        moment: datetime | None = self.cleaned_data.get("schedule_for")
        if submit_actions.SCHEDULE not in self.data:
            return None
        if moment is None:
            raise ValidationError("Enter a date and time.")
        if moment <= timezone.now():
            raise ValidationError("This time is in the past. Choose a later one or publish now.")
        return moment

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.instance._state.adding:
            self._check_sent_twice()
        else:
            self._check_edit_conflict()
        self._offer_caption(values)
        self._check_translation(values)
        return values

    def content(self) -> Content:
        """The content of the article with what was written in this form."""
        values = self.cleaned_data
        content = dict(BLANK if self.opened is None else self.opened.content)
        content |= fields_of(self.instance)
        content |= {
            key: content_value(name, values[name])
            for name, key in RELATIONS.items()
            if name in values
        }
        return content

    def _check_translation(self, values: dict[str, Any]) -> None:
        """A text has one version per language."""
        other: Article | None = values.get("translation_of")
        candidate = Article(pk=self.instance.pk, language=values.get("language", ""))
        if other is not None and other.pk == self.instance.pk:
            self.add_error("translation_of", "An article cannot be a translation of itself.")
        elif conflicting := translations.taken_by(candidate, other):
            may_see = self._visible_articles().filter(pk=conflicting.pk).exists()
            message = format_html(
                "{} is already the {} version of this text. Change the language or choose another "
                "article.",
                f"“{conflicting.headline}”" if may_see else "Another article",
                conflicting.get_language_display(),
            )
            self.add_error("translation_of", message)

    def _offer_caption(self, values: dict[str, Any]) -> None:
        """A newly chosen image brings its own caption if none was written."""
        image = values.get("lead_image")
        if image and "lead_image" in self.changed_data and not values.get("lead_caption"):
            values["lead_caption"] = escape(one_line(image.caption))

    def _check_edit_conflict(self) -> None:
        version = self.cleaned_data.get("version")
        try:
            revisions.lock(self.instance, opened_at=-1 if version is None else version)
        except revisions.EditConflict as conflict:
            # The same form sent twice by a double click changes nothing and does no harm.
            if set(self.changed_data) <= {"version", "schedule_for"}:
                return
            self._report_conflict(conflict)

    def _report_conflict(self, conflict: revisions.EditConflict) -> None:
        """Says who saved. The form shown again has their version, so sending it is a decision."""
        self._show(version=str(conflict.version))
        who, when = "Someone", ""
        if (latest := conflict.latest) is not None:
            who = latest.created_by.public_name if latest.created_by else who
            when = f" at {date_format(timezone.localtime(latest.created_at), 'TIME_FORMAT')}"
        raise ValidationError(
            format_html(
                "{} saved this article{} after you opened it. Your text is below; saving again "
                'replaces their version (<a href="{}" target="_blank">see their version</a>).',
                who,
                when,
                reverse("admin:articles_article_change", args=[self.instance.pk]),
            ),
            code="conflict",
        )

    def _show(self, **values: str) -> None:
        """Sets hidden fields of the form that is shown again."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name, value in values.items():
            data[name] = value
        self.data = data

    def _check_sent_twice(self) -> None:
        """The same empty form filled twice, as after the browser's Back, may be a mistake."""
        existing = submit_actions.article_created_by(self.cleaned_data.get("form_token", ""))
        if existing is None:
            self.instance.form_id = submit_actions.form_id(self.cleaned_data.get("form_token", ""))
            return
        self._show(form_token=submit_actions.make_form_token())
        raise ValidationError(
            format_html(
                'This form already created the article “<a href="{}" target="_blank">{}</a>”. Your '
                "text is below; saving again creates another article.",
                reverse("admin:articles_article_change", args=[existing.pk]),
                existing.headline,
            ),
            code="sent_twice",
        )


def _offered_rows() -> dict[str, list[tuple[int, str, str]]]:
    """Types, authors and series in one query: field → id, name, role."""
    first, empty = Value(0), Value("")
    tables: dict[str, tuple[type[Model], Any, Any]] = {
        "kind": (ArticleType, F("position"), empty),
        "signed_by": (AuthorProfile, first, F("role")),
        "series": (Series, first, empty),
    }
    rows = [
        model._default_manager.order_by()
        .annotate(of=Value(field, CharField()), place=place, beside=beside)
        .values_list("of", "pk", "name", "beside", "place")
        for field, (model, place, beside) in tables.items()
    ]
    found: dict[str, list[tuple[int, str, str]]] = {field: [] for field in tables}
    for field, pk, name, beside, _ in rows[0].union(*rows[1:], all=True).order_by("place", "name"):
        found[field].append((pk, name, beside))
    return found


def _describe_translations(linked: list[ListedArticle]) -> str:
    links = (
        (
            reverse("admin:articles_article_change", args=[each.pk]),
            each.headline,
            LANGUAGE_NAMES.get(each.language, each.language),
        )
        for each in linked
    )
    return format_html(
        "Linked to {}. Clear the field to remove the link.",
        format_html_join(", ", '<a href="{}">{} ({})</a>', links),
    )


def _related_initial(article: Article, opened: drafts.Opened) -> dict[str, Any]:
    """Initial values that the fields of the article do not hold."""
    content, draft = opened.content, opened.draft
    return {
        "chosen_categories": [each["id"] for each in content["categories"]],
        "signed_by": [each["id"] for each in content["authors"]],
        "series": [each["id"] for each in content["series"]],
        "series_position": content["series_position"],
        "picks": content["picks"],
        "tags": join_tags(content["tags"]),
        "version": article.version,
        "schedule_for": draft.publish_at if draft else article.publish_at,
    }
