"""The form in which a page is composed."""

import hashlib
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone

from articles.editorial.desk.moment_field import MomentField
from articles.editorial.desk.named_article import NamedArticleField
from articles.editorial.models import Article
from articles.reading.desk.spots import OFFERS, Part, Sheet, Spot
from articles.reading.placing import Wish

UNTIL = "-until"


class ComposingForm(forms.Form):
    """A field for every spot, and one for the time until which it is to stand there."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, sheet: Sheet, data: Any = None) -> None:
        super().__init__(data, initial={"seen": state_of(sheet)})
        self.sheet = sheet
        for spot in sheet.spots:
            number = f"{spot.position + 1}"
            self.fields[spot.name] = NamedArticleField(
                sheet.articles,
                offers=OFFERS,
                label=f"Article for place {number}",
                initial=spot.placed.article if spot.placed else None,
            )
            self.fields[spot.name + UNTIL] = MomentField(
                label="Until", required=False, initial=spot.until
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        met: set[int] = set()
        for spot in self.sheet.spots:
            article, until = values.get(spot.name), values.get(spot.name + UNTIL)
            self._check(spot, article, until, met)
        if not self.errors and values.get("seen") != state_of(self.sheet):
            self.data = {**dict(self.data.items()), "seen": state_of(self.sheet)}
            sentence = (
                "Somebody else changed this page after you opened it; what stands there now is shown "
                "beside your choices. Saving again puts yours in its place."
            )
            raise ValidationError(sentence, code="stale")
        return values

    def _check(
        self, spot: Spot, article: Article | None, until: datetime | None, met: set[int]
    ) -> None:
        if article is not None and article.pk in met:
            sentence = (
                "This article has another place on the page already; leave one of them empty."
            )
            self.add_error(spot.name, sentence)
        elif article is not None:
            met.add(article.pk)
        if until is not None and article is None and spot.name not in self.errors:
            self.add_error(spot.name, "Say which article is to stand here until then.")
        if until is not None and until <= timezone.now() and until != spot.until:
            self.add_error(spot.name + UNTIL, "This time is over; choose a later one, or none.")

    @property
    def wishes(self) -> list[Wish]:
        """What the editor wants, of a form that is valid."""
        return [
            Wish(
                spot.place,
                spot.category_id,
                spot.position,
                article.pk,
                self.cleaned_data.get(spot.name + UNTIL),
            )
            for spot in self.sheet.spots
            if (article := self.cleaned_data.get(spot.name)) is not None
        ]

    @property
    def rows(self) -> list[tuple[Part, bool, list[tuple[Spot, BoundField, BoundField]]]]:
        """Each part, whether it stands open, and its spots with their two fields."""
        found = []
        for part in self.sheet.parts:
            spots = [(spot, self[spot.name], self[spot.name + UNTIL]) for spot in part.spots]
            wrong = any(field.errors or until.errors for _spot, field, until in spots)
            found.append((part, wrong or part.category is None or part.by_hand > 0, spots))
        return found


def state_of(sheet: Sheet) -> str:
    """A short name for what editors have placed; it changes when anybody places something else."""
    placed = [
        f"{spot.name}:{spot.placed.article_id}:{spot.until}" for spot in sheet.spots if spot.placed
    ]
    return hashlib.blake2b("|".join(placed).encode(), digest_size=8).hexdigest()
