"""The requests whose signatures ccxt is asked for."""

NOW = 1_700_000_000_123
KEY, PHRASE = "the-key", "the-phrase"
SECRET = "dGhlLXNlY3JldC1vZi10aGUta2V5"
BODY = {"symbol": "ETH-BTC", "side": "buy", "size": "0.5"}
QUERY = {"status": "open"}

REQUESTS = {
    "kucoin_list": ("kucoin", "orders", "private", "GET", QUERY),
    "kucoin_send": ("kucoin", "orders", "private", "POST", BODY),
    "kraken_send": ("kraken", "AddOrder", "private", "POST", {}),
    "okx_list": ("okx", "trade/cancel-order", "private", "GET", QUERY),
    "okx_send": ("okx", "trade/cancel-order", "private", "POST", BODY),
    "bybit_list": ("bybit", "v5/order", "private", "GET", QUERY),
    "bybit_send": ("bybit", "v5/order", "private", "POST", BODY),
    "coinbase_list": ("coinbaseexchange", "orders", "private", "GET", QUERY),
    "coinbase_send": ("coinbaseexchange", "orders", "private", "POST", BODY),
    "bitfinex_send": ("bitfinex", "auth/w/order/submit", "private", "POST", BODY),
}
