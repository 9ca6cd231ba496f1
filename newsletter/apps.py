from django.apps import AppConfig
from django.core import checks

from iria.core import hooks as core_hooks
from iria.core.hooks import PersonalDataHandler


class NewsletterConfig(AppConfig):
    name = "newsletter"
    verbose_name = "Newsletter"

    def ready(self) -> None:
        # The models are complete only now.
        from newsletter import dashboard, personal_data, receivers
        from newsletter import hooks as newsletter_hooks
        from newsletter.checks import check_connections, check_provider
        from newsletter.digests import category_merges
        from newsletter.subscriptions import data_requests, suppression, topic_merges

        checks.register(check_provider)
        checks.register(check_connections)
        topic_merges.register()
        category_merges.register()
        receivers.register()
        holding = PersonalDataHandler(
            export=personal_data.export, erase=data_requests.erase_account
        )
        core_hooks.personal_data.register("newsletter", holding)
        core_hooks.dashboard_items.register("newsletter", dashboard.dashboard_items)
        core_hooks.image_usages.register("newsletter", newsletter_hooks.image_usage)
        core_hooks.suppressed_emails.register("newsletter", suppression.is_suppressed)
        core_hooks.email_bounced.register("newsletter", suppression.suppress_bounced)
        core_hooks.email_reachable.register("newsletter", suppression.email_reachable)
