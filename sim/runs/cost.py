"""What a long run will cost in time and disk, measured on its first chunk, and the budget that it must stay within."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sim.inputs.errors import BAD_INPUT, CannotGoOn

LONG = 2_000  # replications still to compute from which a run is long enough for an estimate
TRIAL = 10  # replications that tell what one costs
GIGA = 10**9


class OverBudget(CannotGoOn):
    """The run would take more than its budget, or than the disk has. The chunk that was tried is kept."""

    exit_code = BAD_INPUT


@dataclass(frozen=True)
class Budget:
    """The time (minutes) and disk (GB) that a run may take without being asked. `agreed`: the user said yes to more. `say`: prints a line."""

    minutes: float
    gigabytes: float
    agreed: bool
    say: Callable[[str], None]

    def check(self, replications: int, seconds: float, size: float, cores: int | None, folder: Path) -> None:
        """Say what so many replications will cost, at so many seconds of one core and bytes each. `cores`: None when a cluster computes.

        Raises OverBudget for more than the budget, unless agreed, and for more than the disk has.
        """
        minutes = replications * seconds / (cores or 1) / 60
        gigabytes = replications * size / GIGA
        free = shutil.disk_usage(folder).free / GIGA
        where = f"on {cores} {'process' if cores == 1 else 'processes'}" if cores else "of one core"
        cost = f"{replications:,} replications more: about {duration(minutes)} {where}, {gigabytes:.2g} GB on disk"
        if gigabytes > free:
            raise OverBudget(f"{cost}; {folder} has {free:.2g} GB free, choose another --out")
        over = (cores is not None and minutes > self.minutes) or gigabytes > self.gigabytes
        if over and not self.agreed:
            budget = f"{duration(self.minutes)} and {self.gigabytes:g} GB"
            raise OverBudget(f"{cost}; more than the budget of {budget}: add --yes, or raise it")
        self.say(cost)


def duration(minutes: float) -> str:
    """Return a duration in words, rounded to what an estimate supports."""
    if minutes < 2:
        return f"{max(1, round(60 * minutes))} s"
    return f"{round(minutes)} min" if minutes < 120 else f"{minutes / 60:.1f} h"
