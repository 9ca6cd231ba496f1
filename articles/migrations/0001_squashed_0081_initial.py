"""Articles, images, comments, search and pages; what Django cannot declare about them, in `sql/`; the rows that a newsroom begins with."""

import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import MD5, Concat, Greatest, Lower
from django.utils import timezone
from taggit.managers import TaggableManager

from articles.comments.notifications.models import new_token
from articles.pages.models import validate_path
from iria.core.text.languages import language_choices
from iria.core.text.validators import validate_not_blank, validate_storable

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
ARTICLE_STATES = [
    ("draft", "Draft"),
    ("scheduled", "Scheduled"),
    ("published", "Published"),
    ("withdrawn", "Unpublished"),
    ("trash", "In trash"),
]
FORMATS = [("avif", "AVIF"), ("webp", "WebP"), ("jpeg", "JPEG"), ("png", "PNG")]
COMMENT_STATES = [
    ("unconfirmed", "Awaiting e-mail confirmation"),
    ("held", "Pending"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("spam", "Spam"),
    ("deleted", "Deleted by the commenter"),
]
NAMED = [validate_storable, validate_not_blank]
STORABLE = [validate_storable]
SQL = Path(__file__).with_name("sql")

ARTICLE_TYPES = [
    # name, template, names in the other languages of the interface
    (
        "News",
        "news",
        {"ar": "خبر", "de": "Nachricht", "es": "Noticia", "fr": "Actualité", "pt": "Notícia"},
    ),
    (
        "Analysis",
        "analysis",
        {"ar": "تحليل", "de": "Analyse", "es": "Análisis", "fr": "Analyse", "pt": "Análise"},
    ),
    (
        "Report",
        "report",
        {"ar": "تقرير", "de": "Bericht", "es": "Informe", "fr": "Rapport", "pt": "Relatório"},
    ),
    (
        "Opinion",
        "opinion",
        {"ar": "رأي", "de": "Meinung", "es": "Opinión", "fr": "Opinion", "pt": "Opinião"},
    ),
    (
        "Backgrounder",
        "analysis",
        {"ar": "خلفية", "de": "Hintergrund", "es": "Contexto", "fr": "Contexte", "pt": "Contexto"},
    ),
    (
        "Interview",
        "news",
        {
            "ar": "مقابلة",
            "de": "Interview",
            "es": "Entrevista",
            "fr": "Entretien",
            "pt": "Entrevista",
        },
    ),
]

EMBED_PROVIDERS = [
    # name, URLs of its pages, URL of the frame, shape
    (
        "YouTube",
        [
            "https://www.youtube.com/watch?v={id}",
            "https://youtube.com/watch?v={id}",
            "https://m.youtube.com/watch?v={id}",
            "https://www.youtube.com/shorts/{id}",
            "https://www.youtube.com/live/{id}",
            "https://youtu.be/{id}",
        ],
        "https://www.youtube-nocookie.com/embed/{id}",
        "wide",
    ),
    ("Vimeo", ["https://vimeo.com/{id}"], "https://player.vimeo.com/video/{id}?dnt=1", "wide"),
    (
        "Datawrapper",
        ["https://datawrapper.dwcdn.net/{id}", "https://datawrapper.dwcdn.net/{id}/{version}"],
        "https://datawrapper.dwcdn.net/{id}/",
        "tall",
    ),
    (
        "SoundCloud",
        ["https://soundcloud.com/{artist}/{title}"],
        "https://w.soundcloud.com/player/?url={address}",
        "low",
    ),
]

SCREENING_RULES = [
    # phase, threshold, action, message to the commenter
    ("trap", 0, "spam", ""),
    (
        "banned",
        0,
        "reject",
        "It has a word that is not used on this site; please write it without that word.",
    ),
    ("suspect", 0, "hold", ""),
    ("links", 2, "hold", ""),
    ("link_kinds", 0, "hold", ""),
    ("duplicate", 1, "hold", ""),
    ("shouting", 70, "hold", ""),
    ("length", 4000, "allow", ""),
    ("newcomer", 1, "hold", ""),
    ("model", 0, "hold", ""),
    ("everyone", 0, "hold", ""),
    ("reports", 3, "hold", ""),
    (
        "writer",
        0,
        "reject",
        "Commenting with this account or address is suspended. If you think that this is a mistake, "
        "please write to the newsroom.",
    ),
    ("likeness", 0, "hold", ""),
    ("rate", 4, "hold", ""),
    ("akismet", 0, "hold", ""),
]

REASONS = [
    # name, message
    (
        "Off the subject",
        "It is not about what the article says. You are welcome to write about that.",
    ),
    (
        "Insulting",
        "It insults somebody. Please say what you think of the matter without attacking a person.",
    ),
    ("Hateful", "It speaks of people with contempt for what they are; that is not published here."),
    ("Advertising", "It advertises something. Comments are for talking about the article."),
    (
        "Private matters",
        "It tells private things about somebody, such as an address or an illness.",
    ),
    (
        "Not true",
        "It states as a fact what is plainly not true, and could harm somebody who believes it.",
    ),
    ("Said already", "The same was said in this conversation already."),
    (
        "Cannot be understood",
        "We could not make out what it means; please write it in whole sentences.",
    ),
]


def run(name):
    return migrations.RunSQL((SQL / f"{name}.sql").read_text())


def create_first_rows(apps, schema_editor):
    def insert(model, rows):
        model = apps.get_model("articles", model)
        model.objects.bulk_create(model(**row) for row in rows)

    insert(
        "ArticleType",
        (
            {
                "name": name,
                "slug": name.lower(),
                "position": position,
                "template": template,
                "translations": {language: {"name": text} for language, text in names.items()},
            }
            for position, (name, template, names) in enumerate(ARTICLE_TYPES)
        ),
    )
    insert(
        "EmbedProvider",
        (
            {
                "name": name,
                "page_url_patterns": "\n".join(pages),
                "frame_url": frame,
                "frame_origin": "/".join(frame.split("/")[:3]),
                "shape": shape,
            }
            for name, pages, frame, shape in EMBED_PROVIDERS
        ),
    )
    insert(
        "ScreeningRule",
        (
            {
                "phase": phase,
                "threshold": threshold,
                "action": action,
                "message": message,
                "active": phase != "akismet",
            }
            for phase, threshold, action, message in SCREENING_RULES
        ),
    )
    insert(
        "RejectionReason",
        (
            {"name": name, "message": message, "position": position}
            for position, (name, message) in enumerate(REASONS, 1)
        ),
    )


def create(model, /, *, Meta=None, **fields):
    """The fields by keyword, as in a model."""
    return migrations.CreateModel(model, [*fields.items()], Meta)


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("articles", "0001_squashed_0049_tables"),
        ("articles", "0050_triggers_and_first_rows"),
        ("articles", "0051_comment_names"),
        ("articles", "0052_rename_editorial_and_image_models"),
        ("articles", "0053_labels_of_articles_and_images"),
        ("articles", "0054_search_and_page_names"),
        ("articles", "0055_page_labels"),
        ("articles", "0056_drafts"),
        ("articles", "0057_live_revisions"),
        ("articles", "0058_trash"),
        ("articles", "0059_files"),
        ("articles", "0060_internal_links"),
        ("articles", "0061_record_internal_links"),
        ("articles", "0062_alt_text_of_uses"),
        ("articles", "0063_social_preview"),
        ("articles", "0064_article_type_templates"),
        ("articles", "0065_templates_of_article_types"),
        ("articles", "0066_recommendations"),
        ("articles", "0067_translations"),
        ("articles", "0068_series_position_optional"),
        ("articles", "0069_show_updated"),
        ("articles", "0070_saved_views"),
        ("articles", "0071_link_cards"),
        ("articles", "0072_section_patterns"),
        ("articles", "0073_opinions_and_reports_on_front_pages"),
        ("articles", "0074_check_slots_of_front_pages"),
        ("articles", "0075_names_of_article_types"),
        ("articles", "0076_translate_article_types"),
        ("articles", "0077_search_entries_in_bulk"),
        ("articles", "0078_credit_pending"),
        ("articles", "0079_comment_words_together"),
        ("articles", "0080_listings_without_lookup"),
        ("articles", "0081_comment_positions_first"),
    ]
    dependencies = [
        ("accounts", "0001_squashed_0006_initial"),
        ("iria", "0001_squashed_0025_initial"),
        ("taggit", "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        create(
            "Agency",
            id=ID,
            name=models.CharField(max_length=120, unique=True, validators=NAMED),
            credit_text=models.CharField(
                help_text="Credit after the photographer's name, for example “via Reuters”.",
                max_length=120,
                validators=NAMED,
            ),
            credit_text_alone=models.CharField(
                blank=True,
                help_text="Credit if no photographer is known. Empty: the name.",
                max_length=120,
                validators=STORABLE,
            ),
            url=models.URLField(blank=True, help_text="Link target of the credit.", max_length=500),
            usage_terms=models.TextField(
                blank=True,
                help_text="What the agency usually allows. Shown to editors with each of its images.",
                max_length=2000,
                validators=STORABLE,
            ),
            Meta={
                "verbose_name_plural": "agencies",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(condition=~models.Q(name=""), name="agency_has_name"),
                    models.CheckConstraint(
                        condition=~models.Q(credit_text=""), name="agency_has_wording"
                    ),
                ],
            },
        ),
        create(
            "Photographer",
            id=ID,
            name=models.CharField(max_length=120, unique=True, validators=NAMED),
            url=models.URLField(blank=True, help_text="Link target of the credit.", max_length=500),
            Meta={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(name=""), name="photographer_has_name"
                    )
                ],
            },
        ),
        create("TranslationGroup", id=ID, created_at=models.DateTimeField(auto_now_add=True)),
        create(
            "Category",
            id=ID,
            name=models.CharField(max_length=80, validators=NAMED),
            slug=models.SlugField(
                allow_unicode=True,
                help_text="Part of the URL. After a change, the old URL redirects.",
                max_length=80,
            ),
            position=models.PositiveSmallIntegerField(
                default=0, help_text="Lower numbers come first."
            ),
            introduction=models.TextField(
                blank=True,
                help_text="Shown at the top of the category page, and as its meta description.",
                validators=STORABLE,
            ),
            path=models.CharField(editable=False, max_length=400, unique=True),
            sort_key=models.CharField(db_index=True, editable=False, max_length=600),
            parent=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="children",
                to="articles.category",
            ),
            translations=models.JSONField(blank=True, db_default={}, default=dict),
            Meta={
                "verbose_name_plural": "categories",
                "ordering": ["sort_key"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("parent", "slug"),
                        name="category_slug_once_per_parent",
                        nulls_distinct=False,
                        violation_error_message="A category with this slug already exists here.",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(parent=models.F("pk")),
                        name="category_not_its_own_parent",
                        violation_error_message="A category cannot be below itself.",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(slug="feed"),
                        name="category_slug_not_reserved",
                        violation_error_message="“feed” is reserved for URLs. Choose another slug.",
                    ),
                ],
            },
        ),
        create(
            "Page",
            id=ID,
            title=models.CharField(max_length=120, validators=NAMED),
            path=models.CharField(
                error_messages={"unique": "A page with this path already exists."},
                help_text="For example about or about/our-team. If you change it, the old URL redirects here.",
                max_length=200,
                unique=True,
                validators=[validate_storable, validate_path],
                verbose_name="address",
            ),
            body=models.TextField(
                blank=True, max_length=500000, validators=STORABLE, verbose_name="text"
            ),
            description=models.CharField(
                blank=True,
                help_text="Meta description for search engines: one sentence.",
                max_length=300,
                validators=STORABLE,
            ),
            language=models.CharField(choices=language_choices, default="en", max_length=8),
            position=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Lower numbers come first. Leave empty to hide the page from the footer.",
                null=True,
                verbose_name="position in footer",
            ),
            is_published=models.BooleanField(
                default=False,
                help_text="Clear to hide the page from readers.",
                verbose_name="published",
            ),
            created_at=models.DateTimeField(auto_now_add=True),
            modified_at=models.DateTimeField(auto_now=True),
            translation_of=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                help_text="The page that this one translates. Menus in the language of this page link here instead.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="translations",
                to="articles.page",
            ),
            Meta={
                "ordering": ["position", "title"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(~models.Q(path=""), ~models.Q(title="")),
                        name="page_has_address",
                    )
                ],
            },
        ),
        create(
            "PinnedQuery",
            id=ID,
            query=models.CharField(
                help_text="The whole query. Case, accents and quotation marks are ignored.",
                max_length=120,
                validators=NAMED,
            ),
            key=models.CharField(editable=False, max_length=160, unique=True),
            modified_at=models.DateTimeField(auto_now=True),
            modified_by=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
            Meta={
                "verbose_name": "pinned search",
                "verbose_name_plural": "pinned searches",
                "ordering": ["query"],
                "constraints": [
                    models.CheckConstraint(condition=~models.Q(key=""), name="pinned_query_has_key")
                ],
            },
        ),
        create(
            "Synonyms",
            id=ID,
            terms=models.CharField(
                help_text="Words or phrases with the same meaning, separated by commas, such as EU, European Union. A search for one also finds the others.",
                max_length=300,
                unique=True,
                validators=STORABLE,
            ),
            keys=ArrayField(
                base_field=models.CharField(max_length=80),
                blank=True,
                default=list,
                editable=False,
                help_text="Normalised phrases, used to compare queries.",
            ),
            modified_at=models.DateTimeField(auto_now=True),
            modified_by=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
            Meta={
                "verbose_name": "set of synonyms",
                "verbose_name_plural": "synonyms",
                "ordering": ["terms"],
                "indexes": [GinIndex(fields=["keys"], name="synonyms_keys")],
            },
        ),
        create(
            "SearchLanguage",
            configuration=models.CharField(max_length=40, primary_key=True, serialize=False),
            articles=models.IntegerField(),
            length=models.FloatField(help_text="Total length of all entries in words."),
            mean=models.FloatField(
                help_text="Mean length used for the weights of the postings. The actual mean may differ slightly (see search.index.statistics.refresh)."
            ),
        ),
        create(
            "SearchLexeme",
            id=models.AutoField(primary_key=True, serialize=False),
            configuration=models.CharField(max_length=40),
            word=models.TextField(),
            articles=models.IntegerField(default=0),
            Meta={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("configuration", "word"), name="search_lexeme_once"
                    )
                ]
            },
        ),
        create(
            "EmbedProvider",
            id=ID,
            name=models.CharField(max_length=40, unique=True, validators=NAMED),
            page_url_patterns=models.TextField(
                help_text="URLs of its pages, one per line, with placeholders in braces: https://vimeo.com/{id}. Other query parameters are ignored.",
                max_length=2000,
                validators=STORABLE,
            ),
            frame_url=models.CharField(
                help_text="URL of its frame, with the same placeholders: https://player.vimeo.com/video/{id}. {address} is the full URL of the page.",
                max_length=300,
                validators=STORABLE,
            ),
            frame_origin=models.CharField(editable=False, max_length=260),
            shape=models.CharField(
                choices=[
                    ("wide", "Wide (16:9)"),
                    ("square", "Square"),
                    ("tall", "Tall (posts, charts)"),
                    ("low", "Low (audio players)"),
                ],
                default="wide",
                max_length=6,
            ),
            is_enabled=models.BooleanField(
                default=True,
                help_text="If off, readers get a link card instead of the embed.",
                verbose_name="enabled",
            ),
            Meta={
                "verbose_name": "embed provider",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("frame_origin__regex", "^https://[a-z0-9.-]+$"),
                            (
                                "frame_url__startswith",
                                Concat(models.F("frame_origin"), models.Value("/")),
                            ),
                        ),
                        name="embed_frame_stands_at_its_origin",
                    )
                ],
            },
        ),
        create(
            "Series",
            id=ID,
            name=models.CharField(
                help_text="Shown above each of its articles.",
                max_length=120,
                unique=True,
                validators=NAMED,
            ),
            created_at=models.DateTimeField(auto_now_add=True),
            Meta={"verbose_name_plural": "series", "ordering": ["name"]},
        ),
        create(
            "ScreenedWord",
            id=ID,
            word=models.CharField(max_length=100, validators=NAMED, verbose_name="word or phrase"),
            folded=models.CharField(editable=False, max_length=200, unique=True),
            list=models.CharField(
                choices=[("banned", "Banned"), ("suspect", "Suspicious")],
                default="suspect",
                max_length=7,
            ),
            added_at=models.DateTimeField(auto_now_add=True),
            added_by=models.ForeignKey(
                editable=False, null=True, on_delete=models.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
            Meta={
                "ordering": ["word"],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(folded=""), name="screened_word_can_be_seen"
                    )
                ],
            },
        ),
        create(
            "ScreeningRule",
            id=ID,
            phase=models.CharField(
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
            active=models.BooleanField(default=True, verbose_name="on"),
            threshold=models.PositiveIntegerField(
                default=0, help_text="What is counted depends on the rule."
            ),
            action=models.CharField(
                choices=[
                    ("allow", "Note only"),
                    ("hold", "Hold for a moderator"),
                    ("spam", "Mark as spam"),
                    ("reject", "Reject with a reason"),
                ],
                default="hold",
                max_length=6,
            ),
            message=models.CharField(
                blank=True,
                help_text="For rules that reject: one sentence that says what to change.",
                max_length=300,
                validators=STORABLE,
                verbose_name="message to the commenter",
            ),
            modified_at=models.DateTimeField(auto_now=True),
            modified_by=models.ForeignKey(
                editable=False, null=True, on_delete=models.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
            reports_corrections=models.BooleanField(
                default=False,
                help_text="Sends comments that moderators decided differently to Akismet again.",
                verbose_name="report corrections to Akismet",
            ),
            Meta={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(action__in=["allow", "hold", "spam", "reject"]),
                        name="rule_action_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ~models.Q(action="reject"), ~models.Q(message=""), _connector="OR"
                        ),
                        name="rule_that_rejects_has_reason",
                        violation_error_message="Enter the message to the commenter. Rules that reject need one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reports_corrections", False), ("phase", "akismet"), _connector="OR"
                        ),
                        name="rule_that_reports_back_is_akismet",
                    ),
                ],
            },
        ),
        create(
            "SearchChange",
            id=ID,
            configuration=models.CharField(max_length=40),
            articles=models.SmallIntegerField(
                help_text="1: added to an article; -1: removed from an article."
            ),
            length=models.FloatField(),
            lexemes=ArrayField(base_field=models.IntegerField()),
        ),
        create(
            "Follower",
            id=ID,
            email=models.EmailField(
                blank=True,
                help_text="Of a guest; users are e-mailed at the address of their account.",
                max_length=254,
                validators=STORABLE,
                verbose_name="e-mail address",
            ),
            token=models.CharField(default=new_token, editable=False, max_length=64, unique=True),
            created_at=models.DateTimeField(default=timezone.now, editable=False),
            suppressed_at=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When e-mail to this address bounced.",
                null=True,
            ),
            suppression_reason=models.CharField(
                blank=True, editable=False, max_length=300, validators=STORABLE
            ),
            user=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=models.CASCADE,
                related_name="follower",
                to=settings.AUTH_USER_MODEL,
            ),
            Meta={
                "constraints": [
                    models.UniqueConstraint(
                        Lower("email"), condition=~models.Q(email=""), name="follower_email_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(email__gt="", user__isnull=True),
                            models.Q(email="", user__isnull=False),
                            _connector="OR",
                        ),
                        name="follower_is_account_or_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("suppressed_at__isnull", True),
                            ~models.Q(suppression_reason=""),
                            _connector="OR",
                        ),
                        name="follower_stopped_has_reason",
                    ),
                ]
            },
        ),
        create(
            "ListingCount",
            id=ID,
            scope=models.CharField(
                choices=[
                    ("all", "All articles; the target is 0"),
                    ("year", "A year, as in the articles' URLs"),
                    ("month", "A month, as 202603"),
                    ("type", "A type of article"),
                    ("category", "A category and its subcategories"),
                    ("primary", "A primary category"),
                    ("tag", "A tag"),
                    ("author", "An author"),
                ],
                max_length=8,
            ),
            target=models.BigIntegerField(),
            language=models.CharField(max_length=8),
            period=models.IntegerField(default=0),
            articles=models.IntegerField(),
            visible_from=models.DateTimeField(),
            added_up=models.BooleanField(default=False),
            Meta={
                "indexes": [
                    models.Index(
                        condition=models.Q(period=0),
                        fields=["scope", "target", "language"],
                        include=("articles", "visible_from"),
                        name="listing_count",
                    ),
                    models.Index(
                        condition=models.Q(period__gt=0),
                        fields=["scope", "target", "period"],
                        name="listing_count_by_month",
                    ),
                    models.Index(
                        condition=models.Q(added_up=False),
                        fields=["visible_from"],
                        name="listing_count_to_add_up",
                    ),
                ]
            },
        ),
        create(
            "RejectionReason",
            id=ID,
            name=models.CharField(
                help_text="Two or three words, for moderators.",
                max_length=60,
                unique=True,
                validators=NAMED,
            ),
            message=models.CharField(
                help_text="One or two friendly sentences: what is wrong and what to do instead.",
                max_length=300,
                validators=NAMED,
                verbose_name="message to the commenter",
            ),
            position=models.PositiveSmallIntegerField(
                default=0,
                help_text="Lower numbers come first; the first nine have keyboard shortcuts.",
            ),
            active=models.BooleanField(default=True, verbose_name="offered"),
            Meta={
                "verbose_name": "rejection reason",
                "verbose_name_plural": "rejection reasons",
                "ordering": ["position", "pk"],
            },
        ),
        create(
            "SpamModelVersion",
            id=ID,
            created_at=models.DateTimeField(default=timezone.now),
            ham_count=models.PositiveIntegerField(
                help_text="Approved comments in the training data."
            ),
            spam_count=models.PositiveIntegerField(help_text="Spam in the training data."),
            precision=models.FloatField(help_text="On comments not used for training."),
            recall=models.FloatField(help_text="On comments not used for training."),
            content=models.JSONField(editable=False),
            Meta={
                "verbose_name": "spam model",
                "ordering": ["-created_at", "-pk"],
                "get_latest_by": "created_at",
            },
        ),
        create(
            "ArticleType",
            id=ID,
            name=models.CharField(max_length=40, unique=True, validators=NAMED),
            slug=models.SlugField(max_length=40, unique=True),
            position=models.PositiveSmallIntegerField(default=0),
            template=models.CharField(
                choices=[
                    ("news", "News"),
                    ("analysis", "Analysis: with contents"),
                    ("opinion", "Opinion: with the portrait of the author"),
                    ("report", "Report: with a cover, contents and the PDF"),
                    ("podcast", "Podcast: with a player"),
                    ("video", "Video: with the video first"),
                ],
                db_default="news",
                default="news",
                help_text="How its articles look. What an article lacks, such as a PDF, is not shown.",
                max_length=8,
            ),
            translations=models.JSONField(blank=True, db_default={}, default=dict),
            Meta={"ordering": ["position", "name"]},
        ),
        create(
            "QueryCount",
            id=ID,
            day=models.DateField(),
            query=models.CharField(max_length=60),
            searches=models.PositiveIntegerField(default=0),
            results=models.PositiveIntegerField(
                default=0, help_text="Results of the last search of the day."
            ),
            clicks=models.PositiveIntegerField(default=0),
            Meta={
                "ordering": ["-day", "-searches", "query"],
                "verbose_name_plural": "search queries",
                "constraints": [
                    models.UniqueConstraint(fields=("day", "query"), name="search_count_once")
                ],
            },
        ),
        create(
            "DocumentFrequency",
            number=models.BigIntegerField(primary_key=True, serialize=False),
            articles=models.PositiveIntegerField(),
            Meta={"verbose_name_plural": "document frequencies"},
        ),
        create(
            "File",
            id=ID,
            title=models.CharField(
                help_text="Shown to readers as the name of the file.",
                max_length=200,
                validators=NAMED,
            ),
            credit=models.CharField(
                blank=True,
                help_text="Who made it. Shown to readers; without a credit they cannot see the file.",
                max_length=300,
                validators=STORABLE,
            ),
            copyright_notice=models.CharField(
                blank=True, max_length=500, validators=STORABLE, verbose_name="copyright"
            ),
            licence_url=models.URLField(
                blank=True,
                help_text="Text of the licence, for example at Creative Commons.",
                max_length=500,
                verbose_name="licence URL",
            ),
            usage_terms=models.TextField(
                blank=True,
                help_text="What the licence allows. Internal; not shown to readers.",
                max_length=2000,
                validators=STORABLE,
            ),
            licence_until=models.DateTimeField(
                blank=True,
                help_text="The file is hidden from this time. Empty: no end.",
                null=True,
                verbose_name="licence ends",
            ),
            kind=models.CharField(
                choices=[("pdf", "PDF"), ("audio", "Audio")], editable=False, max_length=5
            ),
            media_type=models.CharField(editable=False, max_length=40),
            bytes=models.PositiveIntegerField(editable=False, verbose_name="size"),
            pages=models.PositiveIntegerField(editable=False, help_text="Of a PDF.", null=True),
            duration=models.PositiveIntegerField(
                editable=False, help_text="Of audio, in seconds.", null=True
            ),
            stored=models.FileField(editable=False, max_length=200, upload_to="files/%Y/%m/"),
            name=models.CharField(
                editable=False, help_text="Unguessable, in its URL.", max_length=60, unique=True
            ),
            original_name=models.CharField(editable=False, max_length=200),
            checksum=models.CharField(
                db_index=True,
                editable=False,
                help_text="SHA-256 of the uploaded file.",
                max_length=64,
            ),
            uploaded_at=models.DateTimeField(auto_now_add=True),
            modified_at=models.DateTimeField(auto_now=True),
            uploaded_by=models.ForeignKey(
                editable=False, null=True, on_delete=models.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
            Meta={
                "verbose_name": "file",
                "ordering": ["-uploaded_at", "-pk"],
                "indexes": [models.Index(fields=["-uploaded_at", "-id"], name="file_newest")],
                "constraints": [
                    models.CheckConstraint(condition=~models.Q(title=""), name="file_has_title"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(duration__isnull=True, kind="pdf", pages__gt=0),
                            models.Q(duration__gt=0, kind="audio", pages__isnull=True),
                            _connector="OR",
                        ),
                        name="file_has_pages_or_duration",
                    ),
                ],
            },
        ),
        create(
            "SavedView",
            id=ID,
            name=models.CharField(max_length=40, validators=NAMED),
            query=models.CharField(help_text="The query string of the list.", max_length=1000),
            created_at=models.DateTimeField(auto_now_add=True),
            user=models.ForeignKey(
                on_delete=models.CASCADE, related_name="saved_views", to=settings.AUTH_USER_MODEL
            ),
            Meta={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "name"), name="saved_view_name_once")
                ],
            },
        ),
        create(
            "LinkCard",
            id=ID,
            url=models.CharField(max_length=500, unique=True, verbose_name="URL"),
            state=models.CharField(
                choices=[("pending", "Waiting"), ("fetched", "Fetched"), ("failed", "Failed")],
                default="pending",
                max_length=7,
            ),
            title=models.CharField(blank=True, max_length=200),
            thumbnail=models.BinaryField(default=b""),
            thumbnail_name=models.CharField(blank=True, db_index=True, max_length=40),
            thumbnail_width=models.PositiveSmallIntegerField(default=0),
            thumbnail_height=models.PositiveSmallIntegerField(default=0),
            error=models.CharField(blank=True, max_length=200),
            requested_at=models.DateTimeField(default=timezone.now),
            fetched_at=models.DateTimeField(blank=True, null=True),
            Meta={"verbose_name": "link card", "ordering": ["-requested_at", "-pk"]},
        ),
        create(
            "Image",
            id=ID,
            original=models.FileField(max_length=200, upload_to="originals/%Y/%m/"),
            checksum=models.CharField(
                editable=False, help_text="SHA-256 of the original.", max_length=64
            ),
            media_type=models.CharField(editable=False, max_length=40),
            width=models.PositiveIntegerField(editable=False, help_text="Upright, in pixels."),
            height=models.PositiveIntegerField(editable=False, help_text="Upright, in pixels."),
            headline=models.CharField(
                blank=True,
                help_text="Name of the image in the library; not shown to readers.",
                max_length=200,
                validators=STORABLE,
            ),
            alt_text=models.TextField(
                blank=True,
                help_text="Describe the image for readers who cannot see it. Do not repeat the caption.",
                max_length=1000,
                validators=STORABLE,
                verbose_name="alt text",
            ),
            caption=models.TextField(
                blank=True,
                help_text="Default caption; each use can have its own.",
                max_length=2000,
                validators=STORABLE,
            ),
            credit=models.CharField(
                blank=True,
                help_text="Creator and agency, as in “Name/via Agency”. Shown to readers. Filled in automatically if a photographer or an agency is chosen.",
                max_length=300,
                validators=STORABLE,
            ),
            credit_url=models.URLField(
                blank=True,
                help_text="Link target of the credit.",
                max_length=500,
                verbose_name="credit link",
            ),
            copyright_notice=models.CharField(
                blank=True, max_length=500, validators=STORABLE, verbose_name="copyright"
            ),
            usage_terms=models.TextField(
                blank=True,
                help_text="What the licence allows. Internal; not shown to readers.",
                max_length=2000,
                validators=STORABLE,
            ),
            source=models.CharField(blank=True, max_length=300, validators=STORABLE),
            byline=models.CharField(
                blank=True, max_length=300, validators=STORABLE, verbose_name="creator"
            ),
            credit_exempt=models.BooleanField(
                default=False,
                help_text="Only if the licence requires no credit. Enter the reason below.",
                verbose_name="no credit needed",
            ),
            no_credit_reason=models.CharField(blank=True, max_length=300, validators=STORABLE),
            metadata=models.JSONField(
                blank=True, default=dict, editable=False, help_text="Metadata embedded in the file."
            ),
            uploaded_at=models.DateTimeField(auto_now_add=True),
            modified_at=models.DateTimeField(auto_now=True),
            uploaded_by=models.ForeignKey(
                editable=False, null=True, on_delete=models.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
            sizes=models.JSONField(
                default=list,
                editable=False,
                help_text="Every rendition as format, width, height, name, bytes, shape and whether it is animated, the narrowest first. PostgreSQL fills it from the renditions' rows and ignores other values.",
            ),
            city=models.CharField(blank=True, max_length=200, validators=STORABLE),
            country=models.CharField(blank=True, max_length=200, validators=STORABLE),
            digital_source_type=models.CharField(
                blank=True,
                help_text="How the image was made (IPTC). Images made with AI are marked for readers.",
                max_length=80,
                validators=STORABLE,
            ),
            extended_description=models.TextField(
                blank=True,
                help_text="For charts and maps: their full content, shown below the image.",
                max_length=5000,
                validators=STORABLE,
            ),
            focus_x=models.FloatField(
                default=0.5,
                help_text="Focal point, from the left edge (0) to the right (1).",
                validators=[MinValueValidator(0), MaxValueValidator(1)],
            ),
            focus_y=models.FloatField(
                default=0.5,
                help_text="Focal point, from the top edge (0) to the bottom (1).",
                validators=[MinValueValidator(0), MaxValueValidator(1)],
            ),
            is_decorative=models.BooleanField(
                default=False,
                help_text="Adds nothing to the text; screen readers skip it.",
                verbose_name="decorative",
            ),
            is_animated=models.BooleanField(
                default=False, editable=False, help_text="It has more than one frame."
            ),
            keywords=ArrayField(
                base_field=models.CharField(max_length=100, validators=STORABLE),
                blank=True,
                default=list,
            ),
            licence_from=models.DateTimeField(
                blank=True, help_text="Empty: valid now.", null=True, verbose_name="licence begins"
            ),
            licence_until=models.DateTimeField(
                blank=True,
                help_text="The image is hidden from this time. Empty: no end.",
                null=True,
                verbose_name="licence ends",
            ),
            licence_url=models.URLField(
                blank=True,
                help_text="Text of the licence, for example at Creative Commons.",
                max_length=500,
                verbose_name="licence URL",
            ),
            licensed_for_archive=models.BooleanField(
                default=True,
                help_text="In articles older than 30 days.",
                verbose_name="licensed for the archive",
            ),
            licensed_for_newsletter=models.BooleanField(
                default=True, help_text="In e-mails.", verbose_name="licensed for the newsletter"
            ),
            licensed_for_site=models.BooleanField(
                default=True,
                help_text="On pages, in feeds and in the API.",
                verbose_name="licensed for the site",
            ),
            licensor=models.CharField(
                blank=True,
                help_text="Who grants licences, with contact or URL.",
                max_length=300,
                validators=STORABLE,
            ),
            perceptual_hash=models.BigIntegerField(
                editable=False,
                help_text="Perceptual hash of 64 bits, similar for similar images.",
                null=True,
            ),
            persons=models.CharField(
                blank=True, max_length=500, validators=STORABLE, verbose_name="persons shown"
            ),
            rights_version=models.PositiveIntegerField(
                default=1,
                editable=False,
                help_text="Increases when rights embedded in renditions change; their names contain it.",
            ),
            taken=models.CharField(
                blank=True,
                help_text="Year, month or day, with the time if known: 2024, 2024-05 or 2024-05-17T09:30:00.",
                max_length=30,
                validators=STORABLE,
                verbose_name="date taken",
            ),
            withdrawn_at=models.DateTimeField(blank=True, editable=False, null=True),
            withdrawn_reason=models.CharField(
                blank=True, editable=False, max_length=300, validators=STORABLE
            ),
            agency=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="pictures",
                to="articles.agency",
            ),
            photographer=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="pictures",
                to="articles.photographer",
            ),
            credit_pending=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Imported without a credit. Pages show “Credit unknown” until it has one. PostgreSQL accepts it for new images only, and clears it for good once there is a credit.",
            ),
            Meta={
                "ordering": ["-uploaded_at", "-pk"],
                "verbose_name": "image",
                "permissions": [
                    ("bulk_change_image", "Can edit the rights of several images at once"),
                    ("replace_image", "Can replace the file of an image"),
                    ("withdraw_image", "Can withdraw an image from the site"),
                ],
                "indexes": [
                    models.Index(fields=["checksum"], name="articles_im_checksu_4d3675_idx"),
                    models.Index(
                        condition=models.Q(licence_until__isnull=False),
                        fields=["licence_until"],
                        name="image_licence_end",
                    ),
                    models.Index(
                        condition=models.Q(licence_from__isnull=False),
                        fields=["licence_from"],
                        name="image_licence_begin",
                    ),
                    models.Index(fields=["-uploaded_at", "-id"], name="image_newest"),
                    models.Index(
                        condition=models.Q(alt_text="", is_decorative=False),
                        fields=["-uploaded_at", "-id"],
                        name="image_lacks_alt",
                    ),
                    models.Index(
                        condition=~models.Q(digital_source_type=""),
                        fields=["-uploaded_at", "-id"],
                        name="image_source_type",
                    ),
                    models.Index(
                        fields=["taken"], name="image_taken", opclasses=["varchar_pattern_ops"]
                    ),
                    models.Index(
                        condition=models.Q(credit="", credit_exempt=False),
                        fields=["-uploaded_at", "-id"],
                        name="image_lacks_credit",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(height__gt=0, width__gt=0), name="image_has_size"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("focus_x__range", (0, 1)), ("focus_y__range", (0, 1))),
                        name="image_focus_inside",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("licence_from__isnull", True),
                            ("licence_until__isnull", True),
                            ("licence_from__lt", models.F("licence_until")),
                            _connector="OR",
                        ),
                        name="image_licence_begins_before_it_ends",
                        violation_error_message="The licence ends before it begins. Correct one of the dates.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("credit_exempt", False),
                            ~models.Q(no_credit_reason=""),
                            _connector="OR",
                        ),
                        name="image_no_credit_has_reason",
                        violation_error_message="Enter the reason why this image needs no credit.",
                    ),
                ],
            },
        ),
        create(
            "SearchWord",
            id=ID,
            configuration=models.CharField(max_length=40),
            word=models.TextField(),
            lexeme=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=models.DO_NOTHING,
                related_name="+",
                to="articles.searchlexeme",
            ),
            Meta={
                "indexes": [
                    GinIndex(fields=["word"], name="search_word_like", opclasses=["gin_trgm_ops"])
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("word", "configuration"), name="search_word_once"
                    )
                ],
            },
        ),
        create(
            "OldPagePath",
            id=ID,
            path=models.CharField(max_length=200, unique=True),
            created_at=models.DateTimeField(auto_now_add=True),
            page=models.ForeignKey(
                on_delete=models.CASCADE, related_name="old_paths", to="articles.page"
            ),
        ),
        create(
            "SectionPattern",
            id=ID,
            language=models.CharField(
                choices=language_choices, help_text="Language of the front page.", max_length=8
            ),
            pattern=models.CharField(
                choices=[
                    ("lead", "One large card and four small ones"),
                    ("row", "Four cards in a row"),
                    ("pair", "Beside another section: one card and two lines"),
                ],
                max_length=4,
            ),
            chosen_at=models.DateTimeField(auto_now_add=True),
            category=models.ForeignKey(
                on_delete=models.CASCADE, related_name="front_page_patterns", to="articles.category"
            ),
            chosen_by=models.ForeignKey(
                editable=False, null=True, on_delete=models.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
            Meta={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("language", "category"), name="section_pattern_once_a_front_page"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(pattern__in=["lead", "row", "pair"]),
                        name="section_pattern_known",
                    ),
                ]
            },
        ),
        create(
            "Article",
            id=ID,
            headline=models.CharField(blank=True, max_length=200, validators=STORABLE),
            slug=models.SlugField(
                allow_unicode=True,
                blank=True,
                help_text="Last part of the URL. Empty: made from the headline. After a change, the old URL redirects.",
                max_length=80,
            ),
            standfirst=models.TextField(
                blank=True,
                help_text="One or two sentences below the headline that say why this matters.",
                max_length=600,
                validators=STORABLE,
            ),
            body=models.TextField(
                blank=True, max_length=1000000, validators=STORABLE, verbose_name="text"
            ),
            language=models.CharField(choices=language_choices, default="en", max_length=8),
            search_description=models.CharField(
                blank=True,
                help_text="Shown by search engines and link previews. Empty: the standfirst.",
                max_length=300,
                validators=STORABLE,
            ),
            lead_caption=models.TextField(
                blank=True,
                help_text="Caption in this article. The credit is stored with the image.",
                max_length=2000,
                validators=STORABLE,
            ),
            comments_open=models.BooleanField(
                default=True, help_text="Allow comments on this article."
            ),
            state=models.CharField(
                choices=ARTICLE_STATES,
                db_index=True,
                default="draft",
                editable=False,
                max_length=10,
            ),
            publish_at=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="Publication time of a scheduled article.",
                null=True,
            ),
            published_at=models.DateTimeField(blank=True, editable=False, null=True),
            updated_at=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When its published text last changed.",
                null=True,
            ),
            withdrawn_at=models.DateTimeField(blank=True, editable=False, null=True),
            year=models.PositiveSmallIntegerField(blank=True, editable=False, null=True),
            month=models.PositiveSmallIntegerField(blank=True, editable=False, null=True),
            created_at=models.DateTimeField(auto_now_add=True),
            modified_at=models.DateTimeField(auto_now=True),
            version=models.PositiveIntegerField(
                default=0,
                editable=False,
                help_text="Increases with every save, to detect edit conflicts.",
            ),
            created_by=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=models.SET_NULL,
                related_name="articles_created",
                to=settings.AUTH_USER_MODEL,
            ),
            lead_image=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="led_articles",
                to="articles.image",
            ),
            kind=models.ForeignKey(
                on_delete=models.PROTECT, related_name="articles", to="articles.articletype"
            ),
            form_id=models.UUIDField(
                editable=False,
                help_text="Id of the empty form it was created with; a form sent twice creates one article.",
                null=True,
                unique=True,
            ),
            translation_group=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="The same text in other languages.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="articles",
                to="articles.translationgroup",
            ),
            canonical_url=models.URLField(
                blank=True,
                help_text="URL of the original on another site. Search engines are sent there.",
                max_length=500,
            ),
            first_published_url=models.URLField(
                blank=True,
                help_text="Link target of that name.",
                max_length=500,
                verbose_name="original URL",
            ),
            first_published_in=models.CharField(
                blank=True,
                help_text="Name of the publication where it appeared first. Shown to readers.",
                max_length=160,
                validators=STORABLE,
            ),
            licence=models.CharField(
                blank=True,
                choices=[
                    ("CC BY 4.0", "CC BY 4.0: attribution"),
                    ("CC BY-SA 4.0", "CC BY-SA 4.0: attribution, share alike"),
                    ("CC BY-ND 4.0", "CC BY-ND 4.0: attribution, no derivatives"),
                    ("CC BY-NC 4.0", "CC BY-NC 4.0: attribution, non-commercial"),
                    (
                        "CC BY-NC-SA 4.0",
                        "CC BY-NC-SA 4.0: attribution, non-commercial, share alike",
                    ),
                    (
                        "CC BY-NC-ND 4.0",
                        "CC BY-NC-ND 4.0: attribution, non-commercial, no derivatives",
                    ),
                    ("CC0 1.0", "CC0 1.0: public domain"),
                ],
                help_text="How others may reuse the text. Images have rights of their own.",
                max_length=20,
            ),
            noindex=models.BooleanField(
                default=False,
                help_text="Adds noindex; readers can still open the article.",
                verbose_name="hide from search engines",
            ),
            comments_close_after=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Days after publication; 0 for never. Empty: site default.",
                null=True,
            ),
            comments_policy=models.CharField(
                blank=True,
                choices=[
                    ("", "Site default"),
                    ("open", "Post-moderation: screening rules decide"),
                    ("held", "Pre-moderation: a moderator approves every comment"),
                    ("off", "Comments off and hidden"),
                ],
                default="",
                max_length=4,
            ),
            lead_alt=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Describe the image for readers who cannot see it. Empty: the alt text of the image in the library.",
                max_length=1000,
                validators=STORABLE,
                verbose_name="alt text of the lead image",
            ),
            lead_decorative=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Adds nothing to the text; screen readers skip it.",
                verbose_name="lead image is decorative",
            ),
            social_image=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                help_text="Image of link previews. Empty: the lead image, or the first one in the text.",
                null=True,
                on_delete=models.PROTECT,
                related_name="+",
                to="articles.image",
            ),
            social_title=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Title in link previews. Empty: the headline.",
                max_length=200,
                validators=STORABLE,
            ),
            show_updated=models.BooleanField(
                db_default=True,
                default=True,
                help_text="The date of the last change, below the byline. Off for typing errors.",
                verbose_name="show “Updated” to readers",
            ),
            Meta={
                "ordering": ["-published_at", "-pk"],
                "permissions": [
                    ("publish_article", "Can publish, schedule and unpublish articles"),
                    ("change_others_article", "Can change other users' articles"),
                ],
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("published_at"), descending=True),
                        condition=models.Q(state="published"),
                        name="article_newest",
                    ),
                    GinIndex(
                        condition=models.Q(state="published"),
                        fields=["headline"],
                        name="article_headline_parts",
                        opclasses=["gin_trgm_ops"],
                    ),
                    models.Index(
                        Greatest("updated_at", "published_at"),
                        models.F("id"),
                        condition=models.Q(state="published"),
                        name="article_changed_last",
                    ),
                    models.Index(
                        condition=models.Q(state="published"),
                        fields=["id"],
                        include=("published_at",),
                        name="article_dates",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(year__isnull=False),
                        fields=("year", "month", "slug"),
                        name="article_address_once",
                        violation_error_message="Another article of this month has this slug. Choose another one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ~models.Q(state="published"),
                            models.Q(
                                ("month__isnull", False),
                                ("published_at__isnull", False),
                                ("year__isnull", False),
                                ~models.Q(slug=""),
                            ),
                            _connector="OR",
                        ),
                        name="article_published_has_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ~models.Q(state="scheduled"),
                            models.Q(("publish_at__isnull", False), ~models.Q(slug="")),
                            _connector="OR",
                        ),
                        name="article_scheduled_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("month__isnull", True), ("month__range", (1, 12)), _connector="OR"
                        ),
                        name="article_month",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(slug="feed"), name="article_slug_not_reserved"
                    ),
                    models.UniqueConstraint(
                        fields=("translation_group", "language"),
                        name="article_language_once_a_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(comments_policy__in=["", "open", "held", "off"]),
                        name="article_comments_policy_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_published_url", ""),
                            ~models.Q(first_published_in=""),
                            _connector="OR",
                        ),
                        name="article_first_published_has_name",
                        violation_error_message="Enter the name of the publication that the URL belongs to.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ~models.Q(headline=""),
                            ~models.Q(state__in=["published", "scheduled"]),
                            _connector="OR",
                        ),
                        name="article_has_headline",
                    ),
                ],
            },
        ),
        create(
            "Portrait",
            id=ID,
            author=models.OneToOneField(
                on_delete=models.CASCADE, related_name="portrait", to="accounts.authorprofile"
            ),
            image=models.ForeignKey(
                on_delete=models.PROTECT, related_name="portraits", to="articles.image"
            ),
        ),
        create(
            "Rendition",
            id=ID,
            format=models.CharField(choices=FORMATS, max_length=4),
            width=models.PositiveIntegerField(),
            height=models.PositiveIntegerField(),
            name=models.CharField(
                help_text="Unguessable; the last part of its URL.", max_length=80, unique=True
            ),
            file=models.FileField(max_length=200, upload_to="renditions/%Y/%m/"),
            bytes=models.PositiveIntegerField(default=0),
            image=models.ForeignKey(
                on_delete=models.CASCADE, related_name="renditions", to="articles.image"
            ),
            moving=models.BooleanField(default=False, help_text="Whether it has several frames."),
            rights_version=models.PositiveIntegerField(
                default=0, help_text="Which version of the image's rights is embedded in the file."
            ),
            shape=models.CharField(
                blank=True,
                default="",
                help_text="Aspect ratio of the crop, as in 3:2; empty if uncropped.",
                max_length=8,
            ),
            focus_x=models.FloatField(default=0.5, help_text="Focal point of the crop."),
            focus_y=models.FloatField(default=0.5),
            Meta={
                "ordering": ["width"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("image", "shape", "format", "width", "moving"),
                        name="rendition_made_once",
                    )
                ],
            },
        ),
        create(
            "Collection",
            id=ID,
            name=models.CharField(max_length=120, unique=True, validators=NAMED),
            created_at=models.DateTimeField(auto_now_add=True),
            created_by=models.ForeignKey(
                editable=False, null=True, on_delete=models.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
            pictures=models.ManyToManyField(
                blank=True, related_name="collections", to="articles.image"
            ),
            Meta={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(condition=~models.Q(name=""), name="collection_has_name")
                ],
            },
        ),
        create(
            "ImageEvent",
            id=ID,
            action=models.CharField(
                choices=[
                    ("credited", "Credit changed"),
                    ("licensed", "Licence changed"),
                    ("replaced", "File replaced"),
                    ("withdrawn", "Withdrawn"),
                    ("restored", "Restored"),
                ],
                max_length=9,
            ),
            before=models.TextField(blank=True),
            after=models.TextField(blank=True),
            reason=models.CharField(blank=True, max_length=300),
            created_at=models.DateTimeField(auto_now_add=True),
            created_by=models.ForeignKey(
                null=True, on_delete=models.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
            image=models.ForeignKey(
                on_delete=models.CASCADE, related_name="events", to="articles.image"
            ),
            Meta={"ordering": ["-created_at", "-pk"]},
        ),
        create(
            "ImageSearchVector",
            image=models.OneToOneField(
                on_delete=models.CASCADE,
                primary_key=True,
                related_name="search_vector",
                serialize=False,
                to="articles.image",
            ),
            vector=SearchVectorField(),
            Meta={"indexes": [GinIndex(fastupdate=False, fields=["vector"], name="picture_words")]},
        ),
        create(
            "SimilarImage",
            id=ID,
            distance=models.PositiveSmallIntegerField(
                help_text="Number of differing bits of the perceptual hashes."
            ),
            kept_at=models.DateTimeField(help_text="When someone decided to keep both.", null=True),
            image=models.ForeignKey(
                on_delete=models.CASCADE, related_name="like_older", to="articles.image"
            ),
            kept_by=models.ForeignKey(
                null=True, on_delete=models.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
            older=models.ForeignKey(
                on_delete=models.CASCADE, related_name="like_newer", to="articles.image"
            ),
            Meta={
                "constraints": [
                    models.UniqueConstraint(fields=("image", "older"), name="likeness_told_once"),
                    models.CheckConstraint(
                        condition=~models.Q(image=models.F("older")), name="likeness_is_of_two"
                    ),
                ],
                "verbose_name": "possible duplicate",
            },
        ),
        create(
            "OldRenditionName",
            id=ID,
            name=models.CharField(max_length=80, unique=True),
            format=models.CharField(choices=FORMATS, max_length=4),
            width=models.PositiveIntegerField(),
            shape=models.CharField(blank=True, default="", max_length=8),
            moving=models.BooleanField(default=False),
            replaced_at=models.DateTimeField(auto_now_add=True),
            image=models.ForeignKey(
                on_delete=models.CASCADE, related_name="former_names", to="articles.image"
            ),
            file=models.FileField(
                blank=True,
                help_text="Kept for a while for running requests, then deleted.",
                max_length=200,
                upload_to="",
            ),
            Meta={"indexes": [models.Index(fields=["replaced_at"], name="former_name_by_age")]},
        ),
        create(
            "ArticleTag",
            id=ID,
            content_object=models.ForeignKey(
                on_delete=models.CASCADE, related_name="article_tags", to="articles.article"
            ),
            tag=models.ForeignKey(
                on_delete=models.CASCADE,
                related_name="%(app_label)s_%(class)s_items",
                to="taggit.tag",
            ),
            Meta={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("content_object", "tag"), name="article_tag_once"
                    )
                ]
            },
        ),
        create(
            "Byline",
            id=ID,
            position=models.PositiveSmallIntegerField(default=0),
            article=models.ForeignKey(
                on_delete=models.CASCADE, related_name="bylines", to="articles.article"
            ),
            author=models.ForeignKey(
                on_delete=models.PROTECT, related_name="bylines", to="accounts.authorprofile"
            ),
            Meta={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "author"),
                        name="byline_once",
                        violation_error_message="This author is listed twice.",
                    )
                ],
            },
        ),
        create(
            "ArticleCategory",
            id=ID,
            position=models.PositiveSmallIntegerField(default=0),
            article=models.ForeignKey(
                on_delete=models.CASCADE, related_name="article_categories", to="articles.article"
            ),
            category=models.ForeignKey(
                on_delete=models.PROTECT, related_name="article_categories", to="articles.category"
            ),
            Meta={
                "verbose_name": "category",
                "verbose_name_plural": "categories",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "category"),
                        name="article_category_once",
                        violation_error_message="This category is listed twice.",
                    )
                ],
            },
        ),
        create(
            "Correction",
            id=ID,
            text=models.TextField(
                help_text="What was wrong, and what is correct. Shown to readers.",
                max_length=2000,
                validators=NAMED,
            ),
            created_at=models.DateTimeField(default=timezone.now),
            article=models.ForeignKey(
                on_delete=models.CASCADE, related_name="corrections", to="articles.article"
            ),
            created_by=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=models.SET_NULL,
                to=settings.AUTH_USER_MODEL,
            ),
            Meta={
                "ordering": ["-created_at", "-pk"],
                "indexes": [models.Index(fields=["-created_at", "-id"], name="correction_newest")],
            },
        ),
        create(
            "Figure",
            id=ID,
            place=models.CharField(
                choices=[
                    ("lead", "Lead image"),
                    ("inline", "In the text"),
                    ("social", "In link previews"),
                ],
                max_length=6,
            ),
            position=models.PositiveSmallIntegerField(
                help_text="0 for the lead image, then in text order; last the image of link previews."
            ),
            caption=models.TextField(
                blank=True, help_text="Its own caption, or that of its gallery."
            ),
            article=models.ForeignKey(
                on_delete=models.CASCADE, related_name="figures", to="articles.article"
            ),
            image=models.ForeignKey(
                on_delete=models.PROTECT, related_name="figures", to="articles.image"
            ),
            gallery=models.PositiveSmallIntegerField(
                default=0, help_text="Number of its gallery in the text; 0 if it is in none."
            ),
            width=models.CharField(
                choices=[("normal", "Text width"), ("wide", "Wide"), ("full", "Full width")],
                default="normal",
                max_length=6,
            ),
            alt_text=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Of this use; empty: that of the image.",
            ),
            is_decorative=models.BooleanField(db_default=False, default=False),
            Meta={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "position"), name="figure_position_once"
                    )
                ],
            },
        ),
        create(
            "Redirect",
            id=ID,
            old_path=models.CharField(max_length=500, unique=True),
            created_at=models.DateTimeField(auto_now_add=True),
            article=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.CASCADE,
                related_name="redirects",
                to="articles.article",
            ),
            author=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.CASCADE,
                related_name="redirects",
                to="accounts.authorprofile",
            ),
            category=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.CASCADE,
                related_name="redirects",
                to="articles.category",
            ),
            tag=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.CASCADE,
                related_name="redirects",
                to="taggit.tag",
            ),
            Meta={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                article__isnull=False,
                                author__isnull=True,
                                category__isnull=True,
                                tag__isnull=True,
                            ),
                            models.Q(
                                article__isnull=True,
                                author__isnull=True,
                                category__isnull=False,
                                tag__isnull=True,
                            ),
                            models.Q(
                                article__isnull=True,
                                author__isnull=False,
                                category__isnull=True,
                                tag__isnull=True,
                            ),
                            models.Q(
                                article__isnull=True,
                                author__isnull=True,
                                category__isnull=True,
                                tag__isnull=False,
                            ),
                            _connector="OR",
                        ),
                        name="redirect_has_one_target",
                    )
                ]
            },
        ),
        create(
            "Revision",
            id=ID,
            number=models.PositiveIntegerField(),
            headline=models.CharField(blank=True, max_length=200),
            standfirst=models.TextField(blank=True),
            body=models.TextField(blank=True),
            lead_image_id=models.BigIntegerField(blank=True, null=True),
            lead_caption=models.TextField(blank=True),
            created_at=models.DateTimeField(auto_now_add=True),
            article=models.ForeignKey(
                on_delete=models.CASCADE, related_name="revisions", to="articles.article"
            ),
            created_by=models.ForeignKey(
                blank=True, null=True, on_delete=models.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
            details=models.JSONField(
                blank=True,
                help_text="Everything else by field name. Empty in revisions from before 0.3.",
                null=True,
            ),
            published_at=models.DateTimeField(
                blank=True,
                help_text="When readers first saw it; empty if they never did.",
                null=True,
            ),
            reason=models.CharField(
                choices=[
                    ("save", "Saved"),
                    ("autosave", "Saved automatically"),
                    ("restore", "Restored"),
                    ("bulk", "Changed with other articles"),
                    ("discard", "Changes discarded"),
                ],
                default="save",
                max_length=8,
            ),
            restored_from=models.PositiveIntegerField(blank=True, null=True),
            saved_at=models.DateTimeField(
                blank=True, help_text="When a later autosave changed it.", null=True
            ),
            Meta={
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "number"), name="revision_number_once"
                    )
                ],
            },
        ),
        create(
            "StateChange",
            id=ID,
            state=models.CharField(choices=ARTICLE_STATES, max_length=10),
            created_at=models.DateTimeField(auto_now_add=True),
            publish_at=models.DateTimeField(blank=True, null=True),
            article=models.ForeignKey(
                on_delete=models.CASCADE, related_name="state_changes", to="articles.article"
            ),
            created_by=models.ForeignKey(
                blank=True,
                help_text="Empty if the worker did it at the scheduled time.",
                null=True,
                on_delete=models.SET_NULL,
                to=settings.AUTH_USER_MODEL,
            ),
            revision_number=models.PositiveIntegerField(
                blank=True,
                help_text="The changes that were published or scheduled; empty for the article itself.",
                null=True,
            ),
            Meta={"ordering": ["-created_at", "-pk"]},
        ),
        create(
            "ArticleTerms",
            article=models.OneToOneField(
                on_delete=models.CASCADE,
                primary_key=True,
                related_name="terms",
                serialize=False,
                to="articles.article",
            ),
            language=models.CharField(max_length=8),
            headline=ArrayField(
                base_field=models.IntegerField(), help_text="Stems of the headline."
            ),
            stems=ArrayField(
                base_field=models.IntegerField(),
                help_text="Stems of headline, standfirst and text in order; 0 marks a break.",
            ),
            norm=models.FloatField(default=0, help_text="Norm of the word vector."),
            pair_norm=models.FloatField(default=0, help_text="Norm of the word pair vector."),
            recorded_at=models.DateTimeField(auto_now=True, db_index=True),
            Meta={
                "verbose_name_plural": "article terms",
                "indexes": [
                    GinIndex(fastupdate=False, fields=["stems"], name="article_terms_by_word")
                ],
            },
        ),
        create(
            "SearchEntry",
            article=models.OneToOneField(
                on_delete=models.CASCADE,
                primary_key=True,
                related_name="search_entry",
                serialize=False,
                to="articles.article",
            ),
            configuration=models.CharField(
                db_index=True, help_text="Text search configuration of its language.", max_length=40
            ),
            vector=SearchVectorField(
                help_text="Headline A, standfirst and tags B, text C; captions, credits, bylines D."
            ),
            text=models.TextField(help_text="Standfirst, text and captions, without markup."),
            indexed_at=models.DateTimeField(default=timezone.now),
            Meta={"verbose_name_plural": "search entries"},
        ),
        create(
            "RelatedLink",
            id=ID,
            score=models.FloatField(),
            position=models.PositiveSmallIntegerField(help_text="0 is the most similar."),
            reasons=models.JSONField(
                default=dict, help_text="What the two articles share, by name."
            ),
            article=models.ForeignKey(
                on_delete=models.CASCADE, related_name="related_links", to="articles.article"
            ),
            other=models.ForeignKey(
                on_delete=models.CASCADE, related_name="related_from", to="articles.article"
            ),
            Meta={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("article", "other"), name="related_link_once"),
                    models.CheckConstraint(
                        condition=~models.Q(article=models.F("other")),
                        name="related_link_not_itself",
                    ),
                ],
            },
        ),
        create(
            "RelatedPick",
            id=ID,
            position=models.PositiveSmallIntegerField(default=0),
            article=models.ForeignKey(
                on_delete=models.CASCADE, related_name="related_picks", to="articles.article"
            ),
            picked=models.ForeignKey(
                help_text="Shown while it is published. Remaining places are filled automatically.",
                on_delete=models.CASCADE,
                related_name="picked_by",
                to="articles.article",
            ),
            Meta={
                "verbose_name": "manual pick",
                "verbose_name_plural": "manual picks",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "picked"),
                        name="related_pick_once",
                        violation_error_message="This article is already a manual pick.",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(article=models.F("picked")),
                        name="related_pick_not_itself",
                        violation_error_message="Choose a different article: an article cannot be its own pick.",
                    ),
                ],
            },
        ),
        create(
            "Comment",
            id=ID,
            name=models.CharField(
                help_text="As it was when the comment was submitted.",
                max_length=80,
                validators=NAMED,
            ),
            email=models.EmailField(
                blank=True,
                help_text="Of a guest, for notifications. Never shown.",
                max_length=254,
                validators=STORABLE,
                verbose_name="e-mail address",
            ),
            text=models.TextField(max_length=5000, validators=NAMED),
            state=models.CharField(
                choices=COMMENT_STATES, default="held", editable=False, max_length=11
            ),
            created_at=models.DateTimeField(
                default=timezone.now, editable=False, verbose_name="written"
            ),
            form_id=models.UUIDField(
                editable=False,
                help_text="Of the form: submitted twice, it stays one comment.",
                null=True,
                unique=True,
            ),
            article=models.ForeignKey(
                db_index=False,
                on_delete=models.CASCADE,
                related_name="comments",
                to="articles.article",
            ),
            parent=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=models.RESTRICT,
                related_name="replies",
                to="articles.comment",
                verbose_name="in reply to",
            ),
            user=models.ForeignKey(
                blank=True,
                help_text="Empty for a guest.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="comments",
                to=settings.AUTH_USER_MODEL,
            ),
            screening_results=models.JSONField(
                blank=True,
                default=list,
                editable=False,
                help_text="What each screening rule found: check, action and text.",
            ),
            edited_at=models.DateTimeField(
                editable=False,
                help_text="Moderators can see earlier versions.",
                null=True,
                verbose_name="last edited by the commenter",
            ),
            featured=models.BooleanField(
                default=False,
                editable=False,
                help_text="Chosen by an editor, while it is published.",
            ),
            email_confirmed_at=models.DateTimeField(
                editable=False,
                help_text="When the guest opened the link in the confirmation e-mail.",
                null=True,
            ),
            confirmation_sent_at=models.DateTimeField(
                editable=False, help_text="When the confirmation e-mail was sent.", null=True
            ),
            Meta={
                "ordering": ["created_at", "pk"],
                "permissions": [("feature_comment", "Can feature a comment")],
                "indexes": [
                    models.Index(fields=["article", "created_at", "id"], name="comment_thread"),
                    models.Index(
                        condition=models.Q(state="held"),
                        fields=["created_at", "id"],
                        name="comment_held_queue",
                    ),
                    models.Index(MD5("text"), models.F("created_at"), name="comment_same_words"),
                    models.Index(
                        Lower("email"),
                        condition=models.Q(("state", "approved"), ~models.Q(email="")),
                        name="comment_known_guests",
                    ),
                    models.Index(
                        condition=models.Q(state="unconfirmed"),
                        fields=["created_at"],
                        name="comment_unconfirmed",
                    ),
                    models.Index(fields=["state", "created_at", "id"], name="comment_queue"),
                    models.Index(fields=["created_at"], name="comment_written"),
                    models.Index(
                        Lower("email"), condition=~models.Q(email=""), name="comment_of_guest"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("id", "article"), name="comment_id_in_article"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            ("parent__lt", models.F("id")),
                            _connector="OR",
                        ),
                        name="comment_parent_is_older",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(text__regex="\\S"), name="comment_has_text"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(name__regex="\\S"), name="comment_has_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ("unconfirmed", "held", "approved", "rejected", "spam", "deleted"),
                            )
                        ),
                        name="comment_state_known",
                    ),
                ],
            },
        ),
        create(
            "PinnedResult",
            id=ID,
            position=models.PositiveSmallIntegerField(
                default=0, help_text="Lower numbers come first."
            ),
            article=models.ForeignKey(
                on_delete=models.CASCADE, related_name="pinned_results", to="articles.article"
            ),
            query=models.ForeignKey(
                on_delete=models.CASCADE, related_name="results", to="articles.pinnedquery"
            ),
            Meta={
                "verbose_name": "pinned article",
                "verbose_name_plural": "pinned articles",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("query", "article"),
                        name="pinned_result_once",
                        violation_error_message="This article is already pinned.",
                    )
                ],
            },
        ),
        create(
            "Placement",
            id=ID,
            slot=models.CharField(
                choices=[
                    ("lead", "Lead of the front page"),
                    ("second", "Secondary lead"),
                    ("opinion", "Opinion of the front page"),
                    ("report", "Report of the front page"),
                    ("section", "Section of the front page"),
                    ("head", "Lead of a section page"),
                ],
                max_length=8,
            ),
            language=models.CharField(
                blank=True, choices=language_choices, help_text="Language of the front page.", max_length=8
            ),
            position=models.PositiveSmallIntegerField(default=0, help_text="0 is the first."),
            expires_at=models.DateTimeField(blank=True, null=True),
            placed_at=models.DateTimeField(auto_now_add=True),
            article=models.ForeignKey(
                on_delete=models.CASCADE, related_name="placements", to="articles.article"
            ),
            category=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.CASCADE,
                related_name="placements",
                to="articles.category",
            ),
            placed_by=models.ForeignKey(
                editable=False, null=True, on_delete=models.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
            Meta={
                "verbose_name": "front page slot",
                "verbose_name_plural": "front pages",
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("language", "slot", "category", "position"),
                        name="placement_place_once",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(
                        condition=~models.Q(slot="head"),
                        fields=("language", "article"),
                        name="placement_article_once_a_front_page",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("slot", "head"), ("language", ""), ("position", 0)),
                            models.Q(~models.Q(slot="head"), ~models.Q(language="")),
                            _connector="OR",
                        ),
                        name="placement_language_where_it_needs_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(category__isnull=False, slot__in=["section", "head"]),
                            models.Q(
                                category__isnull=True,
                                slot__in=["lead", "second", "opinion", "report"],
                            ),
                            _connector="OR",
                        ),
                        name="placement_category_where_it_needs_one",
                    ),
                ],
            },
        ),
        create(
            "RelatedExclusion",
            id=ID,
            created_at=models.DateTimeField(auto_now_add=True),
            article=models.ForeignKey(
                on_delete=models.CASCADE, related_name="related_exclusions", to="articles.article"
            ),
            created_by=models.ForeignKey(
                editable=False, null=True, on_delete=models.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
            other=models.ForeignKey(
                on_delete=models.CASCADE,
                related_name="excluded_from",
                to="articles.article",
                verbose_name="excluded article",
            ),
            Meta={
                "verbose_name": "excluded article",
                "verbose_name_plural": "excluded article",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "other"),
                        name="related_exclusion_once",
                        violation_error_message="This article is already excluded.",
                    )
                ],
            },
        ),
        create(
            "TextLink",
            id=ID,
            article=models.ForeignKey(
                on_delete=models.CASCADE, related_name="text_links", to="articles.article"
            ),
            other=models.ForeignKey(
                on_delete=models.CASCADE, related_name="linked_from", to="articles.article"
            ),
            Meta={
                "constraints": [
                    models.UniqueConstraint(fields=("article", "other"), name="text_link_once"),
                    models.CheckConstraint(
                        condition=~models.Q(article=models.F("other")),
                        name="text_link_not_to_itself",
                    ),
                ]
            },
        ),
        create(
            "SeriesPart",
            id=ID,
            position=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Lower numbers come first, parts without one last; equal ones are ordered by publication date.",
                null=True,
            ),
            article=models.OneToOneField(
                error_messages={"unique": "This article is already part of a series."},
                on_delete=models.CASCADE,
                related_name="series_part",
                to="articles.article",
            ),
            series=models.ForeignKey(
                on_delete=models.CASCADE, related_name="parts", to="articles.series"
            ),
            Meta={"verbose_name": "part", "ordering": ["position", "pk"]},
        ),
        create(
            "MostRead",
            id=ID,
            language=models.CharField(max_length=8),
            position=models.PositiveSmallIntegerField(),
            article=models.OneToOneField(
                on_delete=models.CASCADE, related_name="most_read", to="articles.article"
            ),
            Meta={"verbose_name_plural": "most read", "ordering": ["language", "position"]},
        ),
        create(
            "ArticleViews",
            id=ID,
            day=models.DateField(),
            views=models.PositiveIntegerField(default=1),
            article=models.ForeignKey(
                on_delete=models.CASCADE, related_name="views_by_day", to="articles.article"
            ),
            Meta={
                "verbose_name_plural": "article views",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "article"), name="article_views_once_a_day"
                    )
                ],
            },
        ),
        create(
            "ThreadCount",
            article=models.OneToOneField(
                on_delete=models.CASCADE,
                primary_key=True,
                related_name="thread_count",
                serialize=False,
                to="articles.article",
            ),
            readable=models.PositiveIntegerField(default=0),
            top_level_count=models.PositiveIntegerField(
                default=0, help_text="Including placeholders."
            ),
        ),
        create(
            "ListingRecheck",
            id=ID,
            article=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=models.DO_NOTHING,
                related_name="+",
                to="articles.article",
            ),
        ),
        create(
            "ListingEntry",
            scope=models.CharField(
                choices=[
                    ("all", "All articles; the target is 0"),
                    ("year", "A year, as in the articles' URLs"),
                    ("month", "A month, as 202603"),
                    ("type", "A type of article"),
                    ("category", "A category and its subcategories"),
                    ("primary", "A primary category"),
                    ("tag", "A tag"),
                    ("author", "An author"),
                ],
                max_length=8,
            ),
            target=models.BigIntegerField(),
            language=models.CharField(max_length=8),
            published_at=models.DateTimeField(),
            article=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=models.DO_NOTHING,
                related_name="listing_entries",
                to="articles.article",
            ),
            pk=models.CompositePrimaryKey(
                "article",
                "scope",
                "target",
                blank=True,
                editable=False,
                primary_key=True,
                serialize=False,
            ),
            Meta={
                "indexes": [
                    models.Index(
                        fields=["scope", "target", "-published_at", "-article"],
                        name="listing_newest",
                    ),
                    models.Index(
                        fields=["scope", "target", "language", "-published_at", "-article"],
                        name="listing_newest_in_language",
                    ),
                ]
            },
        ),
        create(
            "Attachment",
            id=ID,
            article=models.ForeignKey(
                on_delete=models.CASCADE, related_name="attachments", to="articles.article"
            ),
            file=models.ForeignKey(
                on_delete=models.PROTECT, related_name="attachments", to="articles.file"
            ),
            Meta={
                "constraints": [
                    models.UniqueConstraint(fields=("article", "file"), name="attachment_once")
                ]
            },
        ),
        create(
            "InternalLink",
            id=ID,
            target_kind=models.CharField(max_length=16),
            target_id=models.BigIntegerField(),
            article=models.ForeignKey(
                db_index=False,
                help_text="The article with the link; empty if a page has it.",
                null=True,
                on_delete=models.CASCADE,
                related_name="internal_links",
                to="articles.article",
            ),
            page=models.ForeignKey(
                db_index=False,
                help_text="The page with the link; empty if an article has it.",
                null=True,
                on_delete=models.CASCADE,
                related_name="internal_links",
                to="articles.page",
            ),
            Meta={
                "indexes": [
                    models.Index(fields=["target_kind", "target_id"], name="internal_link_target")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(article__isnull=False, page__isnull=True),
                            models.Q(article__isnull=True, page__isnull=False),
                            _connector="OR",
                        ),
                        name="internal_link_has_one_source",
                    ),
                    models.UniqueConstraint(
                        fields=("article", "target_kind", "target_id"),
                        name="internal_link_once_an_article",
                    ),
                    models.UniqueConstraint(
                        fields=("page", "target_kind", "target_id"),
                        name="internal_link_once_a_page",
                    ),
                ],
            },
        ),
        create(
            "Ban",
            id=ID,
            kind=models.CharField(
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
            value=models.CharField(
                blank=True,
                editable=False,
                help_text="Compared with new comments; emptied when the ban ends.",
                max_length=320,
            ),
            label=models.CharField(
                editable=False,
                help_text="The name on the comment that the ban was made from.",
                max_length=120,
                verbose_name="commenter",
            ),
            expires_at=models.DateTimeField(blank=True, help_text="Empty: permanent.", null=True),
            reason=models.CharField(max_length=300, validators=STORABLE),
            existing_comments=models.CharField(
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
            created_at=models.DateTimeField(default=timezone.now, editable=False),
            ended_at=models.DateTimeField(editable=False, null=True),
            comment=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=models.SET_NULL,
                related_name="bans",
                to="articles.comment",
            ),
            ended_by=models.ForeignKey(
                editable=False,
                help_text="Empty when the ban expired.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="bans_ended",
                to=settings.AUTH_USER_MODEL,
            ),
            created_by=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=models.SET_NULL,
                related_name="bans_made",
                to=settings.AUTH_USER_MODEL,
            ),
            user=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=models.CASCADE,
                related_name="bans",
                to=settings.AUTH_USER_MODEL,
            ),
            masked_value=models.CharField(
                blank=True,
                editable=False,
                help_text="For moderators, partly masked.",
                max_length=320,
                verbose_name="what is banned",
            ),
            Meta={
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            kind__in=["account", "email", "name", "address", "network"]
                        ),
                        name="ban_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ~models.Q(value="")),
                            models.Q(ended_at__isnull=False, value=""),
                            _connector="OR",
                        ),
                        name="ban_value_until_it_ends",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(ended_at__isnull=True),
                        fields=("kind", "value"),
                        name="ban_once_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            existing_comments__in=["leave", "held", "reject", "spam"]
                        ),
                        name="ban_earlier_known",
                    ),
                ],
            },
        ),
        create(
            "Follow",
            id=ID,
            kind=models.CharField(
                choices=[
                    ("replies", "Replies to your comment"),
                    ("thread", "All comments on the article"),
                    ("own", "Comments on your articles"),
                    ("queue", "Pending comments"),
                ],
                max_length=7,
            ),
            frequency=models.CharField(
                choices=[("at_once", "Immediately"), ("daily", "Once a day")], max_length=7
            ),
            token=models.CharField(default=new_token, editable=False, max_length=64, unique=True),
            created_at=models.DateTimeField(default=timezone.now, editable=False),
            confirmed_at=models.DateTimeField(blank=True, editable=False, null=True),
            unfollowed_at=models.DateTimeField(blank=True, editable=False, null=True),
            last_sent_on=models.DateField(
                blank=True,
                editable=False,
                help_text="The day of the last e-mail about pending comments.",
                null=True,
            ),
            article=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.CASCADE,
                related_name="+",
                to="articles.article",
            ),
            comment=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.CASCADE,
                related_name="+",
                to="articles.comment",
            ),
            follower=models.ForeignKey(
                on_delete=models.CASCADE, related_name="follows", to="articles.follower"
            ),
            confirmation_sent_at=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When the last confirmation e-mail was sent.",
                null=True,
            ),
            Meta={
                "indexes": [
                    models.Index(
                        condition=models.Q(confirmed_at__isnull=False, unfollowed_at__isnull=True),
                        fields=["article"],
                        name="follow_living",
                    ),
                    models.Index(
                        condition=models.Q(confirmed_at__isnull=True),
                        fields=["created_at"],
                        name="follow_unconfirmed",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("follower", "kind", "article", "comment"),
                        name="follow_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(article__isnull=False, comment__isnull=False, kind="replies"),
                            models.Q(article__isnull=False, comment__isnull=True, kind="thread"),
                            models.Q(article__isnull=True, comment__isnull=True, kind="own"),
                            models.Q(
                                article__isnull=True,
                                comment__isnull=True,
                                frequency="daily",
                                kind="queue",
                            ),
                            _connector="OR",
                        ),
                        name="follow_has_its_subject",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(frequency__in=["at_once", "daily"]),
                        name="follow_pace_known",
                    ),
                ],
            },
        ),
        create(
            "Claim",
            comment=models.OneToOneField(
                on_delete=models.CASCADE,
                primary_key=True,
                related_name="claim",
                serialize=False,
                to="articles.comment",
            ),
            expires_at=models.DateTimeField(db_index=True),
            moderator=models.ForeignKey(
                on_delete=models.CASCADE, related_name="claims", to=settings.AUTH_USER_MODEL
            ),
        ),
        # Its table is in `sql/search_statistics.sql`.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                create(
                    "SearchPosting",
                    pk=models.CompositePrimaryKey(
                        "lexeme_id",
                        "article_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                    article=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.DO_NOTHING,
                        related_name="+",
                        to="articles.searchentry",
                    ),
                    lexeme=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.DO_NOTHING,
                        related_name="+",
                        to="articles.searchlexeme",
                    ),
                    weight=models.FloatField(),
                )
            ]
        ),
        create(
            "CommentRevision",
            id=ID,
            text=models.TextField(),
            replaced_at=models.DateTimeField(default=timezone.now, editable=False),
            comment=models.ForeignKey(
                on_delete=models.CASCADE, related_name="versions", to="articles.comment"
            ),
            replaced_by=models.ForeignKey(
                blank=True,
                help_text="Empty for guests.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
            Meta={"verbose_name": "earlier text", "ordering": ["-replaced_at", "-pk"]},
        ),
        create(
            "CommentSearchVector",
            comment=models.OneToOneField(
                on_delete=models.CASCADE,
                primary_key=True,
                related_name="+",
                serialize=False,
                to="articles.comment",
            ),
            configuration=models.CharField(max_length=40),
            vector=SearchVectorField(),
            Meta={"indexes": [GinIndex(fields=["vector"], name="comment_words")]},
        ),
        create(
            "CommentPosition",
            comment=models.OneToOneField(
                db_constraint=False,
                on_delete=models.DO_NOTHING,
                primary_key=True,
                related_name="position",
                serialize=False,
                to="articles.comment",
            ),
            level=models.PositiveSmallIntegerField(),
            created_at=models.DateTimeField(),
            readable=models.BooleanField(default=False),
            reply_count=models.PositiveIntegerField(
                default=0, help_text="Number of published direct replies."
            ),
            descendant_count=models.PositiveIntegerField(
                default=0, help_text="Number of published comments shown below it."
            ),
            shown=models.GeneratedField(
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
            article=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=models.DO_NOTHING,
                related_name="+",
                to="articles.article",
            ),
            display_parent=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=models.DO_NOTHING,
                related_name="+",
                to="articles.comment",
            ),
            parent=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=models.DO_NOTHING,
                related_name="+",
                to="articles.comment",
            ),
            root=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=models.DO_NOTHING,
                related_name="+",
                to="articles.comment",
            ),
            Meta={
                "indexes": [
                    models.Index(
                        condition=models.Q(level=1, shown=True),
                        fields=["article", "created_at", "comment"],
                        name="comment_place_tops",
                    ),
                    models.Index(
                        condition=models.Q(level__gt=1, shown=True),
                        fields=["root", "comment"],
                        name="comment_place_first",
                    ),
                    models.Index(
                        condition=models.Q(level=1, shown=True),
                        fields=["article", "-descendant_count", "created_at", "comment"],
                        name="comment_place_discussed",
                    ),
                    models.Index(
                        condition=models.Q(shown=True),
                        fields=["display_parent", "created_at", "comment"],
                        name="comment_place_hosted",
                    ),
                    models.Index(
                        condition=models.Q(shown=True),
                        fields=["display_parent", "comment"],
                        name="comment_place_first_hosted",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                display_parent__isnull=True, level=1, root=models.F("comment")
                            ),
                            models.Q(("display_parent__isnull", False), ("level__in", (2, 3))),
                            _connector="OR",
                        ),
                        name="comment_place_level",
                    )
                ],
            },
        ),
        create(
            "EncryptedIPAddress",
            comment=models.OneToOneField(
                on_delete=models.CASCADE,
                primary_key=True,
                related_name="encrypted_ip_address",
                serialize=False,
                to="articles.comment",
            ),
            ciphertext=models.TextField(editable=False),
            created_at=models.DateTimeField(default=timezone.now, editable=False),
            expires_at=models.DateTimeField(db_index=True, editable=False),
            Meta={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "expires_at__lte",
                                CombinedExpression(
                                    models.F("created_at"),
                                    "+",
                                    models.Value(datetime.timedelta(days=30)),
                                ),
                            )
                        ),
                        name="sealed_address_at_most_30_days",
                    )
                ]
            },
        ),
        create(
            "Draft",
            article=models.OneToOneField(
                on_delete=models.CASCADE,
                primary_key=True,
                related_name="draft",
                serialize=False,
                to="articles.article",
            ),
            publish_at=models.DateTimeField(
                blank=True,
                db_index=True,
                help_text="When the changes are published by themselves.",
                null=True,
            ),
            revision=models.ForeignKey(
                on_delete=models.CASCADE, related_name="+", to="articles.revision"
            ),
        ),
        create(
            "Recommendation",
            id=ID,
            created_at=models.DateTimeField(default=timezone.now, editable=False),
            article=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=models.DO_NOTHING,
                related_name="+",
                to="articles.article",
            ),
            comment=models.ForeignKey(
                db_index=False,
                on_delete=models.CASCADE,
                related_name="recommendations",
                to="articles.comment",
            ),
            user=models.ForeignKey(
                on_delete=models.CASCADE,
                related_name="recommendations",
                to=settings.AUTH_USER_MODEL,
            ),
            Meta={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("comment", "user"), name="recommendation_once_per_reader"
                    )
                ]
            },
        ),
        create(
            "ModerationDecision",
            id=ID,
            decision=models.CharField(choices=COMMENT_STATES, max_length=11),
            reason=models.CharField(blank=True, max_length=500, validators=STORABLE),
            commenter_notified=models.BooleanField(
                default=False,
                help_text="Whether the e-mail to the commenter contains the reason.",
                verbose_name="commenter notified",
            ),
            created_at=models.DateTimeField(default=timezone.now, editable=False),
            comment=models.ForeignKey(
                on_delete=models.CASCADE, related_name="moderations", to="articles.comment"
            ),
            created_by=models.ForeignKey(
                blank=True,
                help_text="Empty for decisions of screening rules and of guests about their own comments.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="moderations",
                to=settings.AUTH_USER_MODEL,
            ),
            featured=models.BooleanField(
                editable=False,
                help_text="Whether the comment was featured or no longer is; empty for neither.",
                null=True,
            ),
            undoes=models.OneToOneField(
                editable=False,
                help_text="The decision that this one undoes.",
                null=True,
                on_delete=models.CASCADE,
                related_name="undone_by",
                to="articles.moderationdecision",
            ),
            ban=models.ForeignKey(
                editable=False,
                help_text="The ban or suspension that caused this decision.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="decisions",
                to="articles.ban",
            ),
            Meta={
                "verbose_name": "decision",
                "verbose_name_plural": "moderation log",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "decision__in",
                                ("unconfirmed", "held", "approved", "rejected", "spam", "deleted"),
                            )
                        ),
                        name="moderation_decision_known",
                    )
                ],
            },
        ),
        create(
            "CommentNotification",
            id=ID,
            state=models.CharField(
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
            created_at=models.DateTimeField(default=timezone.now, editable=False),
            due_at=models.DateTimeField(help_text="Not sent before this time."),
            state_changed_at=models.DateTimeField(
                blank=True, help_text="When it was claimed or got its result.", null=True
            ),
            comment=models.ForeignKey(
                on_delete=models.CASCADE, related_name="+", to="articles.comment"
            ),
            follow=models.ForeignKey(
                on_delete=models.CASCADE, related_name="notices", to="articles.follow"
            ),
            follower=models.ForeignKey(
                on_delete=models.CASCADE, related_name="notices", to="articles.follower"
            ),
            Meta={
                "indexes": [
                    models.Index(
                        condition=models.Q(state="waiting"), fields=["due_at"], name="notice_due"
                    ),
                    models.Index(
                        condition=models.Q(state="sending"),
                        fields=["state_changed_at"],
                        name="notice_being_sent",
                    ),
                    models.Index(fields=["created_at"], name="notice_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("follower", "comment"), name="notice_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            state__in=["waiting", "sending", "sent", "dropped", "uncertain"]
                        ),
                        name="notice_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(state="waiting", state_changed_at__isnull=True),
                            models.Q(
                                ~models.Q(state="waiting"), ("state_changed_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="notice_settled_has_time",
                    ),
                ],
            },
        ),
        create(
            "Flag",
            id=ID,
            reason=models.CharField(
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
            text=models.CharField(blank=True, max_length=500, validators=STORABLE),
            email=models.EmailField(
                blank=True,
                help_text="To notify a guest of the decision. Never shown.",
                max_length=254,
                validators=STORABLE,
            ),
            sender_hash=models.CharField(
                blank=True,
                editable=False,
                help_text="Keyed hash that recognises a second report of the same comment; emptied the night after the decision.",
                max_length=64,
            ),
            weight=models.FloatField(
                default=1.0,
                help_text="From 0 to 1: lower if earlier reports of the sender were dismissed.",
            ),
            created_at=models.DateTimeField(default=timezone.now, editable=False),
            outcome=models.CharField(
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
            decided_at=models.DateTimeField(blank=True, editable=False, null=True),
            comment=models.ForeignKey(
                on_delete=models.CASCADE, related_name="flags", to="articles.comment"
            ),
            user=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.SET_NULL,
                related_name="flags",
                to=settings.AUTH_USER_MODEL,
            ),
            reporter_hash=models.CharField(
                blank=True,
                editable=False,
                help_text="Keyed hash that recognises a guest's reports after the e-mail address is deleted.",
                max_length=64,
            ),
            decision=models.ForeignKey(
                editable=False,
                help_text="The decision on it.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="answered_flags",
                to="articles.moderationdecision",
            ),
            daily_hash=models.CharField(
                blank=True,
                editable=False,
                help_text="Keyed hash that recognises the reports of one sender on one day; emptied every night.",
                max_length=64,
            ),
            Meta={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(outcome=""), fields=["comment"], name="flag_waiting"
                    ),
                    models.Index(
                        condition=~models.Q(reporter_hash=""),
                        fields=["reporter_hash"],
                        name="flag_reporter",
                    ),
                    models.Index(
                        condition=~models.Q(daily_hash=""), fields=["daily_hash"], name="flag_today"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weight__range", (0, 1))), name="flag_weight_in_range"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", ""), ("decided_at__isnull", False), _connector="OR"
                        ),
                        name="flag_decided_when",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(~models.Q(sender_hash=""), ("outcome", "")),
                        fields=("comment", "sender_hash"),
                        name="flag_once_a_sender",
                    ),
                ],
            },
        ),
        create(
            "Appeal",
            comment=models.OneToOneField(
                on_delete=models.CASCADE,
                primary_key=True,
                related_name="appeal",
                serialize=False,
                to="articles.comment",
            ),
            text=models.CharField(blank=True, max_length=1000, validators=STORABLE),
            created_at=models.DateTimeField(default=timezone.now, editable=False),
            outcome=models.CharField(
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
            decision=models.OneToOneField(
                editable=False,
                help_text="The decision on it.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="appeal",
                to="articles.moderationdecision",
            ),
            Meta={
                "ordering": ["created_at", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(outcome=""), fields=["created_at"], name="appeal_waiting"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(outcome__in=["", "granted", "kept", "gone"]),
                        name="appeal_outcome_known",
                    )
                ],
            },
        ),
        create(
            "AkismetResult",
            comment=models.OneToOneField(
                on_delete=models.CASCADE,
                primary_key=True,
                related_name="akismet",
                serialize=False,
                to="articles.comment",
            ),
            spam=models.BooleanField(
                editable=False,
                help_text="Whether Akismet considers the comment spam; empty before the answer.",
                null=True,
            ),
            asked_at=models.DateTimeField(default=timezone.now, editable=False),
            correction=models.CharField(
                blank=True,
                choices=[("spam", "Spam"), ("ham", "Not spam")],
                editable=False,
                help_text="The correction reported to Akismet.",
                max_length=4,
            ),
            pending_decision=models.ForeignKey(
                editable=False,
                help_text="The decision that keeps the comment pending only for this answer.",
                null=True,
                on_delete=models.SET_NULL,
                related_name="+",
                to="articles.moderationdecision",
            ),
            Meta={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(correction__in=["", "spam", "ham"]),
                        name="akismet_told_known",
                    )
                ]
            },
        ),
        migrations.AddField(
            "article",
            "tags",
            TaggableManager(
                blank=True,
                help_text="A comma-separated list of tags.",
                through="articles.ArticleTag",
                to="taggit.Tag",
                verbose_name="Tags",
            ),
        ),
        migrations.AddField(
            "article",
            "categories",
            models.ManyToManyField(
                related_name="articles", through="articles.ArticleCategory", to="articles.category"
            ),
        ),
        run("text_search"),
        run("tags"),
        run("search_statistics"),
        run("picture_files"),
        run("picture_credits"),
        run("picture_library"),
        run("comment_threads"),
        run("comment_search"),
        run("listings"),
        migrations.RunPython(create_first_rows, migrations.RunPython.noop),
    ]
