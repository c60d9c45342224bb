"""Whatever is done, in whatever order and by however many: no money comes or goes, and no card pays twice.

What the account has, what unredeemed cards hold, what fees took and what conversions exchanged is always, token
by token, what there was at the start.
"""

import random
import threading
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from binance_gift_card_sandbox import Fault, Rules, Sandbox

from .conftest import Client, Clock

START = {"USDT": Decimal(100), "BNB": Decimal(2), "BTC": Decimal("0.01")}
TOKENS = st.sampled_from(sorted(START))
AMOUNTS = st.one_of(
    st.decimals(0, 60, places=8).map(lambda amount: format(amount, "f")),
    st.sampled_from(["0", "0.00000001", "0.000000001", "100", "1e-8", "-1", "", "99999999999999999999"]),
)
RULES = Rules(fee_rate=Decimal("0.013"), redeem_attempts=10_000, verify_attempts=10_000)


def held(sandbox):
    """Token → what there is of it, wherever it is."""
    total = Counter(sandbox.balances())
    for card in sandbox.cards():
        total[card.base_token] += card.fee
        if card.redeemed_time is None:
            total[card.base_token] += card.base_amount
        else:  # exchanged: what was paid in went away, what was paid out came from there
            total[card.base_token] += card.base_amount
            total[card.token] -= card.amount
    return {token: total[token] for token in START}


class Account(RuleBasedStateMachine):
    """Every call goes over a socket. The model counts what was given out and what was paid back."""

    def __init__(self):
        super().__init__()
        self.clock = Clock()
        self.sandbox = Sandbox(balances=START, rules=RULES, clock=self.clock, api_secret="s" * 64, seed="machine")
        self.sandbox.start()
        self.client = Client(self.sandbox, self.sandbox.clock)
        self.codes = {}  # code → its number
        self.redeemed = set()
        self.saved = None

    def teardown(self):
        self.client.connection.close()
        self.sandbox.close()

    def note(self, answer):
        if answer.status == 200:
            assert answer.data["code"] not in self.codes
            self.codes[answer.data["code"]] = answer.data["referenceNo"]
        return answer

    @rule(token=TOKENS, amount=AMOUNTS)
    def create(self, token, amount):
        before = self.sandbox.balance(token)
        answer = self.note(self.client.create(token, amount))
        if answer.status == 200:
            fee = self.sandbox.card(answer.data["referenceNo"]).fee
            assert self.sandbox.balance(token) == before - Decimal(amount) - fee
        else:
            assert self.sandbox.balance(token) == before

    @rule(base=TOKENS, face=TOKENS, amount=AMOUNTS)
    def buy(self, base, face, amount):
        self.note(self.client.buy(base, face, amount))

    @precondition(lambda self: self.codes)
    @rule(data=st.data())
    def redeem(self, data):
        code = data.draw(st.sampled_from(sorted(self.codes)))
        card = self.sandbox.card(self.codes[code])
        before = self.sandbox.balance(card.token)
        answer = self.client.redeem(code)
        if answer.status == 200:
            assert code not in self.redeemed
            self.redeemed.add(code)
            assert card.amount in (None, Decimal(answer.data["amount"]))  # what it held, unless it had to be converted
            assert self.sandbox.balance(card.token) == before + Decimal(answer.data["amount"])
        else:
            assert code in self.redeemed or card.state(self.sandbox.clock.now_ms) == "expired"
            assert self.sandbox.balance(card.token) == before

    @precondition(lambda self: self.codes)
    @rule(data=st.data())
    def redeem_with_an_answer_that_is_lost(self, data):
        code = data.draw(st.sampled_from(sorted(self.codes)))
        self.sandbox.fault(Fault(kind="error-after", code=-1007, operation="redeemGiftCard"))
        assert self.client.redeem(code).code == -1007
        if self.sandbox.card(self.codes[code]).redeemed_time is not None:
            self.redeemed.add(code)

    @rule(code=st.text("ABC123", min_size=1, max_size=16))
    def redeem_a_wrong_code(self, code):
        assert self.client.redeem(code).status == 400

    @precondition(lambda self: self.codes)
    @rule(data=st.data())
    def verify(self, data):
        code = data.draw(st.sampled_from(sorted(self.codes)))
        before = self.sandbox.balances()
        answer = self.client.verify(self.codes[code]).data
        if code in self.redeemed:
            assert answer["valid"] is False
        assert self.sandbox.balances() == before

    @rule(days=st.sampled_from([1, 40, 200]))
    def time_passes(self, days):
        self.sandbox.clock.advance(days * 86_400_000)

    @rule(price=st.sampled_from(["100", "500", "750.5"]))
    def the_price_changes(self, price):
        self.sandbox.rules = self.sandbox.rules.changed({"tokens": {"BNB": {"price": price}}})

    @rule(when=st.sampled_from(["redemption", "purchase"]))
    def conversion_changes(self, when):
        self.sandbox.rules = self.sandbox.rules.changed({"conversion": when})

    @rule()
    def save(self):
        self.saved = self.sandbox.snapshot(), dict(self.codes), set(self.redeemed), self.sandbox.balances()

    @precondition(lambda self: self.saved)
    @rule()
    def go_back(self):
        snapshot, codes, redeemed, balances = self.saved
        self.sandbox.restore(snapshot)
        self.codes, self.redeemed = dict(codes), set(redeemed)
        assert self.sandbox.balances() == balances

    @invariant()
    def money_is_conserved(self):
        assert held(self.sandbox) == START

    @invariant()
    def nothing_is_negative(self):
        assert all(amount >= 0 for amount in self.sandbox.balances().values())

    @invariant()
    def the_cards_are_those_that_were_given_out(self):
        cards = self.sandbox.cards()
        assert {card.code: card.reference_no for card in cards} == self.codes
        assert {card.code for card in cards if card.redeemed_time is not None} == self.redeemed


TestAccount = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")(Account.TestCase)
TestAccount.settings = settings(max_examples=30, stateful_step_count=40, suppress_health_check=list(HealthCheck))


def test_sixteen_clients_at_once():
    with Sandbox(balances={"USDT": 500}, rules=Rules(redeem_attempts=10**6, fee_rate=Decimal("0.01"))) as sandbox:
        codes, paid, lock = [], Counter(), threading.Lock()

        def work(seed):
            client, pick = Client(sandbox, sandbox.clock), random.Random(seed)
            for _ in range(60):
                if not codes or pick.random() < 0.5:
                    answer = client.create(amount=pick.choice(["0.1", "1", "7.77777777"]))
                    if answer.status == 200:
                        codes.append(answer.data["code"])
                else:
                    code = pick.choice(codes)
                    answer = client.redeem(code)
                    if answer.status == 200:
                        with lock:
                            paid[code] += 1
            client.connection.close()

        workers = [threading.Thread(target=work, args=(seed,)) for seed in range(16)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert set(paid.values()) == {1}
        cards = sandbox.cards()
        assert sorted(card.code for card in cards) == sorted(codes)
        assert {card.code for card in cards if card.redeemed_time is not None} == set(paid)
        waiting = sum(card.base_amount for card in cards if card.redeemed_time is None)
        assert sandbox.balance("USDT") + waiting + sum(card.fee for card in cards) == 500
        assert sandbox.balance("USDT") >= 0
        assert len(sandbox.requests()) == 16 * 60
