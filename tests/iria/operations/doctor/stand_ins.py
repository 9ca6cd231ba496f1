"""Services that a site needs, on this machine: a DNS server, and a web server with a certificate."""

import base64
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

Zone = dict[tuple[str, str], str]
"""Name and type → the only record."""


def key_pair() -> tuple[str, str]:
    """A private key for DKIM, and its public key as in a DNS record."""
    private = rsa.generate_private_key(65537, 1024)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode(), base64.b64encode(public).decode()


@contextmanager
def dns_server(zone: Zone) -> Iterator[dns.resolver.Resolver]:
    """Runs a DNS server; yields a resolver that asks it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        threading.Thread(target=_answer, args=(listening, zone), daemon=True).start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], listening.getsockname()[1]
        yield resolver
        # Wakes the thread, so that it sees the end.
        listening.sendto(b"", listening.getsockname())


def _answer(listening: socket.socket, zone: Zone) -> None:
    while True:
        data, client = listening.recvfrom(4096)
        if not data:
            return
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        (question,) = query.question
        name, kind = str(question.name).rstrip("."), dns.rdatatype.to_text(question.rdtype)
        if record := zone.get((name, kind)):
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, record))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        listening.sendto(answer.to_wire(), client)


class WebServer(ThreadingHTTPServer):
    """A web server with TLS that answers 200, or redirects to `location`."""

    location = ""

    def __init__(self, folder: Path, *, days: int = 90) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.authority = folder / "authority.pem"
        """The certificate of the authority that signed that of the server."""
        chain = folder / "server.pem"
        _certify(self.authority, chain, valid_for=timedelta(days=days))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        self.socket = context.wrap_socket(self.socket, server_side=True)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust the certificate hangs up."""


class _Page(BaseHTTPRequestHandler):
    server: WebServer

    def do_GET(self) -> None:
        self.send_response(301 if self.server.location else 200)
        if self.server.location:
            self.send_header("Location", f"{self.server.location}{self.path}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def web_server(folder: Path, *, days: int = 90) -> Iterator[WebServer]:
    with WebServer(folder, days=days) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


BEFORE: Final = timedelta(days=365)


def _certify(authority: Path, chain: Path, *, valid_for: timedelta) -> None:
    """Writes the certificate of an authority, and one for 127.0.0.1 with its key."""
    now = datetime.now(UTC)
    signing_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer, subject = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        for name in ("Test authority", "127.0.0.1")
    )

    def certificate(
        owner: x509.Name, its_key: ec.EllipticCurvePrivateKey, *, is_authority: bool
    ) -> bytes:
        usage = dict.fromkeys(
            ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "encipher_only", "decipher_only"), False,
        )  # fmt: skip
        public, signed_by = its_key.public_key(), signing_key.public_key()
        builder = (
            x509.CertificateBuilder(issuer, owner, public, x509.random_serial_number())
            .not_valid_before(now - BEFORE)
            .not_valid_after(now + valid_for)
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True,
                    key_cert_sign=is_authority,
                    crl_sign=is_authority,
                    **usage,
                ),
                critical=True,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signed_by), critical=False
            )
        )
        if not is_authority:
            address = x509.IPAddress(ip_address("127.0.0.1"))
            builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
        signed = builder.sign(signing_key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM)

    authority.write_bytes(certificate(issuer, signing_key, is_authority=True))
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    chain.write_bytes(private + certificate(subject, key, is_authority=False))
