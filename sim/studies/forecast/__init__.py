"""Will Flanders build the social homes it has promised?"""

from sim.studies.registry import Command, Study

STUDY = Study(
    place=10,
    commands=(
        Command(
            "command:run",
            "bso run SCENARIO",
            "run it (a file, or a name of the library); `--replications N --seed S --workers W --out DIR --json "
            "--lang en`; `--report` writes one HTML file that holds its tables too, `--note` one A4 page for who decides. "
            "Killed or stopped: the same command computes only what is missing. `--until "
            "realised_at_end=100` stops when half of that outcome's 95% interval is 100 dwellings; `--at "
            "central` runs the scenario's own values only, so that the bands hold luck alone; "
            "`--engine plain` computes the same bits with the model "
            "as it reads (`sim/model`). A long run first says what it will cost; "
            "beyond `--budget-minutes` and `--budget-gb` it asks for `--yes`",
        ),
        Command(
            "command:export",
            "bso export RESULTS",
            "every table as CSV, with names beside codes and what each column is; `--to duckdb`: all in one file of DuckDB",
        ),
        Command(
            "command:verify",
            "bso verify [RESULTS]",
            "every bit of every file of data against the digests kept of it; without a folder: whether this installation gives the "
            "published answer",
        ),
    ),
    tables={"columns": "tables:columns"},
    calls={"run": "study:run"},
)
