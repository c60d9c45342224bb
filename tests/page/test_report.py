"""The report of a journal, in a real browser: all of it is there, at any width, on paper, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.reports import HOSTILE, shown

from .contrasts import CONTRASTS, READABLE

PAPER = 680
"""The pixels that A4 leaves between margins of 15 mm."""

# Elements that stand out of the page, hide a part of what is in them, or would have to be scrolled.
CUT_OFF = """() => [...document.querySelectorAll("body *")].filter((each) => {
  if (!each.checkVisibility() || each.closest("svg, thead")) return false;
  const hides = getComputedStyle(each).overflowX !== "visible" && each.scrollWidth > each.clientWidth + 1;
  return hides || each.getBoundingClientRect().right > innerWidth + 0.5;
}).map((each) => each.outerHTML.slice(0, 80))"""


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Any]:
    file = tmp_path / "report.html"
    file.write_text(
        shown(HOSTILE, journal="postgresql://journal@" + "database." * 20 + "example/cards"), encoding="utf-8"
    )
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(file.as_uri())
    yield page
    context.close()


@pytest.mark.parametrize(("width", "media"), [(400, "screen"), (1280, "screen"), (PAPER, "print")])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_off_and_all_can_be_read(opened: Any, width: int, media: str, scheme: str) -> None:
    opened.emulate_media(media=media, color_scheme=scheme)
    opened.set_viewport_size({"width": width, "height": 900})
    assert opened.evaluate(CUT_OFF) == []
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    assert [found for found in opened.evaluate(CONTRASTS) if found[1] < READABLE] == []
    told = opened.inner_text("main")
    for words in ("Settled after", "2 cards need your attention", "What happened"):
        assert (words in told) or (width == 400 and words in ("Settled after", "What happened")), words


def test_what_is_folded_is_on_paper(opened: Any) -> None:
    opened.emulate_media(media="print")
    heights = opened.evaluate(
        "[...document.querySelectorAll('details')].map((e) => e.lastElementChild.getBoundingClientRect().height)"
    )
    assert len(heights) >= 4
    assert all(heights)


def test_a_chart_has_a_scale_that_ends_above_its_bars(opened: Any) -> None:
    figures = opened.query_selector_all("figure")
    assert len(figures) == 2
    for box in figures:
        top = box.query_selector("svg").bounding_box()["y"]
        assert min(bar.bounding_box()["y"] for bar in box.query_selector_all("rect")) > top
        assert len(box.query_selector_all(".scale span")) == 3


def test_it_has_a_light_and_a_dark_face_and_is_white_on_paper(opened: Any) -> None:
    grounds = []
    for media, scheme in (("screen", "light"), ("screen", "dark"), ("print", "dark")):
        opened.emulate_media(media=media, color_scheme=scheme)
        grounds.append(opened.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert grounds == ["rgb(251, 251, 250)", "rgb(21, 23, 26)", "rgb(255, 255, 255)"]
