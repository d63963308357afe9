"""What can the tests bring a municipality?"""

from sim.studies.registry import Command, Study

STUDY = Study(
    place=65,
    commands=(
        Command(
            "command:municipality",
            "bso municipality NAME [RESULTS]",
            "one municipality: its chances at each test, euro if in 2B, what is there against what is asked, why, the least change, what of "
            "it is estimated; on the screen and as one HTML page",
        ),
        Command(
            "command:municipalities",
            "bso municipalities [RESULTS] --out DIR",
            "the same of all municipalities: a page for each and an index, from results that are there",
        ),
    ),
    calls={"municipality": "study:municipality", "municipalities": "study:municipalities"},
)
