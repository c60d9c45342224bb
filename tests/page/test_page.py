"""The page at `/`, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

from binance_gift_card_sandbox import Fault, Sandbox

from .contrasts import CONTRASTS, READABLE

if TYPE_CHECKING:
    from .conftest import Caller, Watched

    Look = Callable[..., Watched]

ROWS = "#list a"


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_it_loads_from_its_own_origin_without_a_complaint(look: Look, caller: Caller, sandbox: Sandbox) -> None:
    caller.create()
    watched = look()
    expect(watched.page.locator(ROWS)).to_have_count(1)
    watched.page.locator(ROWS).click()
    expect(watched.page.get_by_role("heading", name="The signature is right")).to_be_visible()
    assert watched.complaints == []
    assert {"/".join(address.split("/")[:3]) for address in watched.asked} == {sandbox.url}


def test_an_unused_sandbox_says_how_to_use_it(look: Look, sandbox: Sandbox) -> None:
    page = look().page
    expect(page.locator("#try pre")).to_have_text(f"curl {sandbox.url}/api/v3/time")
    expect(page.locator("#export pre")).to_have_text(
        f"export BINANCE_BASE_URL={sandbox.url}\nexport BINANCE_API_KEY={sandbox.api_key}\n"
        "export BINANCE_API_SECRET='the secret'"
    )
    assert sandbox.api_secret not in page.content()


def test_a_request_appears_by_itself(look: Look, caller: Caller) -> None:
    page = look().page
    expect(page.get_by_role("heading", name="Nothing has called the sandbox yet")).to_be_visible()
    caller.create()
    row = page.locator(ROWS)
    expect(row).to_contain_text("createGiftCard")
    expect(row).to_contain_text("200")
    expect(page.locator("#balances")).to_contain_text("975")
    expect(page.locator("[data-state=active]")).to_contain_text("1")
    caller.misspell()
    expect(page.locator(ROWS)).to_have_count(2)
    expect(page.locator(ROWS).first).to_contain_text("400-1022")  # with a hyphen, as people search it


def test_it_asks_for_nothing_but_the_state_while_nothing_happens(look: Look, caller: Caller) -> None:
    caller.create()
    watched = look()
    expect(watched.page.locator(ROWS)).to_have_count(1)
    watched.asked.clear()
    for _ in range(3):
        watched.page.wait_for_event("request")
    assert {address.rpartition("/")[2] for address in watched.asked} == {"state"}
    caller.create()
    expect(watched.page.locator(ROWS)).to_have_count(2)
    assert next(address for address in watched.asked if "requests" in address).endswith("&after=1")


def test_a_refused_signature_is_explained_with_the_keyboard_alone(look: Look, caller: Caller) -> None:
    caller.create()
    payload = caller.misspell()
    page = look().page
    expect(page.locator(ROWS)).to_have_count(2)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the requests"
    page.keyboard.press("Enter")
    assert focused(page) == "requests"
    for _ in range(2):  # the filter stands before the list
        page.keyboard.press("Tab")
    assert focused(page) == "row-2"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "row-1"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The signature is wrong")).to_be_visible()
    assert focused(page) == "debugger-title"

    server, client = (
        page.get_by_label(name, exact=True)
        for name in (
            "The server signed",
            "Your client seems to have signed",
        )
    )
    assert server.text_content() == payload
    assert client.text_content() == payload.replace("till%204%20%2F%20user%40shop", "till 4 / user@shop")
    expect(server.locator("mark")).to_have_text("%")
    assert client.locator("mark").text_content() == " "
    expect(server.locator(".here")).to_contain_text("externalUid=")
    underlined = "element => getComputedStyle(element).textDecorationLine"
    assert server.locator("mark").evaluate(underlined) == "underline"
    expect(page.locator(".strips")).to_contain_text("'%20'")  # told in words too
    expect(page.locator(".verdict")).to_contain_text("What to do:")

    page.keyboard.press("Escape")
    expect(page.locator("#debugger")).to_be_hidden()
    assert focused(page) == "row-2"


def test_back_and_reload_keep_what_is_open(look: Look, caller: Caller) -> None:
    caller.misspell()
    page = look("/#request-1").page
    expect(page.locator("figure")).to_have_count(2)
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#debugger")).to_be_hidden()
    page.go_back()
    expect(page.locator("figure")).to_have_count(2)
    page.reload()
    expect(page.locator("figure")).to_have_count(2)


@pytest.mark.parametrize("is_allowed", [True, False])
def test_the_exact_payload_is_copied(look: Look, caller: Caller, sandbox: Sandbox, is_allowed: bool) -> None:
    payload = caller.misspell()
    page = look("/#request-1").page
    if is_allowed:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=sandbox.url)
    else:
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    page.get_by_role("button", name="Unbroken").click()
    page.get_by_role("button", name="Copy: The server signed").click()
    if is_allowed:
        expect(page.locator("#said")).to_have_text("Copied.")
        assert page.evaluate("navigator.clipboard.readText()") == payload
    else:
        expect(page.locator("#said")).to_contain_text("The text is selected")
        assert page.evaluate("getSelection().toString()") == payload


def test_hostile_text_does_nothing(look: Look, caller: Caller) -> None:
    attack = "<img/src=x/onerror=alert(1)>\u202e"
    query = f"{attack[:-1]}&x=%E2%80%AE".replace(" ", "%20")
    caller.send("GET", "/sapi/v1/giftcard/verify", query=f"referenceNo=1&{query}&timestamp=1&signature=<b>")
    caller.send("GET", "/<svg/onload=alert(1)>", query=query)
    caller.post("redeemCode", code=attack, externalUid=attack)
    watched = look()
    page = watched.page
    expect(page.locator(ROWS)).to_have_count(3)
    for number in (1, 2, 3):
        page.evaluate(f"location.hash = 'request-{number}'")
        expect(page.locator("#debugger-title")).to_have_text(f"Request {number}")
        expect(page.locator(".exchange")).to_be_visible()
        for summary in page.locator(".exchange summary").all():
            summary.click()
    assert page.locator("img, svg, #main script, iframe, [onerror], [onload]").count() == 0
    assert page.locator("[style]").count() == 0
    assert "\u202e" not in page.locator("body").inner_text()
    assert watched.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(look: Look, caller: Caller, sandbox: Sandbox, scheme: str) -> None:
    for kind in ("drop-after", "error-before"):
        sandbox.fault(Fault(kind=kind, operation="createGiftCard"))
        caller.create()
    caller.create()
    caller.misspell()
    page = look(width=2000, scheme=scheme).page
    expect(page.locator(ROWS)).to_have_count(4)
    page.locator("summary", has_text="Add a fault").click()
    page.locator("#reset").click()
    page.locator("[data-state=active]").click()
    page.get_by_role("button", name=re.compile("Show code")).first.click()
    page.locator(ROWS).first.click()
    expect(page.locator("figure")).to_have_count(2)
    found = page.evaluate(CONTRASTS)
    assert len(found) > 80
    assert [(text, round(ratio, 2)) for text, ratio in found if ratio < READABLE] == []
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (int(re.findall(r"\d+", ground)[0]) < 128) == (scheme == "dark")


@pytest.mark.parametrize("width", [320, 400, 900, 1024, 1920])
def test_nothing_scrolls_sideways(look: Look, caller: Caller, width: int) -> None:
    caller.create()
    caller.post("redeemCode", unquote, code="A" * 300, externalUid="Zoë " * 60)
    caller.send("GET", "/sapi/v1/" + "x" * 400)
    page = look(width=width).page
    sideways = """() => [...document.querySelectorAll("html, body, section, aside, dl, ol, ul, pre")]
      .filter((each) => each.scrollWidth > each.clientWidth && !each.closest(".unseen"))
      .map((each) => each.id || each.className || each.tagName)"""
    expect(page.locator(ROWS)).to_have_count(3)
    page.locator("[data-state=active]").click()
    page.get_by_role("button", name=re.compile("Show code")).first.click()
    assert page.evaluate(sideways) == []
    page.evaluate("location.hash = 'request-2'")
    expect(page.locator(".strips mark")).to_have_count(2)
    assert page.evaluate(sideways) == []


def test_on_a_telephone_nothing_scrolls_inside_the_page(look: Look, caller: Caller) -> None:
    for _ in range(60):
        caller.create()
    page = look(width=400).page
    expect(page.locator(ROWS)).to_have_count(50)
    expect(page.locator("#older-help")).to_be_visible()
    page.locator("[data-state=active]").click()
    expect(page.locator("#cards li")).to_have_count(25)
    inside = """() => [...document.querySelectorAll("body *")].filter((each) =>
      each.checkVisibility() && !each.closest(".unseen") && each.scrollHeight > each.clientHeight + 1
      && !["visible", "clip"].includes(getComputedStyle(each).overflowY)).map((each) => each.id || each.className)"""
    assert page.evaluate(inside) == []
    page.evaluate("location.hash = 'request-60'")
    expect(page.locator(".exchange")).to_be_visible()
    for summary in page.locator(".exchange summary").all():
        summary.click()
    assert page.evaluate(inside) == []


def test_what_a_fault_hit_is_not_shown_as_done(look: Look, caller: Caller, sandbox: Sandbox) -> None:
    for kind in ("cut", "malformed", "delay-after"):
        sandbox.fault(Fault(kind=kind, operation="createGiftCard", delay_ms=1 if kind == "delay-after" else 0))
        caller.create()
    page = look().page
    expect(page.locator(ROWS)).to_have_count(3)
    assert page.locator("#list .done").count() == 0
    assert "✓" not in page.locator("#list").inner_text()
    page.locator(ROWS).first.click()
    expect(page.locator(".answer")).to_have_text(re.compile("^! 200"))


def test_it_survives_a_restart(look: Look, caller: Caller, sandbox: Sandbox) -> None:
    caller.create()
    page = look().page
    expect(page.locator(ROWS)).to_have_count(1)
    sandbox.stop()
    expect(page.locator("#health")).to_contain_text("does not answer")
    expect(page.locator(ROWS)).to_have_count(1)  # what is known stays
    sandbox.start()
    expect(page.locator("#health")).to_contain_text("Live")
    caller.create()
    expect(page.locator(ROWS)).to_have_count(2)


def test_reset_asks_first(look: Look, caller: Caller) -> None:
    for _ in range(3):
        caller.create()
    page = look("/#request-2").page
    expect(page.locator("figure")).to_have_count(1)
    page.keyboard.press("Escape")
    page.locator("#reset").click()
    assert focused(page) == "cancel-reset"
    page.keyboard.press("Escape")
    expect(page.locator("#confirm")).to_be_hidden()
    assert focused(page) == "reset"
    expect(page.locator(ROWS)).to_have_count(3)
    page.locator("#reset").click()
    page.get_by_role("button", name="Reset now").click()
    expect(page.locator(ROWS)).to_have_count(0)
    caller.create()  # request 1 again
    expect(page.locator(ROWS)).to_have_count(1)


def test_clock_faults_and_cards_are_in_reach(look: Look, caller: Caller, sandbox: Sandbox) -> None:
    caller.create()
    page = look().page
    page.locator("[data-state=active]").click()
    expect(page.locator("#cards code")).to_have_count(1)
    page.get_by_role("button", name=re.compile("Show code")).click()
    expect(page.locator(".secret")).to_have_text(re.compile(r"^[A-Z0-9]{16}$"))
    page.get_by_role("button", name="Advance by 1 day").click()
    expect(page.locator("#offset")).to_have_text("1 d ahead of real time")
    page.get_by_role("button", name="Freeze").click()
    expect(page.locator("#offset")).to_contain_text("Frozen")
    page.get_by_role("button", name="Back to real time").click()
    expect(page.locator("#offset")).to_have_text("Real time")
    page.locator("summary", has_text="Add a fault").click()
    page.get_by_label("What happens").select_option("delay-after")
    page.get_by_label("Which operation").select_option("createGiftCard")
    page.get_by_label("Delay in ms").fill("1")
    page.get_by_role("button", name="Add fault").click()
    expect(page.locator("#faults")).to_contain_text("delay-after on createGiftCard, 1 time")
    page.get_by_role("button", name="Clear faults").click()
    expect(page.locator("#no-faults")).to_be_visible()


def test_a_lost_answer_says_whether_it_was_carried_out(look: Look, caller: Caller, sandbox: Sandbox) -> None:
    for kind in ("drop-after", "drop-before"):
        sandbox.fault(Fault(kind=kind, operation="createGiftCard"))
        caller.create()
    page = look().page
    expect(page.locator(ROWS)).to_have_count(2)
    expect(page.locator(ROWS).nth(1)).to_contain_text("fault: drop-aftercarried out No answer was sent.")
    expect(page.locator(ROWS).nth(0)).not_to_contain_text("carried out")
    page.get_by_label("Only what failed").check()
    expect(page.locator(f"{ROWS}:visible")).to_have_count(2)


def test_only_the_newest_of_many_requests_are_listed(look: Look, caller: Caller) -> None:
    page = look().page
    for _ in range(620):
        caller.send("GET", "/api/v3/time")
    expect(page.locator("#count")).to_have_text("620")
    expect(page.locator(ROWS)).to_have_count(500)
    expect(page.locator("#row-620")).to_be_visible()
    page.evaluate("location.hash = 'request-1'")
    expect(page.locator(".exchange")).to_be_visible()
