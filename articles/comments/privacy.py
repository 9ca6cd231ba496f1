"""What comments store about people."""

from django.utils.translation import gettext_lazy

from iria.core.model_policy import AKISMET, MAIL, StoredData

COMMENTS = StoredData(
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
    order=10,
)

SENDERS = StoredData(
    title=gettext_lazy("IP addresses of comments"),
    what=gettext_lazy(
        "Your IP address, encrypted and shown to nobody. For a ban: a hash that identifies the account, "
        "name or e-mail address, the first letter and the provider of the e-mail address, or the IP network."
    ),
    purpose=gettext_lazy("To let moderators keep out spam and abuse."),
    retention=gettext_lazy("At most 30 days. A ban keeps its IP network until it ends."),
    recipients=(AKISMET,),
    order=12,
)

REPORTS = StoredData(
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
    order=14,
)

FOLLOWING = StoredData(
    title=gettext_lazy("Following comments by e-mail"),
    what=gettext_lazy(
        "Your e-mail address, what you follow and since when, and which comments you were notified of."
    ),
    purpose=gettext_lazy("To notify you, once per comment."),
    retention=gettext_lazy(
        "Unconfirmed: 7 days. After you unfollow: 30 days. Sent notifications: 90 days."
    ),
    recipients=(MAIL,),
    order=16,
)

RECOMMENDATIONS = StoredData(
    title=gettext_lazy("Recommended comments"),
    what=gettext_lazy(
        "Which comments you recommend, and since when. Others see only how many readers recommend a comment."
    ),
    purpose=gettext_lazy("To show which comments readers find worth reading."),
    retention=gettext_lazy(
        "Until you undo the recommendation, or the comment or your account is deleted."
    ),
    order=15,
)

RULES = StoredData(
    title=gettext_lazy("Screening rules"),
    what=gettext_lazy("If you moderate: which rules and words you changed, and when."),
    purpose=gettext_lazy("To record who changed what."),
    retention=gettext_lazy("As long as the rule or word."),
    order=96,
)
