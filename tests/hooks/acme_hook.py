"""A signing hook as a team writes it: it imports nothing of the generator, and nothing of the SDK."""

import asyncio
import hashlib
import hmac
import time


class AcmeHook:
    def __init__(self, secret: str, *, region: str = "eu", ways: int = 1, is_loud: bool = False, extra=None) -> None:
        if secret == "refused":
            raise ValueError(secret)
        self.secret, self.region, self.ways, self.extra = secret, region, ways, extra
        self.identity = secret[:4]

    def sign(self, request):
        seen = [request.method, request.scheme, request.host, str(request.port), request.target, request.operation]
        seen += [repr(request.pairs), request.headers["x-key"], repr(request.extensions), str(request.now), self.region]
        payload = "\n".join(seen).encode() + b"\n" + request.body
        self.payload, self.left = payload, request.seconds_left
        if self.extra == "raise":
            raise RuntimeError(self.secret)
        if self.extra == "hang":
            time.sleep(5)
        if self.extra == "give":
            return "signature"
        if self.extra == "host":
            request.add_header("Host", "elsewhere")
        if self.extra == "twice":
            request.add_header("x-KEY", "another")
        if self.extra == "lines":
            request.add_header("X-Line", "a\r\nb")
        if self.extra == "form":
            request.add_form("a", "b")
        request.add_query("at", str(request.now), secret=False)
        request.add_header("X-Acme", hmac.new(self.secret.encode(), payload, hashlib.sha256).hexdigest())
        request.mark_secret(self.secret)
        request.expires(request.now + 1000)
        return None


class AsyncHook:
    def __init__(self, secret: str, extra=None) -> None:
        self.secret, self.extra = secret, extra

    async def sign(self, request):
        request.add_header("X-Acme", self.secret)
        if self.extra == "raise":
            raise RuntimeError(self.secret)
        if self.extra == "hang":
            await asyncio.sleep(5)
        return "signature" if self.extra == "give" else None
