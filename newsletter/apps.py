from django.apps import AppConfig
from django.core import checks

from iria.core import hooks as core_hooks
from iria.core.hooks import Holding


class NewsletterConfig(AppConfig):
    name = "newsletter"
    verbose_name = "Newsletter"

    def ready(self) -> None:
        # The models are complete only now.
        from newsletter import dashboard, personal_data, privacy, receivers
        from newsletter import hooks as newsletter_hooks
        from newsletter.checks import check_connections, check_provider
        from newsletter.digests import category_merges
        from newsletter.subscriptions import data_requests, suppression, topic_merges

        checks.register(check_provider)
        checks.register(check_connections)
        privacy.connect()
        topic_merges.connect()
        category_merges.connect()
        receivers.connect()
        holding = Holding(tell=personal_data.tell, forget=data_requests.forget)
        core_hooks.personal_data.offer("newsletter", holding)
        core_hooks.waiting.offer("newsletter", dashboard.waiting_for)
        core_hooks.picture_uses.offer("newsletter", newsletter_hooks.in_issues)
        core_hooks.picture_outputs.offer("newsletter", newsletter_hooks.of_picture)
        core_hooks.closed_addresses.offer("newsletter", suppression.is_suppressed)
        core_hooks.mail_came_back.offer("newsletter", suppression.mail_came_back)
        core_hooks.mail_arrives.offer("newsletter", suppression.mail_arrives)
