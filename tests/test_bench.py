"""What the bench says of itself: a part that broke or did not run is named, and is no success."""

from __future__ import annotations

import sys

import pytest

from bench import __main__ as bench
from bench import changes
from bench.generator import OVERLAY, SPEC


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str, **parts: bench.Part) -> int:
    monkeypatch.setattr(bench, "_quick", lambda: parts)
    monkeypatch.setattr(bench, "_whole", lambda document: parts)
    monkeypatch.setattr(sys, "argv", ["bench", *arguments])
    return bench.main()


def _figure(ratio: float) -> bench.Part:
    return lambda: {f"a figure of {ratio}": (ratio, 1.0, 1.0)}


def _broken() -> bench.Figures:
    raise RuntimeError("what broke it")


@pytest.mark.parametrize("arguments", [[], ["--quick"]])
def test_a_part_that_breaks_is_named_and_the_others_are_measured(monkeypatch, capsys, arguments) -> None:
    assert _run(monkeypatch, *arguments, first=_broken, second=_figure(0.5)) == 1
    out, err = capsys.readouterr()
    assert out.endswith("broke: first\n")
    assert "a figure of 0.5" in out
    assert "what broke it" in err


@pytest.mark.parametrize(("arguments", "ends"), [([], 1), (["--quick"], 0)])
def test_a_missed_mark_is_named_and_fails_the_whole_bench_only(monkeypatch, capsys, arguments, ends) -> None:
    assert _run(monkeypatch, *arguments, one=_figure(0.5), other=_figure(2.0), third=_figure(float("nan"))) == ends
    assert "missed: a figure of 2.0, a figure of nan" in capsys.readouterr().out


@pytest.mark.parametrize(("arguments", "ci", "ends"), [([], "", 1), (["--quick"], "", 0), (["--quick"], "true", 1)])
def test_a_part_whose_program_is_missing_is_named(monkeypatch, capsys, arguments, ci, ends) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setitem(bench._PROGRAMS, "one", "no-such-program")
    assert _run(monkeypatch, *arguments, one=_figure(0.5)) == ends
    assert capsys.readouterr().out.endswith("did not run: one (no-such-program is missing)\n")


def test_both_sizes_have_the_same_parts() -> None:
    assert list(bench._quick()) == list(bench._whole(None))


def test_the_renamed_operation_is_one_that_the_overlay_does_not_name() -> None:
    document = SPEC.read_text(encoding="utf-8")
    new = changes._renamed(document, OVERLAY.read_text(encoding="utf-8"))
    assert new != document
    assert "operationId: verifyGiftCard\n" in new  # which the overlay's x-sdk-reconcile names


def test_a_change_that_changes_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to change"):
        changes._changed("a", "a")
