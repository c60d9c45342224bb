"""`botocore`: prints, as JSON, the headers that it adds to some requests; no request leaves."""

import datetime
import json

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NOW = 1_700_000_000_000
JSON = {"content-type": "application/json"}
REQUESTS = {
    "query": ("execute-api", None, "GET", "/v1/things", "b=2&a=1&a=%20%2F", {}, ""),
    "path": ("execute-api", None, "GET", "/v1/th%C3%A4ngs/a%20b", "", {}, ""),
    "body": ("execute-api", None, "POST", "/v1/things", "", JSON, '{"a":1}'),
    "token": ("execute-api", "the-token", "PUT", "/v1/things", "x=", JSON, "{}"),
    "s3": ("s3", None, "PUT", "/bucket/a%20b", "", JSON, "{}"),
}


class Frozen(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(NOW / 1000, tz)

    @classmethod
    def utcnow(cls):
        return cls.fromtimestamp(NOW / 1000, datetime.timezone.utc).replace(tzinfo=None)


def signed(name, service, token, method, path, query, headers, body):
    host = "api.example.com"
    url = f"https://{host}{path}" + (f"?{query}" if query else "")
    request = AWSRequest(method=method, url=url, data=body.encode(), headers=dict(headers))
    kind = botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth
    kind(Credentials("AKIDEXAMPLE", "a secret", token), service, "eu-central-1").add_auth(request)
    added = {key.lower(): value for key, value in request.headers.items() if key.lower() not in headers}
    asked = {"host": host, "method": method, "path": path, "query": query, "headers": headers, "body": body}
    return {"name": name, "service": service, "token": token, "request": asked, "headers": added}


botocore.auth.get_current_datetime = lambda remove_tzinfo=True: Frozen.utcnow()
botocore.auth.datetime = type("clock", (), {"datetime": Frozen, "timezone": datetime.timezone})
cases = [signed(name, *given) for name, given in REQUESTS.items()]
print(json.dumps({"botocore": botocore.__version__, "now": NOW, "cases": cases}, indent=1))
