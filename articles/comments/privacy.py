"""What the conversation keeps of people."""

from django.utils.translation import gettext, gettext_lazy

from articles.comments.akismet import client
from iria.core.data_inventory import CHECK, POST, Recipient, StoredData, declare, recipients

COMMENTS = StoredData(
    title=gettext_lazy("If you comment"),
    tables=(
        "articles.comment",
        "articles.commentversion",
        "articles.commentwords",
        "articles.commentplace",
        "articles.threadcount",
        "articles.moderation",
        "articles.akismetopinion",
        "articles.appeal",
        "articles.claim",
        "articles.listedreason",
    ),
    what=gettext_lazy(
        "Your name and your words, which everybody can read; your e-mail address, which is never "
        "shown; earlier versions of your words, what the rules said about them, and what moderators "
        "decided."
    ),
    why=gettext_lazy(
        "To show the conversation, to tell you what was decided, and so that decisions can be "
        "looked at again."
    ),
    how_long=gettext_lazy(
        "As long as the article stands. You can take a comment back at any time; then moderators "
        "alone can read it, until it is erased when you ask. What you were asked to confirm and did "
        "not is removed after a week."
    ),
    given_to=(POST, CHECK),
    order=10,
)

SENDERS = StoredData(
    title=gettext_lazy("Where a comment came from"),
    tables=("articles.sealedaddress", "articles.ban"),
    what=gettext_lazy(
        "Your network address, encrypted; nobody is shown it. If a writer is banned: a mark by which the "
        "account, name or address is known again, the first letter and the provider of an e-mail address, "
        "or the network that the ban is about."
    ),
    why=gettext_lazy("So that moderators can keep out whoever floods or insults."),
    how_long=gettext_lazy(
        "At most 30 days, then it is destroyed. A ban keeps its network until it ends."
    ),
    given_to=(CHECK,),
    order=12,
)

REPORTS = StoredData(
    title=gettext_lazy("If you report a comment"),
    tables=("articles.flag",),
    what=gettext_lazy(
        "The reason, your words, and your e-mail address if you left one; a mark of that address, by which "
        "your later reports are weighed. Where you sent it from only as hashes that are emptied in the night."
    ),
    why=gettext_lazy("So that a moderator looks at it, and you hear what came of it."),
    how_long=gettext_lazy(
        "The address until the mail about the decision was sent, a week after it at the latest; the mark and "
        "the rest as long as the comment."
    ),
    given_to=(POST,),
    order=14,
)

FOLLOWING = StoredData(
    title=gettext_lazy("If you follow comments by mail"),
    tables=("articles.follower", "articles.follow", "articles.notice"),
    what=gettext_lazy(
        "Your e-mail address, what you follow since when, and of which comments you were told."
    ),
    why=gettext_lazy("To write to you, and never twice about the same."),
    how_long=gettext_lazy(
        "What you do not confirm, seven days. What you leave, 30 days. Of which comments you were "
        "told, 90 days."
    ),
    given_to=(POST,),
    order=16,
)

NOTHING = ("articles.learntmodel",)

RULES = StoredData(
    title=gettext_lazy("If you moderate"),
    tables=("articles.screeningrule", "articles.screenedword"),
    what=gettext_lazy("Which rules and words you changed, and when."),
    why=gettext_lazy("So that it can be seen who changed what."),
    how_long=gettext_lazy("As long as the rule or word."),
    order=96,
)


def register() -> None:
    declare("comments", holds=[COMMENTS, SENDERS, REPORTS, FOLLOWING, RULES], nothing=NOTHING)
    recipients.register(CHECK, Recipient(akismet))


def akismet() -> str:
    """Named as long as comments are checked there."""
    if client.rule() is None:
        return ""
    return gettext(
        "Akismet (Automattic, United States), which is asked whether a comment is spam and for that is "
        "sent its words, the name beside it and the network address it came from"
    )
