"""Stories that the search found, and that came out as promised once what they showed was mended."""

from __future__ import annotations

from tests.simulation.story import replay


def test_a_second_interrupt_leaves_no_attempt_on_its_way() -> None:
    """The guard of redemptions waited for a call that was over."""
    assert not replay(
        [4, *[0] * 7, 2, 3, 0, 1, *[0] * 21, 1, 1, 0, 3, *[0] * 15, 13, 0, 7],
        "how many troubles: 6",
        "the plot: many codes",
        "a code: WRONGWRONGWRONG2",
        "tries: 2",
        "the signer: True",
        "the clock: True",
        "Transmit: comes late",
        "Transmit: an interrupt after",
        "Write: an interrupt before",
    )


def test_a_ban_that_came_before_an_interrupt_is_kept_to() -> None:
    """Five requests left though the server wanted to be left alone."""
    assert not replay(
        [*[0] * 8, 2, *[0] * 24, 1, 1, *[0] * 6, 4, 7],
        "the plot: many codes",
        "the signer: True",
        "the clock: True",
        "the server: bans",
        "Write: an interrupt before",
    )


def test_an_answer_that_broke_off_is_never_read_as_a_whole_one() -> None:
    """Told that nobody knows, and the next program took the entry for refused."""
    assert not replay(
        [4, *[0] * 7, 2, 3, 0, 1, *[0] * 21, 1, 1, 0, 3, *[0] * 8, 7, 0, 4],
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
