"""Stories that the search found, and that came out as promised once what they showed was mended."""

from __future__ import annotations

from tests.simulation.payouts import PayoutStory
from tests.simulation.story import replay


def test_a_second_interrupt_leaves_no_attempt_on_its_way() -> None:
    """The guard of redemptions waited for a call that was over."""
    assert not replay(
        [*[0] * 8, 2, *[0] * 25, 1, 0, 0, 8, 0, 4],
        "the plot: many codes",
        "the hooks: async",
        "Write: an interrupt after",
        "Read: an interrupt before",
    )


def test_a_second_interrupt_while_a_hook_is_awaited_leaves_none_either() -> None:
    assert not replay(
        [4, *[0] * 7, 2, *[0] * 25, 1, 1, *[0] * 7, 12, 5],
        "how many troubles: 6",
        "the plot: many codes",
        "the hooks: async",
        "the clock: True",
        "Transmit: an interrupt before",
        "Await: an interrupt before",
    )


def test_a_ban_that_came_before_an_interrupt_is_kept_to() -> None:
    """Requests left though the server wanted to be left alone."""
    assert not replay(
        [4, *[0] * 7, 2, *[0] * 24, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 13, 4],
        "how many troubles: 6",
        "the plot: many codes",
        "the signer: True",
        "Write: meets a full disk",
        "Transmit: an interrupt after",
        "the server: bans",
    )


def test_an_answer_that_broke_off_is_never_read_as_a_whole_one() -> None:
    """Told that nobody knows, and the next program took the entry for refused."""
    assert not replay(
        [4, *[0] * 7, 2, 3, 0, 1, *[0] * 21, 1, 0, 1, 0, 3, *[0] * 8, 7, 0, 4],
        "how many troubles: 6",
        "the plot: many codes",
        "a code: WRONGWRONGWRONG2",
        "tries: 2",
        "the signer: True",
        "the clock: True",
        "Transmit: comes late",
        "Transmit: has its answer cut",
        "Write: fails after its commit",
    )


def test_what_was_asked_for_is_not_written_over_an_entry_that_somebody_settled() -> None:
    """A machine slept while a call asked; another call with its key had found nothing, and made the payout itself."""
    assert not replay(
        [
            *(4, 0, 0, 0, 0, 0, 0, 2, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 7),
            *(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 15),
        ],
        "how many troubles: 6",
        "the machine's clock: 30.0",
        "how: pay asking",
        "the plot: two threads",
        "who is next: the task 1",
        "who is next: the task 1",
        "Transmit: has its answer cut",
        "Write: the machine asleep before",
        kind=PayoutStory,
    )
