"""How often each mechanism occurs in a world, from what the plain model kept; which of them must occur."""

from collections import Counter
from itertools import pairwise

from sim.agents.policies import POLICIES
from sim.inputs.law.readings import Readings
from sim.inputs.region.model import Region
from sim.inputs.scenario.model import Scenario
from sim.model import Given, History
from sim.model.given import LEAD_TIMES
from sim.model.numbers import largest_remainder

OF_A_TEST = (
    *("filed", "land_list", "instruments", "contribution_cents", "company_cents", "lacking_regular", "lacking_sib"),
    *("sib", "at_mjp", "at_ktp", "at_realised", "lacking_mjp", "lacking_ktp", "agreement", "places_mjp", "places_ktp"),
    *("mandatory", "voluntary", "instruments_used"),
)
AT_ONCE = ("opportunity used", "asleep", "rent_in additive", "demolished", "replaced", "modest rental", "money for new build")
REDISTRIBUTED = ("redistributed, working_area", "redistributed, neighbours", "swaps of a table")
READ_AT_THE_START = (
    ("overshoot_at_ceiling", "again", "once"),
    ("at_ceiling", "growth", "households_2042"),
    ("sib_at_ceiling", "dropped", "stays"),
    ("projection", "2042", "2043"),
)


def count_mechanisms(scenario: Scenario, region: Region, plain: History, replication: int) -> Counter[str]:
    """Return how often each mechanism occurs in a world."""
    seen: Counter[str] = Counter(plain.happened)
    seen["allocation " + scenario.levers.allocation.value] += 1
    seen["redistribution " + scenario.levers.redistribution.value] += 1
    seen["judgement " + scenario.levers.plan_judgement.value] += 1
    for name in Readings.model_fields:
        seen[f"{name} = {getattr(scenario.law.readings, name).value}"] += 1
    seen["rent_in " + scenario.uncertainties.rent_in.value] += 1
    pooled = scenario.levers.finance_pooled.value
    seen["pooled"] += pooled
    seen["a fund of its own beside the pooled one"] += pooled and any(means.finance for means in scenario.means.values())
    for name in LEAD_TIMES:
        lead_time = getattr(scenario.uncertainties, name)
        own = [*lead_time.companies.values(), *lead_time.provinces.values()]
        seen["lead times of companies"] += len(lead_time.companies)
        seen["lead times of provinces"] += len(lead_time.provinces)
        for each in (lead_time, *own):
            seen[f"lead times, {each.distribution}"] += each.constant is None
    seen["several lanes"] += int(max(region.stream_columns)) > 1
    seen["other population"] += replication % region.populations > 0
    seen["sampling " + scenario.sampling] += 1
    count_starts(seen, scenario, region, replication % region.populations)
    count_projects(seen, plain)
    count_years(seen, scenario, plain)
    count_tests(seen, scenario, plain)
    in_dwellings = int(scenario.uncertainties.cost.value) == 1
    seen["all at once"] += not in_dwellings and all(seen[name] for name in AT_ONCE) and any(seen[name] for name in REDISTRIBUTED)
    return seen


def count_starts(seen: Counter[str], scenario: Scenario, region: Region, population: int) -> None:
    """Count the municipalities that start with an official path, not the law's, and those to which a reading of the formula matters."""
    given = Given(scenario, region)
    start = given.start(population)
    shares = [legislature.share for legislature in scenario.law.growth_path]
    seen["official paths"] += sum(path != largest_remainder(sum(path), shares) for path in start.paths)
    for name, value, otherwise in READ_AT_THE_START:
        if getattr(scenario.law.readings, name).value == value:
            other = Given(read_as(scenario, name, otherwise), region).start(population)
            seen[f"the start under {name}"] += sum(new != old for new, old in zip(start.solved, other.solved, strict=True))


def read_as(scenario: Scenario, name: str, value: str) -> Scenario:
    """Return a scenario with another reading of the law."""
    readings = scenario.law.readings
    readings = readings.model_copy(update={name: getattr(readings, name).model_copy(update={"value": value})})
    return scenario.model_copy(update={"law": scenario.law.model_copy(update={"readings": readings})})


