"""What an export holds: every model, with the decision which of its columns leave the site.

A new column of a model is exported by itself. A test fails if a model is missing here, or a column that
names a user, an address or a secret: then decide whether it is public, personal (only with `--personal-data`),
or never exported. Names are those of columns; the schemas follow from the fields (`iria.transfer.site.tables`).
A change of the meaning of a column raises `VERSION`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

VERSION: Final = 1
"""The version of the format. An importer reads its own version and lower ones."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A table as a file with one JSON object a line."""

    name: str
    model: str
    columns: str = ""
    """Always exported; empty: all that are not named below. A public table with texts of other people
    than the newsroom names them, so that a new column is private until somebody decides."""
    personal: str = ""
    """Columns that are exported with personal data only."""
    never: str = ""
    """Columns that are never exported; an import fills them with their defaults."""
    only_personal: bool = False
    """The whole table is exported with personal data only."""
    seeded: bool = False
    """Migrations fill the table; an import replaces the rows."""
    public_rows: str = ""
    """SQL condition for the rows of an export without personal data; `t` is the table."""
    public_values: Mapping[str, str] = field(default_factory=dict)
    """Column → SQL expression instead of its value, in an export without personal data."""


SHOWN: Final = (
    "EXISTS (SELECT FROM articles_commentposition p WHERE p.comment_id = t.id AND p.shown)"
)
"""A comment that readers see, or whose place they see because of the replies below it."""


def _personal(name: str, model: str, *, never: str = "") -> Kind:
    """A table that is exported with personal data only."""
    return Kind(name, model, never=never, only_personal=True)


