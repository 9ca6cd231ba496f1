"""What is told of a comment on its own page."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from articles.comments.banning.models import SealedAddress
from articles.comments.flagging.models import Flag
from articles.comments.models import Comment
from articles.comments.screening.models import Phase

FIELDS = (
    "said_by_rules",
    "reported_by_readers",
    "asked_again",
    "decisions",
    "earlier_words",
    "where_from",
)


class TellsOfComments(admin.ModelAdmin[Comment]):
    """Everything that is known, to read and not to write."""

    list_display = ["writer", "below", "when"]
    fields = FIELDS
    readonly_fields = FIELDS

    def get_readonly_fields(
        self, request: HttpRequest, obj: Comment | None = None
    ) -> tuple[str, ...]:
        return FIELDS

    @admin.display(description="article", ordering="article__headline")
    def below(self, comment: Comment) -> SafeString:
        return format_html(
            '<a href="{}#comments">{}</a>',
            comment.article.get_absolute_url(),
            comment.article.headline,
        )

    @admin.display(description="written", ordering="created_at")
    def when(self, comment: Comment) -> str:
        return date_format(localtime(comment.created_at), "DATETIME_FORMAT")

    @admin.display(ordering="name")
    def writer(self, comment: Comment) -> SafeString:
        kind = "guest"
        if comment.user:
            kind = "staff" if comment.user.is_staff else "account"
        return format_html("<b><bdi>{}</bdi></b> ({})", comment.public_name, kind)

    @admin.display(description="what the rules said")
    def said_by_rules(self, comment: Comment) -> SafeString | str:
        says = [(each["says"],) for each in comment.findings if each["phase"] != Phase.EVERYONE]
        return _list(says)

    @admin.display(description="what readers reported")
    def reported_by_readers(self, comment: Comment) -> SafeString | str:
        return _list(
            [
                (f"{flag} ({_moment(flag.made_at)}; {flag.get_outcome_display()})",)
                for flag in Flag.objects.filter(comment=comment)[:100]
            ]
        )

    @admin.display(description="another look")
    def asked_again(self, comment: Comment) -> str:
        appeal = getattr(comment, "appeal", None)
        if appeal is None:
            return "–"
        words = f": {appeal.words}" if appeal.words else ""
        return f"Asked for on {_moment(appeal.made_at)}{words} ({appeal.get_outcome_display()})"

    @admin.display(description="what was decided")
    def decisions(self, comment: Comment) -> SafeString:
        rows = comment.moderations.select_related("made_by").order_by("pk")
        return format_html(
            "<ol>{}</ol>", format_html_join("", "<li>{}</li>", ((row,) for row in rows))
        )

    @admin.display(description="what it said before")
    def earlier_words(self, comment: Comment) -> SafeString | str:
        """Its writer may change it for minutes; what it said until then is kept for moderators."""
        rows = [(_moment(each.replaced_at), each.text) for each in comment.versions.all()]
        until = '<p>Until {}:</p><div class="comment-words" dir="auto">{}</div>'
        return format_html_join("", until, rows) or "–"

    @admin.display(description="network address")
    def where_from(self, comment: Comment) -> str:
        """That there is one, and until when; the address itself is shown to nobody."""
        kept = SealedAddress.objects.filter(comment=comment).first()
        return f"kept sealed until {_moment(kept.kept_until)}" if kept else "not kept"


def _list(rows: list[tuple[str]]) -> SafeString | str:
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", rows)) if rows else "–"


def _moment(moment: object) -> str:
    return date_format(localtime(moment), "DATETIME_FORMAT")  # type: ignore[arg-type]
