"""What the site stores about people, described for those people: one table for the page about personal data.

Each model names its entry in its policy (`iria.core.model_policy`). Also the outside parties that receive personal
data. Export and erasure are `iria.core.hooks.personal_data`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from iria.core.hooks import Hook

Text = str | Promise


@dataclass(frozen=True, slots=True)
class StoredData:
    """What one or several tables store about people."""

    title: Text
    what: Text
    purpose: Text
    retention: Text
    recipients: tuple[str, ...] = ()
    """Names in `recipients`; the page lists those that are switched on."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """An outside party that receives some of the data."""

    name: Callable[[], Text]
    """Empty while nothing is sent there."""


MAIL: Final = "mail"
AKISMET: Final = "akismet"


def mail_servers() -> Text:
    """The mail servers, as text; empty while e-mails are written to a folder."""
    options = [mailer.get("OPTIONS", {}) for mailer in settings.MAILERS.values()]
    hosts = sorted({str(each["host"]) for each in options if each.get("host")})
    if not hosts:
        return ""
    return gettext("our mail server (%(hosts)s)") % {"hosts": ", ".join(hosts)}


recipients: Hook[Recipient] = Hook()
"""Outside parties that receive personal data, by name."""

recipients.register(MAIL, Recipient(mail_servers))


def active_recipients(keys: Iterable[str]) -> Iterator[Text]:
    """The names of the recipients that are switched on."""
    known = dict(recipients.items())
    for key in keys:
        if key in known and (name := known[key].name()):
            yield name


READERS_DATA: Final = {
    "comments": StoredData(
        title=gettext_lazy("Comments"),
        what=gettext_lazy(
            "Your name and your text, which are public; your e-mail address, which is never shown; earlier "
            "versions of the text, the results of the screening rules, and the decisions of moderators."
        ),
        purpose=gettext_lazy(
            "To show the comments, to tell you about decisions, and to be able to review them."
        ),
        retention=gettext_lazy(
            "As long as the article. You can delete a comment at any time; then only moderators can read it, "
            "until it is erased at your request. A comment you do not confirm is deleted after a week."
        ),
        recipients=(MAIL, AKISMET),
    ),
    "comment_senders": StoredData(
        title=gettext_lazy("IP addresses of comments"),
        what=gettext_lazy(
            "Your IP address, encrypted and shown to nobody. For a ban: a hash that identifies the account, "
            "name or e-mail address, the first letter and the provider of the e-mail address, or the IP network."
        ),
        purpose=gettext_lazy("To let moderators keep out spam and abuse."),
        retention=gettext_lazy("At most 30 days. A ban keeps its IP network until it ends."),
        recipients=(AKISMET,),
    ),
    "reports": StoredData(
        title=gettext_lazy("Reports of comments"),
        what=gettext_lazy(
            "The reason, your message, and your e-mail address if you gave one; a hash of that address, to weigh "
            "your later reports. The sender only as hashes that are deleted every night."
        ),
        purpose=gettext_lazy("To have a moderator review the comment, and to tell you the result."),
        retention=gettext_lazy(
            "The e-mail address until you are notified of the result, at most a week after the decision; the hash and "
            "the rest as long as the comment."
        ),
        recipients=(MAIL,),
    ),
    "recommendations": StoredData(
        title=gettext_lazy("Recommended comments"),
        what=gettext_lazy(
            "Which comments you recommend, and since when. Others see only how many readers recommend a comment."
        ),
        purpose=gettext_lazy("To show which comments readers find worth reading."),
        retention=gettext_lazy(
            "Until you undo the recommendation, or the comment or your account is deleted."
        ),
    ),
    "comment_follows": StoredData(
        title=gettext_lazy("Following comments by e-mail"),
        what=gettext_lazy(
            "Your e-mail address, what you follow and since when, and which comments you were notified of."
        ),
        purpose=gettext_lazy("To notify you, once per comment."),
        retention=gettext_lazy(
            "Unconfirmed: 7 days. After you unfollow: 30 days. Sent notifications: 90 days."
        ),
        recipients=(MAIL,),
    ),
    "subscriptions": StoredData(
        title=gettext_lazy("Newsletter subscriptions"),
        what=gettext_lazy(
            "Your e-mail address; the newsletters, topics and language you chose; your name if you gave it; when, "
            "where and to which text you consented; and which issues were sent to you. Not whether you opened them."
        ),
        purpose=gettext_lazy("To send the newsletter once, and to prove your consent."),
        retention=gettext_lazy(
            "Until you ask for erasure; unconfirmed subscriptions 30 days; which issues were sent to you 2 "
            "years. Sent e-mails remain counted without your address. A hash may remain if you unsubscribed, so that no import subscribes you again."
        ),
        recipients=(MAIL,),
    ),
    "follows": StoredData(
        title=gettext_lazy("Following authors, sections and topics"),
        what=gettext_lazy(
            "What you follow by e-mail since when, and which articles were sent to you for it. Not whether "
            "you opened them."
        ),
        purpose=gettext_lazy("To send you new articles, each of them once."),
        retention=gettext_lazy(
            "Until you unfollow or ask for erasure; the list of sent articles 90 days. Unconfirmed "
            "requests 30 days."
        ),
        recipients=(MAIL,),
    ),
    "bounces": StoredData(
        title=gettext_lazy("Bounces"),
        what=gettext_lazy("The response of the mail server, and a hash of the e-mail address."),
        purpose=gettext_lazy("To stop sending to addresses that do not accept our e-mails."),
        retention=gettext_lazy(
            "The response 2 years; the hash until the address is removed from the suppression list."
        ),
    ),
    "subscriber_imports": StoredData(
        title=gettext_lazy("Imported subscriber lists"),
        what=gettext_lazy(
            "The list, who imported it, the proof of consent, and rows that were not imported."
        ),
        purpose=gettext_lazy("To explain why you receive our e-mails."),
        retention=gettext_lazy("The list until it is imported, at most 7 days; the rows 30 days."),
    ),
    "accounts": StoredData(
        title=gettext_lazy("Accounts"),
        what=gettext_lazy(
            "Your e-mail address, name, profile picture and biography, a hash of your password, and your "
            "other sign-in methods."
        ),
        purpose=gettext_lazy("To let you, and nobody else, sign in and write under your name."),
        retention=gettext_lazy("Until you delete the account."),
        recipients=(MAIL,),
    ),
    "sessions": StoredData(
        title=gettext_lazy("Sessions"),
        what=gettext_lazy("A cookie, the time you signed in, and the type of browser."),
        purpose=gettext_lazy("To keep you signed in, and to show you where you are signed in."),
        retention=gettext_lazy("Until you sign out or the session expires."),
    ),
    "devices": StoredData(
        title=gettext_lazy("Known browsers"),
        what=gettext_lazy(
            "A cookie that is sent to the sign-in page only, stored here as a hash, and the type of browser."
        ),
        purpose=gettext_lazy(
            "To tell you about sign-ins from a new browser, and to keep you from being locked out by people "
            "who guess your password."
        ),
        retention=gettext_lazy("400 days after the last sign-in with that browser."),
    ),
}
NEWSROOM_DATA: Final = {
    "authors": StoredData(
        title=gettext_lazy("Author profiles"),
        what=gettext_lazy("Your name, role, biography and links, all of them public."),
        purpose=gettext_lazy("To show readers who wrote an article."),
        retention=gettext_lazy("As long as your articles are published."),
    ),
    "image_subjects": StoredData(
        title=gettext_lazy("Photographers and people shown"),
        what=gettext_lazy(
            "The metadata of the file: who took the image, whom it shows, where and when; and the credit, which "
            "is shown with the image."
        ),
        purpose=gettext_lazy("To credit images and to know their rights."),
        retention=gettext_lazy("As long as the image is in the library."),
    ),
    "files": StoredData(
        title=gettext_lazy("Files"),
        what=gettext_lazy(
            "The credit, which is shown with the file, and for the newsroom who uploaded the file, when, and "
            "under which name. Author, program and other metadata inside a PDF are removed when it is uploaded, "
            "as are the tags of audio files other than Ogg."
        ),
        purpose=gettext_lazy("To credit files and to know their rights."),
        retention=gettext_lazy("As long as the file is in the library."),
    ),
    "search_queries": StoredData(
        title=gettext_lazy("Search queries"),
        what=gettext_lazy(
            "How often a query was made on a day, and how many results it had. Nothing about who searched; "
            "queries that could identify a person are not counted."
        ),
        purpose=gettext_lazy("To let editors know what readers look for and do not find."),
        retention=gettext_lazy("Queries made once: 30 days. All others: 400 days."),
    ),
    "rate_limits": StoredData(
        title=gettext_lazy("Rate limits"),
        what=gettext_lazy(
            "A request count per IP address, as a hash with a key that changes every day. The IP address itself "
            "is not stored."
        ),
        purpose=gettext_lazy("To protect the site against overload and password guessing."),
        retention=gettext_lazy(
            "Some minutes to a day. The key is destroyed at the end of the day (UTC); after that nobody can "
            "match the hashes, not even we."
        ),
    ),
    "editing": StoredData(
        title=gettext_lazy("Writing and editing"),
        what=gettext_lazy(
            "Your bylines and portrait; every version you saved; what you published, unpublished or corrected, "
            "and when."
        ),
        purpose=gettext_lazy("To trace the history of an article and to restore earlier versions."),
        retention=gettext_lazy("As long as the article."),
    ),
    "saved_views": StoredData(
        title=gettext_lazy("Saved views"),
        what=gettext_lazy(
            "The filters of the article list that you saved, and the names you gave them."
        ),
        purpose=gettext_lazy("To show you these articles again."),
        retention=gettext_lazy("Until you remove the view, or your account is deleted."),
    ),
    "image_library": StoredData(
        title=gettext_lazy("Image library"),
        what=gettext_lazy(
            "If you manage images: which ones you uploaded, changed, replaced or withdrew, and when."
        ),
        purpose=gettext_lazy("To record who changed what."),
        retention=gettext_lazy("As long as the image is in the library."),
    ),
    "admin": StoredData(
        title=gettext_lazy("Admin"),
        what=gettext_lazy(
            "If you work here: your groups, and which entries you changed in the admin."
        ),
        purpose=gettext_lazy("To record who changed what."),
        retention=gettext_lazy("As long as your account."),
    ),
    "screening_rules": StoredData(
        title=gettext_lazy("Screening rules"),
        what=gettext_lazy("If you moderate: which rules and words you changed, and when."),
        purpose=gettext_lazy("To record who changed what."),
        retention=gettext_lazy("As long as the rule or word."),
    ),
    "imported_archives": StoredData(
        title=gettext_lazy("Imported archives"),
        what=gettext_lazy(
            "The file from another system, with names and e-mail addresses of its authors and commenters; the report "
            "of its import; and who imported it."
        ),
        purpose=gettext_lazy("To move a publication to this site, and to undo it."),
        retention=gettext_lazy(
            "The file until it is imported, at most 7 days; the report 90 days; who imported it as long as their account."
        ),
    ),
    "sending": StoredData(
        title=gettext_lazy("Sending newsletters"),
        what=gettext_lazy(
            "If you send newsletters: which issues you wrote, started and stopped, your decisions about "
            "deliveries, and your exports of the subscriber list."
        ),
        purpose=gettext_lazy("To record who sent what."),
        retention=gettext_lazy("As long as the issue."),
    ),
    "front_page": StoredData(
        title=gettext_lazy("Front page layout"),
        what=gettext_lazy(
            "If you edit the front page: which article you placed where, which pattern you chose for a section, and when."
        ),
        purpose=gettext_lazy("To record who changed what."),
        retention=gettext_lazy("As long as the article is in that slot."),
    ),
    "search_settings": StoredData(
        title=gettext_lazy("Search settings"),
        what=gettext_lazy(
            "If you manage the search: which pinned results and synonyms you set up."
        ),
        purpose=gettext_lazy("To record who changed what."),
        retention=gettext_lazy("As long as the entry."),
    ),
    "related_articles": StoredData(
        title=gettext_lazy("Related articles"),
        what=gettext_lazy("If you edit: which suggestions you excluded, and when."),
        purpose=gettext_lazy("To record who changed what."),
        retention=gettext_lazy("As long as the article."),
    ),
}
STORED_DATA: Final = READERS_DATA | NEWSROOM_DATA
"""All entries in the order of the page: what concerns readers, then what mostly concerns the newsroom."""
