"""`ccxt`: prints, as JSON, what it sends for the requests of tests/hooks/test_vendors.py; no request leaves."""

import json

import ccxt
from signatures import KEY, NOW, PHRASE, REQUESTS, SECRET


def signed(exchange: str, path: str, api: str, method: str, parameters: dict[str, str]) -> dict[str, object]:
    client = getattr(ccxt, exchange)({"apiKey": KEY, "password": PHRASE, "secret": SECRET})
    for clock in ("milliseconds", "nonce", "incrementing_nonce"):
        setattr(client, clock, lambda: NOW)
    client.seconds = lambda: NOW // 1000
    client.options["recvWindow"] = 5000
    if exchange == "coinbaseexchange":
        client.nonce = client.seconds
    made = client.sign(path, [api], method, dict(parameters))
    url = made["url"].split("/", 3)[3]
    return {"target": f"/{url}", "headers": made["headers"], "body": made["body"] or ""}


print(json.dumps({"ccxt": ccxt.__version__, **{name: signed(*given) for name, given in REQUESTS.items()}}, indent=1))
