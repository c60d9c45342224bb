"""How far each test of the fault suite outlasts the deadline of its calls."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from bench.generator import ROOT, finished

_SLACK = 0.5


def measure(tests: str) -> dict[str, tuple[float, float, float]]:
    """Figure → the most seconds by which one of these tests outlasts its deadline, what it may, the mark."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", str(ROOT / tests), "-q", f"--junitxml={report}"]
        options = ["-o", "junit_duration_report=call", "-o", "junit_family=xunit1"]  # the one that has properties
        finished([*command, *options])  # one after the other: what runs beside a test slows it
        told = {case.get("name", ""): _overrun(case) for case in ElementTree.parse(report).iter("testcase")}
    overruns = {name: overrun for name, overrun in told.items() if overrun is not None}
    if not overruns:
        raise RuntimeError(f"no test in {tests} says its deadline")
    name = max(overruns, key=lambda name: overruns[name])
    print(f"of {len(overruns)} tests of faults that say their deadline the slowest beside it is {name}")
    return {"a fault beyond its deadline": (overruns[name], _SLACK, 1.0)}


def _overrun(case: ElementTree.Element) -> float | None:
    said = [item.get("value", "") for item in case.iter("property") if item.get("name") == "deadline"]
    return float(case.get("time", "0")) - float(said[0]) if said else None
