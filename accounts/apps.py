from django.apps import AppConfig

from iria.kit import registry


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        # allauth's models are complete only now.
        from accounts import addresses, kept

        kept.connect()
        registry.address_is_confirmed.offer("accounts", addresses.is_confirmed)
