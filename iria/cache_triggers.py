"""Which tables public pages are made of (`iria.core.db.triggers`).

Every table stands in one of the lists (a test sees to it): the author of a new one decides whether readers
see its rows.
"""

from typing import Final

from iria.core.db import triggers
from iria.core.db.triggers import SHOWN as ALL
from iria.core.db.triggers import Shown
from iria.core.http.cache_versions import COMMENTS

HOUSES: Final = ("accounts", "articles", "iria", "newsletter", "taggit")

SHOWN: Final[dict[str, Shown]] = {
    "accounts.authorprofile": ALL,
    "accounts.face": ALL,
    # A sign-in writes to the row too, and changes no page. A reader who is gone leaves their page.
    "accounts.user": Shown(
        ("display_name", "is_staff", "is_active", "biography", "shows_comments"), inserts=False
    ),
    "articles.article": ALL,
    "articles.articlecategory": ALL,
    "articles.articletag": ALL,
    "articles.byline": ALL,
    "articles.category": ALL,
    # Those of one article are told apart, as `changes.thread` names them.
    "articles.comment": Shown(scope=COMMENTS, also=("thread:", "article_id")),
    "articles.correction": ALL,
    "articles.embedprovider": ALL,
    "articles.figure": ALL,
    "articles.formeraddress": ALL,
    "articles.image": ALL,
    "articles.kind": ALL,
    "articles.mostread": ALL,
    "articles.page": ALL,
    "articles.pinnedquery": ALL,
    "articles.pinnedresult": ALL,
    "articles.placement": ALL,
    "articles.portrait": ALL,
    "articles.redirect": ALL,
    "articles.relatedlink": ALL,
    "articles.relatedpick": ALL,
    "articles.searchentry": ALL,
    "articles.series": ALL,
    "articles.seriespart": ALL,
    "articles.synonyms": ALL,
    "iria.publication": ALL,
    # How its sending goes changes no page.
    "newsletter.issue": Shown(
        (
            *("newsletter_id", "subject", "preheader", "slug", "introduction", "closing"),
            *("picture_id", "picture_caption", "state", "started_at", "sent_html", "sent_text"),
        )
    ),
    "newsletter.issueitem": ALL,
    "newsletter.newsletter": ALL,
    "newsletter.newsletter_topics": ALL,
    "taggit.tag": ALL,
}
"""Model → which of its changes count."""

UNSHOWN: Final = {
    "accounts.device",
    "accounts.session",
    "accounts.user_groups",
    "accounts.user_user_permissions",
    "articles.agency",
    "articles.akismetopinion",
    "articles.appeal",
    "articles.articleterms",
    "articles.articleviews",
    "articles.ban",
    "articles.claim",
    "articles.collection",
    "articles.collection_pictures",
    "articles.commentplace",
    "articles.commentversion",
    "articles.commentwords",
    "articles.flag",
    "articles.follow",
    "articles.follower",
    "articles.formername",
    "articles.learntmodel",
    "articles.likeness",
    "articles.listedreason",
    "articles.listingcount",
    "articles.listingentry",
    "articles.listingrecheck",
    "articles.moderation",
    "articles.notice",
    "articles.photographer",
    "articles.pictureevent",
    "articles.picturewords",
    "articles.rarity",
    "articles.relatedexclusion",
    "articles.rendition",
    "articles.revision",
    "articles.screenedword",
    "articles.screeningrule",
    "articles.sealedaddress",
    "articles.searchchange",
    "articles.searchcount",
    "articles.searchlanguage",
    "articles.searchlexeme",
    "articles.searchposting",
    "articles.searchword",
    "articles.statechange",
    "articles.textlink",
    "articles.threadcount",
    "articles.translationgroup",
    "iria.change",
    "iria.dailykey",
    # Named by its content; the publication says which one stands.
    "iria.emblem",
    "iria.mark",
    "iria.ratecount",
    "newsletter.attempt",
    "newsletter.bounce",
    "newsletter.consent",
    "newsletter.consentednewsletter",
    "newsletter.importedline",
    "newsletter.subscriberexport",
    "newsletter.subscriberimport",
    "newsletter.subscriberimport_newsletters",
    "newsletter.decision",
    "newsletter.delivery",
    "newsletter.digest",
    "newsletter.digestrule",
    "newsletter.pace",
    "newsletter.runevent",
    "newsletter.sendinglimit",
    "newsletter.issuelink",
    "newsletter.look",
    "newsletter.mailboxreading",
    "newsletter.subscriber",
    "newsletter.subscription",
    "newsletter.suppression",
    "newsletter.testmail",
    "newsletter.waiver",
    "newsletter.webhookreceipt",
    "taggit.taggeditem",
}
"""What only the desk sees, and what is told by another table: a rendition writes to its image, the
credit made of agency and photographer is the image's own column, and what ranking knows of words
follows from the entries of the search."""

OF_OTHERS: Final = {
    "account.emailaddress",
    "account.emailconfirmation",
    "admin.logentry",
    "auth.group",
    "auth.group_permissions",
    "auth.permission",
    "contenttypes.contenttype",
    "mfa.authenticator",
    "procrastinate.procrastinateevent",
    "procrastinate.procrastinatejob",
    "procrastinate.procrastinateperiodicdefer",
    "procrastinate.procrastinateworker",
    "sessions.session",
}
"""Tables of the packages we use, of which readers see none."""


def register() -> None:
    triggers.declare(shown=SHOWN, hidden=UNSHOWN | OF_OTHERS)
