"""Where questions wait and are answered: a queue with a bound and a place in it, pieces of replications for the workers, answers that are kept.

It lives in one event loop: only that touches it. Workers get pieces so small that a question nobody waits for any more soon stops costing.
"""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sim.inputs.errors import CannotGoOn, InputError
from sim.inputs.scenario.model import Scenario
from sim.runs.disk.store import write_file
from sim.runs.tally import Tally, counted, from_bytes, joined
from sim.runs.workers.cluster import Clustered
from sim.runs.workers.warm import Warm
from sim.web.levers import base

FIRST, FULL = 100, 500  # replications of the first answer, and to which it is refined
PIECE = 25  # replications that a worker is given at once: more take more memory, and longer until a new lever has its turn
MOST_WAITING, MOST_OF_ONE = 60, 6  # pages that wait in all, and of one address
IN_MEMORY, ON_DISK = 48, 2_000  # answers
ENDING = ".tally"


class Busy(Exception):
    """More pages wait than may."""


class Wanted(NamedTuple):
    """A scenario to be computed: by what its answer is kept, to how many replications, and whether all else goes before it."""

    key: str
    scenario: Scenario
    most: int
    later: bool = False


def begin() -> None:
    """Read and compile everything, so that the next call answers at once."""
    counted(base(2), 2)


def count(scenario: Scenario, number: int, first: int) -> Tally | InputError:
    """Return the tally of a piece, or what is wrong with the scenario."""
    try:
        return counted(scenario, number, first)
    except InputError as error:
        return error


@dataclass
class Case:
    """A scenario that is being computed, to so many replications. `clients`: who waits for it, an address and a page each."""

    scenario: Scenario
    most: int
    later: bool
    clients: set[tuple[str, str]]
    pieces: dict[int, Tally] = field(default_factory=dict)
    out: dict[int, int] = field(default_factory=dict)  # pieces that workers have: first replication, number
    answer: Tally | None = None
    wrong: Exception | None = None

    @property
    def known(self) -> int:
        """The replications of its answer so far."""
        return len(self.answer.digests) if self.answer is not None else 0

    @property
    def done(self) -> bool:
        """Whether nothing is left to be computed."""
        return self.wrong is not None or self.known >= self.most

    def following(self) -> tuple[int, int] | None:
        """Return the next piece to compute, its first replication and its number; None where none is left."""
        given = {**self.out, **{first: len(piece.digests) for first, piece in self.pieces.items()}}
        first = 0
        while first in given:
            first += given[first]
        return (first, min(PIECE, self.most - first)) if first < self.most else None


