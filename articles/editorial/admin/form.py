"""Labels, widgets and validation of the article form.

To add a field: `EDITABLE_FIELDS` of `articles.editorial.models.article`, then `FIELDSETS` of
`article_admin`.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial import revisions, translations
from articles.editorial.admin import editor_field, submit_actions
from articles.editorial.admin.article_chooser_field import NamedArticleField, offers_of
from articles.editorial.admin.editor_field import BodyField, CaptionField
from articles.editorial.admin.fields import InOrderField, MomentField, TagsField, join
from articles.editorial.article_urls import RESERVED
from articles.editorial.models import Article, Category
from articles.editorial.models.article import EDITABLE_FIELDS
from articles.editorial.models.querysets import ArticleQuerySet
from iria.core.text.validators import one_line

OFFERED_HERE = 60
SCHEDULE = "_schedule"
"""The name of the button that sets a time."""


class ArticleForm(forms.ModelForm[Article]):
    """All editable fields of an article. Publishing and scheduling have buttons of their own."""

    body = BodyField(label="Text")
    lead_caption = CaptionField(
        label="Lead image caption",
        help_text="The credit is stored with the image and shown after the caption.",
    )
    chosen_categories = InOrderField(
        Category.objects.all(),
        row="Category",
        first="primary",
        label="Categories",
        help_text="The first one is the primary category.",
    )
    signed_by = InOrderField(
        AuthorProfile.objects.all(),
        row="Author",
        label="Authors",
        help_text="In byline order.",
    )
    tags = TagsField()
    translation_of = NamedArticleField(
        Article.objects.all(),
        label="Translation of",
        help_text="The same text in another language. Choose from the list or paste its URL.",
    )
    schedule_for = MomentField(label="Date and time", required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    form_token = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Article
        fields = (*EDITABLE_FIELDS, "tags")
        widgets = {
            "headline": forms.Textarea({"class": "admin-headline", "rows": 1}),
            "standfirst": forms.Textarea({"rows": 3, "data-count": "200"}),
            "search_description": forms.Textarea({"rows": 3, "data-count": "155"}),
        }
        labels = {
            "slug": "Slug",
            "search_description": "Meta description",
            "comments_open": "Allow comments",
            "comments_policy": "Comment moderation",
            "comments_close_after": "Close comments after (days)",
        }
        help_texts = {
            "comments_open": "Existing comments stay visible when this is off.",
        }
        error_messages = {"headline": {"required": "Enter a headline. You can change it later."}}

    nameable: ArticleQuerySet | None = None
    """The articles that the user may see; the admin sets it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        article = self.instance
        if not article._state.adding:
            self.initial = {**self.initial, **_beside_the_row(article)}
        else:
            self.initial.setdefault("form_token", submit_actions.make_form_token())
        if "schedule_for" in self.fields:
            ignored = self.is_bound and SCHEDULE not in self.data
            self.fields["schedule_for"].ignored = ignored  # type: ignore[attr-defined]
        self._offer_choices()

    def _offer_choices(self) -> None:
        # The form has no fields for a user who may only view.
        if "chosen_categories" in self.fields:
            categories = Category.objects.in_order().only("name", "path")
            self._offer_translations()
            self.fields["chosen_categories"].offer(  # type: ignore[attr-defined]
                (each.pk, "\u2003" * each.depth + each.name) for each in categories
            )
        if "signed_by" in self.fields:
            authors = AuthorProfile.objects.values_list("pk", "name", "role")
            self.fields["signed_by"].offer(  # type: ignore[attr-defined]
                ((pk, f"{name}, {role}" if role else name) for pk, name, role in authors),
                add_address=reverse("admin:accounts_authorprofile_add"),
            )

    def _offer_translations(self) -> None:
        field = self.fields["translation_of"]
        field.articles = self._seen()  # type: ignore[attr-defined]
        others = self._seen().exclude(language=self.instance.language or "en")
        field.widget.offers = offers_of(others, OFFERED_HERE)
        linked = translations.translations_of(self.instance)
        seen = set(
            self._seen().filter(pk__in=[each.pk for each in linked]).values_list("pk", flat=True)
        )
        if linked := [each for each in linked if each.pk in seen]:
            field.help_text = format_html(
                "Linked to {}. Clear the field to remove the link.",
                format_html_join(
                    ", ",
                    '<a href="{}">{} ({})</a>',
                    (
                        (
                            reverse("admin:articles_article_change", args=[each.pk]),
                            each.headline,
                            each.get_language_display(),
                        )
                        for each in linked
                    ),
                ),
            )

    def _seen(self) -> ArticleQuerySet:
        return Article.objects.all() if self.nameable is None else self.nameable

    def clean_headline(self) -> str:
        return one_line(self.cleaned_data["headline"])

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in RESERVED:
            message = "“feed” is reserved for URLs. Choose another slug."
            raise ValidationError(message)
        if not slug and self.instance.year is not None:
            # Readers know this URL; an empty field does not ask for another one.
            return str(self.initial.get("slug", ""))
        return slug

    def clean_schedule_for(self) -> datetime | None:
        """The time counts only if the button beside it was pressed."""
        moment: datetime | None = self.cleaned_data.get("schedule_for")
        if SCHEDULE not in self.data:
            return None
        if moment is None:
            message = "Enter a date and time."
            raise ValidationError(message)
        if moment <= timezone.now():
            message = "This time is in the past. Choose a later one or publish now."
            raise ValidationError(message)
        return moment

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.instance._state.adding:
            self._check_sent_twice()
        else:
            self._check_edit_conflict()
        self._offer_caption(values)
        editor_field.check_new_images(self, values)
        self._check_translation(values)
        return values

    def _check_translation(self, values: dict[str, Any]) -> None:
        """A text has one version per language."""
        other: Article | None = values.get("translation_of")
        candidate = Article(pk=self.instance.pk, language=values.get("language", ""))
        if other is not None and other.pk == self.instance.pk:
            self.add_error("translation_of", "An article cannot be a translation of itself.")
        elif conflicting := translations.taken_by(candidate, other):
            may_see = self._seen().filter(pk=conflicting.pk).exists()
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
        message = format_html(
            "{} saved this article{} after you opened it. Your text is below; saving again "
            'replaces their version (<a href="{}" target="_blank">see their version</a>).',
            who,
            when,
            reverse("admin:articles_article_change", args=[self.instance.pk]),
        )
        raise ValidationError(message, code="conflict")

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
        message = format_html(
            'This form already created the article “<a href="{}" target="_blank">{}</a>”. Your '
            "text is below; saving again creates another article.",
            reverse("admin:articles_article_change", args=[existing.pk]),
            existing.headline,
        )
        raise ValidationError(message, code="sent_twice")


def _beside_the_row(article: Article) -> dict[str, Any]:
    """Initial values that the article's own row does not hold."""
    tags = Tag.objects.filter(article=article).order_by("name")
    return {
        "translation_of": next(iter(translations.translations_of(article)), None),
        "chosen_categories": list(article.article_categories.values_list("category", flat=True)),
        "signed_by": list(article.bylines.values_list("author", flat=True)),
        "tags": join(list(tags.values_list("name", flat=True))),
        "version": article.version,
        "schedule_for": article.publish_at,
    }
