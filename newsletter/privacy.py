"""What the newsletter keeps of people."""

from django.utils.translation import gettext_lazy

from iria.core.data_inventory import POST, StoredData, declare

SUBSCRIBING = StoredData(
    title=gettext_lazy("If you subscribe to a newsletter"),
    tables=(
        "newsletter.subscriber",
        "newsletter.subscription",
        "newsletter.consent",
        "newsletter.consentednewsletter",
        "newsletter.delivery",
        "newsletter.attempt",
    ),
    what=gettext_lazy(
        "Your e-mail address, which newsletters, topics and language you chose, how you wish to be "
        "greeted if you said so, when and where you agreed and to which words, and which issues "
        "were sent to you. Not whether you opened them."
    ),
    why=gettext_lazy("To send the newsletter, once, and to prove that you wished it."),
    how_long=gettext_lazy(
        "Until you ask for erasure; what you never confirm, 30 days. That a mail was sent stays "
        "counted, without your address; that you had left may stay as a hash, so that no list brings "
        "you back."
    ),
    given_to=(POST,),
    order=20,
)

RETURNED = StoredData(
    title=gettext_lazy("If mail to you comes back"),
    tables=("newsletter.bounce", "newsletter.suppression"),
    what=gettext_lazy(
        "What the mail server said, and a hash of the address, so that it is not written to again."
    ),
    why=gettext_lazy("Whoever goes on writing to dead addresses is taken for a sender of spam."),
    how_long=gettext_lazy("Until the address is released."),
    order=22,
)

BROUGHT = StoredData(
    title=gettext_lazy("If somebody brings a list with your address"),
    tables=("newsletter.subscriberimport", "newsletter.importedline"),
    what=gettext_lazy(
        "The list, who brought it, how you agreed, and lines that could not be taken in."
    ),
    why=gettext_lazy("So that it can be said why mail comes to you."),
    how_long=gettext_lazy("The list until it was taken in, at most 7 days; such lines 30 days."),
    order=24,
)

SENDING = StoredData(
    title=gettext_lazy("If you send the newsletter"),
    tables=(
        "newsletter.issue",
        "newsletter.digest",
        "newsletter.decision",
        "newsletter.runevent",
        "newsletter.subscriberexport",
        "newsletter.testmail",
        "newsletter.waiver",
    ),
    what=gettext_lazy(
        "Which issues you wrote, started and stopped, what you decided about mails, and when you "
        "took the list of subscribers away."
    ),
    why=gettext_lazy("So that it can be seen who sent what."),
    how_long=gettext_lazy("As long as the issue."),
    order=97,
)

NOTHING = (
    "newsletter.digestrule",
    "newsletter.issueitem",
    "newsletter.issuelink",
    "newsletter.look",
    "newsletter.mailboxreading",
    "newsletter.newsletter",
    "newsletter.newsletter_topics",
    "newsletter.pace",
    "newsletter.sendinglimit",
    "newsletter.subscriberimport_newsletters",
    "newsletter.webhookreceipt",
)


def register() -> None:
    declare("newsletter", holds=[SUBSCRIBING, RETURNED, BROUGHT, SENDING], nothing=NOTHING)
