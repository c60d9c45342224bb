"""How far each test of the fault suite outlasts the deadline of its calls."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

_SLACK = 0.5


def measure() -> dict[str, tuple[float, float, float]]:
    """Figure → the most seconds by which a test outlasts its deadline, what it may, the mark."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", "tests/faults", "-q", f"--junitxml={report}"]
        options = ["-o", "junit_duration_report=call", "-o", "junit_family=xunit1"]  # the one that has properties
        done = subprocess.run([*command, *options], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"the fault suite fails:\n{done.stdout[-3000:]}")
        overruns = {case.get("name", ""): _overrun(case) for case in ElementTree.parse(report).iter("testcase")}
    name = max(overruns, key=lambda name: overruns[name])
    print(f"of {len(overruns)} tests of faults the slowest beside its deadline is {name}")
    return {"a fault beyond its deadline": (overruns[name], _SLACK, 1.0)}


def _overrun(case: ElementTree.Element) -> float:
    said = [item.get("value", "") for item in case.iter("property") if item.get("name") == "deadline"]
    return float(case.get("time", "0")) - float(said[0]) if said else float("-inf")
