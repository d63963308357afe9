"""Phase 4, admission: the money that lets projects start construction."""

from sim.model.calendar import Phase, Process
from sim.model.world import World


def admission(world: World) -> Process:
    """Every month: waiting projects start construction while their fund has money; the last one may overdraw it."""
    for month in world.calendar.monthly():
        yield world.calendar.at(month, Phase.ADMISSION)
        for fund in world.funds:
            fund.waiting.sort(key=lambda project: (project.voluntary, project.ready, project.key))
            while fund.waiting and fund.old + fund.new > 0:
                project = fund.waiting.pop(0)
                cost = project.dwellings * world.cost
                from_old = min(fund.old, cost)
                fund.old -= from_old
                fund.new -= cost - from_old
                world.spent += cost
                project.municipality.company.started += project.dwellings
                project.money.succeed()
