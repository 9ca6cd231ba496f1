"""What an export holds: every model and every column, with the decision whether it leaves the site.

This is the format. A test fails if a model or a column is missing here, so that adding one means deciding: public,
personal (only with `--personal-data`), or never. Names are those of columns; the schemas follow from the
fields (`iria.transfer.site.tables`). A change of the meaning of a column raises `VERSION`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

VERSION: Final = 1
"""Of the format. An importer reads its own version and lower ones."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A table as a file with one JSON object a line."""

    name: str
    model: str
    columns: str
    """Always exported."""
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


def _personal(name: str, model: str, columns: str, *, never: str = "") -> Kind:
    """A table that is exported with personal data only."""
    return Kind(name, model, columns, never=never, only_personal=True)


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
    Kind("brand_images", "iria.BrandImage", "id name png width height created_at"),
    Kind(
        "embed_providers",
        "articles.EmbedProvider",
        "id name page_url_patterns frame_url frame_origin shape is_enabled",
        seeded=True,
    ),
    Kind("groups", "auth.Group", "id name", seeded=True),
    Kind("group_permissions", "auth.Group_permissions", "id group_id permission_id", seeded=True),
    # Accounts and authors.
    _personal(
        "users",
        "accounts.User",
        "id last_login is_superuser email display_name name_skeleton is_staff is_active date_joined biography"
        " has_public_profile",
        never="password",
    ),
    _personal("user_groups", "accounts.User_groups", "id user_id group_id"),
    _personal("user_permissions", "accounts.User_user_permissions", "id user_id permission_id"),
    _personal("email_addresses", "account.EmailAddress", "id user_id email verified primary"),
    _personal("avatars", "accounts.Avatar", "user_id name png width height"),
    Kind(
        "authors", "accounts.AuthorProfile", "id name slug role biography links", personal="user_id"
    ),
    # The image library and files.
    Kind("agencies", "articles.Agency", "id name credit_text credit_text_alone url usage_terms"),
    Kind("photographers", "articles.Photographer", "id name url"),
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
    Kind(
        "similar_images",
        "articles.SimilarImage",
        "id image_id older_id distance kept_at",
        personal="kept_by_id",
    ),
    _personal(
        "image_events",
        "articles.ImageEvent",
        "id image_id action before after reason created_by_id created_at",
    ),
    Kind("collections", "articles.Collection", "id name created_at", personal="created_by_id"),
    Kind("collection_images", "articles.Collection_pictures", "id collection_id image_id"),
    Kind(
        "files",
        "articles.File",
        "id title credit copyright_notice licence_url usage_terms licence_until kind media_type bytes pages"
        " duration stored name original_name checksum uploaded_at modified_at",
        personal="uploaded_by_id",
    ),
    # Categories, tags and articles.
    Kind(
        "categories",
        "articles.Category",
        "id parent_id name slug position introduction translations path sort_key",
    ),
    Kind("tags", "taggit.Tag", "id name slug"),
    Kind(
        "article_types",
        "articles.ArticleType",
        "id name slug position template translations",
        seeded=True,
    ),
    Kind("translation_groups", "articles.TranslationGroup", "id created_at"),
    Kind(
        "articles",
        "articles.Article",
        "id comments_open comments_policy comments_close_after canonical_url noindex first_published_in"
        " first_published_url licence headline slug standfirst body kind_id language search_description"
        " lead_image_id lead_caption lead_alt lead_decorative social_title social_image_id state publish_at"
        " published_at updated_at show_updated withdrawn_at year month translation_group_id form_id created_at"
        " modified_at version",
        personal="created_by_id",
    ),
    Kind("article_categories", "articles.ArticleCategory", "id article_id category_id position"),
    Kind("article_tags", "articles.ArticleTag", "id tag_id content_object_id"),
    Kind("bylines", "articles.Byline", "id article_id author_id position"),
    Kind("portraits", "articles.Portrait", "id author_id image_id"),
    Kind(
        "figures",
        "articles.Figure",
        "id article_id image_id place position caption width gallery alt_text is_decorative",
    ),
    Kind("attachments", "articles.Attachment", "id article_id file_id"),
    Kind(
        "corrections",
        "articles.Correction",
        "id article_id text created_at",
        personal="created_by_id",
    ),
    Kind("related_picks", "articles.RelatedPick", "id article_id picked_id position"),
    Kind(
        "related_exclusions",
        "articles.RelatedExclusion",
        "id article_id other_id created_at",
        personal="created_by_id",
    ),
    Kind(
        "revisions",
        "articles.Revision",
        "id article_id number headline standfirst body lead_image_id lead_caption details reason restored_from"
        " created_at saved_at published_at",
        personal="created_by_id",
    ),
    Kind("drafts", "articles.Draft", "article_id revision_id publish_at"),
    Kind(
        "state_changes",
        "articles.StateChange",
        "id article_id state created_at publish_at revision_number",
        personal="created_by_id",
    ),
    Kind("series", "articles.Series", "id name created_at"),
    Kind("series_parts", "articles.SeriesPart", "id series_id article_id position"),
    Kind(
        "link_cards",
        "articles.LinkCard",
        "id url state title thumbnail thumbnail_name thumbnail_width"
        " thumbnail_height error requested_at fetched_at",
    ),
    # Pages, URLs and the front page.
    Kind(
        "pages",
        "articles.Page",
        "id title path body description language translation_of_id position is_published created_at modified_at",
    ),
    Kind("page_redirects", "articles.OldPagePath", "id path page_id created_at"),
    Kind(
        "redirects",
        "articles.Redirect",
        "id old_path article_id category_id author_id tag_id created_at",
    ),
    Kind("internal_links", "articles.InternalLink", "id article_id page_id target_kind target_id"),
    Kind(
        "placements",
        "articles.Placement",
        "id slot language category_id position article_id expires_at placed_at",
        personal="placed_by_id",
    ),
    Kind(
        "section_patterns",
        "articles.SectionPattern",
        "id language category_id pattern chosen_at",
        personal="chosen_by_id",
    ),
    Kind("article_views", "articles.ArticleViews", "id article_id day views"),
    Kind("synonyms", "articles.Synonyms", "id terms keys modified_at", personal="modified_by_id"),
    Kind(
        "pinned_queries",
        "articles.PinnedQuery",
        "id query key modified_at",
        personal="modified_by_id",
    ),
    Kind("pinned_results", "articles.PinnedResult", "id query_id article_id position"),
    _personal("query_counts", "articles.QueryCount", "id day query searches results clicks"),
    Kind(
        "saved_views", "articles.SavedView", "id user_id name query created_at", only_personal=True
    ),
    # Comments.
    Kind(
        "screening_rules",
        "articles.ScreeningRule",
        "id phase active threshold action message reports_corrections modified_at",
        personal="modified_by_id",
        seeded=True,
    ),
    _personal(
        "screened_words",
        "articles.ScreenedWord",
        "id word folded list added_by_id added_at",  # Moderators screen names and e-mail addresses too.
    ),
    Kind(
        "rejection_reasons",
        "articles.RejectionReason",
        "id name message position active",
        seeded=True,
    ),
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
    _personal(
        "comment_revisions",
        "articles.CommentRevision",
        "id comment_id text replaced_at replaced_by_id",
    ),
    _personal(
        "bans",
        "articles.Ban",
        "id kind value masked_value user_id label expires_at reason existing_comments comment_id created_by_id"
        " created_at ended_at ended_by_id",
    ),
    _personal(
        "moderation_decisions",
        "articles.ModerationDecision",
        "id comment_id decision reason commenter_notified created_by_id created_at featured undoes_id ban_id",
    ),
    _personal(
        "flags",
        "articles.Flag",
        "id comment_id reason text user_id email reporter_hash weight created_at outcome decided_at decision_id",
        never="sender_hash daily_hash",  # From an IP address; emptied every night.
    ),
    _personal("appeals", "articles.Appeal", "comment_id text created_at outcome decision_id"),
    _personal(
        "akismet_results",
        "articles.AkismetResult",
        "comment_id spam asked_at pending_decision_id correction",
    ),
    _personal(
        "recommendations", "articles.Recommendation", "id comment_id user_id article_id created_at"
    ),
    _personal(
        "comment_followers",
        "articles.Follower",
        "id user_id email created_at suppressed_at suppression_reason",
        never="token",
    ),
    _personal(
        "comment_follows",
        "articles.Follow",
        "id follower_id kind article_id comment_id frequency created_at confirmation_sent_at confirmed_at"
        " unfollowed_at last_sent_on",
        never="token",
    ),
    # Newsletters.
    Kind(
        "newsletters",
        "newsletter.Newsletter",
        "id name slug description from_name from_email reply_to language offered position frequencies"
        " tracks_clicks sends_welcome welcome_text canary_percent canary_minutes pause_at_percent",
        seeded=True,
    ),
    Kind("newsletter_topics", "newsletter.Newsletter_topics", "id newsletter_id category_id"),
    Kind(
        "digest_rules",
        "newsletter.DigestRule",
        "id newsletter_id frequency enabled needs_approval time_of_day day subject introduction enabled_at"
        " schedule_changed_at",
    ),
    Kind(
        "digests",
        "newsletter.Digest",
        "id newsletter_id frequency period begins_at ends_at needs_approval composed_at composed_for"
        " being_approved",
        personal="approved_by_id",
    ),
    Kind(
        "issues",
        "newsletter.Issue",
        "id newsletter_id subject preheader slug image_id image_caption greeting fallback_greeting introduction"
        " closing digest_id topics language is_automatic needs_approval state send_at wave auto_pause"
        " acknowledged_problem error sent_html sent_text created_at modified_at started_at cancelled_at sent_at"
        " delivery_counts",
        personal="created_by_id started_by_id cancelled_by_id",
    ),
    Kind("issue_articles", "newsletter.IssueItem", "id issue_id article_id position heading"),
    Kind("issue_links", "newsletter.IssueLink", "id issue_id number url clicks"),
    Kind(
        "issue_internal_links", "newsletter.IssueInternalLink", "id issue_id target_kind target_id"
    ),
    Kind("sending_limits", "newsletter.SendingLimit", "id domain per_second"),
    _personal(
        "subscribers",
        "newsletter.Subscriber",
        "id email state language name created_at confirmed_at unsubscribed_at suppressed_at suppression_reason",
        never="token",
    ),
    _personal(
        "subscriptions",
        "newsletter.Subscription",
        "id subscriber_id newsletter_id created_at frequency topics",
    ),
    _personal(
        "consents",
        "newsletter.Consent",
        "id subscriber_id language source_url wording asked_at answered_at answer confirmed_at welcome",
    ),
    _personal(
        "consented_newsletters",
        "newsletter.ConsentedNewsletter",
        "id consent_id newsletter_id frequency topics topic_urls",
    ),
    _personal(
        "article_follows",
        "newsletter.ArticleFollow",
        "id author_id section_id topic_id subscriber_id created_at",
        never="token",
    ),
    _personal(
        "consented_follows",
        "newsletter.ConsentedFollow",
        "id author_id section_id topic_id consent_id",
    ),
    _personal(
        "deliveries",
        "newsletter.Delivery",
        "id issue_id subscriber_id state wave attempts due_at message_id details lease lease_expires_at"
        " created_at sending_at done_at",
    ),
    _personal(
        "delivery_attempts",
        "newsletter.Attempt",
        "id delivery_id number outcome smtp_response started_at answered_at",
    ),
    _personal(
        "uncertain_resolutions",
        "newsletter.UncertainResolution",
        "id delivery_id choice created_by_id created_at",
    ),
    _personal(
        "delivery_events",
        "newsletter.DeliveryEvent",
        "id issue_id action details created_by_id created_at",
    ),
    _personal(
        "bounces",
        "newsletter.Bounce",
        "id kind reason status smtp_response domain matched_by delivery_id subscriber_id processed_at"
        " message_key number",
    ),
    _personal(
        "suppressions",
        "newsletter.Suppression",
        "id email_hash subscriber_id reason details bounce_id created_at created_by_id removed_at removed_by_id"
        " removal_reason",
    ),
    _personal(
        "subscriber_imports",
        "newsletter.SubscriberImport",
        "id name columns consent state rows_read total_rows counts error created_by_id created_at done_at",
        never="content",
    ),
    _personal(
        "subscriber_import_newsletters",
        "newsletter.SubscriberImport_newsletters",
        "id subscriberimport_id newsletter_id",
    ),
    _personal(
        "subscriber_exports",
        "newsletter.SubscriberExport",
        "id created_by_id created_at rows filters",
    ),
    _personal("test_mails", "newsletter.TestMail", "id issue_id content_hash sent_at sent_by_id"),
    _personal(
        "waivers",
        "newsletter.Waiver",
        "id issue_id finding_key message reason created_at created_by_id",
    ),
    # What people did in the admin, and where rows come from.
    _personal(
        "admin_log",
        "admin.LogEntry",
        "id action_time user_id content_type_id object_id object_repr action_flag change_message",
    ),
    # The keys can be e-mail addresses.
    _personal(
        "row_origins", "iria.RowOrigin", "id collection key content_type_id object_id created_at"
    ),
    _personal(
        "import_runs",
        "iria.ImportRun",
        "id system name source media_folder server_file fetch_images options state done total counts remark_counts problems error created_by_id"
        " created_at started_at progress_at finished_at",
    ),
    _personal(
        "imported_items",
        "iria.ImportedItem",
        "id source kind source_id digest written content_type_id object_id created_in_id imported_at",
    ),
)
"""In the order of an import: what a row refers to comes before it, wherever that is possible."""

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
                "iria.CacheVersion iria.RateCount iria.BackupRun iria.ImportReportPage iria.ImportChunk"
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
