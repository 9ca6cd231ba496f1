"""Newsletters, their subscribers, issues and deliveries; and the first newsletter."""

import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import (
    MaxLengthValidator,
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
)
from django.db import migrations, models
from django.db.models.functions import Lower
from django.utils import timezone

from iria.core.text.languages import language_choices
from iria.core.text.validators import validate_not_blank, validate_storable
from newsletter.models.newsletter import default_frequencies, validate_ascii
from newsletter.models.querysets import new_token
from newsletter.models.subscriber import IsSorted

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
FREQUENCIES = [
    ("issues", "Regular issues"),
    ("weekly", "Weekly"),
    ("daily", "Daily"),
    ("each", "Every new article"),
]
COMPOSED_FREQUENCIES = [("weekly", "Weekly"), ("daily", "Daily"), ("each", "Every new article")]
NAMED = [validate_storable, validate_not_blank]
STORABLE = [validate_storable]

SQL = Path(__file__).with_name("sql")


def create_first_newsletter(apps, schema_editor):
    """The one that the form at the foot of every page subscribes to."""
    apps.get_model("newsletter", "Newsletter").objects.create(
        name="News", slug="news", description="New articles and analyses, chosen by the editors."
    )


def create(model, /, *, Meta=None, **fields):
    """The fields by keyword, as in a model."""
    return migrations.CreateModel(model, [*fields.items()], Meta)


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("newsletter", "0001_squashed_0021_initial"),
        ("newsletter", "0022_plain_labels"),
        ("newsletter", "0023_plain_names"),
        ("newsletter", "0024_permissions_of_renamed_models"),
        ("newsletter", "0025_welcome_email"),
        ("newsletter", "0026_index_of_welcome_emails"),
        ("newsletter", "0027_following"),
        ("newsletter", "0028_internal_links_of_issues"),
        ("newsletter", "0029_delivery_counts"),
    ]
    dependencies = [
        ("articles", "0001_squashed_0081_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunSQL((SQL / "in_order.sql").read_text()),
        create(
            "Newsletter",
            id=ID,
            name=models.CharField(
                help_text="Shown to readers after the publication's name, for example “News” or “Weekly analysis”.",
                max_length=80,
                validators=NAMED,
            ),
            slug=models.SlugField(
                help_text="Identifies the list to e-mail programs. Avoid changing it.",
                max_length=40,
                unique=True,
            ),
            description=models.CharField(
                blank=True,
                help_text="One sentence on what it contains and how often it is sent. Shown where readers subscribe.",
                max_length=300,
                validators=STORABLE,
            ),
            from_name=models.CharField(
                blank=True,
                help_text="If empty, the publication's name.",
                max_length=80,
                validators=STORABLE,
                verbose_name="sender name",
            ),
            reply_to=models.EmailField(
                blank=True,
                help_text="Where replies are sent. If empty, the publication's contact address.",
                max_length=254,
                validators=[validate_ascii],
                verbose_name="reply-to",
            ),
            language=models.CharField(choices=language_choices, default="en", max_length=8),
            offered=models.BooleanField(
                default=True, help_text="Readers can choose it when they subscribe."
            ),
            position=models.PositiveSmallIntegerField(
                default=0,
                help_text="The sign-up form in the page footer subscribes to the first newsletter.",
            ),
            canary_minutes=models.PositiveSmallIntegerField(
                default=10,
                help_text="How long to wait for bounces before sending to everyone else.",
                validators=[MaxValueValidator(1440)],
                verbose_name="wait after the first batch (minutes)",
            ),
            canary_percent=models.PositiveSmallIntegerField(
                default=5,
                help_text="Percentage of recipients who receive each issue first: at least 50 people, and not used below 200 recipients. 0 sends to everyone at once.",
                validators=[MaxValueValidator(50)],
                verbose_name="first batch (%)",
            ),
            pause_at_percent=models.PositiveSmallIntegerField(
                default=5,
                help_text="Sending pauses automatically when more than this percentage is rejected, bounces or is reported.",
                validators=[MinValueValidator(1), MaxValueValidator(100)],
                verbose_name="pause at (%)",
            ),
            frequencies=ArrayField(
                base_field=models.CharField(choices=FREQUENCIES, max_length=6),
                default=default_frequencies,
                help_text="How often readers can receive it. Subscribers keep a frequency that is no longer offered.",
            ),
            tracks_clicks=models.BooleanField(
                default=False,
                help_text="Counts clicks per link, never per reader. Links then lead through this site. Opens are not tracked.",
                verbose_name="track clicks",
            ),
            from_email=models.EmailField(
                blank=True,
                db_default="",
                default="",
                help_text="If empty, the site's default sender address. Its domain needs SPF, DKIM and DMARC records (docs/running-mail.md).",
                max_length=254,
                validators=[validate_ascii],
                verbose_name="sender e-mail address",
            ),
            sends_welcome=models.BooleanField(
                db_default=True,
                default=True,
                help_text="Sent once after somebody confirms their subscription, with a link to the latest issue.",
                verbose_name="welcome e-mail",
            ),
            welcome_text=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="An empty line starts a new paragraph. If empty, one sentence says that the subscription is confirmed.",
                max_length=2000,
                validators=STORABLE,
                verbose_name="text of the welcome e-mail",
            ),
            topics=models.ManyToManyField(
                blank=True,
                help_text="Categories readers can choose from, each with its subcategories. Readers who choose none receive everything.",
                related_name="+",
                to="articles.category",
            ),
            Meta={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(canary_percent__lte=50),
                        name="newsletter_canary_is_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(pause_at_percent__gte=1, pause_at_percent__lte=100),
                        name="newsletter_pauses_at_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            frequencies__contained_by=["issues", "weekly", "daily", "each"],
                            frequencies__len__gt=0,
                        ),
                        name="newsletter_has_a_frequency",
                    ),
                ],
            },
        ),
        create(
            "Subscriber",
            id=ID,
            email=models.CharField(max_length=254, verbose_name="e-mail address"),
            state=models.CharField(
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
            token=models.CharField(default=new_token, editable=False, max_length=64, unique=True),
            created_at=models.DateTimeField(auto_now_add=True),
            confirmed_at=models.DateTimeField(blank=True, null=True),
            unsubscribed_at=models.DateTimeField(
                blank=True, help_text="When they last unsubscribed.", null=True
            ),
            suppressed_at=models.DateTimeField(blank=True, null=True),
            suppression_reason=models.CharField(blank=True, max_length=300, validators=STORABLE),
            language=models.CharField(
                blank=True,
                choices=language_choices,
                db_default="",
                default="",
                help_text="Language of their e-mails. Empty for each newsletter's own.",
                max_length=8,
            ),
            name=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Used in greetings.",
                max_length=80,
                validators=STORABLE,
            ),
            Meta={
                "ordering": ["-created_at", "-pk"],
                "permissions": [("export_subscriber", "Can export subscribers")],
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="subscriber_newest"),
                    models.Index(
                        condition=models.Q(unsubscribed_at__isnull=False),
                        fields=["unsubscribed_at"],
                        name="subscriber_unsubscribed",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(Lower("email"), name="subscriber_email_once"),
                    models.CheckConstraint(
                        condition=~models.Q(email=""), name="subscriber_has_email"
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(token=""), name="subscriber_has_token"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ~models.Q(state="active"),
                            ("confirmed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="subscriber_active_confirmed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ~models.Q(state="left"),
                            ("unsubscribed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="subscriber_unsubscribed_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ~models.Q(state="suppressed"),
                            models.Q(
                                ("suppressed_at__isnull", False), ~models.Q(suppression_reason="")
                            ),
                            _connector="OR",
                        ),
                        name="subscriber_suppressed_has_reason",
                    ),
                ],
            },
        ),
        create(
            "SendingLimit",
            id=ID,
            domain=models.CharField(
                blank=True,
                help_text="The part after the @, such as example.org. Use * for all domains not listed here, or leave empty for all e-mails together.",
                max_length=253,
                validators=[
                    RegexValidator(
                        "^(\\*|[^\\s@*]+)$",
                        "Enter a domain such as example.org, or * for all other domains.",
                    )
                ],
            ),
            per_second=models.DecimalField(
                decimal_places=2,
                help_text="0.5 means one e-mail every two seconds.",
                max_digits=7,
                validators=[MinValueValidator(0.01)],
            ),
            Meta={
                "ordering": ["domain"],
                "constraints": [
                    models.UniqueConstraint(
                        Lower("domain"),
                        name="limit_domain_once",
                        violation_error_message="This domain already has a limit.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(per_second__gt=0), name="limit_is_positive"
                    ),
                ],
            },
        ),
        create(
            "SubscriberExport",
            id=ID,
            created_at=models.DateTimeField(auto_now_add=True),
            rows=models.PositiveIntegerField(),
            filters=models.CharField(
                blank=True, help_text="Filters of the exported list.", max_length=300
            ),
            created_by=models.ForeignKey(
                null=True, on_delete=models.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
            Meta={"verbose_name": "export", "ordering": ["-created_at", "-pk"]},
        ),
        create(
            "WebhookReceipt",
            key=models.CharField(max_length=64, primary_key=True, serialize=False),
            body_hash=models.CharField(max_length=64),
            expires_at=models.DateTimeField(db_index=True),
        ),
        create(
            "ThrottleState",
            scope=models.CharField(max_length=253, primary_key=True, serialize=False),
            free_at=models.DateTimeField(help_text="No e-mail before this time."),
            spread_at=models.DateTimeField(help_text="Until when waiting e-mails are spread out."),
        ),
        create(
            "ExternalCheck",
            id=ID,
            kind=models.CharField(
                choices=[("link", "External link"), ("name", "DNS record")], max_length=4
            ),
            target=models.CharField(max_length=2000),
            passed=models.BooleanField(),
            message=models.CharField(blank=True, max_length=500),
            checked_at=models.DateTimeField(),
            Meta={
                "ordering": ["kind", "target"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "target"), name="external_check_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("passed", True), ~models.Q(message=""), _connector="OR"
                        ),
                        name="external_check_failed_has_message",
                    ),
                ],
            },
        ),
        create(
            "MailboxStatus",
            id=ID,
            mailbox=models.CharField(
                help_text="Without its password.", max_length=300, unique=True
            ),
            tried_at=models.DateTimeField(),
            read_at=models.DateTimeField(
                blank=True, help_text="When it was last read successfully.", null=True
            ),
            error=models.CharField(blank=True, max_length=500),
            messages=models.PositiveIntegerField(default=0, help_text="Messages read in total."),
            Meta={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("read_at__isnull", False), ~models.Q(error=""), _connector="OR"
                        ),
                        name="mailbox_read_or_why_not",
                    )
                ]
            },
        ),
        create(
            "Digest",
            id=ID,
            frequency=models.CharField(choices=COMPOSED_FREQUENCIES, max_length=6),
            period=models.CharField(
                help_text="The day it ends, or the article it contains.", max_length=40
            ),
            begins_at=models.DateTimeField(),
            ends_at=models.DateTimeField(),
            needs_approval=models.BooleanField(verbose_name="needs approval"),
            composed_at=models.DateTimeField(),
            newsletter=models.ForeignKey(
                on_delete=models.CASCADE, related_name="digests", to="newsletter.newsletter"
            ),
            composed_for=ArrayField(
                base_field=models.TextField(),
                default=list,
                editable=False,
                help_text="The choices for which an issue was composed or nothing was found.",
            ),
            approved_by=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
            being_approved=models.BooleanField(
                default=False,
                editable=False,
                help_text="Approved, but not all of its issues have been checked.",
            ),
            Meta={
                "ordering": ["-ends_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(ends_at__gte=models.F("begins_at")),
                        name="digest_ends_after_beginning",
                    ),
                    models.UniqueConstraint(
                        fields=("newsletter", "frequency", "period"), name="digest_of_period_once"
                    ),
                ],
            },
        ),
        create(
            "Consent",
            id=ID,
            source_url=models.CharField(
                help_text="The page where the address was entered.", max_length=300
            ),
            wording=models.TextField(help_text="The consent text that was confirmed."),
            asked_at=models.DateTimeField(),
            answered_at=models.DateTimeField(blank=True, null=True),
            answer=models.CharField(
                blank=True,
                choices=[
                    ("confirm", "Confirmation link sent"),
                    ("known", "Notified that they are already subscribed"),
                    ("none", "Nothing sent"),
                ],
                max_length=8,
            ),
            confirmed_at=models.DateTimeField(blank=True, null=True),
            subscriber=models.ForeignKey(
                on_delete=models.CASCADE, related_name="consents", to="newsletter.subscriber"
            ),
            language=models.CharField(
                blank=True,
                choices=language_choices,
                db_default="",
                default="",
                help_text="The language they chose, if any.",
                max_length=8,
            ),
            welcome=models.CharField(
                blank=True,
                choices=[("due", "Not sent yet"), ("sent", "Sent")],
                db_default="",
                default="",
                help_text="Empty if none is sent.",
                max_length=4,
                verbose_name="welcome e-mail",
            ),
            Meta={
                "ordering": ["-asked_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(answered_at__isnull=True),
                        fields=["asked_at"],
                        name="consent_unanswered",
                    ),
                    models.Index(
                        condition=models.Q(welcome="due"),
                        fields=["confirmed_at"],
                        name="consent_welcome_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(wording=""), name="consent_has_wording"
                    )
                ],
            },
        ),
        create(
            "Subscription",
            id=ID,
            created_at=models.DateTimeField(auto_now_add=True),
            newsletter=models.ForeignKey(
                on_delete=models.CASCADE, related_name="subscriptions", to="newsletter.newsletter"
            ),
            subscriber=models.ForeignKey(
                on_delete=models.CASCADE, related_name="subscriptions", to="newsletter.subscriber"
            ),
            frequency=models.CharField(
                choices=FREQUENCIES, db_default="issues", default="issues", max_length=6
            ),
            topics=ArrayField(
                base_field=models.BigIntegerField(),
                blank=True,
                help_text="IDs of the chosen categories. Null means everything; an empty list means nothing.",
                null=True,
            ),
            Meta={
                "indexes": [
                    models.Index(
                        fields=["newsletter", "frequency", "topics"],
                        include=("subscriber",),
                        name="subscription_choice",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subscriber", "newsletter"), name="subscription_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("topics__isnull", True), IsSorted("topics"), _connector="OR"
                        ),
                        name="subscription_topics_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("topics__isnull", True), ("topics__len__lte", 200), _connector="OR"
                        ),
                        name="subscription_topics_fit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(frequency__in=["issues", "weekly", "daily", "each"]),
                        name="subscription_has_frequency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("topics__isnull", True), ~models.Q(frequency="issues"), _connector="OR"
                        ),
                        name="subscription_topics_are_composed",
                    ),
                ],
            },
        ),
        create(
            "DigestRule",
            id=ID,
            frequency=models.CharField(choices=COMPOSED_FREQUENCIES, max_length=6),
            enabled=models.BooleanField(
                default=True,
                help_text="If disabled, no new digests are composed.",
                verbose_name="enabled",
            ),
            needs_approval=models.BooleanField(
                default=True,
                help_text="An editor approves each digest before it is sent.",
                verbose_name="needs approval",
            ),
            time_of_day=models.TimeField(
                default=datetime.time(7, 0),
                help_text="In the publication's time zone. “Every new article” is sent a few minutes after publication.",
                verbose_name="time of day",
            ),
            day=models.PositiveSmallIntegerField(
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
            subject=models.CharField(
                default="{headline}",
                help_text="{headline} is the headline of the first article, {newsletter} the name, {day} the date.",
                max_length=150,
                validators=STORABLE,
            ),
            introduction=models.TextField(
                blank=True,
                help_text="Shown above the articles. Most digests need none.",
                max_length=2000,
                validators=STORABLE,
            ),
            enabled_at=models.DateTimeField(
                default=timezone.now, editable=False, help_text="When it was last enabled."
            ),
            newsletter=models.ForeignKey(
                on_delete=models.CASCADE, related_name="rules", to="newsletter.newsletter"
            ),
            schedule_changed_at=models.DateTimeField(
                default=timezone.now,
                editable=False,
                help_text="When its day or time last changed. Earlier periods are not composed.",
            ),
            Meta={
                "verbose_name": "digest rule",
                "verbose_name_plural": "digest rules",
                "ordering": ["newsletter", "frequency"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(day__lte=6), name="digest_rule_day"),
                    models.UniqueConstraint(
                        fields=("newsletter", "frequency"),
                        name="digest_rule_once",
                        violation_error_message="This newsletter already has a rule for this frequency.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(frequency__in=["weekly", "daily", "each"]),
                        name="digest_rule_frequency",
                    ),
                ],
            },
        ),
        create(
            "SubscriberImport",
            id=ID,
            name=models.CharField(max_length=200, validators=STORABLE),
            content=models.BinaryField(null=True),
            columns=models.JSONField(default=dict, help_text="Column mapping."),
            consent=models.CharField(
                help_text="When, where and to what they agreed, for example “Signed up at the spring conference, 12 May 2026, on paper, to receive our news”. Stored with each subscriber.",
                max_length=500,
                validators=NAMED,
                verbose_name="proof of consent",
            ),
            state=models.CharField(
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
            rows_read=models.PositiveIntegerField(default=0, editable=False),
            total_rows=models.PositiveIntegerField(default=0, editable=False),
            counts=models.JSONField(default=dict, editable=False),
            error=models.CharField(blank=True, editable=False, max_length=500),
            created_at=models.DateTimeField(auto_now_add=True),
            done_at=models.DateTimeField(editable=False, null=True),
            created_by=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
            newsletters=models.ManyToManyField(
                help_text="Newsletters to subscribe these people to.",
                related_name="+",
                to="newsletter.newsletter",
            ),
            Meta={
                "verbose_name": "import",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(consent=""), name="import_has_consent"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ~models.Q(state="done"), ("done_at__isnull", False), _connector="OR"
                        ),
                        name="import_done_has_time",
                    ),
                ],
            },
        ),
        create(
            "ArticleFollow",
            id=ID,
            token=models.CharField(default=new_token, editable=False, max_length=64, unique=True),
            created_at=models.DateTimeField(default=timezone.now),
            author=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.CASCADE,
                related_name="+",
                to="accounts.authorprofile",
            ),
            section=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.CASCADE,
                related_name="+",
                to="articles.category",
            ),
            subscriber=models.ForeignKey(
                on_delete=models.CASCADE, related_name="article_follows", to="newsletter.subscriber"
            ),
            topic=models.ForeignKey(
                blank=True, null=True, on_delete=models.CASCADE, related_name="+", to="taggit.tag"
            ),
            Meta={
                "verbose_name": "follower by e-mail",
                "verbose_name_plural": "followers by e-mail",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                author__isnull=False, section__isnull=True, topic__isnull=True
                            ),
                            models.Q(
                                author__isnull=True, section__isnull=False, topic__isnull=True
                            ),
                            models.Q(
                                author__isnull=True, section__isnull=True, topic__isnull=False
                            ),
                            _connector="OR",
                        ),
                        name="article_follow_has_one_subject",
                    ),
                    models.UniqueConstraint(
                        fields=("subscriber", "author"), name="article_follow_author_once"
                    ),
                    models.UniqueConstraint(
                        fields=("subscriber", "section"), name="article_follow_section_once"
                    ),
                    models.UniqueConstraint(
                        fields=("subscriber", "topic"), name="article_follow_topic_once"
                    ),
                ],
            },
        ),
        create(
            "ArticleNotification",
            id=ID,
            state=models.CharField(
                choices=[
                    ("pending", "Pending"),
                    ("sending", "Sending"),
                    ("sent", "Sent"),
                    ("dropped", "Not sent"),
                    ("uncertain", "Unknown"),
                ],
                default="pending",
                max_length=9,
            ),
            created_at=models.DateTimeField(default=timezone.now),
            due_at=models.DateTimeField(
                default=timezone.now, help_text="Not sent before this time."
            ),
            state_changed_at=models.DateTimeField(
                blank=True, help_text="When it was claimed or got its result.", null=True
            ),
            article=models.ForeignKey(
                on_delete=models.CASCADE, related_name="+", to="articles.article"
            ),
            subscriber=models.ForeignKey(
                on_delete=models.CASCADE,
                related_name="article_notifications",
                to="newsletter.subscriber",
            ),
            Meta={
                "indexes": [
                    models.Index(
                        condition=models.Q(state="pending"),
                        fields=["due_at"],
                        name="article_notification_due",
                    ),
                    models.Index(
                        condition=models.Q(state="sending"),
                        fields=["state_changed_at"],
                        name="article_notification_claimed",
                    ),
                    models.Index(fields=["created_at"], name="article_notification_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subscriber", "article"), name="article_notification_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            state__in=["pending", "sending", "sent", "dropped", "uncertain"]
                        ),
                        name="article_notification_state_known",
                    ),
                ],
            },
        ),
        create(
            "Issue",
            id=ID,
            subject=models.CharField(
                blank=True,
                help_text="The first words decide whether an e-mail is opened. Phones show about 40 characters.",
                max_length=150,
                validators=STORABLE,
            ),
            preheader=models.CharField(
                blank=True,
                help_text="Shown after the subject in most e-mail programs, about 90 characters.",
                max_length=200,
                validators=STORABLE,
            ),
            slug=models.SlugField(
                allow_unicode=True,
                blank=True,
                help_text="Last part of the URL in the archive. If empty, it is made from the subject.",
                max_length=80,
                unique=True,
            ),
            introduction=models.TextField(
                blank=True,
                help_text="Text before the articles.",
                validators=[validate_storable, MaxLengthValidator(20000)],
            ),
            closing=models.TextField(
                blank=True,
                help_text="Text after the articles.",
                validators=[validate_storable, MaxLengthValidator(20000)],
            ),
            state=models.CharField(
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
            error=models.CharField(
                blank=True, editable=False, help_text="Current sending error.", max_length=500
            ),
            sent_html=models.TextField(blank=True, editable=False),
            sent_text=models.TextField(blank=True, editable=False),
            created_at=models.DateTimeField(auto_now_add=True),
            modified_at=models.DateTimeField(auto_now=True),
            started_at=models.DateTimeField(blank=True, editable=False, null=True),
            sent_at=models.DateTimeField(blank=True, editable=False, null=True),
            created_by=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
            started_by=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
            newsletter=models.ForeignKey(
                on_delete=models.PROTECT, related_name="issues", to="newsletter.newsletter"
            ),
            cancelled_at=models.DateTimeField(blank=True, editable=False, null=True),
            cancelled_by=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
            acknowledged_problem=models.CharField(
                blank=True,
                editable=False,
                help_text="Problem that an editor has acknowledged.",
                max_length=500,
            ),
            send_at=models.DateTimeField(
                blank=True, editable=False, help_text="When it is sent automatically.", null=True
            ),
            auto_pause=models.BooleanField(
                default=True,
                editable=False,
                help_text="Pauses automatically when too many e-mails fail.",
            ),
            wave=models.PositiveSmallIntegerField(
                default=1, editable=False, help_text="0 while only the first batch is sent."
            ),
            greeting=models.CharField(
                blank=True,
                help_text="For example “Dear {name},”. If empty, there is no greeting.",
                max_length=100,
                validators=STORABLE,
            ),
            fallback_greeting=models.CharField(
                blank=True,
                help_text="For readers whose name is unknown, for example “Dear reader,”.",
                max_length=100,
                validators=STORABLE,
                verbose_name="fallback greeting",
            ),
            image=models.ForeignKey(
                blank=True,
                help_text="Shown at the top. If empty, the image of the first article is shown large.",
                null=True,
                on_delete=models.PROTECT,
                related_name="+",
                to="articles.image",
                verbose_name="lead image",
            ),
            image_caption=models.TextField(
                blank=True,
                help_text="Caption of the lead image in this issue. The credit is stored with the image.",
                max_length=2000,
                validators=STORABLE,
                verbose_name="caption",
            ),
            is_automatic=models.BooleanField(
                default=False,
                editable=False,
                help_text="Composed automatically and not edited since.",
            ),
            language=models.CharField(
                blank=True,
                choices=language_choices,
                editable=False,
                help_text="Language of its recipients. Empty for the newsletter's own.",
                max_length=8,
            ),
            topics=ArrayField(
                base_field=models.BigIntegerField(),
                blank=True,
                default=list,
                editable=False,
                help_text="Topics its recipients chose. Empty for those who chose none.",
            ),
            digest=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="The digest it belongs to. Empty for regular issues.",
                null=True,
                on_delete=models.PROTECT,
                related_name="issues",
                to="newsletter.digest",
            ),
            needs_approval=models.BooleanField(
                default=False,
                editable=False,
                help_text="An editor has to send it, whatever its rule says.",
            ),
            delivery_counts=models.JSONField(
                editable=False,
                help_text="State → number, since its deliveries were deleted.",
                null=True,
            ),
            Meta={
                "ordering": ["-created_at", "-pk"],
                "permissions": [("send_issue", "Can send issues")],
                "constraints": [
                    models.CheckConstraint(condition=~models.Q(slug=""), name="issue_has_slug"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ~models.Q(state="sent"), ("sent_at__isnull", False), _connector="OR"
                        ),
                        name="issue_sent_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "scheduled"]),
                            models.Q(
                                ("started_at__isnull", False),
                                ~models.Q(subject=""),
                                ~models.Q(sent_html=""),
                                ~models.Q(sent_text=""),
                            ),
                            _connector="OR",
                        ),
                        name="issue_started_is_complete",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(digest__isnull=False, state__in=["draft", "scheduled"]),
                        fields=("digest", "topics", "language"),
                        name="issue_of_digest_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ~models.Q(state="scheduled"),
                            ("send_at__isnull", False),
                            _connector="OR",
                        ),
                        name="issue_scheduled_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ~models.Q(state="stopped"),
                            ("cancelled_at__isnull", False),
                            _connector="OR",
                        ),
                        name="issue_cancelled_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ~models.Q(greeting__contains="{name}"),
                            ~models.Q(fallback_greeting=""),
                            _connector="OR",
                        ),
                        name="issue_has_fallback_greeting",
                    ),
                ],
            },
        ),
        create(
            "ConsentedNewsletter",
            id=ID,
            frequency=models.CharField(
                choices=FREQUENCIES, db_default="issues", default="issues", max_length=6
            ),
            topics=ArrayField(
                base_field=models.BigIntegerField(),
                blank=True,
                help_text="Null means everything.",
                null=True,
            ),
            consent=models.ForeignKey(
                on_delete=models.CASCADE, related_name="chosen_newsletters", to="newsletter.consent"
            ),
            newsletter=models.ForeignKey(
                on_delete=models.CASCADE, related_name="+", to="newsletter.newsletter"
            ),
            topic_urls=ArrayField(
                base_field=models.CharField(max_length=500),
                blank=True,
                db_default=[],
                default=list,
                help_text="URLs of the topics when they were chosen, in the same order.",
            ),
            Meta={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("consent", "newsletter"), name="consented_newsletter_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(frequency__in=["issues", "weekly", "daily", "each"]),
                        name="consented_newsletter_has_frequency",
                    ),
                ]
            },
        ),
        create(
            "ImportRow",
            id=ID,
            line=models.PositiveIntegerField(help_text="Counted from 1."),
            outcome=models.CharField(
                choices=[
                    ("broken", "Invalid"),
                    ("duplicate", "Duplicate"),
                    ("left", "Unsubscribed"),
                    ("suppressed", "Suppressed"),
                    ("remark", "Imported with a warning"),
                ],
                max_length=10,
            ),
            reason=models.CharField(max_length=300),
            raw_value=models.CharField(
                blank=True, help_text="Beginning of the original value.", max_length=100
            ),
            subscriber_import=models.ForeignKey(
                on_delete=models.CASCADE, related_name="rows", to="newsletter.subscriberimport"
            ),
            Meta={
                "ordering": ["line", "pk"],
                "indexes": [
                    models.Index(
                        fields=["subscriber_import", "outcome", "line"], name="import_row_outcome"
                    )
                ],
            },
        ),
        create(
            "ConsentedFollow",
            id=ID,
            author=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.CASCADE,
                related_name="+",
                to="accounts.authorprofile",
            ),
            consent=models.ForeignKey(
                on_delete=models.CASCADE, related_name="follows", to="newsletter.consent"
            ),
            section=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.CASCADE,
                related_name="+",
                to="articles.category",
            ),
            topic=models.ForeignKey(
                blank=True, null=True, on_delete=models.CASCADE, related_name="+", to="taggit.tag"
            ),
            Meta={
                "verbose_name": "request to follow",
                "verbose_name_plural": "requests to follow",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                author__isnull=False, section__isnull=True, topic__isnull=True
                            ),
                            models.Q(
                                author__isnull=True, section__isnull=False, topic__isnull=True
                            ),
                            models.Q(
                                author__isnull=True, section__isnull=True, topic__isnull=False
                            ),
                            _connector="OR",
                        ),
                        name="consented_follow_has_one_subject",
                    ),
                    models.UniqueConstraint(
                        fields=("consent", "author"), name="consented_follow_author_once"
                    ),
                    models.UniqueConstraint(
                        fields=("consent", "section"), name="consented_follow_section_once"
                    ),
                    models.UniqueConstraint(
                        fields=("consent", "topic"), name="consented_follow_topic_once"
                    ),
                ],
            },
        ),
        create(
            "IssueItem",
            id=ID,
            position=models.PositiveSmallIntegerField(
                default=0, help_text="The first article is shown at the top, with its image large."
            ),
            article=models.ForeignKey(
                limit_choices_to={"state": "published"},
                on_delete=models.CASCADE,
                related_name="+",
                to="articles.article",
            ),
            issue=models.ForeignKey(
                on_delete=models.CASCADE, related_name="items", to="newsletter.issue"
            ),
            heading=models.CharField(
                blank=True,
                help_text="Starts a section above this article. If empty, it continues the section before.",
                max_length=80,
                validators=STORABLE,
            ),
            Meta={
                "verbose_name": "article",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("issue", "article"),
                        name="issue_article_once",
                        violation_error_message="This article is already in the issue.",
                    )
                ],
            },
        ),
        create(
            "Delivery",
            id=ID,
            state=models.CharField(
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
            attempts=models.PositiveSmallIntegerField(default=0),
            due_at=models.DateTimeField(help_text="Not sent before this time."),
            message_id=models.CharField(max_length=300),
            details=models.CharField(
                blank=True, help_text="SMTP response, or why it was not sent.", max_length=500
            ),
            created_at=models.DateTimeField(),
            sending_at=models.DateTimeField(blank=True, null=True),
            done_at=models.DateTimeField(blank=True, null=True),
            issue=models.ForeignKey(
                db_index=False,
                on_delete=models.PROTECT,
                related_name="deliveries",
                to="newsletter.issue",
            ),
            subscriber=models.ForeignKey(
                blank=True,
                help_text="Empty once the subscriber's data was erased.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="deliveries",
                to="newsletter.subscriber",
            ),
            lease=models.UUIDField(
                blank=True, help_text="The worker connection that claimed it.", null=True
            ),
            lease_expires_at=models.DateTimeField(
                blank=True, help_text="When the claim expires.", null=True
            ),
            wave=models.PositiveSmallIntegerField(
                default=1, help_text="0 for the first batch, 1 for everyone else."
            ),
            Meta={
                "verbose_name_plural": "deliveries",
                "ordering": ["pk"],
                "permissions": [
                    ("read_all_mail", "Can read all e-mails in the folder, including sign-in codes")
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(state="sending"),
                        fields=["sending_at"],
                        name="delivery_being_sent",
                    ),
                    models.Index(fields=["issue", "state"], name="delivery_counts"),
                    models.Index(
                        models.F("issue"),
                        models.F("wave"),
                        models.F("due_at"),
                        models.F("id"),
                        condition=models.Q(state__in=["queued", "deferred"]),
                        name="delivery_queue",
                    ),
                    models.Index(
                        condition=models.Q(state="claimed"),
                        fields=["lease_expires_at"],
                        name="delivery_leases",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("issue", "subscriber"), name="delivery_once"),
                    models.UniqueConstraint(
                        fields=("message_id",), name="delivery_message_id_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            state__in=[
                                "queued",
                                "claimed",
                                "sending",
                                "sent",
                                "uncertain",
                                "deferred",
                                "refused",
                                "bounced",
                                "complained",
                                "suppressed",
                                "cancelled",
                            ]
                        ),
                        name="delivery_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ~models.Q(state__in=["sending", "sent", "bounced", "complained"]),
                            ("sending_at__isnull", False),
                            _connector="OR",
                        ),
                        name="delivery_sending_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["queued", "claimed", "deferred", "sending"]),
                            ("done_at__isnull", False),
                            _connector="OR",
                        ),
                        name="delivery_done_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ~models.Q(state="claimed"),
                            models.Q(lease__isnull=False, lease_expires_at__isnull=False),
                            _connector="OR",
                        ),
                        name="delivery_claimed_has_lease",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ~models.Q(
                                state__in=[
                                    "refused",
                                    "uncertain",
                                    "deferred",
                                    "bounced",
                                    "complained",
                                    "suppressed",
                                ]
                            ),
                            ~models.Q(details=""),
                            _connector="OR",
                        ),
                        name="delivery_problem_has_details",
                    ),
                ],
            },
        ),
        create(
            "TestMail",
            id=ID,
            content_hash=models.CharField(editable=False, max_length=64),
            sent_at=models.DateTimeField(auto_now_add=True),
            issue=models.ForeignKey(
                on_delete=models.CASCADE, related_name="tests", to="newsletter.issue"
            ),
            sent_by=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
            Meta={
                "ordering": ["-sent_at", "-pk"],
                "indexes": [
                    models.Index(fields=["issue", "content_hash"], name="testmail_of_issue")
                ],
            },
        ),
        create(
            "Waiver",
            id=ID,
            finding_key=models.CharField(help_text="Key of the finding.", max_length=2100),
            message=models.CharField(
                help_text="The finding as shown to the editor.", max_length=2500
            ),
            reason=models.CharField(max_length=300, validators=NAMED),
            created_at=models.DateTimeField(auto_now_add=True),
            created_by=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
            issue=models.ForeignKey(
                on_delete=models.CASCADE, related_name="waivers", to="newsletter.issue"
            ),
            Meta={
                "ordering": ["created_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(reason=""), name="waiver_has_reason"
                    ),
                    models.UniqueConstraint(fields=("issue", "finding_key"), name="waiver_once"),
                ],
            },
        ),
        create(
            "IssueLink",
            id=ID,
            number=models.PositiveSmallIntegerField(),
            url=models.CharField(max_length=2100),
            clicks=models.PositiveIntegerField(default=0),
            issue=models.ForeignKey(
                on_delete=models.CASCADE, related_name="links", to="newsletter.issue"
            ),
            Meta={
                "ordering": ["-clicks", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("issue", "number"), name="issue_link_once")
                ],
            },
        ),
        create(
            "DeliveryEvent",
            id=ID,
            action=models.CharField(
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
            details=models.CharField(blank=True, max_length=500),
            created_at=models.DateTimeField(),
            issue=models.ForeignKey(
                on_delete=models.CASCADE, related_name="events", to="newsletter.issue"
            ),
            created_by=models.ForeignKey(
                blank=True,
                help_text="Empty if it happened automatically.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
            Meta={"ordering": ["pk"]},
        ),
        create(
            "IssueInternalLink",
            id=ID,
            target_kind=models.CharField(max_length=16),
            target_id=models.BigIntegerField(),
            issue=models.ForeignKey(
                db_index=False,
                on_delete=models.CASCADE,
                related_name="internal_links",
                to="newsletter.issue",
            ),
            Meta={
                "indexes": [
                    models.Index(fields=["target_kind", "target_id"], name="issue_link_target")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("issue", "target_kind", "target_id"),
                        name="internal_link_once_an_issue",
                    )
                ],
            },
        ),
        create(
            "Attempt",
            id=ID,
            number=models.PositiveSmallIntegerField(),
            outcome=models.CharField(
                choices=[
                    ("sent", "Accepted"),
                    ("refused", "Rejected"),
                    ("deferred", "Deferred"),
                    ("unreachable", "Server unreachable"),
                    ("uncertain", "Unknown status"),
                ],
                max_length=11,
            ),
            smtp_response=models.CharField(blank=True, help_text="SMTP response.", max_length=500),
            started_at=models.DateTimeField(help_text="When sending started."),
            answered_at=models.DateTimeField(),
            delivery=models.ForeignKey(
                on_delete=models.CASCADE, related_name="tries", to="newsletter.delivery"
            ),
            Meta={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["answered_at"], name="attempt_answered")],
            },
        ),
        create(
            "Bounce",
            id=ID,
            kind=models.CharField(
                choices=[
                    ("hard", "Hard bounce"),
                    ("soft", "Soft bounce"),
                    ("complaint", "Complaint"),
                ],
                max_length=9,
            ),
            reason=models.CharField(
                choices=[
                    ("no such address", "no such address"),
                    ("no such domain", "no such domain"),
                    ("moved away", "moved away"),
                    ("the domain takes no mail", "the domain takes no mail"),
                    ("mailbox full", "mailbox full"),
                    ("account locked or given up", "account locked or given up"),
                    ("refused by the recipient's rules", "refused by the recipient's rules"),
                    ("our server or address is blocked", "our server or address is blocked"),
                    (
                        "refused by policy, as spam, or for missing proof of sender",
                        "refused by policy, as spam, or for missing proof of sender",
                    ),
                    (
                        "too much at once, or asked to come later",
                        "too much at once, or asked to come later",
                    ),
                    ("too large", "too large"),
                    (
                        "server out of reach, or waited too long",
                        "server out of reach, or waited too long",
                    ),
                    ("fault of a mail server", "fault of a mail server"),
                    ("no reason given", "no reason given"),
                ],
                max_length=60,
            ),
            status=models.CharField(
                blank=True,
                help_text="Enhanced status code, such as 5.1.1.",
                max_length=12,
                verbose_name="status code",
            ),
            smtp_response=models.CharField(
                blank=True, help_text="The response of the mail server.", max_length=500
            ),
            domain=models.CharField(
                blank=True, help_text="The domain that did not accept the e-mail.", max_length=255
            ),
            matched_by=models.CharField(
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
            processed_at=models.DateTimeField(auto_now_add=True),
            message_key=models.CharField(
                editable=False,
                help_text="Identifies the message, so that none is counted twice.",
                max_length=64,
            ),
            number=models.PositiveSmallIntegerField(default=0, editable=False),
            delivery=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.SET_NULL,
                related_name="bounces",
                to="newsletter.delivery",
            ),
            subscriber=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.SET_NULL,
                related_name="bounces",
                to="newsletter.subscriber",
            ),
            Meta={
                "ordering": ["-processed_at", "-pk"],
                "indexes": [
                    models.Index(fields=["subscriber", "processed_at"], name="bounce_of_subscriber")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message_key", "number"), name="bounce_read_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["hard", "soft", "complaint"]), ~models.Q(message_key="")
                        ),
                        name="bounce_has_kind",
                    ),
                ],
            },
        ),
        create(
            "UncertainResolution",
            id=ID,
            choice=models.CharField(
                choices=[("again", "Resend"), ("leave", "Do not resend")], max_length=5
            ),
            created_at=models.DateTimeField(),
            delivery=models.ForeignKey(
                on_delete=models.CASCADE, related_name="resolutions", to="newsletter.delivery"
            ),
            created_by=models.ForeignKey(
                null=True, on_delete=models.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
            Meta={"ordering": ["pk"]},
        ),
        create(
            "Suppression",
            id=ID,
            email_hash=models.CharField(db_index=True, editable=False, max_length=64),
            reason=models.CharField(
                choices=[
                    ("hard", "Hard bounce"),
                    ("soft", "Repeated soft bounces"),
                    ("complaint", "Complaint"),
                    ("by_hand", "Added manually"),
                    ("left", "Unsubscribed before erasure"),
                ],
                max_length=9,
            ),
            details=models.CharField(max_length=300, validators=STORABLE),
            created_at=models.DateTimeField(),
            removed_at=models.DateTimeField(blank=True, null=True),
            removal_reason=models.CharField(blank=True, max_length=300, validators=STORABLE),
            bounce=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to="newsletter.bounce",
            ),
            created_by=models.ForeignKey(
                blank=True,
                help_text="Empty if a bounce or complaint was the reason.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
            removed_by=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
            subscriber=models.ForeignKey(
                blank=True,
                help_text="Empty once the subscriber's data was erased. The address stays suppressed.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="suppressions",
                to="newsletter.subscriber",
            ),
            Meta={
                "ordering": ["-created_at", "-pk"],
                "permissions": [
                    ("remove_suppression", "Can remove addresses from the suppression list")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(removed_at__isnull=True),
                        fields=("email_hash",),
                        name="suppression_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(~models.Q(email_hash=""), ~models.Q(details="")),
                        name="suppression_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("removed_at__isnull", True),
                            ~models.Q(removal_reason=""),
                            _connector="OR",
                        ),
                        name="suppression_released_has_reason",
                    ),
                ],
            },
        ),
        migrations.AddField(
            "subscriber",
            "newsletters",
            models.ManyToManyField(
                related_name="subscribers",
                through="newsletter.Subscription",
                to="newsletter.newsletter",
            ),
        ),
        migrations.AddField(
            "issue",
            "articles",
            models.ManyToManyField(
                related_name="+", through="newsletter.IssueItem", to="articles.article"
            ),
        ),
        migrations.AddField(
            "consent",
            "newsletters",
            models.ManyToManyField(
                related_name="consents",
                through="newsletter.ConsentedNewsletter",
                to="newsletter.newsletter",
            ),
        ),
        migrations.RunPython(create_first_newsletter, migrations.RunPython.noop),
    ]
