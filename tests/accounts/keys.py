"""Passkeys without a browser."""

import json
from hashlib import sha256
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from accounts.models import User


def passkey_of(user: User) -> Any:
    """A passkey of the user, registered at the host of Django's test client."""
    public_key = ec.generate_private_key(ec.SECP256R1()).public_key()
    public = ES256.from_cryptography_key(public_key)  # type: ignore[no-untyped-call]
    attested = AttestedCredentialData.create(bytes(16), f"key of {user.pk}".encode(), public)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    data = AuthenticatorData.create(sha256(b"testserver").digest(), flags, 0, attested)
    client = {"type": "webauthn.create", "challenge": "AA", "origin": "https://testserver"}
    credential = {
        "id": websafe_encode(attested.credential_id),
        "rawId": websafe_encode(attested.credential_id),
        "type": "public-key",
        "clientExtensionResults": {"credProps": {"rk": True}},
        "response": {
            "clientDataJSON": websafe_encode(json.dumps(client).encode()),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        },
    }
    row: Authenticator = WebAuthn.add(user, "Key on the ring", credential).instance
    return row
