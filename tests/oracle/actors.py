"""What happens beside the projects: rent-in, sales and purchases, what is let, and the money that lets projects start."""

from collections.abc import Generator

import simpy

from .numbers import ONE, SHARES, fixed, quantile, quantiles, score
from .parties import Fund, Phase, Stage
from .world import World

Acting = Generator[simpy.Event, None, None]


def market(world: World) -> Acting:
    """Every December, after the completions: rent-in, sales and purchases."""
    how = world.how
    stock = sum(m.stock for m in world.municipalities)
    growth = quantiles(how.rent_in_growth, SHARES)
    mean_effort = fixed(how.effort_start.mean())
    index = ONE
    for december in world.decembers():
        yield world.calendar.at(december, Phase.MARKET)
        index = index * (ONE + quantile(growth, score(world.streams.world("rent_in", world.year)))) >> 16
        for m in world.municipalities:
            m.rented_in = (m.rented_start * index + world.rounding(m, 0)) >> 16
            yearly_sales = world.share_of(how.sales.value, m.stock, stock)
            m.sold = min(m.stock, ((world.year + 1) * yearly_sales + world.rounding(m, 1)) >> 16)
            if world.need(m) > 0:
                m.purchase_account += (
                    world.share_of(how.purchases.value, world.objectives_at_start[m.index], world.objective_at_start)
                    * m.effort
                    // mean_effort
                )
            m.purchased = (m.purchase_account + world.rounding(m, 2)) >> 16


def letting(world: World) -> Acting:
    """Every June, after the completions: what is delivered by now counts as let from now on, in one reading of realised."""
    for june in range(6, world.last + 1, 12):
        yield world.calendar.at(june, Phase.LET)
        for m in world.municipalities:
            m.let = m.stages[Stage.REALISED]


def admission(world: World, fund: Fund) -> Acting:
    """Every month: waiting projects start construction while the fund has money; the last one may overdraw it."""
    for month in range(1, world.last + 1):
        yield world.calendar.at(month, Phase.ADMISSION)
        fund.waiting.sort(key=lambda project: (project.voluntary, project.ready, project.key))
        while fund.waiting and fund.old + fund.new > 0:
            project = fund.waiting.pop(0)
            from_old = min(fund.old, project.dwellings)
            fund.old -= from_old
            fund.new -= project.dwellings - from_old
            project.municipality.company.started += project.dwellings
            project.money.succeed()
