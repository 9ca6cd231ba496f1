"""The comments of a thread as markup.

Written here and not as a template, because a page may show hundreds of them: as a template, fifty
comments cost more than everything else on an article's page together. Whatever a reader wrote goes
through `escape` or `paragraphs`; everything else is ours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from articles.comments.threads import Shown, Thread
from iria.kit.dates import time_element
from iria.kit.text import paragraphs
from iria.publication.models import Publication


@dataclass(frozen=True, slots=True)
class Around:
    """What every comment of a thread says alike, looked up once."""

    publication: Publication
    reply_address: str
    """Without the number of what is answered; empty where nobody may answer any more."""
    reply: str
    reply_to: str
    """The rest of the link's words, with `%(name)s`; only heard."""
    staff: str
    report: str
    """The words of the link that reports a comment, the rest only heard, with `%(name)s`."""


def comments_markup(thread: Thread, publication: Publication) -> SafeString:
    """Every comment of the thread, each with its replies below it."""
    reply, _, reply_to = gettext("Reply<> to %(name)s").partition("<>")
    report, _, report_of = gettext("Report<> the comment by %(name)s").partition("<>")
    around = Around(
        publication=publication,
        reply_address=escape(thread.reply_address) if thread.open else "",
        reply=escape(reply),
        reply_to=escape(reply_to),
        staff=f'<span class="comment-staff">{escape(gettext("Staff"))}</span>\n',
        report=f'{escape(report)}<span class="unseen">{escape(report_of)}</span>',
    )
    return SafeString(_list(thread.comments, "thread-list", around))


def _list(places: Iterable[Shown], name: str, around: Around) -> str:
    items = "\n".join(_place(place, around) for place in places)
    return f'<ol class="{name}" role="list">\n{items}\n</ol>' if items else ""


def _place(place: Shown, around: Around) -> str:
    inside = _gap(place) if place.gap else _comment(place, around)
    replies = _list(place.replies, "thread-replies", around) if place.replies else ""
    return (
        f'<li class="thread-place">\n<article class="comment" id="{place.anchor}">\n{inside}\n'
        f"</article>\n{replies}</li>"
    )


def _gap(place: Shown) -> str:
    return f'<p class="comment-gap">{escape(place.gap)}</p>'


def _comment(place: Shown, around: Around) -> str:
    name = f"<bdi>{escape(place.name)}</bdi>"
    staff = around.staff if place.by_staff else ""
    written = time_element(around.publication.local(place.written_at), clock=True)
    return (
        f'<header class="comment-head">\n<h3 class="comment-name">{name}</h3>\n{staff}'
        f'<a class="comment-date" href="#{place.anchor}">{written}</a>\n</header>\n'
        f"{_answered(place.in_reply_to)}"
        f'<div class="comment-text" dir="auto">{paragraphs(place.text)}</div>\n'
        f"{_reply(place, name, around)}"
        f'<a class="comment-report" rel="nofollow" href="/comments/{place.id}/report/">'
        f"{around.report % {'name': name}}</a>"
    )


def _answered(other: Shown | None) -> str:
    """On the last level, where replies stand beside what they answer: whom this one answers."""
    if other is None:
        return ""
    whom = (
        escape(gettext("a comment that was removed"))
        if other.gap
        else f'<a href="#{other.anchor}"><bdi>{escape(other.name)}</bdi></a>'
    )
    words = escape(gettext("in reply to %(whom)s")) % {"whom": whom}
    return f'<p class="comment-to">{words}</p>\n'


def _reply(place: Shown, name: str, around: Around) -> str:
    if not around.reply_address:
        return ""
    return (
        f'<a class="comment-reply" rel="nofollow" href="{around.reply_address}{place.id}"'
        f' data-parent="{place.id}">{around.reply}'
        f'<span class="unseen">{around.reply_to % {"name": name}}</span></a>'
    )
