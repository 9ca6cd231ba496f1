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

from iria.core.text.validators import validate_not_blank, validate_storable
from newsletter.models.newsletter import (default_frequencies, validate_ascii)
from newsletter.models.querysets import new_token
from newsletter.models.subscriber import (IsSorted)

LANGUAGES = [
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
]
RHYTHMS = [
    ("issues", "As the editors send it"),
    ("weekly", "Once a week"),
    ("daily", "Once a day"),
    ("each", "Each article as it is published"),
]
COMPOSED_RHYTHMS = [
    ("weekly", "Once a week"),
    ("daily", "Once a day"),
    ("each", "Each article as it is published"),
]

SQL = Path(__file__).with_name("sql")


def create_first_newsletter(apps, schema_editor):
    """The one that the form at the foot of every page subscribes to."""
    apps.get_model("newsletter", "Newsletter").objects.create(
        name="News", slug="news", description="New articles and analyses, chosen by the editors."
    )


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("newsletter", "0001_initial"),
        ("newsletter", "0002_first_newsletter"),
        ("newsletter", "0003_stopping"),
        ("newsletter", "0004_delivery_states"),
        ("newsletter", "0005_suppressions_and_bounces"),
        ("newsletter", "0006_suppressed_before"),
        ("newsletter", "0007_preflight"),
        ("newsletter", "0008_answers_at_the_door"),
        ("newsletter", "0009_rhythms_topics_languages"),
        ("newsletter", "0010_composing"),
        ("newsletter", "0011_digests"),
        ("newsletter", "0012_imports_and_exports"),
        ("newsletter", "0013_links"),
        ("newsletter", "0014_digests_held_by_editors"),
        ("newsletter", "0015_topics_in_the_row"),
        ("newsletter", "0016_approving_by_job"),
        ("newsletter", "0017_issues_of_merged_topics"),
        ("newsletter", "0018_finding_readers"),
        ("newsletter", "0019_senders_address"),
        ("newsletter", "0020_remembered_leaving"),
        ("newsletter", "0021_webhook_receipts"),
    ]

    dependencies = [
        ("articles", "0050_triggers_and_first_rows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL((SQL / "in_order.sql").read_text()),
        migrations.CreateModel(
            name="Newsletter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="As readers know it, after the publication's name: “News”, “Weekly analysis”.",
                        max_length=80,
                        validators=[validate_storable, validate_not_blank],
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="Names the list for mail programs; better not changed.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "description",
                    models.CharField(
                        blank=True,
                        help_text="What comes and how often, in one sentence; beside the name where readers choose.",
                        max_length=300,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "from_name",
                    models.CharField(
                        blank=True,
                        help_text="The name readers see as the sender; left empty, the publication's.",
                        max_length=80,
                        validators=[validate_storable],
                        verbose_name="sender",
                    ),
                ),
                (
                    "reply_to",
                    models.EmailField(
                        blank=True,
                        help_text="Where answers go; left empty, the publication's contact address.",
                        max_length=254,
                        validators=[validate_ascii],
                        verbose_name="answers to",
                    ),
                ),
                ("language", models.CharField(choices=LANGUAGES, default="en", max_length=8)),
                (
                    "offered",
                    models.BooleanField(
                        default=True, help_text="Whether readers can choose it when they subscribe."
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="The first one is what the form at the foot of every page subscribes to.",
                    ),
                ),
                (
                    "canary_minutes",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="How long returned mail is waited for before the others get theirs.",
                        validators=[MaxValueValidator(1440)],
                        verbose_name="minutes to wait",
                    ),
                ),
                (
                    "canary_percent",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="So many of a hundred get each issue first, to see how it is taken; at least 50, and nobody where fewer than 200 receive it. 0: all at once.",
                        validators=[MaxValueValidator(50)],
                        verbose_name="first share",
                    ),
                ),
                (
                    "pause_at_percent",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="Where more than so many of a hundred are refused, returned or complained of, the sending pauses by itself.",
                        validators=[MinValueValidator(1), MaxValueValidator(100)],
                        verbose_name="pause at",
                    ),
                ),
                (
                    "rhythms",
                    ArrayField(
                        base_field=models.CharField(choices=RHYTHMS, max_length=6),
                        default=default_frequencies,
                        help_text="How often readers can have it. Whoever has it in a rhythm that is not offered any more keeps it.",
                    ),
                ),
                (
                    "counts_links",
                    models.BooleanField(
                        default=False,
                        help_text="How often each link of an issue was opened, never by whom. Links then lead through this site first. Nothing tells whether a mail was opened.",
                        verbose_name="count opened links",
                    ),
                ),
                (
                    "from_email",
                    models.EmailField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="From which it comes; left empty, that of all mails of the site. Its domain needs the records of a sender (docs/running-mail.md), or it will be taken for forged.",
                        max_length=254,
                        validators=[validate_ascii],
                        verbose_name="sender's address",
                    ),
                ),
                (
                    "topics",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Categories readers can choose among, each with all below it; whoever chooses none receives everything.",
                        related_name="+",
                        to="articles.category",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("canary_percent__lte", 50)),
                        name="newsletter_canary_is_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pause_at_percent__gte", 1), ("pause_at_percent__lte", 100)
                        ),
                        name="newsletter_pauses_at_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rhythms__contained_by", ["issues", "weekly", "daily", "each"]),
                            ("rhythms__len__gt", 0),
                        ),
                        name="newsletter_has_a_rhythm",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Subscriber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.CharField(max_length=254, verbose_name="e-mail address")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Not yet confirmed"),
                            ("active", "Subscribed"),
                            ("left", "Left"),
                            ("suppressed", "Never to be written to"),
                        ],
                        db_index=True,
                        default="pending",
                        max_length=10,
                    ),
                ),
                (
                    "token",
                    models.CharField(default=new_token, editable=False, max_length=64, unique=True),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "left_at",
                    models.DateTimeField(blank=True, help_text="When they last left.", null=True),
                ),
                ("suppressed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "suppressed_because",
                    models.CharField(blank=True, max_length=300, validators=[validate_storable]),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=LANGUAGES,
                        db_default="",
                        default="",
                        help_text="What they read and are written to in; empty, each newsletter's own.",
                        max_length=8,
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="How they wish to be greeted, if at all.",
                        max_length=80,
                        validators=[validate_storable],
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "permissions": [
                    ("export_subscriber", "Can take the list of subscribers away as a file")
                ],
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="subscriber_newest"),
                    models.Index(
                        condition=models.Q(("left_at__isnull", False)),
                        fields=["left_at"],
                        name="subscriber_left",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(Lower("email"), name="subscriber_email_once"),
                    models.CheckConstraint(
                        condition=models.Q(("email", ""), _negated=True),
                        name="subscriber_has_email",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("token", ""), _negated=True),
                        name="subscriber_has_token",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "active"), _negated=True),
                            ("confirmed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="subscriber_active_confirmed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "left"), _negated=True),
                            ("left_at__isnull", False),
                            _connector="OR",
                        ),
                        name="subscriber_left_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "suppressed"), _negated=True),
                            models.Q(
                                ("suppressed_at__isnull", False),
                                models.Q(("suppressed_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="subscriber_suppressed_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Digest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rhythm", models.CharField(choices=COMPOSED_RHYTHMS, max_length=6)),
                (
                    "period",
                    models.CharField(
                        help_text="The day on which it ends, or the article that it brings.",
                        max_length=40,
                    ),
                ),
                ("begins_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("held", models.BooleanField(verbose_name="held for approval")),
                ("composed_at", models.DateTimeField()),
                (
                    "newsletter",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="digests", to="newsletter.newsletter"
                    ),
                ),
                (
                    "composed_for",
                    ArrayField(
                        base_field=models.TextField(),
                        default=list,
                        editable=False,
                        help_text="The choices for which an issue was composed, or found empty.",
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "being_approved",
                    models.BooleanField(
                        default=False,
                        editable=False,
                        help_text="Approved, and not every issue of it was looked over yet.",
                    ),
                ),
            ],
            options={
                "ordering": ["-ends_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("newsletter", "rhythm", "period"), name="digest_of_period_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gte", models.F("begins_at"))),
                        name="digest_ends_after_beginning",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Issue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        blank=True,
                        help_text="The first words decide whether a mail is opened; phones show about 40 characters.",
                        max_length=150,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "preheader",
                    models.CharField(
                        blank=True,
                        help_text="What mail programs show after the subject, about 90 characters.",
                        max_length=200,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        allow_unicode=True,
                        blank=True,
                        help_text="The last part of its address in the archive; left empty, made from the subject.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                (
                    "introduction",
                    models.TextField(
                        blank=True,
                        help_text="What the editor says before the articles.",
                        validators=[validate_storable, MaxLengthValidator(20000)],
                    ),
                ),
                (
                    "closing",
                    models.TextField(
                        blank=True,
                        help_text="What the editor says after the articles.",
                        validators=[validate_storable, MaxLengthValidator(20000)],
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("scheduled", "Waits for its time"),
                            ("sending", "Being sent"),
                            ("paused", "Paused"),
                            ("sent", "Sent"),
                            ("stopped", "Stopped"),
                        ],
                        db_index=True,
                        default="draft",
                        editable=False,
                        max_length=9,
                    ),
                ),
                (
                    "trouble",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Why the sending does not go on at the moment.",
                        max_length=500,
                    ),
                ),
                ("sent_html", models.TextField(blank=True, editable=False)),
                ("sent_text", models.TextField(blank=True, editable=False)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                ("started_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("sent_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "newsletter",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="issues", to="newsletter.newsletter"
                    ),
                ),
                ("stopped_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "stopped_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "accepted",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="What an editor knows of and lets it go on with.",
                        max_length=500,
                    ),
                ),
                (
                    "goes_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="When it is to start by itself.",
                        null=True,
                    ),
                ),
                (
                    "guarded",
                    models.BooleanField(
                        default=True,
                        editable=False,
                        help_text="Whether it pauses when too many are refused.",
                    ),
                ),
                (
                    "wave",
                    models.PositiveSmallIntegerField(
                        default=1,
                        editable=False,
                        help_text="0 while only the first share goes out.",
                    ),
                ),
                (
                    "greeting",
                    models.CharField(
                        blank=True,
                        help_text="Such as “Dear {name},”; left empty, nobody is greeted.",
                        max_length=100,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "greeting_unnamed",
                    models.CharField(
                        blank=True,
                        help_text="For readers whose name is not known, such as “Dear reader,”.",
                        max_length=100,
                        validators=[validate_storable],
                        verbose_name="without a name",
                    ),
                ),
                (
                    "picture",
                    models.ForeignKey(
                        blank=True,
                        help_text="On top of the mail; left empty, the first article has its own picture large.",
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="articles.image",
                        verbose_name="lead picture",
                    ),
                ),
                (
                    "picture_caption",
                    models.TextField(
                        blank=True,
                        help_text="The caption of the lead picture here. Its credit is kept with the picture.",
                        max_length=2000,
                        validators=[validate_storable],
                        verbose_name="caption",
                    ),
                ),
                (
                    "composed_by_rule",
                    models.BooleanField(
                        default=False, editable=False, help_text="Nobody has changed a word of it."
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=LANGUAGES,
                        editable=False,
                        help_text="Of those to whom it goes; empty, the newsletter's own.",
                        max_length=8,
                    ),
                ),
                (
                    "topics",
                    ArrayField(
                        base_field=models.BigIntegerField(),
                        blank=True,
                        default=list,
                        editable=False,
                        help_text="What the readers chose to whom it goes; without any, those who chose none.",
                    ),
                ),
                (
                    "digest",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="The period for which it composed itself; empty where editors composed it.",
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="issues",
                        to="newsletter.digest",
                    ),
                ),
                (
                    "held",
                    models.BooleanField(
                        default=False,
                        editable=False,
                        help_text="It waits for an editor, whatever its rule says.",
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
                "permissions": [("send_issue", "Can send issues to the subscribers")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("slug", ""), _negated=True), name="issue_has_slug"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True),
                            ("sent_at__isnull", False),
                            _connector="OR",
                        ),
                        name="issue_sent_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "scheduled"), _negated=True),
                            ("goes_at__isnull", False),
                            _connector="OR",
                        ),
                        name="issue_scheduled_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "stopped"), _negated=True),
                            ("stopped_at__isnull", False),
                            _connector="OR",
                        ),
                        name="issue_stopped_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "scheduled"]),
                            models.Q(
                                ("started_at__isnull", False),
                                models.Q(("subject", ""), _negated=True),
                                models.Q(("sent_html", ""), _negated=True),
                                models.Q(("sent_text", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="issue_started_is_complete",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("greeting__contains", "{name}"), _negated=True),
                            models.Q(("greeting_unnamed", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="issue_greets_the_unnamed",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("digest__isnull", False), ("state__in", ["draft", "scheduled"])
                        ),
                        fields=("digest", "topics", "language"),
                        name="issue_of_digest_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IssueItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="The first one stands on top with its picture large."
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        limit_choices_to={"state": "published"},
                        on_delete=models.CASCADE,
                        related_name="+",
                        to="articles.article",
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="items", to="newsletter.issue"
                    ),
                ),
                (
                    "heading",
                    models.CharField(
                        blank=True,
                        help_text="Begins a section above this article; left empty, it belongs to the one before.",
                        max_length=80,
                        validators=[validate_storable],
                    ),
                ),
            ],
            options={
                "verbose_name": "article",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("issue", "article"),
                        name="issue_article_once",
                        violation_error_message="This article is chosen twice.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waits"),
                            ("claimed", "Next in turn"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("uncertain", "Uncertain"),
                            ("deferred", "Put off"),
                            ("refused", "Refused"),
                            ("bounced", "Returned"),
                            ("complained", "Complained of"),
                            ("suppressed", "Left before it was sent"),
                            ("cancelled", "Stopped"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(help_text="Not before this moment.")),
                ("message_id", models.CharField(max_length=300)),
                (
                    "words",
                    models.CharField(
                        blank=True,
                        help_text="What the mail server answered, or why it was not sent.",
                        max_length=500,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("sending_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "issue",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="deliveries",
                        to="newsletter.issue",
                    ),
                ),
                (
                    "subscriber",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty once the subscriber's data were erased.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="deliveries",
                        to="newsletter.subscriber",
                    ),
                ),
                (
                    "lease",
                    models.UUIDField(
                        blank=True,
                        help_text="Which connection of which worker has taken it.",
                        null=True,
                    ),
                ),
                (
                    "lease_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="When whoever has claimed it is taken for dead.",
                        null=True,
                    ),
                ),
                (
                    "wave",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="0 for the share that goes first, to see how it is taken.",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "ordering": ["pk"],
                "permissions": [
                    ("read_all_mail", "Can read every mail in the folder, sign-in codes included")
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "sending")),
                        fields=["sending_at"],
                        name="delivery_in_hand",
                    ),
                    models.Index(fields=["issue", "state"], name="delivery_counts"),
                    models.Index(
                        models.F("issue"),
                        models.F("wave"),
                        models.F("due_at"),
                        models.F("id"),
                        condition=models.Q(("state__in", ["queued", "deferred"])),
                        name="delivery_queue",
                    ),
                    models.Index(
                        condition=models.Q(("state", "claimed")),
                        fields=["lease_until"],
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
                            (
                                "state__in",
                                [
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
                                ],
                            )
                        ),
                        name="delivery_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "claimed"), _negated=True),
                            models.Q(("lease__isnull", False), ("lease_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="delivery_claimed_has_lease",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["sending", "sent", "bounced", "complained"]),
                                _negated=True,
                            ),
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
                            models.Q(("words", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="delivery_trouble_has_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "where",
                    models.CharField(
                        help_text="The page on which the address was entered.", max_length=300
                    ),
                ),
                (
                    "wording",
                    models.TextField(
                        help_text="The words above the button that was pressed to confirm."
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("confirm", "We sent a link to confirm"),
                            ("known", "We wrote that they are subscribed already"),
                            ("none", "We sent nothing"),
                        ],
                        max_length=8,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "subscriber",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="consents",
                        to="newsletter.subscriber",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=LANGUAGES,
                        db_default="",
                        default="",
                        help_text="The language they chose, if any.",
                        max_length=8,
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at__isnull", True)),
                        fields=["asked_at"],
                        name="consent_unanswered",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("wording", ""), _negated=True),
                        name="consent_has_wording",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField(auto_now_add=True)),
                (
                    "newsletter",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="subscriptions",
                        to="newsletter.newsletter",
                    ),
                ),
                (
                    "subscriber",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="subscriptions",
                        to="newsletter.subscriber",
                    ),
                ),
                (
                    "rhythm",
                    models.CharField(
                        choices=RHYTHMS, db_default="issues", default="issues", max_length=6
                    ),
                ),
                (
                    "topics",
                    ArrayField(
                        base_field=models.BigIntegerField(),
                        blank=True,
                        help_text="The categories it is to be about, by number; unknown, everything comes, and with none in the list nothing does.",
                        null=True,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["newsletter", "rhythm", "topics"],
                        include=("subscriber",),
                        name="subscription_choice",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subscriber", "newsletter"), name="subscription_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rhythm__in", ["issues", "weekly", "daily", "each"])),
                        name="subscription_has_rhythm",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("topics__isnull", True),
                            models.Q(("rhythm", "issues"), _negated=True),
                            _connector="OR",
                        ),
                        name="subscription_topics_are_composed",
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
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("sent", "Taken"),
                            ("refused", "Refused"),
                            ("deferred", "Put off"),
                            ("unreachable", "Not reached"),
                            ("uncertain", "Uncertain"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "words",
                    models.CharField(blank=True, help_text="The server's answer.", max_length=500),
                ),
                ("began_at", models.DateTimeField(help_text="When it was marked as being sent.")),
                ("answered_at", models.DateTimeField()),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="tries", to="newsletter.delivery"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["answered_at"], name="attempt_answered")],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "choice",
                    models.CharField(
                        choices=[("again", "Send again"), ("leave", "Leave it")], max_length=5
                    ),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="decisions", to="newsletter.delivery"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Pace",
            fields=[
                ("scope", models.CharField(max_length=253, primary_key=True, serialize=False)),
                ("free_at", models.DateTimeField(help_text="No mail before this moment.")),
                (
                    "spread_at",
                    models.DateTimeField(help_text="How far waiting mails were spread already."),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RunEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "deed",
                    models.CharField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("taken_back", "Taken back"),
                            ("started", "Started"),
                            ("paused", "Paused"),
                            ("went_on", "Went on"),
                            ("widened", "First share taken well"),
                            ("stopped", "Stopped"),
                            ("finished", "Finished"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500)),
                ("made_at", models.DateTimeField()),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="events", to="newsletter.issue"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty where it happened by itself.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="SendingLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "domain",
                    models.CharField(
                        blank=True,
                        help_text="What stands behind the @, like example.org; * for each domain not named here; empty for all mail together.",
                        max_length=253,
                        validators=[
                            RegexValidator(
                                "^(\\*|[^\\s@*]+)$",
                                "Enter a domain like example.org, or * for each other domain.",
                            )
                        ],
                    ),
                ),
                (
                    "per_second",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="0.5 is one mail in two seconds.",
                        max_digits=7,
                        validators=[MinValueValidator(0.01)],
                    ),
                ),
            ],
            options={
                "ordering": ["domain"],
                "constraints": [
                    models.UniqueConstraint(
                        Lower("domain"),
                        name="limit_domain_once",
                        violation_error_message="This domain has a limit already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("per_second__gt", 0)), name="limit_is_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Bounce",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hard", "There is no such address"),
                            ("soft", "Did not arrive this time"),
                            ("complaint", "Reported as unwanted"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("no such address", "no such address"),
                            ("no such domain", "no such domain"),
                            ("moved away", "moved away"),
                            ("the domain takes no mail", "the domain takes no mail"),
                            ("mailbox full", "mailbox full"),
                            ("account locked or given up", "account locked or given up"),
                            (
                                "refused by the recipient's rules",
                                "refused by the recipient's rules",
                            ),
                            (
                                "our server or address is blocked",
                                "our server or address is blocked",
                            ),
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
                ),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        help_text="The enhanced status code, as in 5.1.1.",
                        max_length=12,
                        verbose_name="code",
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        blank=True, help_text="What the mail server said.", max_length=500
                    ),
                ),
                (
                    "domain",
                    models.CharField(
                        blank=True,
                        help_text="The domain that did not take the mail.",
                        max_length=255,
                    ),
                ),
                (
                    "matched_by",
                    models.CharField(
                        choices=[
                            ("verp", "The address it came to"),
                            ("message", "The mail it returned"),
                            ("address", "The address it named"),
                            ("answer", "The answer at the door"),
                            ("nothing", "Nobody we know"),
                        ],
                        max_length=8,
                        verbose_name="found by",
                    ),
                ),
                ("read_at", models.DateTimeField(auto_now_add=True)),
                (
                    "message_key",
                    models.CharField(
                        editable=False,
                        help_text="What the message was, so that none counts twice.",
                        max_length=64,
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "delivery",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="bounces",
                        to="newsletter.delivery",
                    ),
                ),
                (
                    "subscriber",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="bounces",
                        to="newsletter.subscriber",
                    ),
                ),
            ],
            options={
                "ordering": ["-read_at", "-pk"],
                "indexes": [
                    models.Index(fields=["subscriber", "read_at"], name="bounce_of_subscriber")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message_key", "number"), name="bounce_read_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["hard", "soft", "complaint"]),
                            models.Q(("message_key", ""), _negated=True),
                        ),
                        name="bounce_has_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MailboxReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "mailbox",
                    models.CharField(
                        help_text="Without its password.", max_length=300, unique=True
                    ),
                ),
                ("tried_at", models.DateTimeField()),
                (
                    "read_at",
                    models.DateTimeField(blank=True, help_text="When it was last read.", null=True),
                ),
                ("trouble", models.CharField(blank=True, max_length=500)),
                (
                    "messages",
                    models.PositiveIntegerField(default=0, help_text="Read since the beginning."),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("read_at__isnull", False),
                            models.Q(("trouble", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="mailbox_read_or_why_not",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address_hash", models.CharField(db_index=True, editable=False, max_length=64)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("hard", "There is no such address"),
                            ("soft", "Did not arrive again and again"),
                            ("complaint", "Reported our mail as unwanted"),
                            ("by_hand", "By hand"),
                            ("left", "Had left when their data were erased"),
                        ],
                        max_length=9,
                    ),
                ),
                ("words", models.CharField(max_length=300, validators=[validate_storable])),
                ("since", models.DateTimeField()),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                (
                    "released_because",
                    models.CharField(blank=True, max_length=300, validators=[validate_storable]),
                ),
                (
                    "bounce",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to="newsletter.bounce",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty where mail that came back said so.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "subscriber",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty once the subscriber's data were erased; the address stays barred.",
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="suppressions",
                        to="newsletter.subscriber",
                    ),
                ),
            ],
            options={
                "ordering": ["-since", "-pk"],
                "permissions": [("release_suppression", "Can let an address be written to again")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("released_at__isnull", True)),
                        fields=("address_hash",),
                        name="suppression_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("address_hash", ""), _negated=True),
                            models.Q(("words", ""), _negated=True),
                        ),
                        name="suppression_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released_at__isnull", True),
                            models.Q(("released_because", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="suppression_released_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("link", "A link to another site"), ("name", "A name in the DNS")],
                        max_length=4,
                    ),
                ),
                ("what", models.CharField(max_length=2000)),
                ("good", models.BooleanField()),
                ("words", models.CharField(blank=True, max_length=500)),
                ("looked_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["kind", "what"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "what"), name="look_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("good", True), models.Q(("words", ""), _negated=True), _connector="OR"
                        ),
                        name="look_bad_has_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TestMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("sent_at", models.DateTimeField(auto_now_add=True)),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="tests", to="newsletter.issue"
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-sent_at", "-pk"],
                "indexes": [models.Index(fields=["issue", "digest"], name="testmail_of_issue")],
            },
        ),
        migrations.CreateModel(
            name="Waiver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "about",
                    models.CharField(help_text="What was found, by its name.", max_length=2100),
                ),
                (
                    "words",
                    models.CharField(help_text="As it was said to the editor.", max_length=2500),
                ),
                (
                    "reason",
                    models.CharField(
                        max_length=300, validators=[validate_storable, validate_not_blank]
                    ),
                ),
                ("given_at", models.DateTimeField(auto_now_add=True)),
                (
                    "given_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="waivers", to="newsletter.issue"
                    ),
                ),
            ],
            options={
                "ordering": ["given_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("issue", "about"), name="waiver_once"),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="waiver_has_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentedNewsletter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rhythm",
                    models.CharField(
                        choices=RHYTHMS, db_default="issues", default="issues", max_length=6
                    ),
                ),
                (
                    "topics",
                    ArrayField(
                        base_field=models.BigIntegerField(),
                        blank=True,
                        help_text="Unknown: everything.",
                        null=True,
                    ),
                ),
                (
                    "consent",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="wished", to="newsletter.consent"
                    ),
                ),
                (
                    "newsletter",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="+", to="newsletter.newsletter"
                    ),
                ),
                (
                    "addresses",
                    ArrayField(
                        base_field=models.CharField(max_length=500),
                        blank=True,
                        db_default=[],
                        default=list,
                        help_text="Of the topics, in the same order, when they were chosen.",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("consent", "newsletter"), name="consented_newsletter_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rhythm__in", ["issues", "weekly", "daily", "each"])),
                        name="consented_newsletter_has_rhythm",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DigestRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rhythm", models.CharField(choices=COMPOSED_RHYTHMS, max_length=6)),
                (
                    "on",
                    models.BooleanField(
                        default=True,
                        help_text="Taken away, nothing new is composed.",
                        verbose_name="composes itself",
                    ),
                ),
                (
                    "held",
                    models.BooleanField(
                        default=True,
                        help_text="It waits until an editor approves it; taken away, it goes out by itself.",
                        verbose_name="held for approval",
                    ),
                ),
                (
                    "at",
                    models.TimeField(
                        default=datetime.time(7, 0),
                        help_text="By the publication's clock; “each article” goes a few minutes after it is published.",
                        verbose_name="time of day",
                    ),
                ),
                (
                    "day",
                    models.PositiveSmallIntegerField(
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
                        help_text="For what comes once a week.",
                        verbose_name="day of the week",
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        default="{headline}",
                        help_text="{headline} is that of the first article, {newsletter} the name, {day} the date.",
                        max_length=150,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "introduction",
                    models.TextField(
                        blank=True,
                        help_text="Stands above the articles each time; most digests need none.",
                        max_length=2000,
                        validators=[validate_storable],
                    ),
                ),
                (
                    "since",
                    models.DateTimeField(
                        default=timezone.now,
                        editable=False,
                        help_text="When it was last switched on.",
                    ),
                ),
                (
                    "newsletter",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="rules", to="newsletter.newsletter"
                    ),
                ),
                (
                    "timed_since",
                    models.DateTimeField(
                        default=timezone.now,
                        editable=False,
                        help_text="Since when it has this day and time; no earlier moment is made good.",
                    ),
                ),
            ],
            options={
                "verbose_name": "rule of a digest",
                "verbose_name_plural": "rules of digests",
                "ordering": ["newsletter", "rhythm"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("newsletter", "rhythm"),
                        name="digest_rule_once",
                        violation_error_message="This newsletter has a rule for this rhythm already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rhythm__in", ["weekly", "daily", "each"])),
                        name="digest_rule_rhythm",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("day__lte", 6)), name="digest_rule_day"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SubscriberExport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("rows", models.PositiveIntegerField()),
                (
                    "chosen",
                    models.CharField(
                        blank=True, help_text="How the list was filtered.", max_length=300
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "export",
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="SubscriberImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, validators=[validate_storable])),
                ("content", models.BinaryField(null=True)),
                ("columns", models.JSONField(default=dict, help_text="Which column is what.")),
                (
                    "consent",
                    models.CharField(
                        help_text="When, where and to which words: “Signed up at the spring conference, 12 May 2026, on paper, to receive our news”. It is kept with each of them.",
                        max_length=500,
                        validators=[validate_storable, validate_not_blank],
                        verbose_name="how they agreed",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "To be looked over"),
                            ("looking", "Being looked over"),
                            ("looked", "Looked over, nothing written yet"),
                            ("taking_in", "Being taken in"),
                            ("done", "Taken in"),
                        ],
                        default="new",
                        editable=False,
                        max_length=9,
                    ),
                ),
                ("rows_read", models.PositiveIntegerField(default=0, editable=False)),
                ("rows_in_all", models.PositiveIntegerField(default=0, editable=False)),
                ("counts", models.JSONField(default=dict, editable=False)),
                ("trouble", models.CharField(blank=True, editable=False, max_length=500)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("done_at", models.DateTimeField(editable=False, null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "newsletters",
                    models.ManyToManyField(
                        help_text="What these people are to receive.",
                        related_name="+",
                        to="newsletter.newsletter",
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "ordering": ["-made_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("consent", ""), _negated=True),
                        name="import_has_consent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            ("done_at__isnull", False),
                            _connector="OR",
                        ),
                        name="import_done_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportedLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "line",
                    models.PositiveIntegerField(
                        help_text="Counted from 1, as editors of text count."
                    ),
                ),
                (
                    "fate",
                    models.CharField(
                        choices=[
                            ("broken", "Broken"),
                            ("duplicate", "Stands there twice"),
                            ("left", "Has left"),
                            ("suppressed", "Not to be written to"),
                            ("remark", "Taken in, but"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                (
                    "typed",
                    models.CharField(
                        blank=True, help_text="The beginning of what stood there.", max_length=100
                    ),
                ),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="lines",
                        to="newsletter.subscriberimport",
                    ),
                ),
            ],
            options={
                "ordering": ["line", "pk"],
                "indexes": [models.Index(fields=["of", "fate", "line"], name="imported_line_of")],
            },
        ),
        migrations.CreateModel(
            name="IssueLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("address", models.CharField(max_length=2100)),
                ("opened", models.PositiveIntegerField(default=0)),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="links", to="newsletter.issue"
                    ),
                ),
            ],
            options={
                "ordering": ["-opened", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("issue", "number"), name="issue_link_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookReceipt",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("body_hash", models.CharField(max_length=64)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.AddField(
            model_name="subscriber",
            name="newsletters",
            field=models.ManyToManyField(
                related_name="subscribers",
                through="newsletter.Subscription",
                to="newsletter.newsletter",
            ),
        ),
        migrations.AddField(
            model_name="issue",
            name="articles",
            field=models.ManyToManyField(
                related_name="+", through="newsletter.IssueItem", to="articles.article"
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="newsletters",
            field=models.ManyToManyField(
                related_name="consents",
                through="newsletter.ConsentedNewsletter",
                to="newsletter.newsletter",
            ),
        ),
        migrations.RunPython(create_first_newsletter, migrations.RunPython.noop),
    ]
