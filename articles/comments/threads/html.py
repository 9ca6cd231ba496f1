"""The HTML of a thread.

Written here and not as a template, because a page may show hundreds of them: as a template, fifty
comments cost more than everything else on an article's page together. Whatever a reader wrote goes
through `escape` or `remark`; everything else is ours.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from articles.body.comment_markup import render_comment
from articles.comments.threads.builder import Answered, Thread, ThreadComment
from articles.comments.threads.permalinks import answers_address
from iria.core.http.urls import url_path
from iria.core.text.dates import time_element
from iria.publication.models import Publication


@dataclass(frozen=True, slots=True)
class Around:
    """What every comment of a thread says alike, looked up once."""

    publication: Publication
    base: str
    reply_address: str
    """Without the number of what is answered; empty where nobody may answer any more."""
    reply: str
    reply_to: str
    """The rest of the link's words, with `%(name)s`; only heard."""
    marks: dict[str, str]
    report: str
    """The words of the link that reports a comment, the rest only heard, with `%(name)s`."""
    counted: dict[int, str] = field(default_factory=dict)

    def replies(self, number: int) -> str:
        """As in “12 replies”."""
        known = self.counted.get(number)
        if known is None:
            words = ngettext("%(count)d reply", "%(count)d replies", number) % {"count": number}
            known = self.counted[number] = escape(words)
        return known


def comments_markup(thread: Thread, publication: Publication) -> SafeString:
    """Every comment of the page, each with its replies below it."""
    return SafeString(
        _list(thread.comments, "thread-list", _around(thread, publication), first=True)
    )


def answered_markup(thread: Thread, publication: Publication) -> SafeString:
    """On a page of answers: what they answer, the outermost first."""
    return SafeString(_list(thread.above, "thread-above", _around(thread, publication)))


def _around(thread: Thread, publication: Publication) -> Around:
    reply, _, reply_to = gettext("Reply<> to %(name)s").partition("<>")
    report, _, report_of = gettext("Report<> the comment by %(name)s").partition("<>")
    marks = {
        "staff": gettext("Staff"),
        "author": gettext("Author"),
        "featured": gettext("Editors’ choice"),
        "edited": gettext("edited"),
    }
    return Around(
        publication=publication,
        base=thread.base,
        reply_address=escape(thread.reply_address) if thread.open else "",
        reply=escape(reply),
        reply_to=escape(reply_to),
        marks={
            name: f'<span class="comment-{name}">{escape(words)}</span>\n'
            for name, words in marks.items()
        },
        report=f'{escape(report)}<span class="unseen">{escape(report_of)}</span>',
    )


def _list(
    places: Iterable[ThreadComment], name: str, around: Around, *, first: bool = False
) -> str:
    items = "\n".join(_place(place, around, first=first) for place in places)
    return f'<ol class="{name}" role="list">\n{items}\n</ol>' if items else ""


def _place(place: ThreadComment, around: Around, *, first: bool) -> str:
    inside = _placeholder(place) if place.placeholder else _comment(place, around)
    below = _below(place, around, first=first) if place.replies else ""
    return (
        f'<li class="thread-place">\n<article class="comment" id="{place.anchor}">\n{inside}\n'
        f"</article>\n{below}</li>"
    )


def _below(place: ThreadComment, around: Around, *, first: bool) -> str:
    """The replies, which can be folded away, and the way to those that stand on pages of their own."""
    replies = _list(place.replies, "thread-replies", around)
    more = ""
    if first and place.descendant_count > place.readable_here:
        words = gettext("Show all %(count)d replies") % {"count": place.descendant_count}
        address = escape(answers_address(around.base, place.id))
        more = f'<p class="thread-more"><a href="{address}">{escape(words)}</a></p>\n'
    return (
        f'<details class="thread-below" open><summary>{around.replies(place.descendant_count)}</summary>\n'
        f"{replies}\n{more}</details>"
    )


def _placeholder(place: ThreadComment) -> str:
    return f'<p class="comment-placeholder">{escape(place.placeholder)}</p>'


def _comment(place: ThreadComment, around: Around) -> str:
    name = f"<bdi>{escape(place.name)}</bdi>"
    written = time_element(around.publication.local(place.written_at), clock=True)
    return (
        f'<header class="comment-head">\n<h3 class="comment-name">{_named(place, name)}</h3>\n'
        f"{_marks(place, around)}"
        f'<a class="comment-date" rel="nofollow" href="/comments/{place.id}/">{written}</a>\n'
        f"{around.marks['edited'] if place.edited_at else ''}</header>\n"
        f"{_answered(place.in_reply_to)}"
        f'<div class="comment-text" dir="auto">{render_comment(place.text)}</div>\n'
        f"{_reply(place, name, around)}"
        f'<a class="comment-report" rel="nofollow" href="/comments/{place.id}/report/">'
        f"{around.report % {'name': name}}</a>"
    )


def _named(place: ThreadComment, name: str) -> str:
    """The name links to the public page of a commenter who has one."""
    if place.reader is None:
        return name
    return f'<a href="{url_path("reader", place.reader)}" rel="nofollow">{name}</a>'


def _marks(place: ThreadComment, around: Around) -> str:
    """Authors of the article are marked as such, other members of the newsroom as staff."""
    who = "author" if place.by_author else "staff" if place.by_staff else ""
    chosen = around.marks["featured"] if place.featured else ""
    return chosen + (around.marks[who] if who else "")


def _answered(other: Answered | None) -> str:
    """On the last level, where replies stand beside what they answer: whom this one answers."""
    if other is None:
        return ""
    whom = (
        f'<a href="{other.address}"><bdi>{escape(other.name)}</bdi></a>'
        if other.name
        else escape(gettext("a comment that was removed"))
    )
    words = escape(gettext("in reply to %(whom)s")) % {"whom": whom}
    return f'<p class="comment-to">{words}</p>\n'


def _reply(place: ThreadComment, name: str, around: Around) -> str:
    if not around.reply_address:
        return ""
    return (
        f'<a class="comment-reply" rel="nofollow" href="{around.reply_address}{place.id}"'
        f' data-parent="{place.id}">{around.reply}'
        f'<span class="unseen">{around.reply_to % {"name": name}}</span></a>'
    )
