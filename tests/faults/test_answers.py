"""What comes back is capped, read strictly, and never lost to whoever paid for it."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib

import pytest

from binance_gift_card import Network, errors
from tests.faults.server import CARD, CODE, VALID, always, answer, closing, once, one

HTML = "<html><body>Service Unavailable</body></html>"
FULL = '{"code":"000000","message":"success","success":true,"data":%s}'


def create(client):
    return client.create_gift_card(token="USDT", amount=1)


def cut(body: str = CARD) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + body.encode()


LOST = {
    "nothing": b"",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "short of its length": cut(),
    "cut in a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + CARD.encode(),
    "without a last chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "garbage for a status line": b"\x00\x01 garbage\r\n\r\n" + CARD.encode(),
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a head of 200 KB": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\nContent-Length: 0\r\n\r\n",
    "many headers": b"HTTP/1.1 200 OK\r\n" + b"X-Y: z\r\n" * 20_000 + b"Content-Length: 0\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
    "length and chunks": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a control character": b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 2\r\n\r\n{}",
    "another protocol, politely": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "a cut gzip": answer(gzip.compress(CARD.encode())[:-9], "200 OK", "Content-Encoding: gzip"),
}


@pytest.mark.deadline(5)
@pytest.mark.parametrize("data", LOST.values(), ids=LOST)
def test_an_answer_that_is_none_leaves_a_post_unknown(serve, client_of, data) -> None:
    server = serve(once(data), always(answer(CARD)))
    client = client_of(server)
    with pytest.raises(errors.OutcomeUnknownError) as raised:
        create(client)
    assert raised.value.executed == "unknown"
    assert len(server.requests) == 1
    assert create(client).code == CODE


@pytest.mark.deadline(5)
@pytest.mark.parametrize("data", LOST.values(), ids=LOST)
def test_an_answer_that_is_none_is_told_while_the_program_handles_another_error(serve, client_of, data) -> None:
    client = client_of(serve(once(data)))
    try:
        raise KeyError("the program's own")
    except KeyError:
        with pytest.raises(errors.OutcomeUnknownError):
            create(client)


@pytest.mark.deadline(5)
def test_what_came_of_a_cut_answer_is_kept_and_not_shown(serve, client_of) -> None:
    with pytest.raises(errors.OutcomeUnknownError) as raised:
        create(client_of(serve(once(cut()))))
    assert raised.value.status == 200
    assert json.loads(raised.value.body)["data"]["code"] == CODE
    assert CODE not in f"{raised.value!r} {raised.value}"


UNUSABLE = {
    "empty": ("", "unknown"),
    "HTML": (HTML, "unknown"),
    "invalid UTF-8": (b'{"success":true,"code":"000000","data":{"referenceNo":"1","code":"\xff"}}', "yes"),
    "invalid UTF-8 for marks": (b'{"success":"\xff","code":"\xff","data":{}}', "unknown"),
    "no UTF-8 at all": (CARD.encode("utf-16"), "unknown"),
    "a bare text": ('"success"', "unknown"),
    "no marks": ('{"data":{"referenceNo":"1","code":"CODE"}}'.replace("CODE", CODE), "unknown"),
    "marks that contradict": (
        '{"code":"000000","success":false,"data":{"referenceNo":"1","code":"CODE"}}'.replace("CODE", CODE),
        "unknown",
    ),
    "a card without its envelope": (f'{{"referenceNo":"1","code":"{CODE}","expiredTime":1}}', "unknown"),
    "a card whose code fell out of it": (
        f'{{"code":"000000","message":"success","success":true,"data":{{"referenceNo":"1"}},"code":"{CODE}"}}',
        "unknown",
    ),
    "no data": ('{"code":"000000","success":true}', "yes"),
    "no code": (FULL % '{"referenceNo":"1"}', "yes"),
    "an empty code": (FULL % '{"referenceNo":"1","code":""}', "yes"),
    "null for a code": (FULL % '{"referenceNo":"1","code":null}', "yes"),
    "a number for a code": (FULL % '{"referenceNo":"1","code":5}', "yes"),
    "a list for data": (FULL % '["%s"]' % CODE, "yes"),
    "words for a time": (FULL % '{"referenceNo":"1","code":"%s","expiredTime":"soon"}' % CODE, "yes"),
    "deep nesting": (FULL % ("[" * 100_000 + "]" * 100_000), "unknown"),
}


@pytest.mark.deadline(5)
@pytest.mark.parametrize(("body", "executed"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_success_that_cannot_be_used_hands_over_what_came(serve, client_of, body, executed) -> None:
    server = serve(always(answer(body)))
    with pytest.raises(errors.DecodeError) as raised:
        create(client_of(server))
    assert raised.value.executed == executed
    assert raised.value.body == (body.encode() if isinstance(body, str) else body)
    assert CODE not in f"{raised.value!r} {raised.value}"
    assert len(server.requests) == 1


@pytest.mark.deadline(5)
@pytest.mark.parametrize(
    "body",
    [
        '{"code":"000001","message":"no","success":false,"data":null}',
        '{"code":"000000","message":"success","success":false,"data":null}',
        '{"code":"PAY-1","message":"no","success":false}',
        '{"code":-18002,"msg":"limit"}',
        b'{"code":-18002,"msg":"\xff"}',
    ],
)
def test_success_false_is_a_refusal(serve, client_of, body) -> None:
    with pytest.raises(errors.ApiError) as raised:
        create(client_of(serve(always(answer(body)))))
    assert raised.value.executed == "no"
    assert raised.value.body == (body if isinstance(body, bytes) else body.encode())


@pytest.mark.deadline(5)
@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_a_firewall_refuses(serve, client_of, kind) -> None:
    with pytest.raises(errors.ApiError) as raised:
        create(client_of(serve(always(answer(HTML, "403 Forbidden", kind=kind)))))
    assert (raised.value.status, raised.value.code, raised.value.executed) == (403, None, "no")


@pytest.mark.deadline(5)
def test_what_the_document_does_not_promise_costs_no_answer(serve, client_of) -> None:
    body = FULL % '{"referenceNo":"1","code":"C","expiredTime":null,"kind":"a new kind","more":{"x":[null]}}'
    card = create(client_of(serve(always(answer(body.encode().replace(b'"message":"success"', b'"message":"\xff"'))))))
    assert (card.code, card.expired_time) == ("C", None)


@pytest.mark.deadline(5)
def test_gzip_is_read_though_nobody_asked_for_it(serve, client_of) -> None:
    server = serve(always(answer(gzip.compress(CARD.encode()), "200 OK", "Content-Encoding: gzip")))
    assert create(client_of(server)).code == CODE
    assert b"accept-encoding: identity\r\n" in server.requests[0]


def hundred_megabytes(peer) -> None:
    peer.request()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n")
    for _ in range(200):
        peer.send(b" " * 1_000_000)


def bomb(peer) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join([packer.compress(b" " * 1_000_000) for _ in range(60)]) + packer.flush()
    peer.request()
    peer.send(answer(packed, "200 OK", "Content-Encoding: gzip"))


@pytest.mark.deadline(5)
@pytest.mark.parametrize("large", [hundred_megabytes, bomb])
def test_a_large_answer_costs_little_memory(serve, client_of, large) -> None:
    server = serve(large, always(answer(CARD)))
    client = client_of(server)
    create_first = client.with_options(attempts=1, timeout=60)
    tracemalloc.start()
    try:
        with pytest.raises(errors.OutcomeUnknownError, match="its body has more than 1048576 bytes"):
            create(create_first)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 8_000_000
    assert create(client).code == CODE


@pytest.mark.deadline(5)
def test_a_large_answer_to_a_get_is_not_asked_for_again(serve, client_of) -> None:
    server = serve(hundred_megabytes)
    with pytest.raises(errors.OutcomeUnknownError):
        client_of(server).verify_gift_card(reference_no="0033002144060553")
    assert len(server.requests) == 1


@pytest.mark.deadline(5)
def test_the_cap_is_a_setting(serve, client_of) -> None:
    server = serve(always(answer(CARD)))
    with pytest.raises(errors.OutcomeUnknownError, match="more than 100 bytes"):
        create(client_of(server, network=Network(max_body=100)))


@pytest.mark.deadline(5)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_goes_nowhere(serve, client_of, status) -> None:
    elsewhere = serve(always(answer(CARD)))
    server = serve(always(answer("", f"{status} Found", f"Location: {elsewhere.url}/sapi/v1/giftcard/createCode")))
    client = client_of(server)
    for call in (create, lambda client: client.verify_gift_card(reference_no="0033002144060553")):
        with pytest.raises(errors.OutcomeUnknownError) as raised:
            call(client)
        assert raised.value.status == status
    assert len(server.requests) == 2
    assert elsewhere.requests == []


STRAY = answer('{"code":"000000","success":true,"data":{"referenceNo":"9","code":"STRAY"}}')


@pytest.mark.deadline(5)
def test_a_stray_second_answer_reaches_nobody(serve, client_of) -> None:
    server = serve(one(answer(CARD) + STRAY), always(answer(CARD)))
    client = client_of(server)
    assert create(client).code == CODE, "the first answer on a connection belongs to its first request"
    assert create(client).code == CODE
    assert server.connections == 2


@pytest.mark.deadline(5)
def test_a_stray_answer_before_the_next_request_reaches_nobody(serve, client_of) -> None:
    def stray(peer) -> None:
        one(answer(VALID))(peer)
        peer.send(STRAY)
        stray_sent.set()
        peer.gone()

    import threading

    stray_sent = threading.Event()
    server = serve(stray, always(answer(CARD)))
    client = client_of(server)
    client.verify_gift_card(reference_no="0033002144060553")
    assert stray_sent.wait(5)
    assert create(client).code == CODE


@pytest.mark.deadline(5)
def test_two_answers_on_a_used_connection_may_be_anybodys(serve, client_of) -> None:
    def two(peer) -> None:
        one(answer(VALID))(peer)
        one(STRAY + answer(CARD))(peer)

    server = serve(two, always(answer(CARD)))
    client = client_of(server)
    client.verify_gift_card(reference_no="0033002144060553")
    with pytest.raises(errors.OutcomeUnknownError, match="more came than one answer") as raised:
        create(client)
    assert b"STRAY" in raised.value.body, "whoever paid can see what came"
    assert sum(request.startswith(b"POST") for request in server.requests) == 1


@pytest.mark.deadline(5)
def test_a_body_without_length_ends_with_the_connection(serve, client_of) -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + CARD.encode()
    assert create(client_of(serve(once(whole)))).code == CODE
    with pytest.raises(errors.DecodeError) as raised:
        create(client_of(serve(once(whole[:-20]))))
    assert (raised.value.executed, CODE.encode() in raised.value.body) == ("unknown", True)


@pytest.mark.deadline(5)
def test_connection_close_is_kept(serve, client_of) -> None:
    def close_after(peer) -> None:
        one(answer(CARD, "200 OK", "Connection: close"))(peer)
        closing(peer)

    server = serve(close_after)
    client = client_of(server)
    assert create(client).code == create(client).code == CODE
    assert server.connections == 2


@pytest.mark.deadline(5)
def test_an_error_keeps_the_headers_that_matter(serve, client_of) -> None:
    headers = ("Retry-After: 7", "Set-Cookie: session=s3cret", "X-MBX-UUID: u-1")
    with pytest.raises(errors.ApiError) as raised:
        create(client_of(serve(always(answer('{"code":-1100,"msg":"no"}', "400 Bad Request", *headers)))))
    error = raised.value
    assert (error.status, error.code, error.server_message) == (400, -1100, "no")
    assert (error.headers["X-MBX-UUID"], error.headers["retry-after"]) == ("u-1", "7")
    assert "set-cookie" not in error.headers
