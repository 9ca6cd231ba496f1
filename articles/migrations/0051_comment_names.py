"""Plain names and labels for comments; indexes and constraints follow their columns by themselves."""

import datetime
from pathlib import Path

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import iria.core.text.validators

SQL = Path(__file__).with_name("sql")


class RenameTable(migrations.RenameModel):
    """Renames model and table. Django would also recreate all foreign keys to it, which scans their tables."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        renamed = to_state.apps.get_model(app_label, self.new_name)
        former = from_state.apps.get_model(app_label, self.old_name)
        schema_editor.alter_db_table(renamed, former._meta.db_table, renamed._meta.db_table)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0050_triggers_and_first_rows"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex("commentplace", "comment_place_discussed"),
                migrations.RemoveIndex("commentplace", "comment_place_hosted"),
                migrations.RemoveIndex("commentplace", "comment_place_first_hosted"),
                migrations.RemoveConstraint("commentplace", "comment_place_level"),
                migrations.RemoveIndex("appeal", "appeal_waiting"),
                migrations.RemoveConstraint("sealedaddress", "sealed_address_at_most_30_days"),
                migrations.RemoveConstraint("ban", "ban_earlier_known"),
                migrations.RemoveIndex("flag", "flag_reporter"),
                migrations.RemoveIndex("flag", "flag_today"),
                migrations.RemoveConstraint("flag", "flag_once_a_sender"),
                migrations.RemoveConstraint("akismetopinion", "akismet_told_known"),
                migrations.RemoveConstraint("follower", "follower_stopped_has_reason"),
                migrations.RemoveIndex("follow", "follow_living"),
                migrations.RemoveIndex("follow", "follow_unconfirmed"),
                migrations.RemoveConstraint("follow", "follow_has_its_subject"),
                migrations.RemoveConstraint("follow", "follow_pace_known"),
                migrations.RemoveIndex("notice", "notice_being_sent"),
                migrations.RemoveIndex("notice", "notice_age"),
                migrations.RemoveConstraint("notice", "notice_settled_has_time"),
                migrations.RemoveConstraint("screeningrule", "rule_that_rejects_has_reason"),
                migrations.RemoveConstraint("screeningrule", "rule_that_reports_back_is_akismet"),
            ],
        ),
        migrations.RenameField("comment", "asked_at", "confirmation_sent_at"),
        migrations.RenameField("comment", "address_confirmed_at", "email_confirmed_at"),
        migrations.RenameField("comment", "findings", "screening_results"),
        migrations.RenameField("moderation", "told", "commenter_notified"),
        migrations.RenameField("moderation", "made_by", "created_by"),
        migrations.RenameField("moderation", "made_at", "created_at"),
        migrations.RenameField("commentplace", "host", "display_parent"),
        migrations.RenameField("commentplace", "answers", "reply_count"),
        migrations.RenameField("commentplace", "below", "descendant_count"),
        migrations.RenameField("threadcount", "tops", "top_level_count"),
        migrations.RenameField("claim", "until", "expires_at"),
        migrations.RenameField("claim", "by", "moderator"),
        migrations.RenameField("listedreason", "words", "message"),
        migrations.RenameField("appeal", "words", "text"),
        migrations.RenameField("appeal", "made_at", "created_at"),
        migrations.RenameField("sealedaddress", "sealed", "ciphertext"),
        migrations.RenameField("sealedaddress", "made_at", "created_at"),
        migrations.RenameField("sealedaddress", "kept_until", "expires_at"),
        migrations.RenameField("ban", "readable", "masked_value"),
        migrations.RenameField("ban", "until", "expires_at"),
        migrations.RenameField("ban", "why", "reason"),
        migrations.RenameField("ban", "earlier", "existing_comments"),
        migrations.RenameField("ban", "made_by", "created_by"),
        migrations.RenameField("ban", "made_at", "created_at"),
        migrations.RenameField("flag", "words", "text"),
        migrations.RenameField("flag", "made_at", "created_at"),
        migrations.RenameField("flag", "sender", "sender_hash"),
        migrations.RenameField("flag", "reporter", "reporter_hash"),
        migrations.RenameField("flag", "today", "daily_hash"),
        migrations.RenameField("akismetopinion", "holding", "pending_decision"),
        migrations.RenameField("akismetopinion", "told", "correction"),
        migrations.RenameField("follower", "stopped_at", "suppressed_at"),
        migrations.RenameField("follower", "stopped_because", "suppression_reason"),
        migrations.RenameField("follower", "made_at", "created_at"),
        migrations.RenameField("follow", "pace", "frequency"),
        migrations.RenameField("follow", "made_at", "created_at"),
        migrations.RenameField("follow", "asked_at", "confirmation_sent_at"),
        migrations.RenameField("follow", "left_at", "unfollowed_at"),
        migrations.RenameField("follow", "told_on", "last_sent_on"),
        migrations.RenameField("notice", "made_at", "created_at"),
        migrations.RenameField("notice", "settled_at", "state_changed_at"),
        migrations.RenameField("screeningrule", "changed_by", "modified_by"),
        migrations.RenameField("screeningrule", "changed_at", "modified_at"),
        migrations.RenameField("screeningrule", "reason", "message"),
        migrations.RenameField("screeningrule", "reports_back", "reports_corrections"),
        migrations.RenameField("learntmodel", "made_at", "created_at"),
        migrations.RenameField("learntmodel", "wanted", "ham_count"),
        migrations.RenameField("learntmodel", "unwanted", "spam_count"),
        RenameTable("Moderation", "ModerationDecision"),
        migrations.RenameModel("CommentVersion", "CommentRevision"),
        migrations.RenameModel("CommentWords", "CommentSearchVector"),
        migrations.RenameModel("CommentPlace", "CommentPosition"),
        migrations.RenameModel("ListedReason", "RejectionReason"),
        migrations.RenameModel("SealedAddress", "EncryptedIPAddress"),
        migrations.RenameModel("AkismetOpinion", "AkismetResult"),
        migrations.RenameModel("Notice", "CommentNotification"),
        migrations.RenameModel("LearntModel", "SpamModelVersion"),
        migrations.RunSQL(SQL.joinpath("comment_names.sql").read_text(), migrations.RunSQL.noop),
        # Labels, related names and what follows a renamed column: nothing changes in the database.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="commentposition",
                    name="shown",
                    field=models.GeneratedField(
                        db_persist=True,
                        expression=models.Q(
                            ("readable", True),
                            ("reply_count__gt", 0),
                            ("descendant_count__gt", 0),
                            _connector="OR",
                        ),
                        help_text="Whether it is on the page, if only as a placeholder.",
                        output_field=models.BooleanField(),
                    ),
                ),
                migrations.AddIndex(
                    model_name="appeal",
                    index=models.Index(
                        condition=models.Q(("outcome", "")),
                        fields=["created_at"],
                        name="appeal_waiting",
                    ),
                ),
                migrations.AddIndex(
                    model_name="commentnotification",
                    index=models.Index(
                        condition=models.Q(("state", "sending")),
                        fields=["state_changed_at"],
                        name="notice_being_sent",
                    ),
                ),
                migrations.AddIndex(
                    model_name="commentnotification",
                    index=models.Index(fields=["created_at"], name="notice_age"),
                ),
                migrations.AddIndex(
                    model_name="commentposition",
                    index=models.Index(
                        condition=models.Q(("level", 1), ("shown", True)),
                        fields=["article", "-descendant_count", "created_at", "comment"],
                        name="comment_place_discussed",
                    ),
                ),
                migrations.AddIndex(
                    model_name="commentposition",
                    index=models.Index(
                        condition=models.Q(("shown", True)),
                        fields=["display_parent", "created_at", "comment"],
                        name="comment_place_hosted",
                    ),
                ),
                migrations.AddIndex(
                    model_name="commentposition",
                    index=models.Index(
                        condition=models.Q(("shown", True)),
                        fields=["display_parent", "comment"],
                        name="comment_place_first_hosted",
                    ),
                ),
                migrations.AddIndex(
                    model_name="flag",
                    index=models.Index(
                        condition=models.Q(("reporter_hash", ""), _negated=True),
                        fields=["reporter_hash"],
                        name="flag_reporter",
                    ),
                ),
                migrations.AddIndex(
                    model_name="flag",
                    index=models.Index(
                        condition=models.Q(("daily_hash", ""), _negated=True),
                        fields=["daily_hash"],
                        name="flag_today",
                    ),
                ),
                migrations.AddIndex(
                    model_name="follow",
                    index=models.Index(
                        condition=models.Q(
                            ("confirmed_at__isnull", False), ("unfollowed_at__isnull", True)
                        ),
                        fields=["article"],
                        name="follow_living",
                    ),
                ),
                migrations.AddIndex(
                    model_name="follow",
                    index=models.Index(
                        condition=models.Q(("confirmed_at__isnull", True)),
                        fields=["created_at"],
                        name="follow_unconfirmed",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="akismetresult",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("correction__in", ["", "spam", "ham"])),
                        name="akismet_told_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="ban",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("existing_comments__in", ["leave", "held", "reject", "spam"])
                        ),
                        name="ban_earlier_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="commentnotification",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "waiting"), ("state_changed_at__isnull", True)),
                            models.Q(
                                models.Q(("state", "waiting"), _negated=True),
                                ("state_changed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="notice_settled_has_time",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="commentposition",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("display_parent__isnull", True),
                                ("level", 1),
                                ("root", models.F("comment")),
                            ),
                            models.Q(("display_parent__isnull", False), ("level__in", (2, 3))),
                            _connector="OR",
                        ),
                        name="comment_place_level",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="encryptedipaddress",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            (
                                "expires_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("created_at"),
                                    "+",
                                    models.Value(datetime.timedelta(days=30)),
                                ),
                            )
                        ),
                        name="sealed_address_at_most_30_days",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="flag",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("sender_hash", ""), _negated=True), ("outcome", "")
                        ),
                        fields=("comment", "sender_hash"),
                        name="flag_once_a_sender",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="follow",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("article__isnull", False),
                                ("comment__isnull", False),
                                ("kind", "replies"),
                            ),
                            models.Q(
                                ("article__isnull", False),
                                ("comment__isnull", True),
                                ("kind", "thread"),
                            ),
                            models.Q(
                                ("article__isnull", True),
                                ("comment__isnull", True),
                                ("kind", "own"),
                            ),
                            models.Q(
                                ("article__isnull", True),
                                ("comment__isnull", True),
                                ("frequency", "daily"),
                                ("kind", "queue"),
                            ),
                            _connector="OR",
                        ),
                        name="follow_has_its_subject",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="follow",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("frequency__in", ["at_once", "daily"])),
                        name="follow_pace_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="follower",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("suppressed_at__isnull", True),
                            models.Q(("suppression_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="follower_stopped_has_reason",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="screeningrule",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("action", "reject"), _negated=True),
                            models.Q(("message", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="rule_that_rejects_has_reason",
                        violation_error_message="Enter the message to the commenter. Rules that reject need one.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="screeningrule",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("reports_corrections", False), ("phase", "akismet"), _connector="OR"
                        ),
                        name="rule_that_reports_back_is_akismet",
                    ),
                ),
                migrations.AlterModelOptions(
                    name="appeal",
                    options={"ordering": ["created_at", "pk"]},
                ),
                migrations.AlterModelOptions(
                    name="ban",
                    options={"ordering": ["-created_at", "-pk"]},
                ),
                migrations.AlterModelOptions(
                    name="flag",
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "verbose_name": "report",
                        "verbose_name_plural": "reports",
                    },
                ),
                migrations.AlterModelOptions(
                    name="rejectionreason",
                    options={
                        "ordering": ["position", "pk"],
                        "verbose_name": "rejection reason",
                        "verbose_name_plural": "rejection reasons",
                    },
                ),
                migrations.AlterModelOptions(
                    name="spammodelversion",
                    options={
                        "get_latest_by": "created_at",
                        "ordering": ["-created_at", "-pk"],
                        "verbose_name": "spam model",
                    },
                ),
                migrations.AlterField(
                    model_name="akismetresult",
                    name="correction",
                    field=models.CharField(
                        blank=True,
                        choices=[("spam", "Spam"), ("ham", "Not spam")],
                        editable=False,
                        help_text="The correction reported to Akismet.",
                        max_length=4,
                    ),
                ),
                migrations.AlterField(
                    model_name="akismetresult",
                    name="pending_decision",
                    field=models.ForeignKey(
                        editable=False,
                        help_text="The decision that keeps the comment pending only for this answer.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="articles.moderationdecision",
                    ),
                ),
                migrations.AlterField(
                    model_name="akismetresult",
                    name="spam",
                    field=models.BooleanField(
                        editable=False,
                        help_text="Whether Akismet considers the comment spam; empty before the answer.",
                        null=True,
                    ),
                ),
                migrations.AlterField(
                    model_name="appeal",
                    name="decision",
                    field=models.OneToOneField(
                        editable=False,
                        help_text="The decision on it.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="appeal",
                        to="articles.moderationdecision",
                    ),
                ),
                migrations.AlterField(
                    model_name="appeal",
                    name="outcome",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("", "Pending"),
                            ("granted", "Granted"),
                            ("kept", "Rejected"),
                            ("gone", "Deleted by the commenter"),
                        ],
                        default="",
                        max_length=7,
                    ),
                ),
                migrations.AlterField(
                    model_name="article",
                    name="comments_policy",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("", "As everywhere on the site"),
                            ("open", "Post-moderation: screening rules decide"),
                            ("held", "Pre-moderation: a moderator approves every comment"),
                            ("off", "Comments off and hidden"),
                        ],
                        default="",
                        max_length=4,
                    ),
                ),
                migrations.AlterField(
                    model_name="ban",
                    name="ended_by",
                    field=models.ForeignKey(
                        editable=False,
                        help_text="Empty when the ban expired.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="bans_ended",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="ban",
                    name="existing_comments",
                    field=models.CharField(
                        choices=[
                            ("leave", "Keep"),
                            ("held", "Reject pending comments"),
                            ("reject", "Reject all"),
                            ("spam", "Mark all as spam"),
                        ],
                        default="leave",
                        editable=False,
                        max_length=6,
                        verbose_name="earlier comments",
                    ),
                ),
                migrations.AlterField(
                    model_name="ban",
                    name="expires_at",
                    field=models.DateTimeField(
                        blank=True, help_text="Empty: permanent.", null=True
                    ),
                ),
                migrations.AlterField(
                    model_name="ban",
                    name="kind",
                    field=models.CharField(
                        choices=[
                            ("account", "Account"),
                            ("email", "E-mail address"),
                            ("name", "Name"),
                            ("address", "IP address"),
                            ("network", "Network"),
                        ],
                        editable=False,
                        max_length=7,
                    ),
                ),
                migrations.AlterField(
                    model_name="ban",
                    name="label",
                    field=models.CharField(
                        editable=False,
                        help_text="The name on the comment that the ban was made from.",
                        max_length=120,
                        verbose_name="commenter",
                    ),
                ),
                migrations.AlterField(
                    model_name="ban",
                    name="masked_value",
                    field=models.CharField(
                        blank=True,
                        editable=False,
                        help_text="For moderators, partly masked.",
                        max_length=320,
                        verbose_name="what is banned",
                    ),
                ),
                migrations.AlterField(
                    model_name="ban",
                    name="value",
                    field=models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Compared with new comments; emptied when the ban ends.",
                        max_length=320,
                    ),
                ),
                migrations.AlterField(
                    model_name="comment",
                    name="confirmation_sent_at",
                    field=models.DateTimeField(
                        editable=False,
                        help_text="When the confirmation e-mail was sent.",
                        null=True,
                    ),
                ),
                migrations.AlterField(
                    model_name="comment",
                    name="edited_at",
                    field=models.DateTimeField(
                        editable=False,
                        help_text="Moderators can see earlier versions.",
                        null=True,
                        verbose_name="last edited by the commenter",
                    ),
                ),
                migrations.AlterField(
                    model_name="comment",
                    name="email",
                    field=models.EmailField(
                        blank=True,
                        help_text="Of a guest, for notifications. Never shown.",
                        max_length=254,
                        validators=[iria.core.text.validators.validate_storable],
                        verbose_name="e-mail address",
                    ),
                ),
                migrations.AlterField(
                    model_name="comment",
                    name="email_confirmed_at",
                    field=models.DateTimeField(
                        editable=False,
                        help_text="When the guest opened the link in the confirmation e-mail.",
                        null=True,
                    ),
                ),
                migrations.AlterField(
                    model_name="comment",
                    name="featured",
                    field=models.BooleanField(
                        default=False,
                        editable=False,
                        help_text="Chosen by an editor, while it is published.",
                    ),
                ),
                migrations.AlterField(
                    model_name="comment",
                    name="form_id",
                    field=models.UUIDField(
                        editable=False,
                        help_text="Of the form: submitted twice, it stays one comment.",
                        null=True,
                        unique=True,
                    ),
                ),
                migrations.AlterField(
                    model_name="comment",
                    name="name",
                    field=models.CharField(
                        help_text="As it was when the comment was submitted.",
                        max_length=80,
                        validators=[
                            iria.core.text.validators.validate_storable,
                            iria.core.text.validators.validate_not_blank,
                        ],
                    ),
                ),
                migrations.AlterField(
                    model_name="comment",
                    name="screening_results",
                    field=models.JSONField(
                        blank=True,
                        default=list,
                        editable=False,
                        help_text="What each screening rule found: check, action and text.",
                    ),
                ),
                migrations.AlterField(
                    model_name="comment",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("unconfirmed", "Awaiting e-mail confirmation"),
                            ("held", "Pending"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("spam", "Spam"),
                            ("deleted", "Deleted by the commenter"),
                        ],
                        default="held",
                        editable=False,
                        max_length=11,
                    ),
                ),
                migrations.AlterField(
                    model_name="commentnotification",
                    name="due_at",
                    field=models.DateTimeField(help_text="Not sent before this time."),
                ),
                migrations.AlterField(
                    model_name="commentnotification",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("waiting", "Pending"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("dropped", "Not sent: comment not published"),
                            ("uncertain", "Unknown"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                migrations.AlterField(
                    model_name="commentnotification",
                    name="state_changed_at",
                    field=models.DateTimeField(
                        blank=True, help_text="When it was claimed or got its result.", null=True
                    ),
                ),
                migrations.AlterField(
                    model_name="commentposition",
                    name="comment",
                    field=models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="position",
                        serialize=False,
                        to="articles.comment",
                    ),
                ),
                migrations.AlterField(
                    model_name="commentposition",
                    name="descendant_count",
                    field=models.PositiveIntegerField(
                        default=0, help_text="Number of published comments shown below it."
                    ),
                ),
                migrations.AlterField(
                    model_name="commentposition",
                    name="reply_count",
                    field=models.PositiveIntegerField(
                        default=0, help_text="Number of published direct replies."
                    ),
                ),
                migrations.AlterField(
                    model_name="commentrevision",
                    name="replaced_by",
                    field=models.ForeignKey(
                        blank=True,
                        help_text="Empty for guests.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="encryptedipaddress",
                    name="comment",
                    field=models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="encrypted_ip_address",
                        serialize=False,
                        to="articles.comment",
                    ),
                ),
                migrations.AlterField(
                    model_name="flag",
                    name="daily_hash",
                    field=models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Keyed hash that recognises the reports of one sender on one day; emptied every night.",
                        max_length=64,
                    ),
                ),
                migrations.AlterField(
                    model_name="flag",
                    name="decision",
                    field=models.ForeignKey(
                        editable=False,
                        help_text="The decision on it.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="answered_flags",
                        to="articles.moderationdecision",
                    ),
                ),
                migrations.AlterField(
                    model_name="flag",
                    name="email",
                    field=models.EmailField(
                        blank=True,
                        help_text="To notify a guest of the decision. Never shown.",
                        max_length=254,
                        validators=[iria.core.text.validators.validate_storable],
                    ),
                ),
                migrations.AlterField(
                    model_name="flag",
                    name="outcome",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("", "Pending"),
                            ("upheld", "Upheld"),
                            ("dismissed", "Dismissed"),
                            ("gone", "Deleted by the commenter"),
                        ],
                        default="",
                        max_length=9,
                    ),
                ),
                migrations.AlterField(
                    model_name="flag",
                    name="reason",
                    field=models.CharField(
                        choices=[
                            ("advertising", "Advertising"),
                            ("insult", "Insults or threats"),
                            ("hate", "Hate speech"),
                            ("private", "Private information about a person"),
                            ("false", "False information"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                    ),
                ),
                migrations.AlterField(
                    model_name="flag",
                    name="reporter_hash",
                    field=models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Keyed hash that recognises a guest's reports after the e-mail address is deleted.",
                        max_length=64,
                    ),
                ),
                migrations.AlterField(
                    model_name="flag",
                    name="sender_hash",
                    field=models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Keyed hash that recognises a second report of the same comment; emptied the night after the decision.",
                        max_length=64,
                    ),
                ),
                migrations.AlterField(
                    model_name="flag",
                    name="weight",
                    field=models.FloatField(
                        default=1.0,
                        help_text="From 0 to 1: lower if earlier reports of the sender were dismissed.",
                    ),
                ),
                migrations.AlterField(
                    model_name="follow",
                    name="confirmation_sent_at",
                    field=models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="When the last confirmation e-mail was sent.",
                        null=True,
                    ),
                ),
                migrations.AlterField(
                    model_name="follow",
                    name="frequency",
                    field=models.CharField(
                        choices=[("at_once", "Immediately"), ("daily", "Once a day")], max_length=7
                    ),
                ),
                migrations.AlterField(
                    model_name="follow",
                    name="kind",
                    field=models.CharField(
                        choices=[
                            ("replies", "Replies to your comment"),
                            ("thread", "All comments on the article"),
                            ("own", "Comments on your articles"),
                            ("queue", "Pending comments"),
                        ],
                        max_length=7,
                    ),
                ),
                migrations.AlterField(
                    model_name="follow",
                    name="last_sent_on",
                    field=models.DateField(
                        blank=True,
                        editable=False,
                        help_text="The day of the last e-mail about pending comments.",
                        null=True,
                    ),
                ),
                migrations.AlterField(
                    model_name="follower",
                    name="email",
                    field=models.EmailField(
                        blank=True,
                        help_text="Of a guest; users are e-mailed at the address of their account.",
                        max_length=254,
                        validators=[iria.core.text.validators.validate_storable],
                        verbose_name="e-mail address",
                    ),
                ),
                migrations.AlterField(
                    model_name="follower",
                    name="suppressed_at",
                    field=models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="When e-mail to this address bounced.",
                        null=True,
                    ),
                ),
                migrations.AlterField(
                    model_name="moderationdecision",
                    name="ban",
                    field=models.ForeignKey(
                        editable=False,
                        help_text="The ban or suspension that caused this decision.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="decisions",
                        to="articles.ban",
                    ),
                ),
                migrations.AlterField(
                    model_name="moderationdecision",
                    name="commenter_notified",
                    field=models.BooleanField(
                        default=False,
                        help_text="Whether the e-mail to the commenter contains the reason.",
                        verbose_name="commenter notified",
                    ),
                ),
                migrations.AlterField(
                    model_name="moderationdecision",
                    name="created_by",
                    field=models.ForeignKey(
                        blank=True,
                        help_text="Empty for decisions of screening rules and of guests about their own comments.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="moderations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="moderationdecision",
                    name="decision",
                    field=models.CharField(
                        choices=[
                            ("unconfirmed", "Awaiting e-mail confirmation"),
                            ("held", "Pending"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("spam", "Spam"),
                            ("deleted", "Deleted by the commenter"),
                        ],
                        max_length=11,
                    ),
                ),
                migrations.AlterField(
                    model_name="moderationdecision",
                    name="featured",
                    field=models.BooleanField(
                        editable=False,
                        help_text="Whether the comment was featured or no longer is; empty for neither.",
                        null=True,
                    ),
                ),
                migrations.AlterField(
                    model_name="moderationdecision",
                    name="undoes",
                    field=models.OneToOneField(
                        editable=False,
                        help_text="The decision that this one undoes.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="undone_by",
                        to="articles.moderationdecision",
                    ),
                ),
                migrations.AlterField(
                    model_name="rejectionreason",
                    name="message",
                    field=models.CharField(
                        help_text="One or two friendly sentences: what is wrong and what to do instead.",
                        max_length=300,
                        validators=[
                            iria.core.text.validators.validate_storable,
                            iria.core.text.validators.validate_not_blank,
                        ],
                        verbose_name="message to the commenter",
                    ),
                ),
                migrations.AlterField(
                    model_name="rejectionreason",
                    name="position",
                    field=models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Lower numbers come first; the first nine have keyboard shortcuts.",
                    ),
                ),
                migrations.AlterField(
                    model_name="screenedword",
                    name="list",
                    field=models.CharField(
                        choices=[("banned", "Banned"), ("suspect", "Suspicious")],
                        default="suspect",
                        max_length=7,
                    ),
                ),
                migrations.AlterField(
                    model_name="screeningrule",
                    name="action",
                    field=models.CharField(
                        choices=[
                            ("allow", "Note only"),
                            ("hold", "Hold for a moderator"),
                            ("spam", "Mark as spam"),
                            ("reject", "Reject with a reason"),
                        ],
                        default="hold",
                        max_length=6,
                    ),
                ),
                migrations.AlterField(
                    model_name="screeningrule",
                    name="message",
                    field=models.CharField(
                        blank=True,
                        help_text="For rules that reject: one sentence that says what to change.",
                        max_length=300,
                        validators=[iria.core.text.validators.validate_storable],
                        verbose_name="message to the commenter",
                    ),
                ),
                migrations.AlterField(
                    model_name="screeningrule",
                    name="phase",
                    field=models.CharField(
                        choices=[
                            ("writer", "Banned or suspended commenter"),
                            ("likeness", "Name or network of a banned commenter"),
                            ("rate", "Too many comments"),
                            ("trap", "Honeypot field filled in"),
                            ("banned", "Banned word"),
                            ("suspect", "Suspicious word"),
                            ("links", "Links"),
                            ("link_kinds", "Shortened or hidden links"),
                            ("duplicate", "Duplicate comment"),
                            ("shouting", "Capital letters"),
                            ("length", "Length"),
                            ("newcomer", "First comment by this commenter"),
                            ("model", "Classified as spam"),
                            ("akismet", "Spam according to Akismet"),
                            ("reports", "Reported"),
                            ("everyone", "Hold every comment"),
                        ],
                        editable=False,
                        max_length=12,
                        unique=True,
                    ),
                ),
                migrations.AlterField(
                    model_name="screeningrule",
                    name="reports_corrections",
                    field=models.BooleanField(
                        default=False,
                        help_text="Sends comments that moderators decided differently to Akismet again.",
                        verbose_name="report corrections to Akismet",
                    ),
                ),
                migrations.AlterField(
                    model_name="screeningrule",
                    name="threshold",
                    field=models.PositiveIntegerField(
                        default=0, help_text="What is counted depends on the rule."
                    ),
                ),
                migrations.AlterField(
                    model_name="spammodelversion",
                    name="ham_count",
                    field=models.PositiveIntegerField(
                        help_text="Approved comments in the training data."
                    ),
                ),
                migrations.AlterField(
                    model_name="spammodelversion",
                    name="precision",
                    field=models.FloatField(help_text="On comments not used for training."),
                ),
                migrations.AlterField(
                    model_name="spammodelversion",
                    name="recall",
                    field=models.FloatField(help_text="On comments not used for training."),
                ),
                migrations.AlterField(
                    model_name="spammodelversion",
                    name="spam_count",
                    field=models.PositiveIntegerField(help_text="Spam in the training data."),
                ),
                migrations.AlterField(
                    model_name="threadcount",
                    name="top_level_count",
                    field=models.PositiveIntegerField(
                        default=0, help_text="Including placeholders."
                    ),
                ),
            ]
        ),
    ]
