"""The form of an article."""

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
from articles.editorial.models.querysets import ArticleQuerySet
from iria.core.text.validators import one_line

OFFERED_HERE = 60
SCHEDULE = "_schedule"
"""The name of the button that sets a time."""


class ArticleForm(forms.ModelForm[Article]):
    """Everything of an article that is written; what is decided has buttons of its own."""

    body = BodyField(label="Text")
    lead_caption = CaptionField(
        label="Caption of the lead picture",
        help_text="Its credit is kept with the picture and stands after the caption.",
    )
    chosen_categories = InOrderField(
        Category.objects.all(),
        row="Category",
        first="primary",
        label="Categories",
        help_text="The first is the primary one.",
    )
    signed_by = InOrderField(
        AuthorProfile.objects.all(),
        row="Author",
        label="Authors",
        help_text="In the order in which they sign.",
    )
    tags = TagsField()
    translation_of = NamedArticleField(
        Article.objects.all(),
        label="Translation of",
        help_text="The same text in another language: choose from the list, or paste its address.",
    )
    schedule_for = MomentField(label="Date and time", required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    form_token = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Article
        fields = [
            "headline",
            "standfirst",
            "body",
            "kind",
            "language",
            "lead_picture",
            "lead_caption",
            "tags",
            "slug",
            "search_description",
            "comments_open",
            "comments_policy",
            "comments_close_after",
            "canonical_address",
            "noindex",
            "first_published_in",
            "first_published_address",
            "licence",
        ]
        widgets = {
            "headline": forms.Textarea({"class": "admin-headline", "rows": 1}),
            "standfirst": forms.Textarea({"rows": 3, "data-count": "200"}),
            "search_description": forms.Textarea({"rows": 3, "data-count": "155"}),
        }
        labels = {
            "slug": "Last part of the address",
            "search_description": "Description for search engines",
            "comments_open": "Readers may comment",
            "comments_policy": "Their comments",
            "comments_close_after": "Days until comments close",
        }
        help_texts = {
            "slug": "Left empty, it is made from the headline; after a change, the old address "
            "leads to the new one.",
            "comments_open": "What was written before stays when this is taken away.",
        }
        error_messages = {"headline": {"required": "Write a headline; it can be changed later."}}

    nameable: ArticleQuerySet | None = None
    """The articles that whoever has the form may see; the desk sets it."""

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
        # The form of somebody who may only look has no fields.
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
                "It is linked to {}. Emptied, it is linked to none of them.",
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
            sentence = "“feed” is reserved for addresses; choose another."
            raise ValidationError(sentence)
        if not slug and self.instance.year is not None:
            # Readers have this address; an emptied field is no wish for another one.
            return str(self.initial.get("slug", ""))
        return slug

    def clean_schedule_for(self) -> datetime | None:
        """The time counts only for whoever pressed the button beside it."""
        moment: datetime | None = self.cleaned_data.get("schedule_for")
        if SCHEDULE not in self.data:
            return None
        if moment is None:
            sentence = "Say when the article is to go out: a date and a time."
            raise ValidationError(sentence)
        if moment <= timezone.now():
            sentence = "This time lies in the past; choose a later one, or publish now."
            raise ValidationError(sentence)
        return moment

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.instance._state.adding:
            self._refuse_second_article()
        else:
            self._refuse_stale()
        self._offer_caption(values)
        editor_field.refuse_new_pictures(self, values)
        self._refuse_second_translation(values)
        return values

    def _refuse_second_translation(self, values: dict[str, Any]) -> None:
        """A text is in each language once."""
        other: Article | None = values.get("translation_of")
        wanted = Article(pk=self.instance.pk, language=values.get("language", ""))
        if other is not None and other.pk == self.instance.pk:
            self.add_error("translation_of", "An article is no translation of itself.")
        elif taken := translations.taken_by(wanted, other):
            may_see = self._seen().filter(pk=taken.pk).exists()
            sentence = format_html(
                "{} is the {} version of this text already; change the language, or name another "
                "article.",
                f"“{taken.headline}”" if may_see else "Another article",
                taken.get_language_display(),
            )
            self.add_error("translation_of", sentence)

    def _offer_caption(self, values: dict[str, Any]) -> None:
        """A picture just chosen brings its own caption where none was written."""
        picture = values.get("lead_picture")
        if picture and "lead_picture" in self.changed_data and not values.get("lead_caption"):
            values["lead_caption"] = escape(one_line(picture.caption))

    def _refuse_stale(self) -> None:
        version = self.cleaned_data.get("version")
        try:
            revisions.lock(self.instance, opened_at=-1 if version is None else version)
        except revisions.EditConflict as stale:
            # The same form sent twice, by an impatient click, changes nothing and harms nothing.
            if set(self.changed_data) <= {"version", "schedule_for"}:
                return
            self._let_decide(stale)

    def _let_decide(self, stale: revisions.EditConflict) -> None:
        """Says who saved; the form shown again knows their version, so sending it is a decision."""
        self._show(version=str(stale.version))
        who, when = "Somebody", ""
        if stale.latest is not None:
            who = stale.latest.made_by.public_name if stale.latest.made_by else who
            when = f" at {date_format(timezone.localtime(stale.latest.made_at), 'TIME_FORMAT')}"
        sentence = format_html(
            "{} saved this article{} after you opened it; your text is kept below, and saving "
            'again puts it in place of theirs (<a href="{}" target="_blank">see what they saved</a>).',
            who,
            when,
            reverse("admin:articles_article_change", args=[self.instance.pk]),
        )
        raise ValidationError(sentence, code="stale")

    def _show(self, **values: str) -> None:
        """Puts other values into hidden fields of the form as it is shown again."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name, value in values.items():
            data[name] = value
        self.data = data

    def _refuse_second_article(self) -> None:
        """The same empty form filled twice, as after the browser's Back: is it meant?"""
        made = submit_actions.made_from(self.cleaned_data.get("form_token", ""))
        if made is None:
            self.instance.made_from = submit_actions.form_id(
                self.cleaned_data.get("form_token", "")
            )
            return
        self._show(form_token=submit_actions.make_form_token())
        sentence = format_html(
            'This form has made the article “<a href="{}" target="_blank">{}</a>” already; your '
            "text is kept below, and saving again makes another article of it.",
            reverse("admin:articles_article_change", args=[made.pk]),
            made.headline,
        )
        raise ValidationError(sentence, code="sent_twice")


def _beside_the_row(article: Article) -> dict[str, Any]:
    """What the form shows of an article that its own row does not hold."""
    tags = Tag.objects.filter(article=article).order_by("name")
    return {
        "translation_of": next(iter(translations.translations_of(article)), None),
        "chosen_categories": list(article.article_categories.values_list("category", flat=True)),
        "signed_by": list(article.bylines.values_list("author", flat=True)),
        "tags": join(list(tags.values_list("name", flat=True))),
        "version": article.version,
        "schedule_for": article.publish_at,
    }
