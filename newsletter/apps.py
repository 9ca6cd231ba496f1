from django.apps import AppConfig
from django.core import checks

from iria.kit import registry
from iria.kit.registry import Holding


class NewsletterConfig(AppConfig):
    name = "newsletter"
    verbose_name = "Newsletter"

    def ready(self) -> None:
        # The models are complete only now.
        from newsletter import kept, outputs, personal, receivers, uses, waiting
        from newsletter.bounces.told.checking import check_provider
        from newsletter.by_rule import turning
        from newsletter.checks import check_connections
        from newsletter.consent import following, own_data, suppressing

        checks.register(check_provider)
        checks.register(check_connections)
        kept.connect()
        following.connect()
        turning.connect()
        receivers.connect()
        holding = Holding(tell=personal.tell, forget=own_data.forget)
        registry.personal_data.offer("newsletter", holding)
        registry.waiting.offer("newsletter", waiting.waiting_for)
        registry.picture_uses.offer("newsletter", uses.in_issues)
        registry.picture_outputs.offer("newsletter", outputs.of_picture)
        registry.closed_addresses.offer("newsletter", suppressing.is_suppressed)
        registry.mail_came_back.offer("newsletter", suppressing.mail_came_back)
        registry.mail_arrives.offer("newsletter", suppressing.mail_arrives)
