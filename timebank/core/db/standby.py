"""Was it the standby as well that kept it?

With a synchronous standby a commit waits until the standby has it.  When somebody ends that wait, PostgreSQL keeps the
work on the primary alone and answers with success and a warning, or with a broken connection; who then asks again finds
the work done.  Neither is an acknowledgement: if the primary is lost now, so is the work.
"""

from __future__ import annotations

import weakref
from typing import Any

from sqlalchemy.engine import Connection

WAIT = "SyncRepWaitForLSN"  # PostgreSQL's function that waits; the words of its warning are translated, its name is not

_alone: weakref.WeakSet[Any] = weakref.WeakSet()


def listen(driver: Any) -> None:
    """Hears the warnings of a connection."""
    known = weakref.ref(driver)

    def hear(diagnostic: Any) -> None:
        connection = known()
        if diagnostic.source_function == WAIT and connection is not None:
            _alone.add(connection)

    driver.add_notice_handler(hear)


def kept_here_alone(driver: Any) -> bool:
    """Did the last commit on this connection end without its standby?  Asked once for each commit."""
    if driver not in _alone:
        return False
    _alone.discard(driver)
    return True


def wait_for_standby(connection: Connection) -> None:
    """Lets the transaction's commit wait for everything that was committed before it.

    For an answer that is given again: the work is done, but who did it may not have heard that the standby has it.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_logical_emit_message(true, 'timebank', '')")