def count_projects(seen: Counter[str], plain: History) -> None:
    """Count what happens to projects."""
    for project in plain.projects:
        new, voluntary = project["land"] != 0, project["voluntary"]
        seen[f"stage {project['stage']} at the end"] += 1
        seen[f"voluntary, stage {project['stage']} at the end"] += voluntary
        seen[f"stream {project['stream']}"] += new
        seen[f"replacement, stage {project['stage']} at the end"] += project["stream"] == 3
        seen["asleep, voluntary"] += voluntary and project["stage"] == 0
        seen["dropped, voluntary"] += voluntary and project["stage"] == 7 and project["mjp"] < 0
        seen[f"land {project['land']}"] += 1
        seen["private land, stream own"] += project["land"] == 4 and project["stream"] == 0
        seen["voluntary, not own"] += voluntary and project["stream"] > 0
        seen["voluntary waited for money"] += voluntary and 0 <= project["ready"] != project["construction"]
        woken = project["asked"] >= 0 and project["stream"] != 3
        seen["woken"] += woken
        seen["woken, had fallen asleep"] += woken and project["preparation"] >= 0
        seen["woken and on MJP"] += woken and project["mjp"] >= 0
        seen["waited for money"] += 0 <= project["ready"] < project["construction"]
        seen[f"cancelled on land {project['land']}"] += project["stage"] == 7


def count_years(seen: Counter[str], scenario: Scenario, plain: History) -> None:
    """Count what the years of companies, municipalities and Flanders show."""
    for row in plain.companies:
        seen["overdrawn"] += row["credit_new"] < 0
        seen["carried over"] += row["credit_old"] > 0
        seen["waiting for a slot"] += row["waiting_slot"] > 0
        seen["more held than slots"] += row["held"] > row["slots"]
    for row in plain.years:
        for name in ("purchased", "sold", "demolished", "paid_cents", "voluntary", "paper"):
            seen[f"years: {name}"] += row[name] > 0
        for name in ("no_land", "no_opportunity", "no_slot", "waiting_money"):
            seen[f"years: {name}"] += row[name] > 0
        net = row["delivered"] + row["purchased"] - row["sold"] - row["demolished"] + row["rent_in"]
        seen[f"another number realised, {scenario.law.readings.realised.value}"] += row["realised"] != net
        seen["rent-in grows"] += row["rent_in"] > 0
        seen["rent-in shrinks"] += row["rent_in"] < 0
        seen["realised below zero"] += row["realised"] < 0
        seen["without an objective, realised below zero"] += row["realised"] < 0 and row["objective"] == 0
    for before, after in pairwise(plain.flanders):
        seen["vacancy rises"] += after["vacant"] > before["vacant"]
        seen["vacancy falls"] += after["vacant"] < before["vacant"]
        seen["no money"] += after["money"] == 0
        seen["money for new build"] += after["money"] > 0
        seen["money lapses"] += after["unspent"] > 0


def count_tests(seen: Counter[str], scenario: Scenario, plain: History) -> None:
    """Count what tests find; the rows of the final test of SIB stand last."""
    last = scenario.law.rhythm[-1]
    municipalities = len(plain.years) // len(plain.flanders)
    final = scenario.law.readings.final_sib.value == "sanctioned" and last.test is None
    later = scenario.law.readings.charged_from.value == "year_after"
    final_rows = plain.tests[-municipalities:] if final else []
    for row in final_rows:
        seen[f"final test: category {row['category']}"] += 1
    for row in plain.tests[: len(plain.tests) - len(final_rows)]:
        category = row["category"]
        seen[f"category {category}"] += 1
        for name in OF_A_TEST:
            seen[f"tests: {name}"] += row[name] > 0
        for number, instrument in enumerate(scenario.law.instruments.values()):
            used = "in use" if row["instruments_used"] >> number & 1 else "not in use"
            seen[f"{instrument.kind} instrument {instrument.use}, {used}"] += category > 1
        seen["charged from the year after"] += row["contribution_cents"] > 0 and later
        seen["failed on the land list"] += category > 1 and not row["land_list"]
        seen["not filed"] += category > 1 and not row["filed"]
        seen["no agreement in force"] += category > 1 and not row["agreement"]
        seen["2B, nothing charged"] += category == 3 and row["contribution_cents"] == 0
        seen["some instruments, not enough"] += category > 1 and row["voluntary"] > 0 and not row["instruments"]
        seen["enough places, no land list"] += row["places_ktp"] >= row["lacking_ktp"] > 0 and not row["land_list"]


