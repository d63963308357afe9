"""Social rental dwellings per municipality, at the nulmeting of 2008 and now. Not published: estimated from what is.

The reasoning: social dwellings stand where industry and low incomes were, so the share of the households falls with income and
rises with density; Statistiek Vlaanderen (2018) names the regions with more and fewer. The published figures of single
municipalities, of companies and of the provinces then pull that pattern to size. Shares hardly moved between 2004 and 2014
(Stadsmonitor), so a published share of 2014 also tells the stock of 2008.
"""

from collections.abc import Mapping
from functools import cache, lru_cache

import numpy as np

from sim.chance.leadtimes import kept

from .facts import Facts, Published, Reals, Whole, normals, split
from .old_scheme import NET_2009_2025, ceiling, step_1_rates

INCOME = -6.5  # power of relative income in the share; none; with the next two, so that step 2 of the old scheme bites; assumed
DENSITY = 0.65  # power of the dwellings per km2; none; same; assumed
SIZE = 0.25  # power of the households: a centre serves its surroundings; none; same; assumed
# Factors on the share by arrondissement: where Statistiek Vlaanderen (2018) says there are more and fewer; size assumed
MORE = {34000: 1.25, 46000: 1.25, 72000: 1.25}  # south of West-Vlaanderen, Waasland, Maasland
FEWER = {24000: 0.85}  # Hageland
MEAN = 0.055  # share of households in Flanders; Stadsmonitor 2014; found
FLOOR = 0.003  # share of households that even the least likely municipality has, but five; assumed
HIGHEST = 0.13  # share of households; Genk, named as the highest with Gent (Stadsmonitor 2014); found
NONE_AT_ALL = 5  # municipalities without a company's social dwelling; Statistiek Vlaanderen 2018; found
HIGHEST_OTHER = 0.085  # share of households; centre cities named after Genk, Gent and Antwerpen (10%); Oostende has 8.2%; assumed
YEARS = 18.0  # years from 1 January 2008 to 31 December 2025: from the nulmeting of the old scheme to its end; derived
ANTWERPEN = 11002  # NIS code
SPREAD = 0.3  # standard deviation of log share, where nothing is published; over populations; assumed
SPREAD_KNOWN = 0.03  # the same where a figure is published (definitions differ); assumed


@cache
def pattern(facts: Facts) -> Reals:
    """Return the share of social dwellings one would expect, up to a factor."""
    income = facts.column("income_per_inhabitant_2023")
    density = facts.column("dwellings_2025") / facts.column("area_km2")
    share = (income / np.median(income)) ** INCOME * (density / np.median(density)) ** DENSITY * facts.year(2026) ** SIZE
    for arrondissement, factor in (MORE | FEWER).items():
        share[facts.rows_of("arrondissement_nis")[arrondissement]] *= factor
    return kept(share)


@cache
def mean_growth(facts: Facts) -> Reals:
    """Return what a municipality gained from 2009 to 2025 (dwellings, net) if all did by their households of 2008."""
    households = facts.households_2008
    return kept(NET_2009_2025 / households.sum() * households)


@cache
def shares(facts: Facts) -> tuple[Published, ...]:
    """Return the published shares of the households, in dwellings."""
    found = facts.anchors_of("social_rental_per_100_households")
    return tuple((i, percent / 100.0 * facts.year(int(year))[i], year) for i, percent, year in found)


@cache
def known_2008(facts: Facts) -> tuple[Reals, Reals, Reals]:
    """Return the stock of 2008 that published figures tell (nan where none does), and the least and most it can be (dwellings).

    From the weakest to the strongest: a stock of a later year less the mean growth since; a share of 2014; an objective that
    step 2 of the old scheme cut (the room up to 9%, so the stock is 9% less the objective); the nulmeting itself.
    """
    households, rates, highest = facts.households_2008, step_1_rates(facts), ceiling(facts)
    known, least, most = np.full(len(households), np.nan), np.zeros(len(households)), HIGHEST * households
    for i, value, year in sorted([*facts.anchors_of("social_rental_stock"), *shares(facts)], key=lambda row: -row[2]):
        grew = value < highest * households[i]  # at the ceiling nothing was asked, and little came
        known[i] = value - (mean_growth(facts)[i] * (year - 2008.0) / YEARS if grew else 0.0)
    for i, value, _ in facts.anchors_of("social_rental_per_100_households_at_least"):
        least[i], most[i] = value / 100.0 * households[i], HIGHEST_OTHER * households[i]
    for i, value, _ in facts.anchors_of("bso_2025_objective"):
        if value < 0.95 * rates[i] * households[i]:
            known[i] = highest * households[i] - value
    for i, value, _ in facts.anchors_of("nulmeting_share_of_households"):
        known[i] = value / 100.0 * households[i]
    for i, value, _ in facts.anchors_of("nulmeting_social_rental"):
        known[i] = value
    return kept(known), kept(least), kept(most)


@cache
def province_totals(facts: Facts) -> dict[str, int]:
    """Return the stock per province on 31 December 2025 (dwellings): the published total, split as the owned stock of 2020."""
    names = sorted(map(str, facts.rows_of("province")))
    owned = np.array([facts.regional_value(f"social rental stock of {name}, owned") for name in names])
    total = int(facts.regional_value("social rental stock, owned and rented in", "2025-12-31"))
    return dict(zip(names, (int(n) for n in split(total, owned)), strict=True))


