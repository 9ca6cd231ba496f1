"""Labels and help texts in plain, current English."""

import datetime

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import iria.core.text.validators
import newsletter.models.newsletter


class WithoutRendering(migrations.SeparateDatabaseAndState):
    """Changes the state without rendering the models again after each of its many operations."""

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0050_triggers_and_first_rows"),
        ("newsletter", "0001_squashed_0021_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        WithoutRendering(
            state_operations=[
                migrations.AlterModelOptions(
                    name="delivery",
                    options={
                        "ordering": ["pk"],
                        "permissions": [
                            (
                                "read_all_mail",
                                "Can read all e-mails in the folder, including sign-in codes",
                            )
                        ],
                        "verbose_name_plural": "deliveries",
                    },
                ),
                migrations.AlterModelOptions(
                    name="digestrule",
                    options={
                        "ordering": ["newsletter", "rhythm"],
                        "verbose_name": "digest rule",
                        "verbose_name_plural": "digest rules",
                    },
                ),
                migrations.AlterModelOptions(
                    name="issue",
                    options={
                        "ordering": ["-made_at", "-pk"],
                        "permissions": [("send_issue", "Can send issues")],
                    },
                ),
                migrations.AlterModelOptions(
                    name="subscriber",
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "permissions": [("export_subscriber", "Can export subscribers")],
                    },
                ),
                migrations.AlterModelOptions(
                    name="suppression",
                    options={
                        "ordering": ["-since", "-pk"],
                        "permissions": [
                            (
                                "release_suppression",
                                "Can remove addresses from the suppression list",
                            )
                        ],
                    },
                ),
                migrations.AlterField(
                    model_name="attempt",
                    name="began_at",
                    field=models.DateTimeField(help_text="When sending started."),
                ),
                migrations.AlterField(
                    model_name="attempt",
                    name="outcome",
                    field=models.CharField(
                        choices=[
                            ("sent", "Accepted"),
                            ("refused", "Rejected"),
                            ("deferred", "Deferred"),
                            ("unreachable", "Server unreachable"),
                            ("uncertain", "Unknown status"),
                        ],
                        max_length=11,
                    ),
                ),
                migrations.AlterField(
                    model_name="attempt",
                    name="words",
                    field=models.CharField(blank=True, help_text="SMTP response.", max_length=500),
                ),
                migrations.AlterField(
                    model_name="bounce",
                    name="domain",
                    field=models.CharField(
                        blank=True,
                        help_text="The domain that did not accept the e-mail.",
                        max_length=255,
                    ),
                ),
                migrations.AlterField(
                    model_name="bounce",
                    name="kind",
                    field=models.CharField(
                        choices=[
                            ("hard", "Hard bounce"),
                            ("soft", "Soft bounce"),
                            ("complaint", "Complaint"),
                        ],
                        max_length=9,
                    ),
                ),
                migrations.AlterField(
                    model_name="bounce",
                    name="matched_by",
                    field=models.CharField(
                        choices=[
                            ("verp", "Return path"),
                            ("message", "Returned message"),
                            ("address", "E-mail address"),
                            ("answer", "SMTP response"),
                            ("nothing", "No match"),
                        ],
                        max_length=8,
                        verbose_name="matched by",
                    ),
                ),
                migrations.AlterField(
                    model_name="bounce",
                    name="message_key",
                    field=models.CharField(
                        editable=False,
                        help_text="Identifies the message, so that none is counted twice.",
                        max_length=64,
                    ),
                ),
                migrations.AlterField(
                    model_name="bounce",
                    name="status",
                    field=models.CharField(
                        blank=True,
                        help_text="Enhanced status code, such as 5.1.1.",
                        max_length=12,
                        verbose_name="status code",
                    ),
                ),
                migrations.AlterField(
                    model_name="bounce",
                    name="words",
                    field=models.CharField(
                        blank=True, help_text="The response of the mail server.", max_length=500
                    ),
                ),
                migrations.AlterField(
                    model_name="consent",
                    name="answer",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("confirm", "Confirmation link sent"),
                            ("known", "Notified that they are already subscribed"),
                            ("none", "Nothing sent"),
                        ],
                        max_length=8,
                    ),
                ),
                migrations.AlterField(
                    model_name="consent",
                    name="where",
                    field=models.CharField(
                        help_text="The page where the address was entered.", max_length=300
                    ),
                ),
                migrations.AlterField(
                    model_name="consent",
                    name="wording",
                    field=models.TextField(help_text="The consent text that was confirmed."),
                ),
                migrations.AlterField(
                    model_name="consentednewsletter",
                    name="addresses",
                    field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=500),
                        blank=True,
                        db_default=[],
                        default=list,
                        help_text="URLs of the topics when they were chosen, in the same order.",
                    ),
                ),
                migrations.AlterField(
                    model_name="consentednewsletter",
                    name="rhythm",
                    field=models.CharField(
                        choices=[
                            ("issues", "Regular issues"),
                            ("weekly", "Weekly"),
                            ("daily", "Daily"),
                            ("each", "Every new article"),
                        ],
                        db_default="issues",
                        default="issues",
                        max_length=6,
                    ),
                ),
                migrations.AlterField(
                    model_name="consentednewsletter",
                    name="topics",
                    field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        blank=True,
                        help_text="Null means everything.",
                        null=True,
                    ),
                ),
                migrations.AlterField(
                    model_name="decision",
                    name="choice",
                    field=models.CharField(
                        choices=[("again", "Resend"), ("leave", "Do not resend")], max_length=5
                    ),
                ),
                migrations.AlterField(
                    model_name="delivery",
                    name="due_at",
                    field=models.DateTimeField(help_text="Not sent before this time."),
                ),
                migrations.AlterField(
                    model_name="delivery",
                    name="lease",
                    field=models.UUIDField(
                        blank=True, help_text="The worker connection that claimed it.", null=True
                    ),
                ),
                migrations.AlterField(
                    model_name="delivery",
                    name="lease_until",
                    field=models.DateTimeField(
                        blank=True, help_text="When the claim expires.", null=True
                    ),
                ),
                migrations.AlterField(
                    model_name="delivery",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("claimed", "Claimed"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("uncertain", "Unknown status"),
                            ("deferred", "Deferred"),
                            ("refused", "Rejected"),
                            ("bounced", "Bounced"),
                            ("complained", "Complaint"),
                            ("suppressed", "Suppressed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                migrations.AlterField(
                    model_name="delivery",
                    name="subscriber",
                    field=models.ForeignKey(
                        blank=True,
                        help_text="Empty once the subscriber's data was erased.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="deliveries",
                        to="newsletter.subscriber",
                    ),
                ),
                migrations.AlterField(
                    model_name="delivery",
                    name="wave",
                    field=models.PositiveSmallIntegerField(
                        default=1, help_text="0 for the first batch, 1 for everyone else."
                    ),
                ),
                migrations.AlterField(
                    model_name="delivery",
                    name="words",
                    field=models.CharField(
                        blank=True,
                        help_text="SMTP response, or why it was not sent.",
                        max_length=500,
                    ),
                ),
                migrations.AlterField(
                    model_name="digest",
                    name="being_approved",
                    field=models.BooleanField(
                        default=False,
                        editable=False,
                        help_text="Approved, but not all of its issues have been checked.",
                    ),
                ),
                migrations.AlterField(
                    model_name="digest",
                    name="composed_for",
                    field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        default=list,
                        editable=False,
                        help_text="The choices for which an issue was composed or nothing was found.",
                    ),
                ),
                migrations.AlterField(
                    model_name="digest",
                    name="held",
                    field=models.BooleanField(verbose_name="needs approval"),
                ),
                migrations.AlterField(
                    model_name="digest",
                    name="period",
                    field=models.CharField(
                        help_text="The day it ends, or the article it contains.", max_length=40
                    ),
                ),
                migrations.AlterField(
                    model_name="digest",
                    name="rhythm",
                    field=models.CharField(
                        choices=[
                            ("weekly", "Weekly"),
                            ("daily", "Daily"),
                            ("each", "Every new article"),
                        ],
                        max_length=6,
                    ),
                ),
                migrations.AlterField(
                    model_name="digestrule",
                    name="at",
                    field=models.TimeField(
                        default=datetime.time(7, 0),
                        help_text="In the publication's time zone. “Every new article” is sent a few minutes after publication.",
                        verbose_name="time of day",
                    ),
                ),
                migrations.AlterField(
                    model_name="digestrule",
                    name="day",
                    field=models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        default=0,
                        help_text="For weekly digests.",
                        verbose_name="day of the week",
                    ),
                ),
                migrations.AlterField(
                    model_name="digestrule",
                    name="held",
                    field=models.BooleanField(
                        default=True,
                        help_text="An editor approves each digest before it is sent.",
                        verbose_name="needs approval",
                    ),
                ),
                migrations.AlterField(
                    model_name="digestrule",
                    name="introduction",
                    field=models.TextField(
                        blank=True,
                        help_text="Shown above the articles. Most digests need none.",
                        max_length=2000,
                        validators=[iria.core.text.validators.validate_storable],
                    ),
                ),
                migrations.AlterField(
                    model_name="digestrule",
                    name="on",
                    field=models.BooleanField(
                        default=True,
                        help_text="If disabled, no new digests are composed.",
                        verbose_name="enabled",
                    ),
                ),
                migrations.AlterField(
                    model_name="digestrule",
                    name="rhythm",
                    field=models.CharField(
                        choices=[
                            ("weekly", "Weekly"),
                            ("daily", "Daily"),
                            ("each", "Every new article"),
                        ],
                        max_length=6,
                    ),
                ),
                migrations.AlterField(
                    model_name="digestrule",
                    name="since",
                    field=models.DateTimeField(
                        default=django.utils.timezone.now,
                        editable=False,
                        help_text="When it was last enabled.",
                    ),
                ),
                migrations.AlterField(
                    model_name="digestrule",
                    name="subject",
                    field=models.CharField(
                        default="{headline}",
                        help_text="{headline} is the headline of the first article, {newsletter} the name, {day} the date.",
                        max_length=150,
                        validators=[iria.core.text.validators.validate_storable],
                    ),
                ),
                migrations.AlterField(
                    model_name="digestrule",
                    name="timed_since",
                    field=models.DateTimeField(
                        default=django.utils.timezone.now,
                        editable=False,
                        help_text="When its day or time last changed. Earlier periods are not composed.",
                    ),
                ),
                migrations.AlterField(
                    model_name="importedline",
                    name="fate",
                    field=models.CharField(
                        choices=[
                            ("broken", "Invalid"),
                            ("duplicate", "Duplicate"),
                            ("left", "Unsubscribed"),
                            ("suppressed", "Suppressed"),
                            ("remark", "Imported with a warning"),
                        ],
                        max_length=10,
                    ),
                ),
                migrations.AlterField(
                    model_name="importedline",
                    name="line",
                    field=models.PositiveIntegerField(help_text="Counted from 1."),
                ),
                migrations.AlterField(
                    model_name="importedline",
                    name="typed",
                    field=models.CharField(
                        blank=True, help_text="Beginning of the original value.", max_length=100
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="accepted",
                    field=models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Problem that an editor has acknowledged.",
                        max_length=500,
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="closing",
                    field=models.TextField(
                        blank=True,
                        help_text="Text after the articles.",
                        validators=[
                            iria.core.text.validators.validate_storable,
                            django.core.validators.MaxLengthValidator(20000),
                        ],
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="composed_by_rule",
                    field=models.BooleanField(
                        default=False,
                        editable=False,
                        help_text="Composed automatically and not edited since.",
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="digest",
                    field=models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="The digest it belongs to. Empty for regular issues.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issues",
                        to="newsletter.digest",
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="goes_at",
                    field=models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="When it is sent automatically.",
                        null=True,
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="greeting",
                    field=models.CharField(
                        blank=True,
                        help_text="For example “Dear {name},”. If empty, there is no greeting.",
                        max_length=100,
                        validators=[iria.core.text.validators.validate_storable],
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="greeting_unnamed",
                    field=models.CharField(
                        blank=True,
                        help_text="For readers whose name is unknown, for example “Dear reader,”.",
                        max_length=100,
                        validators=[iria.core.text.validators.validate_storable],
                        verbose_name="fallback greeting",
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="guarded",
                    field=models.BooleanField(
                        default=True,
                        editable=False,
                        help_text="Pauses automatically when too many e-mails fail.",
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="held",
                    field=models.BooleanField(
                        default=False,
                        editable=False,
                        help_text="An editor has to send it, whatever its rule says.",
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="introduction",
                    field=models.TextField(
                        blank=True,
                        help_text="Text before the articles.",
                        validators=[
                            iria.core.text.validators.validate_storable,
                            django.core.validators.MaxLengthValidator(20000),
                        ],
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="language",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("en", "English"),
                            ("fr", "French"),
                            ("de", "German"),
                            ("es", "Spanish"),
                            ("pt", "Portuguese"),
                            ("it", "Italian"),
                            ("nl", "Dutch"),
                            ("pl", "Polish"),
                            ("ru", "Russian"),
                            ("uk", "Ukrainian"),
                            ("tr", "Turkish"),
                            ("ar", "Arabic"),
                            ("fa", "Persian"),
                            ("he", "Hebrew"),
                            ("ur", "Urdu"),
                            ("hi", "Hindi"),
                            ("zh", "Chinese"),
                            ("ja", "Japanese"),
                            ("ko", "Korean"),
                            ("id", "Indonesian"),
                        ],
                        editable=False,
                        help_text="Language of its recipients. Empty for the newsletter's own.",
                        max_length=8,
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="picture",
                    field=models.ForeignKey(
                        blank=True,
                        help_text="Shown at the top. If empty, the image of the first article is shown large.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="articles.image",
                        verbose_name="lead image",
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="picture_caption",
                    field=models.TextField(
                        blank=True,
                        help_text="Caption of the lead image in this issue. The credit is stored with the image.",
                        max_length=2000,
                        validators=[iria.core.text.validators.validate_storable],
                        verbose_name="caption",
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="preheader",
                    field=models.CharField(
                        blank=True,
                        help_text="Shown after the subject in most e-mail programs, about 90 characters.",
                        max_length=200,
                        validators=[iria.core.text.validators.validate_storable],
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="slug",
                    field=models.SlugField(
                        allow_unicode=True,
                        blank=True,
                        help_text="Last part of the URL in the archive. If empty, it is made from the subject.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("scheduled", "Scheduled"),
                            ("sending", "Sending"),
                            ("paused", "Paused"),
                            ("sent", "Sent"),
                            ("stopped", "Cancelled"),
                        ],
                        db_index=True,
                        default="draft",
                        editable=False,
                        max_length=9,
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="subject",
                    field=models.CharField(
                        blank=True,
                        help_text="The first words decide whether an e-mail is opened. Phones show about 40 characters.",
                        max_length=150,
                        validators=[iria.core.text.validators.validate_storable],
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="topics",
                    field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        blank=True,
                        default=list,
                        editable=False,
                        help_text="Topics its recipients chose. Empty for those who chose none.",
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="trouble",
                    field=models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Current sending error.",
                        max_length=500,
                    ),
                ),
                migrations.AlterField(
                    model_name="issue",
                    name="wave",
                    field=models.PositiveSmallIntegerField(
                        default=1, editable=False, help_text="0 while only the first batch is sent."
                    ),
                ),
                migrations.AlterField(
                    model_name="issueitem",
                    name="heading",
                    field=models.CharField(
                        blank=True,
                        help_text="Starts a section above this article. If empty, it continues the section before.",
                        max_length=80,
                        validators=[iria.core.text.validators.validate_storable],
                    ),
                ),
                migrations.AlterField(
                    model_name="issueitem",
                    name="position",
                    field=models.PositiveSmallIntegerField(
                        default=0,
                        help_text="The first article is shown at the top, with its image large.",
                    ),
                ),
                migrations.AlterField(
                    model_name="look",
                    name="kind",
                    field=models.CharField(
                        choices=[("link", "External link"), ("name", "DNS record")], max_length=4
                    ),
                ),
                migrations.AlterField(
                    model_name="mailboxreading",
                    name="messages",
                    field=models.PositiveIntegerField(
                        default=0, help_text="Messages read in total."
                    ),
                ),
                migrations.AlterField(
                    model_name="mailboxreading",
                    name="read_at",
                    field=models.DateTimeField(
                        blank=True, help_text="When it was last read successfully.", null=True
                    ),
                ),
                migrations.AlterField(
                    model_name="newsletter",
                    name="canary_minutes",
                    field=models.PositiveSmallIntegerField(
                        default=10,
                        help_text="How long to wait for bounces before sending to everyone else.",
                        validators=[django.core.validators.MaxValueValidator(1440)],
                        verbose_name="wait after the first batch (minutes)",
                    ),
                ),
                migrations.AlterField(
                    model_name="newsletter",
                    name="canary_percent",
                    field=models.PositiveSmallIntegerField(
                        default=5,
                        help_text="Percentage of recipients who receive each issue first: at least 50 people, and not used below 200 recipients. 0 sends to everyone at once.",
                        validators=[django.core.validators.MaxValueValidator(50)],
                        verbose_name="first batch (%)",
                    ),
                ),
                migrations.AlterField(
                    model_name="newsletter",
                    name="counts_links",
                    field=models.BooleanField(
                        default=False,
                        help_text="Counts clicks per link, never per reader. Links then lead through this site. Opens are not tracked.",
                        verbose_name="track clicks",
                    ),
                ),
                migrations.AlterField(
                    model_name="newsletter",
                    name="description",
                    field=models.CharField(
                        blank=True,
                        help_text="One sentence on what it contains and how often it is sent. Shown where readers subscribe.",
                        max_length=300,
                        validators=[iria.core.text.validators.validate_storable],
                    ),
                ),
                migrations.AlterField(
                    model_name="newsletter",
                    name="from_email",
                    field=models.EmailField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="If empty, the site's default sender address. Its domain needs SPF, DKIM and DMARC records (docs/running-mail.md).",
                        max_length=254,
                        validators=[newsletter.models.newsletter.validate_ascii],
                        verbose_name="sender e-mail address",
                    ),
                ),
                migrations.AlterField(
                    model_name="newsletter",
                    name="from_name",
                    field=models.CharField(
                        blank=True,
                        help_text="If empty, the publication's name.",
                        max_length=80,
                        validators=[iria.core.text.validators.validate_storable],
                        verbose_name="sender name",
                    ),
                ),
                migrations.AlterField(
                    model_name="newsletter",
                    name="name",
                    field=models.CharField(
                        help_text="Shown to readers after the publication's name, for example “News” or “Weekly analysis”.",
                        max_length=80,
                        validators=[
                            iria.core.text.validators.validate_storable,
                            iria.core.text.validators.validate_not_blank,
                        ],
                    ),
                ),
                migrations.AlterField(
                    model_name="newsletter",
                    name="offered",
                    field=models.BooleanField(
                        default=True, help_text="Readers can choose it when they subscribe."
                    ),
                ),
                migrations.AlterField(
                    model_name="newsletter",
                    name="pause_at_percent",
                    field=models.PositiveSmallIntegerField(
                        default=5,
                        help_text="Sending pauses automatically when more than this percentage is rejected, bounces or is reported.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="pause at (%)",
                    ),
                ),
                migrations.AlterField(
                    model_name="newsletter",
                    name="position",
                    field=models.PositiveSmallIntegerField(
                        default=0,
                        help_text="The sign-up form in the page footer subscribes to the first newsletter.",
                    ),
                ),
                migrations.AlterField(
                    model_name="newsletter",
                    name="reply_to",
                    field=models.EmailField(
                        blank=True,
                        help_text="Where replies are sent. If empty, the publication's contact address.",
                        max_length=254,
                        validators=[newsletter.models.newsletter.validate_ascii],
                        verbose_name="reply-to",
                    ),
                ),
                migrations.AlterField(
                    model_name="newsletter",
                    name="rhythms",
                    field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("issues", "Regular issues"),
                                ("weekly", "Weekly"),
                                ("daily", "Daily"),
                                ("each", "Every new article"),
                            ],
                            max_length=6,
                        ),
                        default=newsletter.models.newsletter.default_frequencies,
                        help_text="How often readers can receive it. Subscribers keep a frequency that is no longer offered.",
                    ),
                ),
                migrations.AlterField(
                    model_name="newsletter",
                    name="slug",
                    field=models.SlugField(
                        help_text="Identifies the list to e-mail programs. Avoid changing it.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                migrations.AlterField(
                    model_name="newsletter",
                    name="topics",
                    field=models.ManyToManyField(
                        blank=True,
                        help_text="Categories readers can choose from, each with its subcategories. Readers who choose none receive everything.",
                        related_name="+",
                        to="articles.category",
                    ),
                ),
                migrations.AlterField(
                    model_name="pace",
                    name="free_at",
                    field=models.DateTimeField(help_text="No e-mail before this time."),
                ),
                migrations.AlterField(
                    model_name="pace",
                    name="spread_at",
                    field=models.DateTimeField(
                        help_text="Until when waiting e-mails are spread out."
                    ),
                ),
                migrations.AlterField(
                    model_name="runevent",
                    name="deed",
                    field=models.CharField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("taken_back", "Unscheduled"),
                            ("started", "Started"),
                            ("paused", "Paused"),
                            ("went_on", "Resumed"),
                            ("widened", "First batch accepted"),
                            ("stopped", "Cancelled"),
                            ("finished", "Finished"),
                        ],
                        max_length=10,
                    ),
                ),
                migrations.AlterField(
                    model_name="runevent",
                    name="made_by",
                    field=models.ForeignKey(
                        blank=True,
                        help_text="Empty if it happened automatically.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="sendinglimit",
                    name="domain",
                    field=models.CharField(
                        blank=True,
                        help_text="The part after the @, such as example.org. Use * for all domains not listed here, or leave empty for all e-mails together.",
                        max_length=253,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(\\*|[^\\s@*]+)$",
                                "Enter a domain such as example.org, or * for all other domains.",
                            )
                        ],
                    ),
                ),
                migrations.AlterField(
                    model_name="sendinglimit",
                    name="per_second",
                    field=models.DecimalField(
                        decimal_places=2,
                        help_text="0.5 means one e-mail every two seconds.",
                        max_digits=7,
                        validators=[django.core.validators.MinValueValidator(0.01)],
                    ),
                ),
                migrations.AlterField(
                    model_name="subscriber",
                    name="language",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("en", "English"),
                            ("fr", "French"),
                            ("de", "German"),
                            ("es", "Spanish"),
                            ("pt", "Portuguese"),
                            ("it", "Italian"),
                            ("nl", "Dutch"),
                            ("pl", "Polish"),
                            ("ru", "Russian"),
                            ("uk", "Ukrainian"),
                            ("tr", "Turkish"),
                            ("ar", "Arabic"),
                            ("fa", "Persian"),
                            ("he", "Hebrew"),
                            ("ur", "Urdu"),
                            ("hi", "Hindi"),
                            ("zh", "Chinese"),
                            ("ja", "Japanese"),
                            ("ko", "Korean"),
                            ("id", "Indonesian"),
                        ],
                        db_default="",
                        default="",
                        help_text="Language of their e-mails. Empty for each newsletter's own.",
                        max_length=8,
                    ),
                ),
                migrations.AlterField(
                    model_name="subscriber",
                    name="left_at",
                    field=models.DateTimeField(
                        blank=True, help_text="When they last unsubscribed.", null=True
                    ),
                ),
                migrations.AlterField(
                    model_name="subscriber",
                    name="name",
                    field=models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Used in greetings.",
                        max_length=80,
                        validators=[iria.core.text.validators.validate_storable],
                    ),
                ),
                migrations.AlterField(
                    model_name="subscriber",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("pending", "Unconfirmed"),
                            ("active", "Subscribed"),
                            ("left", "Unsubscribed"),
                            ("suppressed", "Suppressed"),
                        ],
                        db_index=True,
                        default="pending",
                        max_length=10,
                    ),
                ),
                migrations.AlterField(
                    model_name="subscriberexport",
                    name="chosen",
                    field=models.CharField(
                        blank=True, help_text="Filters of the exported list.", max_length=300
                    ),
                ),
                migrations.AlterField(
                    model_name="subscriberimport",
                    name="columns",
                    field=models.JSONField(default=dict, help_text="Column mapping."),
                ),
                migrations.AlterField(
                    model_name="subscriberimport",
                    name="consent",
                    field=models.CharField(
                        help_text="When, where and to what they agreed, for example “Signed up at the spring conference, 12 May 2026, on paper, to receive our news”. Stored with each subscriber.",
                        max_length=500,
                        validators=[
                            iria.core.text.validators.validate_storable,
                            iria.core.text.validators.validate_not_blank,
                        ],
                        verbose_name="proof of consent",
                    ),
                ),
                migrations.AlterField(
                    model_name="subscriberimport",
                    name="newsletters",
                    field=models.ManyToManyField(
                        help_text="Newsletters to subscribe these people to.",
                        related_name="+",
                        to="newsletter.newsletter",
                    ),
                ),
                migrations.AlterField(
                    model_name="subscriberimport",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("new", "Uploaded"),
                            ("looking", "Checking"),
                            ("looked", "Checked, not imported"),
                            ("taking_in", "Importing"),
                            ("done", "Imported"),
                        ],
                        default="new",
                        editable=False,
                        max_length=9,
                    ),
                ),
                migrations.AlterField(
                    model_name="subscription",
                    name="rhythm",
                    field=models.CharField(
                        choices=[
                            ("issues", "Regular issues"),
                            ("weekly", "Weekly"),
                            ("daily", "Daily"),
                            ("each", "Every new article"),
                        ],
                        db_default="issues",
                        default="issues",
                        max_length=6,
                    ),
                ),
                migrations.AlterField(
                    model_name="subscription",
                    name="topics",
                    field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        blank=True,
                        help_text="IDs of the chosen categories. Null means everything; an empty list means nothing.",
                        null=True,
                    ),
                ),
                migrations.AlterField(
                    model_name="suppression",
                    name="by",
                    field=models.ForeignKey(
                        blank=True,
                        help_text="Empty if a bounce or complaint was the reason.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="suppression",
                    name="reason",
                    field=models.CharField(
                        choices=[
                            ("hard", "Hard bounce"),
                            ("soft", "Repeated soft bounces"),
                            ("complaint", "Complaint"),
                            ("by_hand", "Added manually"),
                            ("left", "Unsubscribed before erasure"),
                        ],
                        max_length=9,
                    ),
                ),
                migrations.AlterField(
                    model_name="suppression",
                    name="subscriber",
                    field=models.ForeignKey(
                        blank=True,
                        help_text="Empty once the subscriber's data was erased. The address stays suppressed.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="suppressions",
                        to="newsletter.subscriber",
                    ),
                ),
                migrations.AlterField(
                    model_name="waiver",
                    name="about",
                    field=models.CharField(help_text="Key of the finding.", max_length=2100),
                ),
                migrations.AlterField(
                    model_name="waiver",
                    name="words",
                    field=models.CharField(
                        help_text="The finding as shown to the editor.", max_length=2500
                    ),
                ),
                migrations.AlterConstraint(
                    model_name="digestrule",
                    name="digest_rule_once",
                    constraint=models.UniqueConstraint(
                        fields=("newsletter", "rhythm"),
                        name="digest_rule_once",
                        violation_error_message="This newsletter already has a rule for this frequency.",
                    ),
                ),
                migrations.AlterConstraint(
                    model_name="issueitem",
                    name="issue_article_once",
                    constraint=models.UniqueConstraint(
                        fields=("issue", "article"),
                        name="issue_article_once",
                        violation_error_message="This article is already in the issue.",
                    ),
                ),
                migrations.AlterConstraint(
                    model_name="sendinglimit",
                    name="limit_domain_once",
                    constraint=models.UniqueConstraint(
                        django.db.models.functions.text.Lower("domain"),
                        name="limit_domain_once",
                        violation_error_message="This domain already has a limit.",
                    ),
                ),
            ]
        )
    ]
