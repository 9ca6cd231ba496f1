"""The forms of readers: sign-up and preferences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.text import normalize_newlines
from django.utils.translation import gettext, gettext_lazy

from articles.editorial.models import Category
from iria.core.text.languages import native_name
from iria.core.text.validators import one_line, validate_storable
from iria.publication.models import current_publication
from newsletter.models import Frequency, Newsletter
from newsletter.models.newsletter import DIGEST_FREQUENCIES
from newsletter.models.subscriber import MAX_TOPICS, NAME_MAX_LENGTH
from newsletter.subscriptions import email_addresses
from newsletter.subscriptions.choices import Choice, SubscriptionChoice, Topics

NOT_OFFERED: Final = gettext_lazy("This newsletter is no longer available. Choose again.")
TOO_MANY: Final = gettext_lazy("Choose at most %(most)s topics, or none to receive everything.")
EVERYTHING: Final = "all"
"""Selected by readers whose topics were all deleted; for others, no topics means the same."""
NO_SUCH_CHOICE: Final = gettext_lazy("This option is no longer available. Choose again.")


class SubscriberEmailField(forms.CharField):
    """An e-mail address, normalised."""

    def clean(self, value: Any) -> str:
        return email_addresses.normalise(str(value or ""))


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A newsletter in a form, with the current choices."""

    newsletter: Newsletter
    chosen: bool
    frequency_field: str
    topics_field: str
    frequencies: list[Option]
    topics: list[Option]
    errors: list[str]
    has_lost_topics: bool = False
    """Whether all chosen topics were deleted, so that nothing is sent."""

    @property
    def has_topics_chosen(self) -> bool:
        return self.has_lost_topics or any(topic.chosen for topic in self.topics)


