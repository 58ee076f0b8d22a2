"""Grouped writes: everything once, in order, and nobody told too early."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from credit_registry.storage.groups import GroupedWriter, Turns


class Store:
    """Keeps what it is given; its first write waits until it is let go."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.has_begun = threading.Event()
        self.may_go_on = threading.Event()
        self.fails = False

    def write(self, items: Sequence[int]) -> None:
        self.has_begun.set()
        self.may_go_on.wait()
        if self.fails:
            raise OSError("disk full")
        self.groups.append(list(items))


def _start(writer: GroupedWriter[int], item: int, told: list[object]) -> threading.Thread:
    def call() -> None:
        try:
            writer.put(item)
            told.append(item)
        except OSError as error:
            told.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    return thread


def _waiting(writer: GroupedWriter[int], count: int) -> None:
    """Until ``count`` callers stand in the queue."""
    while True:
        with writer._turn:
            if len(writer._queue) >= count:
                return


def test_one_caller_writes_at_once() -> None:
    store = Store()
    store.may_go_on.set()

    GroupedWriter(store.write).put(1)

    assert store.groups == [[1]]


def test_who_comes_meanwhile_goes_together_with_the_next() -> None:
    store, told = Store(), list[object]()
    writer = GroupedWriter(store.write)
    threads = [_start(writer, 0, told)]
    store.has_begun.wait()
    threads += [_start(writer, number, told) for number in range(1, 9)]
    _waiting(writer, 8)
    told_before = list(told)
    store.may_go_on.set()
    for thread in threads:
        thread.join()

    assert told_before == []
    assert store.groups[0] == [0]
    assert sorted(store.groups[1]) == list(range(1, 9))
    assert len(store.groups) == 2
    assert sorted(told, key=str) == sorted(range(9), key=str)


def test_a_failure_reaches_everybody_of_its_group_and_nobody_else() -> None:
    store, told = Store(), list[object]()
    store.fails = True
    writer = GroupedWriter(store.write)
    threads = [_start(writer, 0, told)]
    store.has_begun.wait()
    threads += [_start(writer, number, told) for number in (1, 2)]
    _waiting(writer, 2)
    store.may_go_on.set()
    for thread in threads:
        thread.join()
    store.fails = False
    writer.put(3)

    assert [type(each) for each in told] == [OSError] * 3
    assert store.groups == [[3]]


def test_many_callers_lose_and_double_nothing() -> None:
    store = Store()
    store.may_go_on.set()
    writer = GroupedWriter(store.write)

    def call(first: int) -> None:
        for number in range(first, first + 200):
            writer.put(number)

    threads = [threading.Thread(target=call, args=(start * 200,)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    kept = [number for group in store.groups for number in group]
    assert sorted(kept) == list(range(1600))
    for start in range(8):
        mine = [number for number in kept if number // 200 == start]
        assert mine == sorted(mine)


def test_what_is_raised_is_what_happened() -> None:
    def write(_items: Sequence[int]) -> None:
        raise KeyError("gone")

    with pytest.raises(KeyError):
        GroupedWriter(write).put(1)


def test_a_write_that_is_broken_off_tells_nobody_that_it_is_done() -> None:
    has_begun, may_go_on = threading.Event(), threading.Event()
    told: list[BaseException | int] = []

    def write(_items: Sequence[int]) -> None:
        has_begun.set()
        may_go_on.wait()
        raise SystemExit

    @contextmanager
    def turn() -> Iterator[None]:
        # The first waits for the second inside its turn, so that both are of one group.
        _waiting(writer, 2)
        yield

    def call(number: int) -> None:
        try:
            writer.put(number)
            told.append(number)
        except BaseException as error:
            told.append(error)

    writer = GroupedWriter(write, turn)
    threads = [threading.Thread(target=call, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    has_begun.wait()
    may_go_on.set()
    for thread in threads:
        thread.join()

    assert sorted(type(each).__name__ for each in told) == ["RuntimeError", "SystemExit"]


def test_who_comes_while_the_turn_is_waited_for_goes_with_that_group(tmp_path: Path) -> None:
    store, told = Store(), list[object]()
    store.may_go_on.set()
    others = Turns(tmp_path / "turns")
    writer = GroupedWriter(store.write, Turns(tmp_path / "turns"))
    with others():
        threads = [_start(writer, number, told) for number in range(5)]
        _waiting(writer, 5)
        told_before = list(told)
    for thread in threads:
        thread.join()

    assert told_before == []
    assert [sorted(group) for group in store.groups] == [[0, 1, 2, 3, 4]]


def test_a_turn_that_cannot_be_had_reaches_whoever_waits(tmp_path: Path) -> None:
    store = Store()

    with pytest.raises(FileNotFoundError):
        GroupedWriter(store.write, Turns(tmp_path / "nowhere" / "turns")).put(1)

    assert store.groups == []
