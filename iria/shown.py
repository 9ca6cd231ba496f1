"""Which tables public pages are made of, and the triggers that tell of every change to them.

Every table of the houses stands in one of the two lists (a test sees to it): whoever adds one
decides whether readers see its rows.
"""

from typing import Any, Final

from django.apps import AppConfig, apps
from django.db import connection

HOUSES: Final = ("accounts", "articles", "iria", "newsletter", "taggit")

SHOWN: Final = {
    "accounts.authorprofile": "",
    "accounts.face": "",
    # A sign-in writes to the row too, and changes no page. A reader who is gone leaves their page.
    "accounts.user": "DELETE OR UPDATE OF display_name, is_staff, is_active, biography, shows_comments",
    "articles.article": "",
    "articles.articlecategory": "",
    "articles.articletag": "",
    "articles.byline": "",
    "articles.category": "",
    "articles.comment": "",
    "articles.correction": "",
    "articles.embedprovider": "",
    "articles.figure": "",
    "articles.formeraddress": "",
    "articles.image": "",
    "articles.kind": "",
    "articles.mostread": "",
    "articles.page": "",
    "articles.pinnedquery": "",
    "articles.pinnedresult": "",
    "articles.placement": "",
    "articles.portrait": "",
    "articles.redirect": "",
    "articles.relatedlink": "",
    "articles.relatedpick": "",
    "articles.searchentry": "",
    "articles.series": "",
    "articles.seriespart": "",
    "articles.synonyms": "",
    "iria.publication": "",
    # How its sending goes changes no page.
    "newsletter.issue": "INSERT OR DELETE OR UPDATE OF newsletter_id, subject, preheader, slug, "
    "introduction, closing, picture_id, picture_caption, state, started_at, sent_html, sent_text",
    "newsletter.issueitem": "",
    "newsletter.newsletter": "",
    "newsletter.newsletter_topics": "",
    "taggit.tag": "",
}
"""Model → the events that count, where that is not every insert, update and delete."""

UNSHOWN: Final = {
    "accounts.device",
    "accounts.session",
    "accounts.user_groups",
    "accounts.user_user_permissions",
    "articles.agency",
    "articles.akismetopinion",
    "articles.appeal",
    "articles.articleterms",
    "articles.articleviews",
    "articles.ban",
    "articles.claim",
    "articles.collection",
    "articles.collection_pictures",
    "articles.commentplace",
    "articles.commentversion",
    "articles.commentwords",
    "articles.flag",
    "articles.follow",
    "articles.follower",
    "articles.formername",
    "articles.learntmodel",
    "articles.likeness",
    "articles.listedreason",
    "articles.listingcount",
    "articles.listingentry",
    "articles.listingrecheck",
    "articles.moderation",
    "articles.notice",
    "articles.photographer",
    "articles.pictureevent",
    "articles.picturewords",
    "articles.rarity",
    "articles.relatedexclusion",
    "articles.rendition",
    "articles.revision",
    "articles.screenedword",
    "articles.screeningrule",
    "articles.sealedaddress",
    "articles.searchchange",
    "articles.searchcount",
    "articles.searchlanguage",
    "articles.searchlexeme",
    "articles.searchposting",
    "articles.searchword",
    "articles.statechange",
    "articles.textlink",
    "articles.threadcount",
    "articles.translationgroup",
    "iria.change",
    "iria.dailykey",
    # Named by its content; the publication says which one stands.
    "iria.emblem",
    "iria.mark",
    "iria.ratecount",
    "newsletter.attempt",
    "newsletter.bounce",
    "newsletter.consent",
    "newsletter.consentednewsletter",
    "newsletter.importedline",
    "newsletter.subscriberexport",
    "newsletter.subscriberimport",
    "newsletter.subscriberimport_newsletters",
    "newsletter.decision",
    "newsletter.delivery",
    "newsletter.digest",
    "newsletter.digestrule",
    "newsletter.pace",
    "newsletter.runevent",
    "newsletter.sendinglimit",
    "newsletter.issuelink",
    "newsletter.look",
    "newsletter.mailboxreading",
    "newsletter.subscriber",
    "newsletter.subscription",
    "newsletter.suppression",
    "newsletter.testmail",
    "newsletter.waiver",
    "taggit.taggeditem",
}
"""What only the desk sees, and what is told by another table: a rendition writes to its image, the
credit made of agency and photographer is the image's own column, and what ranking knows of words
follows from the entries of the search."""

COMMENT: Final = "articles.comment"
EVERYTHING: Final = "INSERT OR UPDATE OR DELETE"

FUNCTIONS: Final = """
CREATE OR REPLACE FUNCTION iria_tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO iria_change (scope, mark)
        VALUES (TG_ARGV[0], hashtextextended(gen_random_uuid()::text, 0));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION iria_tell_thread() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO iria_change (scope, mark)
        SELECT DISTINCT 'thread:' || article_id, hashtextextended(gen_random_uuid()::text, 0)
        FROM unnest(ARRAY[OLD.article_id, NEW.article_id]) AS article_id
        WHERE article_id IS NOT NULL;
    RETURN NULL;
END $$;
"""

TRIGGER: Final = """
CREATE OR REPLACE TRIGGER iria_tell AFTER {events} ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION iria_tell_change('{scope}')
"""

THREAD_TRIGGER: Final = """
CREATE OR REPLACE TRIGGER iria_tell_thread AFTER INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION iria_tell_thread()
"""


def watch(app_config: AppConfig, **signal: Any) -> None:
    """After a migrate: every shown table tells of its changes."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if "iria_change" not in tables:
            return
        cursor.execute(FUNCTIONS)
        for name, events in SHOWN.items():
            table = apps.get_model(name)._meta.db_table
            if table not in tables:
                continue
            scope = "comments" if name == COMMENT else "content"
            cursor.execute(TRIGGER.format(events=events or EVERYTHING, table=table, scope=scope))
            if name == COMMENT:
                cursor.execute(THREAD_TRIGGER.format(table=table))