class ChoicesForm(forms.Form):
    """Newsletters, and for each the frequency and topics if readers can choose them.

    `received` are the current subscriptions; they can be kept even if they are no longer offered.
    """

    newsletters = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": NOT_OFFERED}
    )
    language = forms.ChoiceField(required=False, error_messages={"invalid_choice": NO_SUCH_CHOICE})

    def __init__(
        self,
        *args: Any,
        received: Mapping[int, SubscriptionChoice] | None = None,
        language: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._received = dict(received or {})
        self._language = language
        self._newsletters = {
            newsletter.pk: newsletter
            for newsletter in Newsletter.objects.offered_or_received(self._received).with_topics()
        }
        _set_choices(self.fields["newsletters"], ((pk, pk) for pk in self._newsletters))
        codes = [*current_publication().language_codes, language]
        _set_choices(
            self.fields["language"], ((code, code) for code in dict.fromkeys(["", *codes]))
        )
        for newsletter in self._newsletters.values():
            self._add_fields(newsletter)

    def _add_fields(self, newsletter: Newsletter) -> None:
        frequency, topics = _fields_of(newsletter)
        self.fields[frequency] = forms.ChoiceField(
            required=False,
            choices=[(value, value) for value in self._frequencies(newsletter)],
            error_messages={"invalid_choice": NO_SUCH_CHOICE},
        )
        values = [str(topic.pk) for topic in self._topics(newsletter)]
        if self._has_lost_topics(newsletter):
            values.append(EVERYTHING)
        self.fields[topics] = forms.MultipleChoiceField(
            required=False,
            choices=[(value, value) for value in values],
            error_messages={"invalid_choice": NO_SUCH_CHOICE},
            validators=[_validate_count],
        )

    def _frequencies(self, newsletter: Newsletter) -> list[Frequency]:
        current = self._received.get(newsletter.pk)
        offered = newsletter.offered_frequencies
        return [
            frequency
            for frequency in Frequency
            if frequency in offered or (current and frequency == current.frequency)
        ]

    def _topics(self, newsletter: Newsletter) -> list[Category]:
        """Returns the topics to choose from; none without digests, where topics have no effect."""
        if not set(self._frequencies(newsletter)) & set(DIGEST_FREQUENCIES):
            return []
        current = self._received.get(newsletter.pk)
        chosen = current.topics if current else None
        return list(dict.fromkeys([*newsletter.topics.all(), *(chosen or ())]))

    def _has_lost_topics(self, newsletter: Newsletter) -> bool:
        current = self._received.get(newsletter.pk)
        return current is not None and current.has_lost_its_topics

    @property
    def has_choices(self) -> bool:
        """Whether the form showed choices to the reader."""
        return self.is_bound

    def wanted(self) -> list[SubscriptionChoice]:
        """Returns the choices of a valid form."""
        return [
            self._choice_of(newsletter)
            for pk, newsletter in self._newsletters.items()
            if str(pk) in self.cleaned_data["newsletters"]
        ]

    def _choice_of(self, newsletter: Newsletter) -> SubscriptionChoice:
        frequency, topics = _fields_of(newsletter)
        current = self._received.get(newsletter.pk)
        default = current.frequency if current else newsletter.usual_frequency
        return SubscriptionChoice(
            newsletter,
            Frequency(self.cleaned_data[frequency] or default),
            self._wanted_topics(newsletter, self.cleaned_data[topics]),
        )

    def _wanted_topics(self, newsletter: Newsletter, values: Sequence[str]) -> Topics:
        """Returns the chosen topics; none means everything, unless the reader's topics were all
        deleted.
        """
        if EVERYTHING in values:
            return None
        chosen = tuple(topic for topic in self._topics(newsletter) if str(topic.pk) in values)
        return chosen if chosen or self._has_lost_topics(newsletter) else None

    def offers(self) -> list[Offer]:
        """Returns each newsletter with the submitted choices, or else the current ones."""
        return [self._offer(newsletter) for newsletter in self._newsletters.values()]

    def _offer(self, newsletter: Newsletter) -> Offer:
        frequency_field, topics_field = _fields_of(newsletter)
        current = self._received.get(newsletter.pk)
        frequencies, topics = self._frequencies(newsletter), self._topics(newsletter)
        chosen = {str(topic.pk) for topic in current.topics or ()} if current else set()
        frequency = current.frequency if current else newsletter.usual_frequency
        if self.has_choices:
            chosen = set(self[topics_field].data or ())
            frequency = self[frequency_field].data or frequency
        options = [Option(str(item.pk), item.name, str(item.pk) in chosen) for item in topics]
        if has_lost_topics := self._has_lost_topics(newsletter):
            options.append(Option(EVERYTHING, gettext("Everything"), EVERYTHING in chosen))
        return Offer(
            newsletter,
            self._is_chosen(newsletter, current),
            frequency_field,
            topics_field,
            [Option(item, str(item.label), item == frequency) for item in frequencies],
            options,
            [str(error) for name in (frequency_field, topics_field) for error in self[name].errors],
            has_lost_topics,
        )

    def _is_chosen(self, newsletter: Newsletter, current: SubscriptionChoice | None) -> bool:
        if self.has_choices:
            return str(newsletter.pk) in (self["newsletters"].data or ())
        return current is not None

    def languages(self) -> list[Option]:
        """Returns the languages to choose from; none if the publication has only one."""
        codes = [*current_publication().language_codes, self._language]
        offered = list(dict.fromkeys(code for code in codes if code))
        if len(offered) < 2:
            return []
        chosen = self["language"].data or "" if self.is_bound else self._language
        all_languages = Option("", gettext("All languages"), not chosen)
        return [
            all_languages,
            *(Option(code, native_name(code), code == chosen) for code in offered),
        ]


class EmailForm(forms.Form):
    """An e-mail address, with a suggested correction, and a honeypot.

    `offered` is the address for which a correction was suggested; if it is submitted again, it is
    accepted.
    """

    email = SubscriberEmailField()
    offered = forms.CharField(required=False)
    website = forms.CharField(required=False)

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        if data is not None and data.get("corrected"):
            data = data.copy()
            data["email"] = data["corrected"]
        super().__init__(data, *args, **kwargs)

    @property
    def typed(self) -> str:
        return str(self.data.get("email", "")) if self.is_bound else ""

    @property
    def suggestion(self) -> str:
        """Returns a suggested correction of the address; suggested once, never applied automatically."""
        if not self.is_bound or self.data.get("offered", "").strip() == self.typed.strip():
            return ""
        return email_addresses.suggest_correction(self.typed)

    @property
    def is_spam(self) -> bool:
        """Whether the honeypot field is filled in."""
        return bool(self.data.get("website", "").strip())


class SignUpForm(EmailForm, ChoicesForm):
    """The sign-up form of the newsletter page and of the footer of every page.

    The footer sends only the e-mail address, for the first newsletter; the newsletter page sends
    `choosing` to show that it offered choices.
    """

    choosing = forms.CharField(required=False, max_length=1)
    came_from = forms.CharField(required=False)

    @property
    def has_choices(self) -> bool:
        return self.is_bound and bool(self.data.get("choosing"))

    def _is_chosen(self, newsletter: Newsletter, current: SubscriptionChoice | None) -> bool:
        if self.has_choices:
            return super()._is_chosen(newsletter, current)
        return newsletter.pk == next(iter(self._newsletters))

    def clean_newsletters(self) -> list[str]:
        chosen = list(self.cleaned_data["newsletters"])
        if not chosen and not self.data.get("choosing"):
            chosen = [str(pk) for pk in list(self._newsletters)[:1]]
        if not chosen:
            raise forms.ValidationError(gettext("Choose at least one newsletter."))
        return chosen


class PreferencesForm(ChoicesForm):
    """All choices about the newsletters sent to an address."""

    name = forms.CharField(required=False, max_length=NAME_MAX_LENGTH)

    def clean_name(self) -> str:
        name = one_line(normalize_newlines(self.cleaned_data["name"]))
        validate_storable(name)
        return name

    def choice(self) -> Choice:
        """Returns the choices of a valid form."""
        data = self.cleaned_data
        return Choice(self.wanted(), language=data["language"], name=data["name"])


def _fields_of(newsletter: Newsletter) -> tuple[str, str]:
    return f"frequency-{newsletter.pk}", f"topics-{newsletter.pk}"


def _validate_count(values: Sequence[str]) -> None:
    if len(values) > MAX_TOPICS:
        raise forms.ValidationError(TOO_MANY, params={"most": MAX_TOPICS})


def _set_choices(field: forms.Field, pairs: Iterable[tuple[Any, Any]]) -> None:
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
    field.choices = list(pairs)
