"""What the newsletter stores about people."""

from django.utils.translation import gettext_lazy

from iria.core.model_policy import MAIL, StoredData

SUBSCRIPTIONS = StoredData(
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
    order=20,
)

FOLLOWING = StoredData(
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
    order=21,
)

BOUNCES = StoredData(
    title=gettext_lazy("Bounces"),
    what=gettext_lazy("The response of the mail server, and a hash of the e-mail address."),
    purpose=gettext_lazy("To stop sending to addresses that do not accept our e-mails."),
    retention=gettext_lazy(
        "The response 2 years; the hash until the address is removed from the suppression list."
    ),
    order=22,
)

IMPORTS = StoredData(
    title=gettext_lazy("Imported subscriber lists"),
    what=gettext_lazy(
        "The list, who imported it, the proof of consent, and rows that were not imported."
    ),
    purpose=gettext_lazy("To explain why you receive our e-mails."),
    retention=gettext_lazy("The list until it is imported, at most 7 days; the rows 30 days."),
    order=24,
)

SENDING = StoredData(
    title=gettext_lazy("Sending newsletters"),
    what=gettext_lazy(
        "If you send newsletters: which issues you wrote, started and stopped, your decisions about "
        "deliveries, and your exports of the subscriber list."
    ),
    purpose=gettext_lazy("To record who sent what."),
    retention=gettext_lazy("As long as the issue."),
    order=97,
)
