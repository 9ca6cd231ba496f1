"""The form of an issue on the desk."""

from typing import Any, Final

from django import forms
from django.db.models import Q

from articles.editorial.desk.body_field import EditorWidget
from articles.editorial.desk.in_order import InOrderField
from articles.editorial.models import Article
from iria.publication.models import current_publication
from newsletter import drafting
from newsletter.models import Issue

OFFERED_ARTICLES: Final = 300
"""How many of the newest articles can be chosen from; older ones stay where they were chosen."""


class IssueForm(forms.ModelForm[Issue]):
    chosen_articles = InOrderField(
        Article.objects.none(),
        row="Article",
        first="stands on top with its picture large",
        label="Articles",
        help_text="In the order in which they stand in the mail.",
    )

    class Meta:
        model = Issue
        fields = ["newsletter", "subject", "preheader", "introduction", "closing", "slug"]
        widgets = {
            "subject": forms.TextInput({"class": "vLargeTextField"}),
            "preheader": forms.TextInput({"class": "vLargeTextField"}),
            "introduction": EditorWidget("letter", rows=8, label="Introduction"),
            "closing": EditorWidget("letter", rows=4, label="Closing"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = [item.article_id for item in self.instance.items.all()] if self.instance.pk else []
        field = self.fields["chosen_articles"]
        assert isinstance(field, InOrderField)  # noqa: S101 - declared above
        # What was chosen and has been withdrawn since stays visible, until somebody takes it out.
        field.objects = Article.objects.filter(Q(state="published") | Q(pk__in=chosen))
        field.initial = chosen
        field.offer(self._offers(chosen))

    def _offers(self, chosen: list[int]) -> list[tuple[Any, str]]:
        publication = current_publication()
        columns = ("pk", "headline", "published_at", "state")
        newest = list(Article.objects.published().newest().values_list(*columns)[:OFFERED_ARTICLES])
        known = {row[0] for row in newest}
        rest = Article.objects.filter(pk__in=chosen).exclude(pk__in=known).values_list(*columns)
        return [
            (
                pk,
                f"{headline} ({publication.local(moment):%d %b %Y})"
                if state == "published" and moment
                else f"{headline} (not published)",
            )
            for pk, headline, moment, state in [*newest, *rest]
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.instance.subject = cleaned.get("subject") or ""
        self.instance.slug = cleaned.get("slug") or ""
        # Given here, so that the database's rule that there is one is met before it is asked.
        cleaned["slug"] = drafting.free_slug(self.instance)
        return cleaned
