# Generated from openapi/binance-gift-card-openapi.yml and openapi/overlay.yaml.
# Do not edit: change what it is generated from, then run `python -m codegen generate`.

"""Many calls of one operation: each row once, whatever happens in between."""

from __future__ import annotations

import os
from collections.abc import Callable

from . import _operations
from ._runtime.bulk.outcome import Outcome, Report
from ._runtime.bulk.rows import Rows
from ._runtime.sync.journalled import JournalledClient

__all__ = ["BulkOperations", "Outcome", "Report", "Rows"]


class BulkOperations:
    """The operations of a client, each for many rows of arguments.

    Every method takes the same:

    Args:
        rows: The path of a CSV or JSON Lines file whose columns are the operation's arguments, or the rows themselves,
            as mappings. A file is read once; what spreadsheets save is
            understood, or refused with its line. Where the operation is journalled, a row may have a ``note`` and an ``idempotency_key``, as a call may.
        run: The name of the run, in at most 200 characters. Left out, it follows from what the file holds. Rows that
            come from no file need one, where the operation is journalled.
        out: The path of a CSV or JSON Lines file that gets a line for each row, in the order of the rows: its own values
            and what became of it.
        resume: Go on with a run of that name: what is done is not done again but told from the journal, what nobody
            knows is left to a person. Without it, a run that was begun already is refused.
        dry_run: Look at every row and at what may still be issued, and send nothing. Rows that can be gone through only
            once are used up by it.
        secrets: Whether `out` gets the secrets of rows and results, or a mask in their place.
        concurrency: How many calls are on their way at once, at most.
        unanswered: After so many rows that brought no answer the run ends.
        shared: Work on the run together with other processes, which give the same rows under the same name, over a
            journal in PostgreSQL.
        on_result: Is told what became of each row, in the order in which that is known.
        progress: Is told how many rows are behind, and how many there are, if that is known.

    Returns:
        Report: What the run came to. It ends before the last row, and says why, where the account would be locked,
        where a limit is reached, where nothing answers any more, and where `out` cannot be written.

    Raises:
        ArgumentError: Rows or a setting cannot be used; each of the first 20 rows is told. Nothing was sent, unless the
            rows can be gone through only once.
        JournalError: The journal cannot be used.
    """

    def __init__(self, client: JournalledClient) -> None:
        self._run = client._run

    def create(
        self,
        rows: Rows,
        *,
        run: str | None = None,
        out: str | os.PathLike[str] | None = None,
        resume: bool = False,
        dry_run: bool = False,
        secrets: bool = False,
        concurrency: int = 4,
        unanswered: int = 3,
        shared: bool = False,
        on_result: Callable[[Outcome], None] | None = None,
        progress: Callable[[int, int | None], None] | None = None,
    ) -> Report:
        """Issue a card. For many rows; see above."""
        return self._run(
            _operations.CREATE_GIFT_CARD,
            rows,
            run=run,
            out=out,
            resume=resume,
            dry_run=dry_run,
            secrets=secrets,
            concurrency=concurrency,
            unanswered=unanswered,
            shared=shared,
            on_result=on_result,
            progress=progress,
        )

    def redeem(
        self,
        rows: Rows,
        *,
        run: str | None = None,
        out: str | os.PathLike[str] | None = None,
        resume: bool = False,
        dry_run: bool = False,
        secrets: bool = False,
        concurrency: int = 4,
        unanswered: int = 3,
        shared: bool = False,
        on_result: Callable[[Outcome], None] | None = None,
        progress: Callable[[int, int | None], None] | None = None,
    ) -> Report:
        """Redeem a card. For many rows; see above."""
        return self._run(
            _operations.REDEEM_GIFT_CARD,
            rows,
            run=run,
            out=out,
            resume=resume,
            dry_run=dry_run,
            secrets=secrets,
            concurrency=concurrency,
            unanswered=unanswered,
            shared=shared,
            on_result=on_result,
            progress=progress,
        )

    def verify(
        self,
        rows: Rows,
        *,
        run: str | None = None,
        out: str | os.PathLike[str] | None = None,
        resume: bool = False,
        dry_run: bool = False,
        secrets: bool = False,
        concurrency: int = 4,
        unanswered: int = 3,
        shared: bool = False,
        on_result: Callable[[Outcome], None] | None = None,
        progress: Callable[[int, int | None], None] | None = None,
    ) -> Report:
        """Check a card. For many rows; see above."""
        return self._run(
            _operations.VERIFY_GIFT_CARD,
            rows,
            run=run,
            out=out,
            resume=resume,
            dry_run=dry_run,
            secrets=secrets,
            concurrency=concurrency,
            unanswered=unanswered,
            shared=shared,
            on_result=on_result,
            progress=progress,
        )

    def buy(
        self,
        rows: Rows,
        *,
        run: str | None = None,
        out: str | os.PathLike[str] | None = None,
        resume: bool = False,
        dry_run: bool = False,
        secrets: bool = False,
        concurrency: int = 4,
        unanswered: int = 3,
        shared: bool = False,
        on_result: Callable[[Outcome], None] | None = None,
        progress: Callable[[int, int | None], None] | None = None,
    ) -> Report:
        """Issue a card paid with another token. For many rows; see above."""
        return self._run(
            _operations.BUY_GIFT_CARD,
            rows,
            run=run,
            out=out,
            resume=resume,
            dry_run=dry_run,
            secrets=secrets,
            concurrency=concurrency,
            unanswered=unanswered,
            shared=shared,
            on_result=on_result,
            progress=progress,
        )

    def token_limit(
        self,
        rows: Rows,
        *,
        run: str | None = None,
        out: str | os.PathLike[str] | None = None,
        resume: bool = False,
        dry_run: bool = False,
        secrets: bool = False,
        concurrency: int = 4,
        unanswered: int = 3,
        shared: bool = False,
        on_result: Callable[[Outcome], None] | None = None,
        progress: Callable[[int, int | None], None] | None = None,
    ) -> Report:
        """Get the tokens and limits of dual-token cards. For many rows; see above."""
        return self._run(
            _operations.FETCH_TOKEN_LIMIT,
            rows,
            run=run,
            out=out,
            resume=resume,
            dry_run=dry_run,
            secrets=secrets,
            concurrency=concurrency,
            unanswered=unanswered,
            shared=shared,
            on_result=on_result,
            progress=progress,
        )
