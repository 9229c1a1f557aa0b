"""One process waits for each instance, hears every call, and ends by itself, with its server, or by force."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from timebank.matching.waiting import LONGEST, Post, wait, wake


@pytest.fixture
def address() -> Iterator[str]:
    with TemporaryDirectory(dir="/tmp") as folder:  # the path of a test may be longer than that of a socket
        yield f"{folder}/w"


@pytest.fixture
def pipe() -> tuple[int, int]:
    return os.pipe()


def test_one_waits_at_most_and_only_who_waits_is_woken(address: str) -> None:
    assert not wake(address)
    first = Post(address)
    assert wake(address)
    with pytest.raises(BlockingIOError):
        Post(address)
    assert (first.heard(), first.heard()) == (True, False)
    first.leave()
    assert not wake(address)
    second = Post(address)
    assert wake(address)
    second.leave()


def test_after_one_was_killed_the_next_may_wait(address: str) -> None:
    Post(address).forget()  # the socket stands, and nobody listens
    assert Path(address).exists()
    assert not wake(address)
    after = Post(address)
    assert wake(address)
    after.leave()


def test_where_nobody_can_wait_it_is_said(tmp_path: Path) -> None:
    for nowhere in ("", str(tmp_path / "missing" / "w"), "x" * (LONGEST + 1)):
        with pytest.raises(OSError):  # noqa: PT011 - each for another reason
            Post(nowhere)
        assert not wake(nowhere)


def test_every_call_begins_something_and_the_last_look_is_after_the_post_is_left(
    address: str, pipe: tuple[int, int]
) -> None:
    server, _server_end = pipe
    post = Post(address)
    seen: list[bool] = []

    def begin() -> None:
        seen.append(Path(address).exists())
        if len(seen) < 3:
            assert wake(address)  # while it is being done
            assert wake(address)

    wait(post, server, begin, idle=0)
    assert seen == [True, True, True, False]


def test_it_ends_with_its_server(address: str, pipe: tuple[int, int]) -> None:
    server, server_end = pipe
    os.close(server_end)
    begun: list[bool] = []
    wait(Post(address), server, lambda: begun.append(wake(address)))
    assert begun == [True, False]


def test_more_calls_than_can_lie_there_hold_nobody_up(address: str) -> None:
    post = Post(address)
    assert all(wake(address) for _ in range(2_000))
    assert post.heard()
    post.leave()
