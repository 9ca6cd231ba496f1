from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in

from iria.core import hooks


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        # The models are complete only now.
        from accounts import email_addresses, mfa, personal_data, profiles, sessions

        hooks.personal_data.register("account", personal_data.HANDLER)
        user_logged_in.connect(sessions.record_sign_in, dispatch_uid="session began")
        profiles.register()
        email_addresses.register()
        mfa.register()
        sessions.register()