KINDS: Final = (
    # The publication and its settings.
    Kind(
        "publication",
        "iria.Publication",
        "id name legal_name tagline about contact_email contact_label postal_address first_year time_zone"
        " languages credit_format credit_below_every_image full_text_feeds show_most_read comments_policy"
        " comments_close_after guests_confirm_email issn accent accent_dark theme theme_applied_at theme_changes social_links publish_unknown_credits"
        " share_links header_menu footer_menu resolved_menus translations brand_images",
    ),
    Kind("brand_images", "iria.BrandImage"),
    Kind("embed_providers", "articles.EmbedProvider", seeded=True),
    Kind("groups", "auth.Group", seeded=True),
    Kind("group_permissions", "auth.Group_permissions", seeded=True),
    # Accounts and authors.
    _personal("users", "accounts.User", never="password"),
    _personal("user_groups", "accounts.User_groups"),
    _personal("user_permissions", "accounts.User_user_permissions"),
    _personal("email_addresses", "account.EmailAddress"),
    _personal("avatars", "accounts.Avatar"),
    Kind("authors", "accounts.AuthorProfile", personal="user_id"),
    # The image library and files.
    Kind("agencies", "articles.Agency"),
    Kind("photographers", "articles.Photographer"),
    Kind(
        "images",
        "articles.Image",
        "id headline alt_text is_decorative extended_description caption persons city country taken keywords"
        " digital_source_type focus_x focus_y credit credit_url photographer_id agency_id copyright_notice"
        " usage_terms licence_url licensor licence_from licence_until licensed_for_site"
        " licensed_for_newsletter licensed_for_archive source byline credit_exempt no_credit_reason"
        " credit_pending withdrawn_at withdrawn_reason original checksum perceptual_hash media_type width"
        " height is_animated rights_version uploaded_at modified_at",
        # What a camera or an agency wrote into a file can be an address of the photographer.
        personal="metadata uploaded_by_id",
        never="sizes",  # A trigger derives it from the renditions.
    ),
    Kind("similar_images", "articles.SimilarImage", personal="kept_by_id"),
    _personal("image_events", "articles.ImageEvent"),
    Kind("collections", "articles.Collection", personal="created_by_id"),
    Kind("collection_images", "articles.Collection_pictures"),
    Kind("files", "articles.File", personal="uploaded_by_id"),
    # Categories, tags and articles.
    Kind("categories", "articles.Category"),
    Kind("tags", "taggit.Tag"),
    Kind("article_types", "articles.ArticleType", seeded=True),
    Kind("translation_groups", "articles.TranslationGroup"),
    Kind("articles", "articles.Article", personal="created_by_id"),
    Kind("article_categories", "articles.ArticleCategory"),
    Kind("article_tags", "articles.ArticleTag"),
    Kind("bylines", "articles.Byline"),
    Kind("portraits", "articles.Portrait"),
    Kind("figures", "articles.Figure"),
    Kind("attachments", "articles.Attachment"),
    Kind("corrections", "articles.Correction", personal="created_by_id"),
    Kind("related_picks", "articles.RelatedPick"),
    Kind("related_exclusions", "articles.RelatedExclusion", personal="created_by_id"),
    Kind("revisions", "articles.Revision", personal="created_by_id"),
    Kind("drafts", "articles.Draft"),
    Kind("state_changes", "articles.StateChange", personal="created_by_id"),
    Kind("series", "articles.Series"),
    Kind("series_parts", "articles.SeriesPart"),
    Kind("link_cards", "articles.LinkCard"),
    # Pages, URLs and the front page.
    Kind("pages", "articles.Page"),
    Kind("page_redirects", "articles.OldPagePath"),
    Kind("redirects", "articles.Redirect"),
    Kind("internal_links", "articles.InternalLink"),
    Kind("placements", "articles.Placement", personal="placed_by_id"),
    Kind("section_patterns", "articles.SectionPattern", personal="chosen_by_id"),
    Kind("article_views", "articles.ArticleViews"),
    Kind("synonyms", "articles.Synonyms", personal="modified_by_id"),
    Kind("pinned_queries", "articles.PinnedQuery", personal="modified_by_id"),
    Kind("pinned_results", "articles.PinnedResult"),
    _personal("query_counts", "articles.QueryCount"),
    _personal("saved_views", "articles.SavedView"),
    # Comments.
    Kind("screening_rules", "articles.ScreeningRule", personal="modified_by_id", seeded=True),
    # Moderators screen names and e-mail addresses too.
    _personal("screened_words", "articles.ScreenedWord"),
    Kind("rejection_reasons", "articles.RejectionReason", seeded=True),
    Kind(
        "comments",
        "articles.Comment",
        "id article_id parent_id name text state created_at edited_at featured",
        personal="user_id email form_id confirmation_sent_at email_confirmed_at screening_results",
        public_rows=SHOWN,
        public_values={
            "name": "CASE WHEN state = 'approved' THEN name ELSE '–' END",
            "text": "CASE WHEN state = 'approved' THEN text ELSE '–' END",
            "state": "CASE WHEN state = 'approved' THEN state ELSE 'deleted' END",
        },
    ),
    _personal("comment_revisions", "articles.CommentRevision"),
    _personal("bans", "articles.Ban"),
    _personal("moderation_decisions", "articles.ModerationDecision"),
    _personal(
        "flags",
        "articles.Flag",
        never="sender_hash daily_hash",  # From an IP address; emptied every night.
    ),
    _personal("appeals", "articles.Appeal"),
    _personal("akismet_results", "articles.AkismetResult"),
    _personal("recommendations", "articles.Recommendation"),
    _personal("comment_followers", "articles.Follower", never="token"),
    _personal("comment_follows", "articles.Follow", never="token"),
    # Newsletters.
    Kind(
        "newsletters",
        "newsletter.Newsletter",
        "id name slug description from_name from_email reply_to language offered position frequencies"
        " tracks_clicks sends_welcome welcome_text canary_percent canary_minutes pause_at_percent",
        seeded=True,
    ),
    Kind("newsletter_topics", "newsletter.Newsletter_topics"),
    Kind("digest_rules", "newsletter.DigestRule"),
    Kind("digests", "newsletter.Digest", personal="approved_by_id"),
    Kind("issues", "newsletter.Issue", personal="created_by_id started_by_id cancelled_by_id"),
    Kind("issue_articles", "newsletter.IssueItem"),
    Kind("issue_links", "newsletter.IssueLink"),
    Kind("issue_internal_links", "newsletter.IssueInternalLink"),
    Kind("sending_limits", "newsletter.SendingLimit"),
    _personal("subscribers", "newsletter.Subscriber", never="token"),
    _personal("subscriptions", "newsletter.Subscription"),
    _personal("consents", "newsletter.Consent"),
    _personal("consented_newsletters", "newsletter.ConsentedNewsletter"),
    _personal("article_follows", "newsletter.ArticleFollow", never="token"),
    _personal("consented_follows", "newsletter.ConsentedFollow"),
    _personal("deliveries", "newsletter.Delivery"),
    _personal("delivery_attempts", "newsletter.Attempt"),
    _personal("uncertain_resolutions", "newsletter.UncertainResolution"),
    _personal("delivery_events", "newsletter.DeliveryEvent"),
    _personal("bounces", "newsletter.Bounce"),
    _personal("suppressions", "newsletter.Suppression"),
    _personal("subscriber_imports", "newsletter.SubscriberImport", never="content"),
    _personal("subscriber_import_newsletters", "newsletter.SubscriberImport_newsletters"),
    _personal("subscriber_exports", "newsletter.SubscriberExport"),
    _personal("test_mails", "newsletter.TestMail"),
    _personal("waivers", "newsletter.Waiver"),
    # What people did in the admin, and where rows come from.
    _personal("admin_log", "admin.LogEntry"),
    # The keys can be e-mail addresses.
    _personal("row_origins", "transfer.RowOrigin"),
    Kind(
        "import_runs",
        "transfer.ImportRun",
        "id system name source media_folder server_file fetch_images options state done total counts remark_counts problems error created_by_id"
        " created_at started_at progress_at finished_at",
        only_personal=True,
    ),
    _personal("imported_items", "transfer.ImportedItem"),
)
"""In the order of an import: what a row refers to comes before it, wherever that is possible."""

