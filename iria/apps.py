"""The project is an app too: it owns the publication row and the admin site."""

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.core import checks
from django.db.models.signals import post_migrate, pre_migrate

from iria import environment, renamed_templates
from iria.core import hooks, model_policy
from iria.core.db import triggers
from iria.core.text import dates


class IriaConfig(AppConfig):
    name = "iria"
    verbose_name = "Publication"

    def ready(self) -> None:
        # Models of other apps are complete only now.
        from iria import roles
        from iria.publication.menus import broken_menu_items
        from iria.themes.checks import theme_problems_item

        if settings.SENTRY_DSN:
            from iria import error_reports  # its package is optional

            error_reports.start(settings.SENTRY_DSN)
        dates.register()
        pre_migrate.connect(roles.remember_permissions, sender=self)
        post_migrate.connect(roles.grant_new_permissions)
        post_migrate.connect(triggers.install_triggers, sender=self)
        checks.register(model_policy.check_declared)
        checks.register(renamed_templates.check_template_names)
        checks.register(environment.check_inherited_names)
        roles.declare_policies()
        hooks.dashboard_items.register("publication", broken_menu_items)
        hooks.dashboard_items.register("theme", theme_problems_item)


class IriaAdminConfig(AdminConfig):
    default_site = "iria.admin_site.IriaAdminSite"
