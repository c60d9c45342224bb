"""`python -m binance_gift_card_sandbox`."""

from binance_gift_card_sandbox.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
