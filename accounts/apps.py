from django.apps import AppConfig

from iria.kit import registry


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        # The models are complete only now.
        from django.contrib.auth.signals import user_logged_in

        from accounts import addresses, devices, kept, names, personal, second_factor, sessions

        kept.connect()
        registry.address_is_confirmed.offer("accounts", addresses.is_confirmed)
        registry.personal_data.offer("account", personal.HOLDING)
        user_logged_in.connect(sessions.note_sign_in, dispatch_uid="session began")
        names.connect()
        addresses.connect()
        second_factor.connect()
        devices.connect()
