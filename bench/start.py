"""From the start of a process to its first answer, and the memory it then holds, beside bare urllib3 doing the same."""

from __future__ import annotations

import resource
import statistics
import sys

from bench.calls import serving
from bench.generator import finished

_SECRET = "the-secret-of-the-benchmark"

_ALONE = "import sys; sys.modules['typing_extensions'] = None  # no dependency of either, but of the bench's tools\n"

_OURS = f"""
from binance_gift_card import GiftCardClient, HmacSigner
client = GiftCardClient(api_key="k", signer=HmacSigner("{_SECRET}"), base_url=f"http://127.0.0.1:{{sys.argv[1]}}")
client.verify_gift_card(reference_no="0033002144060553")
"""

_THEIRS = f"""
import hmac, json, time
import urllib3
from urllib.parse import quote
pool = urllib3.HTTPConnectionPool("127.0.0.1", int(sys.argv[1]))
query = f"referenceNo={{quote('0033002144060553', safe='')}}&timestamp={{int(time.time() * 1000)}}"
signature = hmac.new(b"{_SECRET}", query.encode(), "sha256").hexdigest()
target = f"/sapi/v1/giftcard/verify?{{query}}&signature={{signature}}"
json.loads(pool.urlopen("GET", target, headers={{"X-MBX-APIKEY": "k"}}, retries=False).data)["data"]
"""


def measure(rounds: int) -> dict[str, tuple[float, float, float]]:
    """Figure → ours, theirs, the mark; CPU seconds of the process, and bytes that it holds above the other's."""
    seconds: dict[str, list[float]] = {_OURS: [], _THEIRS: []}
    held: dict[str, list[float]] = {_OURS: [], _THEIRS: []}
    with serving() as port:
        for code in (_OURS, _THEIRS):
            _run(code, port)
        for _ in range(rounds):
            for code in (_OURS, _THEIRS):
                taken, size = _run(code, port)
                seconds[code].append(taken)
                held[code].append(size)
    ours, theirs = statistics.median(held[_OURS]), statistics.median(held[_THEIRS])
    return {
        "start to first answer": (statistics.median(seconds[_OURS]), statistics.median(seconds[_THEIRS]), 1.15),
        "first call: more memory": (ours - theirs, 3e6, 1.0),
    }


def _run(code: str, port: int) -> tuple[float, float]:
    """CPU seconds and the resident bytes at the end."""
    ending = "\nprint(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmRSS')))"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = finished([sys.executable, "-c", _ALONE + code + ending, str(port)])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return spent, float(done.stdout) * 1024
