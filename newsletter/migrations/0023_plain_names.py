"""Fields, models and labels under the names that other newsletter systems use.

Constraints and indexes follow their columns by themselves; only their names change.
"""

import django.db.models.deletion
from django.db import migrations, models

RENAMES = (
    ("newsletter_importrow", "COLUMN", "of_id", "subscriber_import_id"),
    ("newsletter_importrow", "COLUMN", "fate", "outcome"),
    ("newsletter_importrow", "COLUMN", "typed", "raw_value"),
    ("newsletter_deliveryevent", "COLUMN", "deed", "action"),
    ("newsletter_deliveryevent", "COLUMN", "words", "details"),
    ("newsletter_deliveryevent", "COLUMN", "made_by_id", "created_by_id"),
    ("newsletter_deliveryevent", "COLUMN", "made_at", "created_at"),
    ("newsletter_externalcheck", "COLUMN", "what", "target"),
    ("newsletter_externalcheck", "COLUMN", "good", "passed"),
    ("newsletter_externalcheck", "COLUMN", "words", "message"),
    ("newsletter_externalcheck", "COLUMN", "looked_at", "checked_at"),
    ("newsletter_uncertainresolution", "COLUMN", "made_by_id", "created_by_id"),
    ("newsletter_uncertainresolution", "COLUMN", "made_at", "created_at"),
    ("newsletter_mailboxstatus", "COLUMN", "trouble", "error"),
    ("newsletter_attempt", "COLUMN", "words", "smtp_response"),
    ("newsletter_attempt", "COLUMN", "began_at", "started_at"),
    ("newsletter_bounce", "COLUMN", "read_at", "processed_at"),
    ("newsletter_bounce", "COLUMN", "words", "smtp_response"),
    ("newsletter_consent", "COLUMN", "where", "source_url"),
    ("newsletter_consentednewsletter", "COLUMN", "rhythm", "frequency"),
    ("newsletter_consentednewsletter", "COLUMN", "addresses", "topic_urls"),
    ("newsletter_delivery", "COLUMN", "words", "details"),
    ("newsletter_delivery", "COLUMN", "lease_until", "lease_expires_at"),
    ("newsletter_digest", "COLUMN", "rhythm", "frequency"),
    ("newsletter_digest", "COLUMN", "held", "needs_approval"),
    ("newsletter_digestrule", "COLUMN", "on", "enabled"),
    ("newsletter_digestrule", "COLUMN", "since", "enabled_at"),
    ("newsletter_digestrule", "COLUMN", "rhythm", "frequency"),
    ("newsletter_digestrule", "COLUMN", "held", "needs_approval"),
    ("newsletter_digestrule", "COLUMN", "timed_since", "schedule_changed_at"),
    ("newsletter_digestrule", "COLUMN", "at", "time_of_day"),
    ("newsletter_issue", "COLUMN", "accepted", "acknowledged_problem"),
    ("newsletter_issue", "COLUMN", "guarded", "auto_pause"),
    ("newsletter_issue", "COLUMN", "stopped_at", "cancelled_at"),
    ("newsletter_issue", "COLUMN", "stopped_by_id", "cancelled_by_id"),
    ("newsletter_issue", "COLUMN", "made_at", "created_at"),
    ("newsletter_issue", "COLUMN", "made_by_id", "created_by_id"),
    ("newsletter_issue", "COLUMN", "trouble", "error"),
    ("newsletter_issue", "COLUMN", "greeting_unnamed", "fallback_greeting"),
    ("newsletter_issue", "COLUMN", "picture_id", "image_id"),
    ("newsletter_issue", "COLUMN", "picture_caption", "image_caption"),
    ("newsletter_issue", "COLUMN", "composed_by_rule", "is_automatic"),
    ("newsletter_issue", "COLUMN", "changed_at", "modified_at"),
    ("newsletter_issue", "COLUMN", "held", "needs_approval"),
    ("newsletter_issue", "COLUMN", "goes_at", "send_at"),
    ("newsletter_issuelink", "COLUMN", "opened", "clicks"),
    ("newsletter_issuelink", "COLUMN", "address", "url"),
    ("newsletter_newsletter", "COLUMN", "rhythms", "frequencies"),
    ("newsletter_newsletter", "COLUMN", "counts_links", "tracks_clicks"),
    ("newsletter_subscriber", "COLUMN", "suppressed_because", "suppression_reason"),
    ("newsletter_subscriber", "COLUMN", "left_at", "unsubscribed_at"),
    ("newsletter_subscriberexport", "COLUMN", "made_at", "created_at"),
    ("newsletter_subscriberexport", "COLUMN", "made_by_id", "created_by_id"),
    ("newsletter_subscriberexport", "COLUMN", "chosen", "filters"),
    ("newsletter_subscriberimport", "COLUMN", "made_at", "created_at"),
    ("newsletter_subscriberimport", "COLUMN", "made_by_id", "created_by_id"),
    ("newsletter_subscriberimport", "COLUMN", "trouble", "error"),
    ("newsletter_subscriberimport", "COLUMN", "rows_in_all", "total_rows"),
    ("newsletter_subscription", "COLUMN", "since", "created_at"),
    ("newsletter_subscription", "COLUMN", "rhythm", "frequency"),
    ("newsletter_suppression", "COLUMN", "since", "created_at"),
    ("newsletter_suppression", "COLUMN", "by_id", "created_by_id"),
    ("newsletter_suppression", "COLUMN", "words", "details"),
    ("newsletter_suppression", "COLUMN", "address_hash", "email_hash"),
    ("newsletter_suppression", "COLUMN", "released_because", "removal_reason"),
    ("newsletter_suppression", "COLUMN", "released_at", "removed_at"),
    ("newsletter_suppression", "COLUMN", "released_by_id", "removed_by_id"),
    ("newsletter_testmail", "COLUMN", "digest", "content_hash"),
    ("newsletter_waiver", "COLUMN", "given_at", "created_at"),
    ("newsletter_waiver", "COLUMN", "given_by_id", "created_by_id"),
    ("newsletter_waiver", "COLUMN", "about", "finding_key"),
    ("newsletter_waiver", "COLUMN", "words", "message"),
    (
        "newsletter_consentednewsletter",
        "CONSTRAINT",
        "consented_newsletter_has_rhythm",
        "consented_newsletter_has_frequency",
    ),
    (
        "newsletter_delivery",
        "CONSTRAINT",
        "delivery_trouble_has_words",
        "delivery_problem_has_details",
    ),
    ("newsletter_digestrule", "CONSTRAINT", "digest_rule_rhythm", "digest_rule_frequency"),
    ("newsletter_externalcheck", "CONSTRAINT", "look_once", "external_check_once"),
    (
        "newsletter_externalcheck",
        "CONSTRAINT",
        "look_bad_has_words",
        "external_check_failed_has_message",
    ),
    ("newsletter_issue", "CONSTRAINT", "issue_stopped_has_time", "issue_cancelled_has_time"),
    ("newsletter_issue", "CONSTRAINT", "issue_greets_the_unnamed", "issue_has_fallback_greeting"),
    (
        "newsletter_newsletter",
        "CONSTRAINT",
        "newsletter_has_a_rhythm",
        "newsletter_has_a_frequency",
    ),
    (
        "newsletter_subscriber",
        "CONSTRAINT",
        "subscriber_left_has_time",
        "subscriber_unsubscribed_has_time",
    ),
    (
        "newsletter_subscription",
        "CONSTRAINT",
        "subscription_has_rhythm",
        "subscription_has_frequency",
    ),
    ("", "INDEX", "imported_line_of", "import_row_outcome"),
    ("", "INDEX", "subscriber_left", "subscriber_unsubscribed"),
    ("", "INDEX", "delivery_in_hand", "delivery_being_sent"),
)


