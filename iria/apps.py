"""The project is an app too: it owns the publication row and the admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core import checks
from django.db.models.signals import post_migrate, pre_migrate


class IriaConfig(AppConfig):
    name = "iria"
    verbose_name = "Publication"

    def ready(self) -> None:
        # Models of other apps are complete only now.
        from iria import roles, shown
        from iria.kit import moments, registry, triggers, watched
        from iria.publication import kept
        from iria.publication.waiting import dead_entries

        moments.connect()
        pre_migrate.connect(roles.remember_permissions, sender=self)
        post_migrate.connect(roles.grant_new_permissions)
        post_migrate.connect(triggers.watch, sender=self)
        checks.register(watched.check_decided)
        shown.connect()
        registry.waiting.offer("publication", dead_entries)
        kept.connect()


class DeskConfig(AdminConfig):
    default_site = "iria.desk.DeskSite"
