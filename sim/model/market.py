"""Phase 3, completion, beside the projects: sales and purchases; what is let."""

from sim.model.calendar import DECEMBER, JUNE, Phase, Process
from sim.model.parties import REALISED, Rounding
from sim.model.world import World


def market(world: World) -> Process:
    """Every December, after the completions and rent-in: sales and purchases."""
    how, stock = world.how, sum(m.stock for m in world.municipalities)
    yearly_sales = [world.share_of(how.sales.value, m.stock, stock) for m in world.municipalities]
    at_start = world.objective_at_start
    yearly_purchases = [world.share_of(how.purchases.value, m.objective_at_start, at_start) for m in world.municipalities]
    for year, december in enumerate(world.calendar.every(DECEMBER)):
        yield world.calendar.at(december, Phase.MARKET)
        for m in world.municipalities:
            m.sold = min(m.stock, ((year + 1) * yearly_sales[m.index] + m.rounding[Rounding.SALES]) >> 16)
            m.count_beside()
            if world.need(m) > 0:
                m.purchase_account += yearly_purchases[m.index] * m.effort // world.given.mean_effort
            m.purchased = (m.purchase_account + m.rounding[Rounding.PURCHASES]) >> 16
            m.count_beside()


def letting(world: World) -> Process:
    """Every June, after the completions: what is delivered by now counts as let from now on, in one reading of realised."""
    for june in world.calendar.every(JUNE):
        yield world.calendar.at(june, Phase.LET)
        for m in world.municipalities:
            m.let = m.dwellings[REALISED]
