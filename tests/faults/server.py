"""A loopback server that does to each connection what a test tells it to, and keeps what it was sent."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

CODE = "6H9EKF5ECCWFBHGE"
CARD = json.dumps(
    {
        "code": "000000",
        "message": "success",
        "success": True,
        "data": {"referenceNo": "0033002144060553", "code": CODE, "expiredTime": 1727417154000},
    }
)
VALID = '{"code":"000000","message":"success","success":true,"data":{"valid":true,"token":"BNB","amount":"0.1"}}'
_GUARD = 20.0  # seconds after which a test that hangs is let go


def answer(body: str | bytes = CARD, status: str = "200 OK", *headers: str, kind: str = "application/json") -> bytes:
    """A well-formed answer."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *headers, f"Content-Length: {len(content)}", "", ""]
    return "\r\n".join(lines).encode() + content


class Peer:
    """The server's side of one connection."""

    def __init__(self, server: FaultServer, connection: socket.socket) -> None:
        self._server = server
        self.connection = connection
        self.over = server.over

    def request(self) -> bytes:
        """One whole request; empty when the client went away before its end."""
        received = b""
        while not _whole(received):
            data = self.connection.recv(65536)
            if not data:
                self._server.torn.append(received)
                return b""
            received += data
        self._server.requests.append(received)
        return received

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def drip(self, data: bytes, pause: float = 0.02) -> None:
        """Byte by byte, until the client gives up."""
        for index in range(len(data)):
            self.connection.sendall(data[index : index + 1])
            if self.over.wait(pause):
                return

    def reset(self) -> None:
        """End with an RST instead of a FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def gone(self) -> None:
        """Wait until the client closes, or the test ends."""
        self.connection.settimeout(0.05)
        while not self.over.is_set():
            try:
                if not self.connection.recv(65536):
                    return
            except TimeoutError:
                continue
            except OSError:
                return


Behaviour = Callable[[Peer], None]


class FaultServer:
    """Gives each connection the next of its behaviours; the last one stays."""

    def __init__(self, *behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.torn: list[bytes] = []
        """What came of requests that did not come whole."""
        self.connections = 0
        self.over = threading.Event()
        self._behaviours = list(behaviours)
        self._tls = tls
        self._threads: list[threading.Thread] = []
        self._connections: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        scheme, host = ("https", "localhost") if tls else ("http", "127.0.0.1")
        self.url = f"{scheme}://{host}:{self.port}"
        self._start(self._accept)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            index = min(self.connections, len(self._behaviours) - 1)
            self.connections += 1
            self._start(self._serve, connection, self._behaviours[index])

    def _serve(self, connection: socket.socket, behaviour: Behaviour) -> None:
        connection.settimeout(_GUARD)
        with connection, contextlib.suppress(OSError):
            if self._tls is None:
                self._connections.append(connection)
                behaviour(Peer(self, connection))
            else:
                with self._tls.wrap_socket(connection, server_side=True) as secured:
                    self._connections.append(secured)
                    behaviour(Peer(self, secured))

    def close(self) -> None:
        self.over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:  # whoever waits for a client that is not closed yet waits no longer
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_GUARD)


def always(*answers: bytes) -> Behaviour:
    """Answer request after request; the last answer stays."""

    def behave(peer: Peer) -> None:
        index = 0
        while peer.request():
            peer.send(answers[min(index, len(answers) - 1)])
            index += 1

    return behave


def once(data: bytes) -> Behaviour:
    """Answer one request with these bytes, then close."""

    def behave(peer: Peer) -> None:
        if peer.request():
            peer.send(data)

    return behave


def silent(peer: Peer) -> None:
    """Read a request and say nothing."""
    peer.request()
    peer.gone()


def closing(peer: Peer) -> None:
    """Read a request and close."""
    peer.request()


def resetting(peer: Peer) -> None:
    """Read a request and reset."""
    peer.request()
    peer.reset()


def then(first: Behaviour, *more: Behaviour) -> Behaviour:
    """One behaviour after the other on the same connection."""

    def behave(peer: Peer) -> None:
        for behaviour in (first, *more):
            behaviour(peer)

    return behave


def one(data: bytes) -> Behaviour:
    """Answer one request and keep the connection."""

    def behave(peer: Peer) -> None:
        if peer.request():
            peer.send(data)

    return behave


def _whole(received: bytes) -> bool:
    head, end, body = received.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(end) and len(body) >= int(lengths[0].split(b":")[1] if lengths else 0)


class Authority:
    """Makes certificates that a test trusts, or should not."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of the tests")])
        made = self._builder(self._name, self._key, datetime.timedelta(days=1))
        usage = dict.fromkeys(
            (
                "digital_signature content_commitment key_encipherment data_encipherment key_agreement encipher_only "
                "decipher_only"
            ).split(),
            False,
        )
        certificate = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).add_extension(
            x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True
        )
        self.file = folder / "authority.pem"
        self.file.write_bytes(certificate.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def _builder(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, lasts: datetime.timedelta
    ) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.timezone.utc)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=2))
            .not_valid_after(now + lasts)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )

    def pem(self, host: str = "localhost", *, days: int = 1, passphrase: bytes | None = None) -> Path:
        """A file with a certificate for the host, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]), key, datetime.timedelta(days=days)
        )
        try:
            named: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            named = x509.DNSName(host)
        certificate = builder.add_extension(x509.SubjectAlternativeName([named]), critical=False).sign(
            self._key, hashes.SHA256()
        )
        hidden = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
        file = self._folder / f"{host}{days}.pem"
        file.touch(0o600)
        file.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        return file

    def server(self, host: str = "localhost", *, days: int = 1) -> ssl.SSLContext:
        """What a server needs to be that host."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pem(host, days=days))
        return context
