from django.apps import AppConfig

from iria.core import hooks


class TransferConfig(AppConfig):
    """Imports from other systems, and the export of the whole site. A site works without it."""

    name = "iria.transfer"
    verbose_name = "Imports"

    def ready(self) -> None:
        # Models of other apps are complete only now.
        from iria.transfer import admin, credits_page, uploads

        credits_view = hooks.AdminPage("images/credits/", credits_page.page)
        hooks.admin_pages.register(credits_page.URL, credits_view)
        hooks.dashboard_items.register("import", admin.first_import_item)
        hooks.dashboard_items.register("credits", credits_page.pending_item)
        progress = hooks.JobProgress(uploads.progress_at, uploads.fail)
        hooks.job_progress.register(uploads.RUN, progress)
