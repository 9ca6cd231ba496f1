"""Two-factor authentication: authenticator apps, passkeys and who must use one of them."""
