"""How many municipalities does each company serve?"""

# A study of nothing, that a test lays in sim/studies: all that a new study has to be.

from sim.studies.registry import Command, Study

STUDY = Study(
    place=900,
    commands=(Command("command:toy", "bso toy", "the municipalities of each company"),),
    calls={"toy": "study:toy"},
    tables={"toy": "tables:companies"},
)
