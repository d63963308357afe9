"""How many project managers, how much land and money does a housing company need?"""

from sim.studies.registry import Command, Study

STUDY = Study(
    place=50,
    commands=(
        Command(
            "command:capacity",
            "bso capacity COMPANY...",
            "the least managers, money and land with which a company's municipalities pass their tests with 80% "
            "certainty, each with its interval; the cheapest combination; what remains when nothing is enough; "
            "which projects are late, where they wait and until when that can be mended; the work year by year. "
            "`--budget EURO` finds the most chance for so much a year; several companies are asked about as one. "
            "`--data DIR` lays the company's own data over the estimates, `--report` writes one HTML file; "
            "`--all` ranks the 41",
        ),
        Command(
            "command:template",
            "bso template company NAME",
            "tables (CSV, for a spreadsheet) in which a company fills in its municipalities, projects, staff and "
            "land; `bso check DIR` checks them. Nothing leaves the machine",
        ),
    ),
    calls={"capacity_of": "study:capacity_of", "capacity_of_all": "all_companies:capacity_of_all", "most_for": "spending:most_for"},
)
