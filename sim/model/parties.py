"""Who there is: projects' stages, kinds of land and streams; municipalities, companies and funds."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from sim.model.law import Asked, Lacking
from sim.model.numbers import ONE

if TYPE_CHECKING:
    from sim.model.project import Project


class Stage(IntEnum):
    """Where a project is."""

    DORMANT = 0
    PREPARATION = 1
    MJP = 2
    KTP = 3
    AWARD = 4
    CONSTRUCTION = 5
    REALISED = 6
    CANCELLED = 7


class Land(IntEnum):
    """What a project is built on: of the pipeline of the start, of the company, public, found by a search, in a private project."""

    INITIAL = 0
    COMPANY = 1
    PUBLIC = 2
    FOUND = 3
    PRIVATE = 4


class Stream(IntEnum):
    """How a project is made: by the company, by call (CBO), by a private developer at conventioned rent, or for what is demolished."""

    OWN = 0
    CBO = 1
    CONVENTIONED = 2
    REPLACEMENT = 3


class Category(IntEnum):
    """The verdict of a test."""

    NO_OBJECTIVE = 0
    CATEGORY_1 = 1
    CATEGORY_2A = 2
    CATEGORY_2B = 3


class Rounding(IntEnum):
    """What a municipality's yearly streams are rounded by: a row of its draws for each."""

    RENT_IN = 0
    SALES = 1
    PURCHASES = 2
    PRIVATE = 3
    BOUGHT = 4


# Under a name of their own, as Python looks these up twenty times faster than a member of an enumeration.
DORMANT, PREPARATION, MJP, KTP, AWARD, CONSTRUCTION, REALISED, CANCELLED = Stage
INITIAL, COMPANY, PUBLIC, FOUND, PRIVATE = Land


@dataclass(frozen=True)
class Measured:
    """What a measurement found: what is lacking, the dwellings at least at each level, and the objective it was held against."""

    lacking: Lacking
    at_least: list[int]
    sib: int
    path: tuple[int, ...]


@dataclass(eq=False, slots=True)
class Municipality:
    """One municipality, in dwellings; effort, `rounding`, accounts, `will`, `rate`, `clock` and `mark` in 65,536ths.

    `reading`: what counts as realised. `dwellings`: those of its projects, by stage. `land`: places left by kind, see `World.places`.
    `will_score`, `will`: how much it wants to build, and can; at first the score is what is known of it.
    `rate`, `clock`, `mark`, `opportunities`, `open`: see `opportunities.py`.
    `relieved`, `given_away`: whether a part of its SIB was dropped, and the dwellings that it handed over to others.
    `lists_on_paper`, `paper`: whether it lists what it will not build, and how many dwellings.
    """

    index: int
    company: "Company"
    reading: str
    path: list[int]
    sib: int
    stock: int
    rented_start: int
    effort: int
    rounding: list[int]
    company_room: int
    public_room: int
    delivered_before: int
    wants_more: bool
    lists_on_paper: bool
    objective_at_start: int = 0
    rented_in: int = 0
    land: list[int] = field(default_factory=lambda: [0] * len(Land))
    dwellings: list[int] = field(default_factory=lambda: [0] * len(Stage))
    projects: list["Project"] = field(default_factory=list)
    private_so_far: int = 0
    bought: int = 0
    searches: int = 0
    searching: int = 0
    will_score: int = 0
    will: int = ONE
    rate: int = 0
    clock: int = 0
    mark: int = 0
    opportunities: int = 0
    open: int = 0
    rent_in_account: int = 0
    purchase_account: int = 0
    purchased: int = 0
    sold: int = 0
    demolished: int = 0
    paper: int = 0
    let: int = 0
    waiting_since: int | None = None
    relieved: bool = False
    given_away: int = 0
    agreement: bool = False
    last_agreement: int = -1
    lacking: Lacking = field(default_factory=Lacking)
    measured: dict[int, Measured] = field(default_factory=dict)
    asked: dict[int, Asked] = field(default_factory=dict)
    verdict: Category = Category.NO_OBJECTIVE
    most_charged: int = 0
    owed: dict[int, int] = field(default_factory=dict)
    regular: int = 0
    objective: int = 0
    beside: int = 0

    def __post_init__(self) -> None:
        """Begin as on the starting day."""
        self.rented_in = self.rented_start
        self.rent_in_account = self.rented_start * ONE
        self.land[COMPANY] = self.company_room
        self.dwellings[REALISED] = self.let = self.delivered_before
        self.take_objective(self.path, self.sib)
        self.objective_at_start = self.objective

    def take_objective(self, path: list[int], sib: int) -> None:
        """Have another growth path of the regular objective, and another SIB."""
        self.path, self.sib = path, sib
        self.regular = sum(path)
        self.objective = self.regular + sib
        self.asked.clear()  # what measurements ask of it is worked out again

    def count_beside(self) -> None:
        """Count what is realised beside projects, in the law's reading of it: purchases, less sales and losses, and the change in rent-in."""
        sold = 0 if self.reading in ("gross", "kept") else self.sold
        others = 0 if self.reading == "gross" else self.rented_in - self.rented_start - self.demolished
        self.beside = self.purchased - sold + others

    @property
    def room(self) -> int:
        """The realistic room on land of the company and on public land."""
        return self.company_room + self.bought + self.public_room

    @property
    def realised(self) -> int:
        """Dwellings realised, in the law's reading of it."""
        return (self.let if self.reading == "let" else self.dwellings[REALISED]) + self.beside

    @property
    def on_ktp(self) -> int:
        """Dwellings at least on KTP, realised ones included."""
        _, _, _, ktp, award, construction, delivered, _ = self.dwellings
        return ktp + award + construction + delivered + self.beside

    @property
    def early(self) -> int:
        """Dwellings in preparation and on MJP."""
        return self.dwellings[PREPARATION] + self.dwellings[MJP]

    @property
    def live(self) -> int:
        """All dwellings from preparation on, realised ones included."""
        return self.on_ktp + self.early


@dataclass(eq=False)
class Company:
    """One housing company: its slots and the projects that wait for one: woken, or to replace what is demolished.

    `financed`: its part of the new dwellings financed, by year, before modest rental takes any.
    """

    index: int
    municipalities: list[Municipality] = field(default_factory=list)
    slots: int = 0
    held: int = 0
    started: int = 0
    financed: list[int] = field(default_factory=list)
    waiting: list["Project"] = field(default_factory=list)
    fund: "Fund" = field(default_factory=lambda: Fund())

    @property
    def objective(self) -> int:
        """The objective of its municipalities."""
        return sum(m.objective for m in self.municipalities)

    @property
    def free(self) -> int:
        """Slots that nobody holds; below zero those held above its own."""
        return self.slots - self.held

    @property
    def rented_in(self) -> int:
        """Dwellings it rents in."""
        return sum(m.rented_in for m in self.municipalities)

    @property
    def rented_start(self) -> int:
        """Dwellings it rented in at the start."""
        return sum(m.rented_start for m in self.municipalities)


@dataclass(eq=False)
class Fund:
    """Money, in thousand euro: carried over, of this year, and the projects that wait for it."""

    companies: list[Company] = field(default_factory=list)
    old: int = 0
    new: int = 0
    waiting: list["Project"] = field(default_factory=list)
