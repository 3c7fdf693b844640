"""A receiver of webhooks for tests: a server with a certificate of its own, on this machine."""

import ipaddress
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import sleep

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

NETWORKS = ("127.0.0.0/8",)


@dataclass
class Receiver:
    """What came, and what is answered: a status, or what makes one, and how long it takes."""

    url: str = ""
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    status: int | Callable[[], int] = 204
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    location: str = ""
    slow: float = 0.0


def certificate(folder: Path) -> Path:
    """Write a certificate for this machine, with its key, and return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver")])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "receiver.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path


@contextmanager
def receiving(folder: Path) -> Iterator[Receiver]:
    """Receive until the block ends."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append((dict(self.headers), body))
            if found.slow:
                self.wfile.write(b"HTTP/1.0 200 OK\r\nX-First: of many\r\n")
                sleep(found.slow)
            status = found.status() if callable(found.status) else found.status
            self.send_response(status)
            if found.location:
                self.send_header("Location", found.location)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    path = certificate(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    found.context = ssl.create_default_context(cafile=str(path))
    found.url = f"https://localhost:{server.server_port}/grades?of=city"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
