"""Brings a journal up to date, and ends at a line of the code that does it: the line of that number, counted as run."""

import os
import signal
import sys
from pathlib import Path

from binance_gift_card import Journal

WATCHED = ("backup.py", "migrations.py")
address, last = sys.argv[1], int(sys.argv[2])
count = 0


def step(frame, event, _):
    global count
    if event == "line":
        count += 1
        if count == last:
            os.kill(os.getpid(), signal.SIGKILL)
    return step


def entered(frame, event, _):
    code = frame.f_code
    here = Path(code.co_filename).name in WATCHED or code.co_name in ("_make_tables", "prepare")
    return step if here and "journal" in code.co_filename else None


journal = Journal(address)
os.access("/begin", os.F_OK)
if last:
    sys.settrace(entered)
journal.prepare()
sys.settrace(None)
os.access("/end", os.F_OK)
print(count)
journal.close()
