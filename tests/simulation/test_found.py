"""Stories that the search found, and that came out as promised once what they showed was mended."""

from __future__ import annotations

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
