"""Run with `python -m tests.example.manage test tests.example`."""

from io import StringIO

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import TestCase, override_settings

from accounts.models import User
from accounts.role_names import EDITOR, REPORTER
from articles.editorial import publishing
from iria.publication.models import Publication
from tests import newsroom
from tests.example.harbour.hooks import articles_without_source
from tests.example.harbour.models import DataSource, PublishedNote

PLAIN_FILES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@override_settings(STORAGES=PLAIN_FILES, ALLOWED_HOSTS=["*"])
class HarbourTests(TestCase):
    def setUp(self) -> None:
        Publication(name="Meridian").save()
        self.article = newsroom.published("Tides of the strait")

    def source(self) -> DataSource:
        return DataSource.objects.create(
            article=self.article, name="Tide tables", url="https://tides.example/"
        )

    def test_the_migrations_are_complete(self) -> None:
        call_command("makemigrations", "harbour", check=True, dry_run=True, verbosity=0)

    def test_the_page_lists_sources_of_published_articles(self) -> None:
        self.source()
        page = self.client.get("/sources/")
        self.assertContains(page, "Tide tables")
        self.assertContains(page, self.article.get_absolute_url())

    def test_a_new_source_changes_the_etag_of_the_page(self) -> None:
        before = self.client.get("/sources/").headers["ETag"]
        self.source()
        assert self.client.get("/sources/").headers["ETag"] != before

    def test_the_feed_has_the_articles_with_a_source(self) -> None:
        other = newsroom.published("Without a source")
        self.source()
        for form in ("", "atom/", "json/"):
            feed = self.client.get(f"/sources/feed/{form}").content.decode()
            assert self.article.get_absolute_url() in feed
            assert other.get_absolute_url() not in feed

    def test_the_urls_of_iria_are_still_there(self) -> None:
        assert self.client.get(self.article.get_absolute_url()).status_code == 200
        assert self.client.get("/sources-of-nothing/").status_code == 404

    def test_the_roles_got_the_permissions_that_the_model_declares(self) -> None:
        for role, allowed in ((EDITOR, True), (REPORTER, False)):
            group = Group.objects.get(name=role)
            found = group.permissions.filter(codename="delete_datasource").exists()
            assert found == allowed

    def test_the_dashboard_counts_articles_without_a_source(self) -> None:
        user = User.objects.create_superuser("ada@meridian.example", "a-long-password-1")
        (item,) = articles_without_source(user)
        assert item.count == 1
        self.source()
        (item,) = articles_without_source(user)
        assert item.count == 0

    def test_a_block_of_the_app_is_on_the_page_and_in_the_editor(self) -> None:
        facts = '<aside data-key-facts=""><p>Nine ports</p></aside>'
        article = newsroom.published("Ports", body=facts)
        page = self.client.get(article.get_absolute_url())
        self.assertContains(page, '<aside class="key-facts"><p>Nine ports</p></aside>')
        admin = User.objects.create_superuser("ada@meridian.example", "a-long-password-1")
        self.client.force_login(admin)
        with override_settings(STAFF_SECOND_FACTOR=False):
            form = self.client.get(f"/admin/articles/article/{article.pk}/change/")
        self.assertContains(form, "harbour/key-facts.js")

    def test_publishing_an_article_is_noted(self) -> None:
        draft = newsroom.draft("Soon")
        with self.captureOnCommitCallbacks(execute=True):
            publishing.publish(draft, by=None)
        assert PublishedNote.objects.filter(article_id=draft.pk).exists()

    def test_the_theme_of_the_project_can_be_chosen(self) -> None:
        self.assertNotContains(self.client.get("/"), 'class="quay"')
        call_command("check_theme", "quay", stdout=StringIO())
        Publication.objects.update(theme="quay")
        page = self.client.get("/")
        self.assertContains(page, 'class="quay"')
        self.assertContains(page, "themes/quay/theme.css")