class Desk:
    """Takes questions and answers them. `folder`: where answers are kept, found again after a restart."""

    def __init__(self, warm: Warm | Clustered, folder: Path) -> None:
        self.warm, self.folder = warm, folder
        self.cases: OrderedDict[str, Case] = OrderedDict()  # under way, in the order of their coming
        self.known: OrderedDict[str, Case] = OrderedDict()  # answered, the last used last
        self._disk = asyncio.Lock()  # one after the other: what is known of an answer later is written later
        self._writing: set[asyncio.Task[None]] = set()
        self.out = 0
        self.changed = asyncio.Event()  # set, and another one in its place, whenever an answer has changed

    async def ask(
        self, wanted: Sequence[Wanted], client: tuple[str, str], patience: float, first: int, full: bool = False
    ) -> list[Case]:
        """Return the cases of what is wanted, waiting as long as the patience (seconds) lasts for an answer to the first ones, so many;
        `full`: for the last answer to all.

        What a client wanted before and does not any more is no longer computed for it. Raises Busy.
        """
        cases = self._cases(wanted, client)
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while not all(case.done or (case.known and not full) for case in (cases if full else cases[:first])):
                    await self.changed.wait()
        return cases

    def place(self, case: Case) -> int:
        """Return how many are before this one in the queue for a first answer."""
        waiting = [other for other in self.cases.values() if not other.known and not other.later]
        return waiting.index(case) if case in waiting else 0

    def leave(self, client: tuple[str, str], but: Collection[str] = ()) -> None:
        """Forget that a client waits for anything but some keys; what nobody waits for is computed no further."""
        for key, case in [*self.cases.items()]:
            if key not in but:
                case.clients.discard(client)
                if not case.clients:
                    del self.cases[key]

    def _cases(self, wanted: Sequence[Wanted], client: tuple[str, str]) -> list[Case]:
        self.leave(client, {one.key for one in wanted})
        cases = [self._case(one, client) for one in wanted]
        self._hand_out()
        return cases

    def _case(self, wanted: Wanted, client: tuple[str, str]) -> Case:
        """Return the case of a scenario: that which is known, under way, or begun anew."""
        key, _, most, later = wanted
        case = self.known.get(key) or self.cases.get(key)
        if case is None:
            case = Case(wanted.scenario, most, later, set())
            self._found(key, case)
        case.most, case.later = max(case.most, most), case.later and later
        if case.done:
            self._keep(key, case)
            return case
        if key not in self.cases:
            waiting = {other for under_way in self.cases.values() for other in under_way.clients} | {client}
            if len(waiting) > MOST_WAITING or sum(address == client[0] for address, _ in waiting) > MOST_OF_ONE:
                raise Busy
            self.known.pop(key, None)  # known to fewer replications
            self.cases[key] = case
        case.clients.add(client)
        return case

    def _found(self, key: str, case: Case) -> None:
        """Take up what was kept of an answer; one that is damaged is computed anew."""
        path = self.folder / f"{key}{ENDING}"
        with suppress(OSError, InputError):
            case.answer = from_bytes(path.read_bytes(), path)
            case.pieces[0] = case.answer

    def _next(self) -> tuple[str, Case, tuple[int, int]] | None:
        """Return the piece that is computed next: first answers before finer ones, who came first before who came later."""
        waiting = [(case.later, bool(case.known), number, key) for number, (key, case) in enumerate(self.cases.items())]
        for *_, key in sorted(waiting):
            case = self.cases[key]
            piece = case.following()
            if piece is not None and (case.known or piece[0] < FIRST):
                return key, case, piece
        return None

    def _hand_out(self) -> None:
        loop = asyncio.get_running_loop()
        while self.out < self.warm.count and (found := self._next()) is not None:
            key, case, (first, number) = found
            case.out[first] = number
            self.out += 1
            future = self.warm.call(count, case.scenario, number, first)
            back = partial(self._back, key, case, first)
            future.add_done_callback(partial(_told, loop, back))

    def _back(self, key: str, case: Case, first: int, future: Any) -> None:
        """Take a piece from a worker."""
        self.out -= 1
        case.out.pop(first, None)
        try:
            found = future.result()
            if isinstance(found, InputError):
                raise found
            case.pieces[first] = found
        except (InputError, CannotGoOn) as error:
            case.wrong = error
        except Exception as error:  # a fault of ours in a worker; its traceback is for the log
            case.wrong = CannotGoOn(f"{type(error).__name__}")
        self._add_up(key, case)
        self._hand_out()

    def _add_up(self, key: str, case: Case) -> None:
        """Make the answer of the pieces that follow each other, at the counts at which it is shown. The last one is known when it is written, so
        that a restart finds it whenever it comes; nobody waits for the disk for a first one."""
        row, reached = [], 0
        while reached in case.pieces:
            row.append(case.pieces[reached])
            reached += len(case.pieces[reached].digests)
        shown = reached if reached >= case.most else FIRST if reached >= FIRST else 0
        if shown > case.known:
            whole = joined(row)
            answer = whole.first(shown)
            last = shown >= case.most
            if last:
                case.pieces = {0: whole}
            else:
                self._answered(key, case, answer)
            writing = asyncio.get_running_loop().create_task(self._put(key, case, answer, last))
            self._writing.add(writing)
            writing.add_done_callback(self._writing.discard)
        elif case.wrong is not None:
            self._answered(key, case, case.answer)

    async def _put(self, key: str, case: Case, answer: Tally, last: bool) -> None:
        async with self._disk:
            await asyncio.to_thread(self._write, key, answer)
        if last:
            self._answered(key, case, answer)

    def _answered(self, key: str, case: Case, answer: Tally | None) -> None:
        """Take an answer, or that there is none, and say so to all who wait."""
        case.answer = answer
        if case.done:
            if self.cases.get(key) is case:
                del self.cases[key]
            if case.wrong is None:
                self._keep(key, case)
        self.changed.set()
        self.changed = asyncio.Event()

    def _keep(self, key: str, case: Case) -> None:
        self.known[key] = case
        self.known.move_to_end(key)
        while len(self.known) > IN_MEMORY:
            self.known.popitem(last=False)

    def _write(self, key: str, answer: Tally) -> None:
        """Write an answer, whole or not at all. A disk that is full keeps nothing, and stops nothing."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_file(self.folder / f"{key}{ENDING}", answer.to_bytes())
            files = sorted(self.folder.glob(f"*{ENDING}"), key=os.path.getmtime)
            for old in files[:-ON_DISK]:
                old.unlink(missing_ok=True)


def _told(loop: asyncio.AbstractEventLoop, back: Callable[[Any], None], done: Any) -> None:
    with suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(back, done)
