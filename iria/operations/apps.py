from django.apps import AppConfig

from iria.core import hooks


class OperationsConfig(AppConfig):
    """Backups, the checks of a running site, and figures for Prometheus. A site works without it."""

    name = "iria.operations"
    verbose_name = "Operations"

    def ready(self) -> None:
        # Models of other apps are complete only now.
        from iria.operations import admin
        from iria.operations.doctor import backups

        hooks.admin_pages.register(
            backups.PAGE, hooks.AdminPage("settings/health/", admin.health_page)
        )
        hooks.dashboard_items.register("backups", backups.backup_items)
        hooks.dashboard_panels.register("backups", backups.backup_panel)