@cache
def company_totals(facts: Facts) -> dict[str, float]:
    """Return the dwellings of companies whose stock is published (the latest figure); some count a few homes more or less."""
    rows = facts.company_anchors[facts.company_anchors["use"] == "fitted"].sort_values("as_of", kind="stable")
    return {str(name): float(value) for name, value in zip(rows["company"], rows["value"], strict=True)}


@cache
def totalled(facts: Facts) -> tuple[tuple[str, Whole, float], ...]:
    """Return name, rows and stock of 2025 (dwellings) of the companies whose stock is published, then of the provinces."""
    both = (("company", company_totals(facts)), ("province", province_totals(facts)))
    return tuple((name, facts.rows_of(kind)[name], float(n)) for kind, totals in both for name, n in totals.items())


@cache
def totals(facts: Facts, year: int) -> Mapping[str, float]:
    """Return the stock of those `totalled` by name (dwellings) at the end of 2025, or that taken back to the nulmeting (2008)."""
    growth = mean_growth(facts) * (year == 2008)
    return {name: total - growth[rows].sum() for name, rows, total in totalled(facts)}


@lru_cache(maxsize=64)
def sharing(facts: Facts, free: bytes) -> tuple[tuple[str, Whole, Whole], ...]:
    """Return those `totalled` of which some municipalities are `free` (a boolean each) and in none before: name, rows of these, of the others.

    It is nearly always the same that are free.
    """
    left, found = np.frombuffer(free, np.bool_).copy(), []
    for name, rows, _ in totalled(facts):
        if left[rows].any():
            found.append((name, kept(rows[left[rows]]), kept(rows[~left[rows]])))
        left[rows] = False
    return tuple(found)


def rake(facts: Facts, start: Reals, known: Reals, to: Mapping[str, float]) -> Reals:
    """Scale the municipalities without a published figure to the totals of companies, then those of no such company to the provinces'."""
    free = np.isnan(known)
    stock = np.where(free, start, known)
    for name, here, others in sharing(facts, free.tobytes()):
        own = stock[here]
        if (size := own.sum()) > 0:
            stock[here] = own * (max(0.0, to[name] - stock[others].sum()) / size)
    return np.asarray(stock.round(6))


def stock_2008(facts: Facts, population: int) -> Whole:
    """Return the social rental dwellings of the nulmeting (31 December 2007) per municipality."""
    households = facts.households_2008
    known, least, most = known_2008(facts)
    noise = normals(population, "stock", len(households))
    known = known * np.exp(SPREAD_KNOWN * noise)
    shape = pattern(facts) * np.exp(SPREAD * noise)
    start = (FLOOR + shape / (shape @ households) * households.sum() * (MEAN - FLOOR)) * households
    start[np.argsort(start, kind="stable")[:NONE_AT_ALL]] = 0.0
    for _ in range(4):  # a bound that bites becomes known, and the others take what is left
        stock = rake(facts, start, known, totals(facts, 2008))
        bounded = np.clip(stock, least, most)
        bites = np.isnan(known) & (bounded != stock)
        if not bites.any():
            break
        known = np.where(bites, bounded, known)
    return np.rint(np.where(np.isnan(known), np.clip(stock, least, most), stock)).astype(np.int64)


def stock_2025(facts: Facts, start: Whole, realised: Whole, known: Reals) -> Whole:
    """Return the social rental dwellings, owned and rented in, on 31 December 2025: those of 2008 plus what was realised net.

    Scaled to the published total and to the provinces; `known` keeps the municipalities that have a published figure.
    """
    grown = np.maximum(start + realised, 0).astype(np.float64)
    raked = rake(facts, grown, known, totals(facts, 2025))
    stock = np.zeros(len(grown), np.int64)
    for name, total in province_totals(facts).items():
        here = facts.rows_of("province")[name]
        stock[here] = split(total, raked[here])
    return stock


def rented_in(facts: Facts, stock: Whole) -> Whole:
    """Return the rented-in dwellings on 31 December 2025: by share of the stock, but Antwerpen from its published figure.

    Antwerpen rented in 658 at the end of 2017, the most of all but far under its share of the stock (Statistiek Vlaanderen 2018).
    """
    total = int(facts.regional_value("social rental stock, rented in", "2025-12-31"))
    city = facts.place(ANTWERPEN)
    parts, others = np.zeros(len(stock), np.int64), stock.astype(np.float64)
    parts[city], others[city] = round(rented_in_antwerpen(facts)), 0.0
    return parts + split(total - int(parts[city]), others)


def rented_in_antwerpen(facts: Facts) -> float:
    """Return the dwellings that Antwerpen rents in on 31 December 2025: the published ones, grown as those of Flanders."""
    total = facts.regional_value("social rental stock, rented in", "2025-12-31")
    return facts.regional_value("rented-in dwellings, Antwerpen city") * total / facts.regional_value("rented-in dwellings", "2019")


def rented_beside(facts: Facts, places: Whole, owned: Reals) -> Reals:
    """Return the rented-in dwellings to expect beside `owned` ones on 31 December 2025 in the municipalities of these rows."""
    total = facts.regional_value("social rental stock, rented in", "2025-12-31")
    beside = owned * total / (facts.regional_value("social rental stock, owned and rented in", "2025-12-31") - total)
    return np.where(places == facts.place(ANTWERPEN), rented_in_antwerpen(facts), beside)
