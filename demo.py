"""The whole way, told as a story: regenerate the SDK, start the sandbox, and let one card live its life."""

from __future__ import annotations

import subprocess
import sys

from rich.console import Console
from rich.table import Table

console = Console(highlight=False)


class Failed(Exception):  # noqa: N818 - the end of the story, not an error to catch
    """A step did not do what it should."""


def step(title: str, outcome: str, *, right: bool) -> None:
    """Tell one step; stop the story if it went wrong."""
    console.print(f" [{'green' if right else 'red'}]{'✔' if right else '✘'}[/] [bold]{title}[/]  {outcome}")
    if not right:
        raise Failed(title)


def regenerate() -> None:
    """Write the SDK anew from the document."""
    done = subprocess.run([sys.executable, "-m", "codegen", "generate"], capture_output=True, text=True, check=False)
    said = (done.stdout + done.stderr).strip()
    step("The SDK is generated from openapi/.", said, right=done.returncode == 0)


def live() -> None:
    """Create, verify, redeem, verify, and try to redeem again."""
    from binance_gift_card import GiftCardClient, HmacSigner
    from binance_gift_card.errors import ApiError
    from binance_gift_card_sandbox import Sandbox

    with (
        Sandbox(balances={"USDT": "100"}) as sandbox,
        GiftCardClient(
            api_key=sandbox.api_key, signer=HmacSigner(sandbox.api_secret), base_url=sandbox.url, journal=False
        ) as client,
    ):
        step("A sandbox answers in the API's place.", sandbox.url, right=client.get_server_time().server_time > 0)

        card = client.create_gift_card(token="USDT", amount="25")
        facts = Table.grid(padding=(0, 2))
        facts.add_row("   number", card.reference_no)
        facts.add_row("   code", f"{card.code[:2]}{'•' * (len(card.code) - 2)}")
        step("A card over 25 USDT is created.", f"{sandbox.balance('USDT')} USDT are left.", right=bool(card.code))
        console.print(facts)

        verified = client.verify_gift_card(reference_no=card.reference_no)
        step("It is verified.", f"valid, {verified.amount} {verified.token}", right=verified.valid)

        redeemed = client.redeem_gift_card(code=card.code, external_uid="demo-user")
        same = redeemed.reference_no == card.reference_no
        step("It is redeemed.", f"{redeemed.amount} {redeemed.token} come back.", right=same)

        verified = client.verify_gift_card(reference_no=card.reference_no)
        step("It is verified again.", "no longer valid", right=not verified.valid)

        try:
            client.redeem_gift_card(code=card.code)
        except ApiError as error:
            step("A second redemption is refused.", f"{type(error).__name__}, executed: {error.executed}", right=True)
        else:
            step("A second redemption is refused.", "it was not", right=False)
        balance = sandbox.balance("USDT")
        step("No money was made or lost.", f"The balance is {balance} USDT again.", right=balance == 100)


def main() -> int:
    """Tell the story; 0 when each step did what it should."""
    console.rule("[bold]A gift card's life")
    try:
        regenerate()
        live()
    except Failed as failed:
        console.print(f"[red]The story ends here: {failed}")
        return 1
    console.rule("[green]Every step did what it should")
    return 0


if __name__ == "__main__":
    sys.exit(main())
