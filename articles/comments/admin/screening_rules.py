"""Screening rules in the admin: a change is tested on earlier comments before it is saved."""

from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from articles.comments.models import Comment
from articles.comments.screening.checks import MEASURES
from articles.comments.screening.engine import DryRun, dry_run
from articles.comments.screening.models import (
    Action,
    Check,
    ScreenedWord,
    ScreeningRule,
    SpamModelVersion,
)
from articles.comments.screening.spam_features import describe_feature
from articles.comments.screening.word_matching import folded
from iria.core.admin import NoAddOrDelete, ReadOnly, RecordsEditor
from iria.core.http.urls import parse_id

FOLDED_MAX_LENGTH: Final = ScreenedWord._meta.get_field("folded").max_length or 200
DAYS: Final = (7, 30, 90, 365)
NO_KEY: Final = (
    "Akismet needs a key. Set AKISMET_KEY (docs/running-in-production.md), restart the site and turn the "
    "rule on."
)
ASKS_AKISMET: Final = (
    "Sends the text, the name and the IP address of every new comment to Akismet, and says so on the page "
    "about personal data. Comments that nothing else holds are pending until the answer."
)


class RuleForm(ModelForm[ScreeningRule]):
    """A rule, and the number of days for its test."""

    days = forms.TypedChoiceField(
        label="Test on the last",
        choices=[(number, f"{number} days") for number in DAYS],
        coerce=int,
        initial=30,
    )

    class Meta:
        model = ScreeningRule
        fields = ("active", "threshold", "action", "message", "reports_corrections")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.phase == Check.REPORTS:
            # Reports never reject a comment; they only make it pending.
            choices = [each for each in Action.choices if each[0] in {Action.ALLOW, Action.HOLD}]
            self.fields["action"] = forms.ChoiceField(choices=choices)
        if self.instance.phase == Check.AKISMET:
            # The answer of Akismet is not certain enough for a rejection.
            choices = [each for each in Action.choices if each[0] != Action.REJECT]
            self.fields["action"] = forms.ChoiceField(choices=choices)
            self.fields["active"].help_text = ASKS_AKISMET
            self.fields["message"].widget = forms.HiddenInput()
        measure = MEASURES.get(Check(self.instance.phase)) if self.instance.phase else None
        if measure is None:
            self.fields["threshold"].widget = forms.HiddenInput()
        else:
            self.fields["threshold"].help_text = measure

    def clean_active(self) -> bool:
        """
        Raises:
            ValidationError: Akismet needs a key.
        """
        active: bool = self.cleaned_data["active"]
        if active and self.instance.phase == Check.AKISMET and not settings.AKISMET_KEY:
            raise forms.ValidationError(NO_KEY)
        return active


class ScreeningRuleAdmin(NoAddOrDelete, RecordsEditor, admin.ModelAdmin[ScreeningRule]):
    """A change of a rule is tested on the comments of the last days before it is saved."""

    form = RuleForm
    list_display = ["__str__", "active", "measure", "action", "modified_by", "modified_at"]
    list_select_related = ["modified_by"]
    change_form_template = "admin/articles/screeningrule/change_form.html"
    actions = None
    view_on_site = False

    class Media:
        css = {"all": ["iria_admin/comments.css"]}

    def get_fields(self, request: HttpRequest, obj: ScreeningRule | None = None) -> list[Any]:
        """Shows `reports_corrections` only on the page of the Akismet rule."""
        akismet_fields = (
            ["reports_corrections"] if obj is not None and obj.phase == Check.AKISMET else []
        )
        return ["active", "threshold", "action", "message", *akismet_fields, "days"]

    @admin.display(description="from")
    def measure(self, rule: ScreeningRule) -> str:
        measure = MEASURES.get(Check(rule.phase))
        return f"{rule.threshold} {measure}" if measure else "–"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method == "POST" and "_try" in request.POST:
            response = self._dry_run(request, object_id)
            if response is not None:
                return response
        context = {"show_save_and_continue": False, "show_save": False, "show_close": False}
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    def _dry_run(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Returns the page with the result of the test; None if the form is invalid."""
        rule = get_object_or_404(ScreeningRule, pk=parse_id(object_id))
        may_read = request.user.has_perm("articles.view_comment")
        if not (may_read and self.has_change_permission(request, rule)):
            raise PermissionDenied
        form = RuleForm(request.POST, instance=rule)
        if not form.is_valid():
            return None
        result = dry_run([form.instance], days=form.cleaned_data["days"])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Test: {rule}",
            "rule": rule,
            "form": form,
            "result": result,
            "counts": _counts(result),
        }
        return TemplateResponse(request, "admin/articles/screeningrule/test_result.html", context)


def _counts(result: DryRun) -> list[tuple[str, int, int]]:
    """Returns each state, with its count under the current and under the changed rules."""
    states = [
        Comment.State.APPROVED,
        Comment.State.PENDING,
        Comment.State.SPAM,
        Comment.State.REJECTED,
    ]
    return [(str(each.label), result.before[each], result.after[each]) for each in states]


class ScreenedWordForm(ModelForm[ScreenedWord]):
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        word = values.get("word", "")
        folded_word = folded(word)
        if word and not folded_word:
            self.add_error("word", "Enter a word or phrase with letters or digits.")
        if len(folded_word) > FOLDED_MAX_LENGTH:
            self.add_error("word", "Too long. Shorten it.")
        others = ScreenedWord.objects.exclude(pk=self.instance.pk).filter(folded=folded_word)
        if folded_word and (other := others.first()):
            message = f"“{other}” is there already, and it finds this word too."
            self.add_error("word", message)
        self.instance.folded = folded_word
        return values


class ScreenedWordAdmin(admin.ModelAdmin[ScreenedWord]):
    form = ScreenedWordForm
    fields = ("word", "list")
    list_display = ["word", "list", "added_by", "added_at"]
    list_filter = ["list"]
    list_select_related = ["added_by"]
    search_fields = ["word"]

    def save_model(self, request: HttpRequest, obj: ScreenedWord, form: Any, change: bool) -> None:
        if not change:
            obj.added_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)


class SpamModelVersionAdmin(ReadOnly, admin.ModelAdmin[SpamModelVersion]):
    """The versions of the spam model, read-only."""

    list_display = ["created_at", "training_data", "precision_and_recall", "strongest_features"]
    list_display_links = None

    @admin.display(description="training data")
    def training_data(self, model: SpamModelVersion) -> str:
        return f"{model.ham_count} approved comments, {model.spam_count} spam"

    @admin.display(description="precision and recall")
    def precision_and_recall(self, model: SpamModelVersion) -> str:
        return f"precision {100 * model.precision:.0f} %, recall {100 * model.recall:.0f} %"

    @admin.display(description="strongest spam features")
    def strongest_features(self, model: SpamModelVersion) -> str:
        weights: dict[str, float] = model.content["weights"]
        strongest = sorted(weights, key=lambda each: -weights[each])
        labels = [label for each in strongest[:40] if (label := describe_feature(each))]
        return ", ".join(labels[:8])