def statement(table, kind, old, new):
    if kind == "INDEX":
        return f"ALTER INDEX {old} RENAME TO {new}"
    return f'ALTER TABLE {table} RENAME {kind} "{old}" TO "{new}"'


class WithoutRendering(migrations.SeparateDatabaseAndState):
    """Changes the state without rendering the models again after each of its many operations."""

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)


class Migration(migrations.Migration):
    dependencies = [
        ("newsletter", "0022_plain_labels"),
    ]

    operations = [
        migrations.RenameModel(
            old_name="ImportedLine",
            new_name="ImportRow",
        ),
        migrations.RenameModel(
            old_name="RunEvent",
            new_name="DeliveryEvent",
        ),
        migrations.RenameModel(
            old_name="Pace",
            new_name="ThrottleState",
        ),
        migrations.RenameModel(
            old_name="Look",
            new_name="ExternalCheck",
        ),
        migrations.RenameModel(
            old_name="Decision",
            new_name="UncertainResolution",
        ),
        migrations.RenameModel(
            old_name="MailboxReading",
            new_name="MailboxStatus",
        ),
        WithoutRendering(
            database_operations=[
                migrations.RunSQL(
                    [statement(*each) for each in RENAMES],
                    [
                        statement(table, kind, new, old)
                        for table, kind, old, new in reversed(RENAMES)
                    ],
                )
            ],
            state_operations=[
                migrations.RenameField(
                    model_name="importrow",
                    old_name="of",
                    new_name="subscriber_import",
                ),
                migrations.RenameField(
                    model_name="importrow",
                    old_name="fate",
                    new_name="outcome",
                ),
                migrations.RenameField(
                    model_name="importrow",
                    old_name="typed",
                    new_name="raw_value",
                ),
                migrations.RenameField(
                    model_name="deliveryevent",
                    old_name="deed",
                    new_name="action",
                ),
                migrations.RenameField(
                    model_name="deliveryevent",
                    old_name="words",
                    new_name="details",
                ),
                migrations.RenameField(
                    model_name="deliveryevent",
                    old_name="made_by",
                    new_name="created_by",
                ),
                migrations.RenameField(
                    model_name="deliveryevent",
                    old_name="made_at",
                    new_name="created_at",
                ),
                migrations.RenameField(
                    model_name="externalcheck",
                    old_name="what",
                    new_name="target",
                ),
                migrations.RenameField(
                    model_name="externalcheck",
                    old_name="good",
                    new_name="passed",
                ),
                migrations.RenameField(
                    model_name="externalcheck",
                    old_name="words",
                    new_name="message",
                ),
                migrations.RenameField(
                    model_name="externalcheck",
                    old_name="looked_at",
                    new_name="checked_at",
                ),
                migrations.RenameField(
                    model_name="uncertainresolution",
                    old_name="made_by",
                    new_name="created_by",
                ),
                migrations.RenameField(
                    model_name="uncertainresolution",
                    old_name="made_at",
                    new_name="created_at",
                ),
                migrations.RenameField(
                    model_name="mailboxstatus",
                    old_name="trouble",
                    new_name="error",
                ),
                migrations.RenameField(
                    model_name="attempt",
                    old_name="words",
                    new_name="smtp_response",
                ),
                migrations.RenameField(
                    model_name="attempt",
                    old_name="began_at",
                    new_name="started_at",
                ),
                migrations.RenameField(
                    model_name="bounce",
                    old_name="read_at",
                    new_name="processed_at",
                ),
                migrations.RenameField(
                    model_name="bounce",
                    old_name="words",
                    new_name="smtp_response",
                ),
                migrations.RenameField(
                    model_name="consent",
                    old_name="where",
                    new_name="source_url",
                ),
                migrations.RenameField(
                    model_name="consentednewsletter",
                    old_name="rhythm",
                    new_name="frequency",
                ),
                migrations.RenameField(
                    model_name="consentednewsletter",
                    old_name="addresses",
                    new_name="topic_urls",
                ),
                migrations.RenameField(
                    model_name="delivery",
                    old_name="words",
                    new_name="details",
                ),
                migrations.RenameField(
                    model_name="delivery",
                    old_name="lease_until",
                    new_name="lease_expires_at",
                ),
                migrations.RenameField(
                    model_name="digest",
                    old_name="rhythm",
                    new_name="frequency",
                ),
                migrations.RenameField(
                    model_name="digest",
                    old_name="held",
                    new_name="needs_approval",
                ),
                migrations.RenameField(
                    model_name="digestrule",
                    old_name="on",
                    new_name="enabled",
                ),
                migrations.RenameField(
                    model_name="digestrule",
                    old_name="since",
                    new_name="enabled_at",
                ),
                migrations.RenameField(
                    model_name="digestrule",
                    old_name="rhythm",
                    new_name="frequency",
                ),
                migrations.RenameField(
                    model_name="digestrule",
                    old_name="held",
                    new_name="needs_approval",
                ),
                migrations.RenameField(
                    model_name="digestrule",
                    old_name="timed_since",
                    new_name="schedule_changed_at",
                ),
                migrations.RenameField(
                    model_name="digestrule",
                    old_name="at",
                    new_name="time_of_day",
                ),
                migrations.RenameField(
                    model_name="issue",
                    old_name="accepted",
                    new_name="acknowledged_problem",
                ),
                migrations.RenameField(
                    model_name="issue",
                    old_name="guarded",
                    new_name="auto_pause",
                ),
                migrations.RenameField(
                    model_name="issue",
                    old_name="stopped_at",
                    new_name="cancelled_at",
                ),
                migrations.RenameField(
                    model_name="issue",
                    old_name="stopped_by",
                    new_name="cancelled_by",
                ),
                migrations.RenameField(
                    model_name="issue",
                    old_name="made_at",
                    new_name="created_at",
                ),
                migrations.RenameField(
                    model_name="issue",
                    old_name="made_by",
                    new_name="created_by",
                ),
                migrations.RenameField(
                    model_name="issue",
                    old_name="trouble",
                    new_name="error",
                ),
                migrations.RenameField(
                    model_name="issue",
                    old_name="greeting_unnamed",
                    new_name="fallback_greeting",
                ),
                migrations.RenameField(
                    model_name="issue",
                    old_name="picture",
                    new_name="image",
                ),
                migrations.RenameField(
                    model_name="issue",
                    old_name="picture_caption",
                    new_name="image_caption",
                ),
                migrations.RenameField(
                    model_name="issue",
                    old_name="composed_by_rule",
                    new_name="is_automatic",
                ),
                migrations.RenameField(
                    model_name="issue",
                    old_name="changed_at",
                    new_name="modified_at",
                ),
                migrations.RenameField(
                    model_name="issue",
                    old_name="held",
                    new_name="needs_approval",
                ),
                migrations.RenameField(
                    model_name="issue",
                    old_name="goes_at",
                    new_name="send_at",
                ),
                migrations.RenameField(
                    model_name="issuelink",
                    old_name="opened",
                    new_name="clicks",
                ),
                migrations.RenameField(
                    model_name="issuelink",
                    old_name="address",
                    new_name="url",
                ),
                migrations.RenameField(
                    model_name="newsletter",
                    old_name="rhythms",
                    new_name="frequencies",
                ),
                migrations.RenameField(
                    model_name="newsletter",
                    old_name="counts_links",
                    new_name="tracks_clicks",
                ),
                migrations.RenameField(
                    model_name="subscriber",
                    old_name="suppressed_because",
                    new_name="suppression_reason",
                ),
                migrations.RenameField(
                    model_name="subscriber",
                    old_name="left_at",
                    new_name="unsubscribed_at",
                ),
                migrations.RenameField(
                    model_name="subscriberexport",
                    old_name="made_at",
                    new_name="created_at",
                ),
                migrations.RenameField(
                    model_name="subscriberexport",
                    old_name="made_by",
                    new_name="created_by",
                ),
                migrations.RenameField(
                    model_name="subscriberexport",
                    old_name="chosen",
                    new_name="filters",
                ),
                migrations.RenameField(
                    model_name="subscriberimport",
                    old_name="made_at",
                    new_name="created_at",
                ),
                migrations.RenameField(
                    model_name="subscriberimport",
                    old_name="made_by",
                    new_name="created_by",
                ),
                migrations.RenameField(
                    model_name="subscriberimport",
                    old_name="trouble",
                    new_name="error",
                ),
                migrations.RenameField(
                    model_name="subscriberimport",
                    old_name="rows_in_all",
                    new_name="total_rows",
                ),
                migrations.RenameField(
                    model_name="subscription",
                    old_name="since",
                    new_name="created_at",
                ),
                migrations.RenameField(
                    model_name="subscription",
                    old_name="rhythm",
                    new_name="frequency",
                ),
                migrations.RenameField(
                    model_name="suppression",
                    old_name="since",
                    new_name="created_at",
                ),
                migrations.RenameField(
                    model_name="suppression",
                    old_name="by",
                    new_name="created_by",
                ),
                migrations.RenameField(
                    model_name="suppression",
                    old_name="words",
                    new_name="details",
                ),
                migrations.RenameField(
                    model_name="suppression",
                    old_name="address_hash",
                    new_name="email_hash",
                ),
                migrations.RenameField(
                    model_name="suppression",
                    old_name="released_because",
                    new_name="removal_reason",
                ),
                migrations.RenameField(
                    model_name="suppression",
                    old_name="released_at",
                    new_name="removed_at",
                ),
                migrations.RenameField(
                    model_name="suppression",
                    old_name="released_by",
                    new_name="removed_by",
                ),
                migrations.RenameField(
                    model_name="testmail",
                    old_name="digest",
                    new_name="content_hash",
                ),
                migrations.RenameField(
                    model_name="waiver",
                    old_name="given_at",
                    new_name="created_at",
                ),
                migrations.RenameField(
                    model_name="waiver",
                    old_name="given_by",
                    new_name="created_by",
                ),
                migrations.RenameField(
                    model_name="waiver",
                    old_name="about",
                    new_name="finding_key",
                ),
                migrations.RenameField(
                    model_name="waiver",
                    old_name="words",
                    new_name="message",
                ),
                migrations.RemoveConstraint(
                    model_name="consentednewsletter",
                    name="consented_newsletter_has_rhythm",
                ),
                migrations.RemoveConstraint(
                    model_name="delivery",
                    name="delivery_claimed_has_lease",
                ),
                migrations.RemoveConstraint(
                    model_name="delivery",
                    name="delivery_trouble_has_words",
                ),
                migrations.RemoveConstraint(
                    model_name="digest",
                    name="digest_of_period_once",
                ),
                migrations.RemoveConstraint(
                    model_name="digestrule",
                    name="digest_rule_once",
                ),
                migrations.RemoveConstraint(
                    model_name="digestrule",
                    name="digest_rule_rhythm",
                ),
                migrations.RemoveConstraint(
                    model_name="externalcheck",
                    name="look_once",
                ),
                migrations.RemoveConstraint(
                    model_name="externalcheck",
                    name="look_bad_has_words",
                ),
                migrations.RemoveConstraint(
                    model_name="issue",
                    name="issue_scheduled_has_time",
                ),
                migrations.RemoveConstraint(
                    model_name="issue",
                    name="issue_stopped_has_time",
                ),
                migrations.RemoveConstraint(
                    model_name="issue",
                    name="issue_greets_the_unnamed",
                ),
                migrations.RemoveConstraint(
                    model_name="mailboxstatus",
                    name="mailbox_read_or_why_not",
                ),
                migrations.RemoveConstraint(
                    model_name="newsletter",
                    name="newsletter_has_a_rhythm",
                ),
                migrations.RemoveConstraint(
                    model_name="subscriber",
                    name="subscriber_left_has_time",
                ),
                migrations.RemoveConstraint(
                    model_name="subscriber",
                    name="subscriber_suppressed_has_reason",
                ),
                migrations.RemoveConstraint(
                    model_name="subscription",
                    name="subscription_has_rhythm",
                ),
                migrations.RemoveConstraint(
                    model_name="subscription",
                    name="subscription_topics_are_composed",
                ),
                migrations.RemoveConstraint(
                    model_name="suppression",
                    name="suppression_once",
                ),
                migrations.RemoveConstraint(
                    model_name="suppression",
                    name="suppression_has_reason",
                ),
                migrations.RemoveConstraint(
                    model_name="suppression",
                    name="suppression_released_has_reason",
                ),
                migrations.RemoveConstraint(
                    model_name="waiver",
                    name="waiver_once",
                ),
                migrations.RemoveIndex(
                    model_name="bounce",
                    name="bounce_of_subscriber",
                ),
                migrations.RemoveIndex(
                    model_name="delivery",
                    name="delivery_leases",
                ),
                migrations.RemoveIndex(
                    model_name="importrow",
                    name="imported_line_of",
                ),
                migrations.RemoveIndex(
                    model_name="subscriber",
                    name="subscriber_left",
                ),
                migrations.RemoveIndex(
                    model_name="subscription",
                    name="subscription_choice",
                ),
                migrations.RemoveIndex(
                    model_name="testmail",
                    name="testmail_of_issue",
                ),
                migrations.AddIndex(
                    model_name="bounce",
                    index=models.Index(
                        fields=["subscriber", "processed_at"], name="bounce_of_subscriber"
                    ),
                ),
                migrations.AddIndex(
                    model_name="delivery",
                    index=models.Index(
                        condition=models.Q(("state", "claimed")),
                        fields=["lease_expires_at"],
                        name="delivery_leases",
                    ),
                ),
                migrations.AddIndex(
                    model_name="importrow",
                    index=models.Index(
                        fields=["subscriber_import", "outcome", "line"], name="import_row_outcome"
                    ),
                ),
                migrations.AddIndex(
                    model_name="subscriber",
                    index=models.Index(
                        condition=models.Q(("unsubscribed_at__isnull", False)),
                        fields=["unsubscribed_at"],
                        name="subscriber_unsubscribed",
                    ),
                ),
                migrations.AddIndex(
                    model_name="subscription",
                    index=models.Index(
                        fields=["newsletter", "frequency", "topics"],
                        include=("subscriber",),
                        name="subscription_choice",
                    ),
                ),
                migrations.AddIndex(
                    model_name="testmail",
                    index=models.Index(fields=["issue", "content_hash"], name="testmail_of_issue"),
                ),
                migrations.AddConstraint(
                    model_name="consentednewsletter",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("frequency__in", ["issues", "weekly", "daily", "each"])
                        ),
                        name="consented_newsletter_has_frequency",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="delivery",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "claimed"), _negated=True),
                            models.Q(("lease__isnull", False), ("lease_expires_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="delivery_claimed_has_lease",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="delivery",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "state__in",
                                    [
                                        "refused",
                                        "uncertain",
                                        "deferred",
                                        "bounced",
                                        "complained",
                                        "suppressed",
                                    ],
                                ),
                                _negated=True,
                            ),
                            models.Q(("details", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="delivery_problem_has_details",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="digest",
                    constraint=models.UniqueConstraint(
                        fields=("newsletter", "frequency", "period"), name="digest_of_period_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="digestrule",
                    constraint=models.UniqueConstraint(
                        fields=("newsletter", "frequency"),
                        name="digest_rule_once",
                        violation_error_message="This newsletter already has a rule for this frequency.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="digestrule",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("frequency__in", ["weekly", "daily", "each"])),
                        name="digest_rule_frequency",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="externalcheck",
                    constraint=models.UniqueConstraint(
                        fields=("kind", "target"), name="external_check_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="externalcheck",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("passed", True),
                            models.Q(("message", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="external_check_failed_has_message",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="issue",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "scheduled"), _negated=True),
                            ("send_at__isnull", False),
                            _connector="OR",
                        ),
                        name="issue_scheduled_has_time",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="issue",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "stopped"), _negated=True),
                            ("cancelled_at__isnull", False),
                            _connector="OR",
                        ),
                        name="issue_cancelled_has_time",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="issue",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("greeting__contains", "{name}"), _negated=True),
                            models.Q(("fallback_greeting", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="issue_has_fallback_greeting",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="mailboxstatus",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("read_at__isnull", False),
                            models.Q(("error", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="mailbox_read_or_why_not",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="newsletter",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("frequencies__contained_by", ["issues", "weekly", "daily", "each"]),
                            ("frequencies__len__gt", 0),
                        ),
                        name="newsletter_has_a_frequency",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="subscriber",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "left"), _negated=True),
                            ("unsubscribed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="subscriber_unsubscribed_has_time",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="subscriber",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "suppressed"), _negated=True),
                            models.Q(
                                ("suppressed_at__isnull", False),
                                models.Q(("suppression_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="subscriber_suppressed_has_reason",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="subscription",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("frequency__in", ["issues", "weekly", "daily", "each"])
                        ),
                        name="subscription_has_frequency",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="subscription",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("topics__isnull", True),
                            models.Q(("frequency", "issues"), _negated=True),
                            _connector="OR",
                        ),
                        name="subscription_topics_are_composed",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="suppression",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("removed_at__isnull", True)),
                        fields=("email_hash",),
                        name="suppression_once",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="suppression",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("email_hash", ""), _negated=True),
                            models.Q(("details", ""), _negated=True),
                        ),
                        name="suppression_has_reason",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="suppression",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("removed_at__isnull", True),
                            models.Q(("removal_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="suppression_released_has_reason",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="waiver",
                    constraint=models.UniqueConstraint(
                        fields=("issue", "finding_key"), name="waiver_once"
                    ),
                ),
                migrations.AlterModelOptions(
                    name="bounce",
                    options={"ordering": ["-processed_at", "-pk"]},
                ),
                migrations.AlterModelOptions(
                    name="digestrule",
                    options={
                        "ordering": ["newsletter", "frequency"],
                        "verbose_name": "digest rule",
                        "verbose_name_plural": "digest rules",
                    },
                ),
                migrations.AlterModelOptions(
                    name="externalcheck",
                    options={"ordering": ["kind", "target"]},
                ),
                migrations.AlterModelOptions(
                    name="issue",
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "permissions": [("send_issue", "Can send issues")],
                    },
                ),
                migrations.AlterModelOptions(
                    name="issuelink",
                    options={"ordering": ["-clicks", "number"]},
                ),
                migrations.AlterModelOptions(
                    name="subscriberexport",
                    options={"ordering": ["-created_at", "-pk"], "verbose_name": "export"},
                ),
                migrations.AlterModelOptions(
                    name="subscriberimport",
                    options={"ordering": ["-created_at", "-pk"], "verbose_name": "import"},
                ),
                migrations.AlterModelOptions(
                    name="suppression",
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "permissions": [
                            ("remove_suppression", "Can remove addresses from the suppression list")
                        ],
                    },
                ),
                migrations.AlterModelOptions(
                    name="waiver",
                    options={"ordering": ["created_at", "pk"]},
                ),
                migrations.RenameIndex(
                    model_name="delivery",
                    new_name="delivery_being_sent",
                    old_name="delivery_in_hand",
                ),
                migrations.AlterField(
                    model_name="consentednewsletter",
                    name="consent",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chosen_newsletters",
                        to="newsletter.consent",
                    ),
                ),
                migrations.AlterField(
                    model_name="importrow",
                    name="subscriber_import",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="newsletter.subscriberimport",
                    ),
                ),
                migrations.AlterField(
                    model_name="uncertainresolution",
                    name="delivery",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="resolutions",
                        to="newsletter.delivery",
                    ),
                ),
            ],
        ),
    ]