EXPECTED = (
    *("sampling plain", "sampling antithetic", "sampling sobol", "official paths"),
    *("lead times of companies", "lead times of provinces", "lead times, quantiles", "lead times, mixture"),
    *("appeal", "council", "annulled", "search found", "search failed", "pooled", "several lanes", "other population", "woken"),
    *("woken and on MJP", "waited for money", "overdrawn", "carried over", "waiting for a slot", "more held than slots"),
    *(f"allocation {name}" for name in POLICIES),
    *("judgement criteria", "judgement probability"),
    *(f"stage {stage} at the end" for stage in range(8)),
    *(f"voluntary, stage {stage} at the end" for stage in (1, 2, 6, 7)),
    *(f"stream {stream}" for stream in range(4)),
    *(f"replacement, stage {stage} at the end" for stage in (0, 2, 6, 7)),
    *("opportunity arrived", "opportunity passed", "opportunity used", "opportunity used, voluntary", "legislature began"),
    *("asleep", "asleep, voluntary", "woken, had fallen asleep", "dropped", "dropped, asleep at the start", "dropped, voluntary"),
    *("demolished", "no more to demolish", "replaced", "nothing rented in anew", "pressed by the criterion"),
    *("listed on paper", "measured on the line", "envelope opens later"),
    *(f"land {land}" for land in range(5)),
    *(f"cancelled on land {land}" for land in range(5)),
    *(f"category {category}" for category in range(4)),
    *(f"final test: category {category}" for category in (0, 1, 3)),
    *(f"tests: {name}" for name in OF_A_TEST),
    *("not filed", "failed on the land list", "no agreement in force", "2B, nothing charged", "enough places, no land list"),
    *("some instruments, not enough", "2A by one of both", "charged once", "land list without an agreement", "dormant counts"),
    *(f"years: {name}" for name in ("purchased", "sold", "demolished", "paid_cents", "voluntary", "paper")),
    *("rent-in grows", "rent-in shrinks", "realised below zero", "without an objective, realised below zero"),
    *(f"another number realised, {name}" for name in ("gross", "kept", "let")),
    *("sib_beside_regular = sib_first", "rounding = down", "exemption_ratio = literal", "last_test = rhythm"),
    *("rent_in_condition = always", "rent_in_condition = never", "land_list = theoretical", "final_sib = sanctioned"),
    *("exempted", "entitled by permits", "entitled by room", "not entitled", "exempted SIB returns"),
    *(
        "objective changed at the start",
        "SIB dropped at the ceiling",
        *(f"the start under {name}" for name, _, _ in READ_AT_THE_START),
    ),
    *(
        "may not take, without an objective",
        "may not take, at the ceiling",
        "may not take, relieved",
        "no room, which entitles nobody",
    ),
    *("redistribution on a later date", "swaps of a table, later", "swaps of a table, not to be taken"),
    *("SIB asked at several levels", "what several requirements lack, added", "not reached without what is in preparation"),
    *("a land list for the whole objective", "land list that counts without an agreement", "charged from the year after"),
    *(
        f"{kind} instrument {use}, {used}"
        for kind in ("mandatory", "voluntary")
        for use in ("effort", "rare", "land")
        for used in ("in use", "not in use")
    ),
    *("agreement on time", "agreement late", "no agreement without an objective"),
    *("redistributed, working_area", "redistributed, neighbours", "redistributed to another company", "redistribution none"),
    *("redistribution limited by what is kept", "redistribution limited by what is measured", "redistribution without a partner"),
    *("swaps of a table", "swaps of a table, to another company", "swaps of a table, cut"),
    *("objective raised", "objective lowered", "objective gained", "objective lost", "no open legislature", "change not all borne"),
    *("envelope grows", "envelope does not grow", "no envelope to grow", "envelope empty"),
    *("voluntary without an objective", "voluntary, not own", "voluntary waited for money", "private land, stream own"),
    *(
        "2B served first",
        "effort at its least",
        "late in PREPARATION",
        "late in MJP",
        "late, so not on the land list",
        "years of its own",
    ),
    *("one of several requirements suffices", "all at once"),
    *(
        "delivered before the start",
        "own land",
        *(f"expected by the company: {step}" for step in ("on_mjp", "on_ktp", "start", "delivered")),
    ),
    *("managers of its own", "finance of its own", "land of its own", "allocation of its own", "staffed unevenly"),
    *(f"years: {name}" for name in ("no_land", "no_opportunity", "no_slot", "waiting_money")),
    *(
        "slot lent",
        "land bought",
        "modest rental",
        "modest rental capped",
        "no money",
        "money lapses",
        "a fund of its own beside the pooled one",
        "vacancy rises",
        "vacancy falls",
    ),
)
