"""Does the model agree with independent evidence?"""

from sim.studies.registry import Command, Study

STUDY = Study(
    place=80,
    commands=(Command("command:crosschecks", "bso crosschecks SCENARIO", "the model against independent evidence: pass or miss"),),
    calls={"crosschecks": "study:crosschecks"},
    tables={"crosschecks": "tables:crosschecks"},
)
