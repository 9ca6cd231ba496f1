from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in

from iria.core import hooks


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        # The models are complete only now.
        from accounts import (
            display_names,
            email_addresses,
            known_browsers,
            personal_data,
            sessions,
        )
        from accounts.mfa import required

        hooks.personal_data.register("account", personal_data.HANDLER)
        user_logged_in.connect(sessions.record_sign_in, dispatch_uid="session began")
        display_names.register()
        email_addresses.register()
        required.register()
        known_browsers.register()
