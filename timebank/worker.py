"""The process that `background.work_soon` starts: `python -m timebank.worker ADDRESS`.

Starting the application takes seconds, so it stays, and for each call a copy of it does what waits: a search that
breaks off takes nothing with it, several go on at once, and each gives its memory back.  It ends when nobody has called
for some minutes, or with the server that started it (its standard input ends).
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable

from timebank.matching.waiting import Post, wait


def main(address: str = "") -> None:
    """Waits at the address; where somebody waits already, leaves it to them, and where nobody can, works once."""
    try:
        post = Post(address)
    except BlockingIOError:
        return
    except OSError:
        _work()
        return
    begin = copies(post)
    wait(post, sys.stdin.fileno(), begin)


def _work() -> None:
    from timebank.matching.background import work
    from wsgi import app

    with app.app_context():
        work()


def copies(post: Post) -> Callable[[], None]:
    """What starts a copy of this process that does what waits, and ends."""
    from timebank.app import create_app
    from timebank.matching.background import work

    app = create_app()
    gc.collect()
    gc.freeze()  # so that the copies share this memory
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended

    def begin() -> None:
        if os.fork():
            return
        code = 1
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            post.forget()
            with app.app_context():
                work()
            code = 0
        except Exception:
            app.logger.exception("what waits could not be worked off")
        finally:
            os._exit(code)

    return begin


if __name__ == "__main__":
    main(*sys.argv[1:2])
