"""A server that gives every request one answer with 21 headers. It prints its port and ends with its parent."""

from __future__ import annotations

import json
import os
import selectors
import socket
import sys
import threading
import time

_DATA = {"valid": True, "token": "BNB", "amount": "0.10000000"}
_CARD = {"referenceNo": "0033002144060553", "code": "6H9EKF5ECCWFBHGE", "expiredTime": 1727417154000}
_SHOWN = _CARD if sys.argv[1:] == ["card"] else _DATA
_BODY = json.dumps({"code": "000000", "message": "success", "data": _SHOWN, "success": True}).encode()
_HEADERS = b"".join(b"X-Header-%d: some value %d\r\n" % (number, number) for number in range(19))
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    + _HEADERS
    + b"Content-Length: %d\r\n\r\n" % len(_BODY)
    + _BODY
)


def _answers(connection: socket.socket) -> bool:
    """Answer what came; whether more can come."""
    try:
        if connection.recv(65536):
            connection.sendall(_ANSWER)
            return True
    except ConnectionError:
        pass
    return False


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def main() -> None:
    """Serve until the parent is gone."""
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)  # as many as call at once
    print(listener.getsockname()[1], flush=True)
    ready = selectors.DefaultSelector()  # in one thread: a thousand would wait for each other more than they serve
    ready.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in ready.select():
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            if connection is listener:
                ready.register(listener.accept()[0], selectors.EVENT_READ)
            elif not _answers(connection):
                ready.unregister(connection)
                connection.close()


if __name__ == "__main__":
    main()