MOVED: Final = {
    "iria.backuprun": "operations.backuprun",
    "iria.importchunk": "transfer.importchunk",
    "iria.importeditem": "transfer.importeditem",
    "iria.importreportpage": "transfer.importreportpage",
    "iria.importrun": "transfer.importrun",
    "iria.roworigin": "transfer.roworigin",
}
"""How exports of earlier releases name a model → its name now."""

DERIVED: Final = "Derived from other rows by triggers or jobs, which fill it again after an import."
SECRET: Final = "A key, a password, a session or a hash of an IP address."  # noqa: S105
PASSING: Final = "State of a queue, a cache or a running process; a new site has its own."
FIXED: Final = "Created by `migrate`; other rows refer to it by name."

NOT_EXPORTED: Final = {
    model: why
    for why, models in (
        (
            DERIVED,
            (
                "articles.ImageSearchVector articles.Rendition articles.OldRenditionName"
                " articles.ListingEntry articles.ListingCount articles.ListingRecheck"
                " articles.CommentSearchVector articles.CommentPosition articles.ThreadCount"
                " articles.SpamModelVersion articles.MostRead articles.RelatedLink articles.TextLink"
                " articles.ArticleTerms articles.DocumentFrequency articles.SearchEntry"
                " articles.SearchLanguage articles.SearchLexeme articles.SearchPosting"
                " articles.SearchChange articles.SearchWord"
            ),
        ),
        (
            SECRET,
            (
                "iria.DailyKey mfa.Authenticator account.EmailConfirmation accounts.Session"
                " sessions.Session accounts.Device articles.EncryptedIPAddress"
            ),
        ),
        (
            PASSING,
            (
                "iria.CacheVersion iria.RateCount operations.BackupRun transfer.ImportReportPage"
                " transfer.ImportChunk"
                " articles.Claim articles.CommentNotification newsletter.ArticleNotification"
                " newsletter.WebhookReceipt newsletter.MailboxStatus newsletter.ImportRow"
                " newsletter.ExternalCheck newsletter.ThrottleState procrastinate.ProcrastinateWorker"
                " procrastinate.ProcrastinateJob procrastinate.ProcrastinateEvent"
                " procrastinate.ProcrastinatePeriodicDefer taggit.TaggedItem"
            ),
        ),
        (FIXED, "auth.Permission contenttypes.ContentType"),
    )
    for model in models.split()
}
"""Model → why it is not exported."""
