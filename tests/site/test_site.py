"""The docs site as `tox run -e docs` has built it: it is whole, readable on a telephone, and found by searching."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import expect, sync_playwright

from tests.needs import browser, need
from tests.page.contrasts import CONTRASTS, READABLE
from tests.waits import LONGEST_S

ROOT = Path(__file__).parent.parent.parent
SITE = ROOT / "site"
PAGES = sorted(page.relative_to(SITE).as_posix() for page in SITE.rglob("*.html"))
WIDTHS = (400, 1280)
expect.set_options(timeout=LONGEST_S * 1000)
FACTS = {"SPEC_DIGEST", "SPEC_VERSION", "__version__", "errors", "models"}  # told where releases are

CUT_OFF = """() => {
  const scrolls = (each) => ["auto", "scroll"].includes(getComputedStyle(each).overflowX);
  const reaches = (each) => each.getBoundingClientRect().right <= innerWidth + 1;
  const wide = document.documentElement.scrollWidth > innerWidth ? ["the page"] : [];
  for (const each of document.querySelectorAll("article *")) {
    if (each.matches("pre *") && each.scrollWidth > each.clientWidth + 1 && scrolls(each)) {
      wide.push(`a part of ${each.textContent.slice(0, 40)}`);
    }
    if (!each.getBoundingClientRect().width || reaches(each)) continue;
    let box = each.parentElement;
    while (box && !(scrolls(box) && reaches(box))) box = box.parentElement;
    if (!box) wide.push(`${each.tagName} ${each.textContent.trim().slice(0, 40)}`);
  }
  return wide;
}"""


def public_names(package: Path) -> Iterator[str]:
    """What a package and its modules say is theirs, as the reference is to name it."""
    for module in sorted(package.glob("*.py")):
        if module.stem.startswith("_") and module.stem != "__init__":
            continue
        place = package.name if module.stem == "__init__" else f"{package.name}.{module.stem}"
        for node in ast.parse(module.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                yield from (f"{place}.{name}" for name in ast.literal_eval(node.value) if name not in FACTS)


@pytest.mark.parametrize("package", ["generated/binance_gift_card", "sandbox/binance_gift_card_sandbox"])
def test_the_reference_has_every_public_name(package: str) -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in (SITE / "reference").glob("*.html"))
    known = {name.rpartition(".")[2] for name in re.findall(r'id="(binance_gift_card[\w.]+)"', text)}
    names = list(public_names(ROOT / package))
    assert len(names) > 8
    assert [name for name in names if name.rpartition(".")[2] not in known] == []


def build(folder: Path, page: str) -> subprocess.CompletedProcess[str]:
    """Builds a site of one page, by the settings of ours."""
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    del settings["nav"], settings["extra_css"]
    python = settings["plugins"][1]["mkdocstrings"]["handlers"]["python"]
    python["paths"] = [str(ROOT / path) for path in python["paths"]]
    (folder / "docs").mkdir()
    (folder / "docs" / "index.md").write_text(f"# Page\n\n{page}\n", encoding="utf-8")
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=120, check=False)


def test_what_is_there_is_linked_to(tmp_path: Path) -> None:
    there = "## Here\n\n[a heading](#here), [a name][binance_gift_card.Attempt]\n\n::: binance_gift_card.Attempt"
    built = build(tmp_path, there)
    assert built.returncode == 0, built.stderr


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("[a page](elsewhere.md)", "page does not exist"),
        ("[a heading](#elsewhere)", "anchor does not exist"),
        ("[a name][binance_gift_card.Elsewhere]", "unresolved autoref"),
        ("::: binance_gift_card.Elsewhere", "binance_gift_card.Elsewhere could not be found"),
    ],
)
def test_what_is_not_there_fails(page: str, told: str, tmp_path: Path) -> None:
    built = build(tmp_path, page)
    assert built.returncode != 0
    assert told in built.stdout + built.stderr


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=os.fspath(SITE))) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    need("Chromium")
    with sync_playwright() as running:
        launched = running.chromium.launch(executable_path=browser(), args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture
def page(chromium: Any, address: str) -> Iterator[Any]:
    """A tab in which nothing is asked of another host, and nothing complains."""
    context = chromium.new_context(base_url=address, color_scheme="light", reduced_motion="reduce")
    tab = context.new_page()
    faults: list[str] = []
    tab.on("request", lambda request: request.url.startswith((address, "data:", "blob:")) or faults.append(request.url))
    tab.on("console", lambda message: message.type in ("error", "warning") and faults.append(message.text))
    tab.on("pageerror", lambda error: faults.append(str(error)))
    yield tab
    context.close()
    assert faults == []


def test_no_page_is_cut_off(page: Any) -> None:
    assert len(PAGES) > 25
    found = {}
    for name in PAGES:
        page.goto(name)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if cut := page.evaluate(CUT_OFF):
                found[name, width] = cut
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_can_be_read(page: Any, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    found = {}
    for name in PAGES:
        page.goto(name)
        contrasts = page.evaluate(CONTRASTS)
        assert len(contrasts) > 30, name
        if pale := [(text, contrast) for text, contrast in contrasts if contrast < READABLE]:
            found[name] = pale
    assert found == {}


def test_an_error_is_found_by_its_name(page: Any) -> None:
    page.goto("index.html")
    page.get_by_role("button", name="Search").first.click()
    page.get_by_role("combobox", name="Search").fill("OutcomeUnknownError")
    page.get_by_role("option", name="OutcomeUnknownError").first.click()
    expect(page.locator("#binance_gift_card\\.errors\\.OutcomeUnknownError")).to_be_in_viewport()


def test_it_is_as_light_or_dark_as_the_system_until_one_says(page: Any) -> None:
    page.goto("index.html")
    body = page.locator("body")
    light, dark = "default", "slate"
    expect(body).to_have_attribute("data-md-color-scheme", light)
    page.emulate_media(color_scheme="dark")
    expect(body).to_have_attribute("data-md-color-scheme", dark)
    page.get_by_title("Switch to light").click()
    expect(body).to_have_attribute("data-md-color-scheme", light)
    page.goto("calls.html")
    expect(body).to_have_attribute("data-md-color-scheme", light)
