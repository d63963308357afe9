"""Social rental dwellings per municipality, at the nulmeting of 2008 and now. Not published: estimated from what is.

The reasoning: social dwellings stand where industry and low incomes were, so the share of the households falls with income and
rises with density; Statistiek Vlaanderen (2018) names the regions with more and fewer. The published figures of single
municipalities, of companies and of the provinces then pull that pattern to size. Shares hardly moved between 2004 and 2014
(Stadsmonitor), so a published share of 2014 also tells the stock of 2008.
"""

from functools import cache

import numpy as np

from .facts import Facts, Reals, Whole, normals, split

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
NET_2009_2025 = 35_900  # dwellings; VVSG position 2025: 33,355 at the end of 2023, plus two years; derived
HIGHEST_OTHER = 0.085  # share of households; centre cities named after Genk, Gent and Antwerpen (10%); Oostende has 8.2%; assumed
YEARS = 18.0  # years from 1 January 2008 to 31 December 2025: from the nulmeting of the old scheme to its end; derived
ANTWERPEN = 11002  # NIS code
SPREAD = 0.3  # standard deviation of log share, where nothing is published; over populations; assumed
SPREAD_KNOWN = 0.03  # the same where a figure is published (definitions differ); assumed


def pattern(facts: Facts) -> Reals:
    """Return the share of social dwellings one would expect, up to a factor."""
    income = facts.column("income_per_inhabitant_2023")
    density = facts.column("dwellings_2025") / facts.column("area_km2")
    share = (income / np.median(income)) ** INCOME * (density / np.median(density)) ** DENSITY * facts.year(2026) ** SIZE
    for arrondissement, factor in (MORE | FEWER).items():
        share[facts.rows_of("arrondissement_nis")[arrondissement]] *= factor
    return np.asarray(share)


def known_2008(facts: Facts, rates: Reals, ceiling: float) -> tuple[Reals, Reals, Reals]:
    """Return the stock of 2008 that published figures tell (nan where none does), and the least and most it can be (dwellings).

    From the weakest to the strongest: a stock of a later year less the mean growth since; a share of 2014; an objective that
    step 2 of the old scheme cut (the room up to 9%, so the stock is 9% less the objective); the nulmeting itself.
    """
    households = facts.households_2008
    known, least, most = np.full(len(households), np.nan), np.zeros(len(households)), HIGHEST * households
    mean_growth = NET_2009_2025 / households.sum() * households
    shares = [(i, v / 100.0 * facts.year(int(y))[i], y) for i, v, y in facts.anchors_of("social_rental_per_100_households")]
    for i, value, year in sorted([*facts.anchors_of("social_rental_stock"), *shares], key=lambda row: -row[2]):
        grew = value < ceiling * households[i]  # at the ceiling nothing was asked, and little came
        known[i] = value - (mean_growth[i] * (year - 2008.0) / YEARS if grew else 0.0)
    for i, value, _ in facts.anchors_of("social_rental_per_100_households_at_least"):
        least[i], most[i] = value / 100.0 * households[i], HIGHEST_OTHER * households[i]
    for i, value, _ in facts.anchors_of("bso_2025_objective"):
        if value < 0.95 * rates[i] * households[i]:
            known[i] = ceiling * households[i] - value
    for i, value, _ in facts.anchors_of("nulmeting_share_of_households"):
        known[i] = value / 100.0 * households[i]
    for i, value, _ in facts.anchors_of("nulmeting_social_rental"):
        known[i] = value
    return known, least, most


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


def rake(facts: Facts, start: Reals, known: Reals, provinces: dict[str, float], companies: dict[str, float]) -> Reals:
    """Scale the municipalities without a published figure to the totals of companies, then those of no such company to the provinces'."""
    stock, free = np.where(np.isnan(known), start, known), np.isnan(known)
    for column, totals in (("company", companies), ("province", provinces)):
        for name, total in totals.items():
            rows = facts.rows_of(column)[name]
            here, others = rows[free[rows]], rows[~free[rows]]
            if stock[here].sum() > 0:
                stock[here] *= max(0.0, total - stock[others].sum()) / stock[here].sum()
            free[here] = False
    return np.asarray(np.round(stock, 6))


def stock_2008(facts: Facts, rates: Reals, ceiling: float, population: int) -> Whole:
    """Return the social rental dwellings of the nulmeting (31 December 2007) per municipality."""
    households = facts.households_2008
    known, least, most = known_2008(facts, rates, ceiling)
    noise = normals(population, "stock", len(households))
    known = known * np.exp(SPREAD_KNOWN * noise)
    shape = pattern(facts) * np.exp(SPREAD * noise)
    start = (FLOOR + shape / (shape @ households) * households.sum() * (MEAN - FLOOR)) * households
    start[np.argsort(start, kind="stable")[:NONE_AT_ALL]] = 0.0
    growth = NET_2009_2025 / households.sum() * households
    provinces = {n: t - growth[facts.rows_of("province")[n]].sum() for n, t in province_totals(facts).items()}
    companies = {n: t - growth[facts.rows_of("company")[n]].sum() for n, t in company_totals(facts).items()}
    for _ in range(4):  # a bound that bites becomes known, and the others take what is left
        stock = rake(facts, start, known, provinces, companies)
        bounded = np.clip(stock, least, most)
        known = np.where(np.isnan(known) & (bounded != stock), bounded, known)
    return np.rint(np.where(np.isnan(known), np.clip(stock, least, most), stock)).astype(np.int64)


def stock_2025(facts: Facts, start: Whole, realised: Whole, known: Reals) -> Whole:
    """Return the social rental dwellings, owned and rented in, on 31 December 2025: those of 2008 plus what was realised net.

    Scaled to the published total and to the provinces; `known` keeps the municipalities that have a published figure.
    """
    grown = np.maximum(start + realised, 0).astype(np.float64)
    provinces = province_totals(facts)
    raked = rake(facts, grown, known, {n: float(t) for n, t in provinces.items()}, company_totals(facts))
    stock = np.zeros(len(grown), np.int64)
    for name, total in provinces.items():
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
    parts[city], others[city] = round(rented_beside(facts, city, 0.0)), 0.0
    return parts + split(total - int(parts[city]), others)


def rented_beside(facts: Facts, place: int, owned: float) -> float:
    """Return the rented-in dwellings to expect beside `owned` ones on 31 December 2025 in the municipality of that row."""
    total = facts.regional_value("social rental stock, rented in", "2025-12-31")
    if place == facts.place(ANTWERPEN):
        then = facts.regional_value("rented-in dwellings, Antwerpen city")
        return then * total / facts.regional_value("rented-in dwellings", "2019")
    return owned * total / (facts.regional_value("social rental stock, owned and rented in", "2025-12-31") - total)
