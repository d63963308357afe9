"""What is said of a company's workbook, in the language of the workbook itself. The English text is the key, as in a .po file."""

from collections.abc import Iterable, Mapping

from sim.inputs.errors import nearest
from sim.inputs.workbook.columns import Lang

NEAREST: Mapping[Lang, tuple[str, str]] = {
    "nl": ("bedoelt u {name!r}?", "toegelaten: {names}"),
    "en": ("did you mean {name!r}?", "allowed: {names}"),
}
DUTCH: Mapping[str, str] = {
    # places
    "line {line}, {column}": "regel {line}, {column}",
    "lines {lines}, {column}": "regels {lines}, {column}",
    "line {line}": "regel {line}",
    "lines {lines}": "regels {lines}",
    "header": "kop",
    "no row for {municipality}": "geen rij voor {municipality}",
    "{count} mistakes": "{count} fouten",
    "... and {count} more": "... en nog {count}",
    # files
    "cannot be read ({why})": "kan niet gelezen worden ({why})",
    "more than {count} bytes; at most as many are allowed": "meer dan {count} bytes; meer mag niet",
    "not a text file; save it as CSV": "geen tekstbestand; bewaar het als CSV",
    "not a CSV table ({why})": "geen CSV-tabel ({why})",
    "empty; a header is needed": "leeg; er moet een kop in staan",
    "no {one} or {other}, which says whose data these are; `bso template company NAME` makes the files": (
        "geen {one} of {other}, waarin staat van wie deze gegevens zijn; `bso template company NAAM` maakt de bestanden"
    ),
    "both {one} and {other}; one of them is allowed": "zowel {one} als {other}; een van de twee mag er staan",
    "not read under this name; save it as {name}, or take it away": (
        "wordt onder deze naam niet gelezen; bewaar het als {name}, of haal het weg"
    ),
    "column {name!r} stands twice": "kolom {name!r} staat er twee keer",
    "no column {name!r}; found {names}": "geen kolom {name!r}; gevonden: {names}",
    "unknown column {name!r}; {hint}": "onbekende kolom {name!r}; {hint}",
    "found {found!r} in a column without a header": "gevonden {found!r} in een kolom zonder kop",
    # cells
    "empty; it is needed": "leeg; dit is nodig",
    "found {found!r}; {hint}": "gevonden {found!r}; {hint}",
    "found {found!r}; a whole number from {least} to {most} is allowed, without separators of thousands": (
        "gevonden {found!r}; een geheel getal van {least} tot {most} mag, zonder scheidingstekens voor duizendtallen"
    ),
    "found {found!r}; a number from 0 to {most} is allowed, without separators of thousands": (
        "gevonden {found!r}; een getal van 0 tot {most} mag, zonder scheidingstekens voor duizendtallen"
    ),
    "found {found!r}; a month of {first} to {last} is allowed, as 2027-06, 06/2027 or 30/06/2027": (
        "gevonden {found!r}; een maand van {first} tot {last} mag, als 2027-06, 06/2027 of 30/06/2027"
    ),
    "{count} letters; at most {most} are allowed": "{count} letters; hoogstens {most} mogen",
    "{name!r} stands twice (also line {line})": "{name!r} staat er twee keer (ook op regel {line})",
    # municipalities and companies
    "empty; {one} or {other} is needed": "leeg; {one} of {other} is nodig",
    "unknown municipality {name!r}; {hint}": "onbekende gemeente {name!r}; {hint}",
    "unknown NIS code {nis}; {hint}": "onbekende NIS-code {nis}; {hint}",
    "found {name!r}; NIS code {nis} is {municipality}": "gevonden {name!r}; NIS-code {nis} is {municipality}",
    "{municipality} is a municipality of {owner}, not of {company}": "{municipality} is een gemeente van {owner}, niet van {company}",
    "no rows; {column} is needed": "geen rijen; {column} is nodig",
    "no such company {name!r}; {hint}": "geen woonmaatschappij {name!r}; {hint}",
    "found {name!r}; the rows above are of {company}": "gevonden {name!r}; de rijen hierboven zijn van {company}",
    "found {rented}; not more than the social stock ({stock}, line {line})": (
        "gevonden {rented}; niet meer dan het sociaal patrimonium ({stock}, regel {line})"
    ),
    "found the data of {owner}; those of {company} are needed": "gevonden: de gegevens van {owner}; die van {company} zijn nodig",
    # months of projects
    "empty; {missed}: with stage {stage} its month, at the latest {now}, is needed": (
        "leeg; {missed}: in fase {stage} is de maand nodig, ten laatste {now}"
    ),
    "a project on KTP or beyond that is not on MJP": "een project op KTP of verder dat niet op MJP staat",
    "a project in construction that is not on KTP": "een project in uitvoering dat niet op KTP staat",
    "a project in construction whose works have not started": "een project in uitvoering waarvan de werken niet gestart zijn",
    "empty; {later} is given, so the month of this step is needed too": (
        "leeg; {later} is ingevuld, dus is de maand van deze stap ook nodig"
    ),
    "found {month}; with stage {stage} this step is behind it, at the latest in {now}": (
        "gevonden {month}; in fase {stage} is deze stap al gezet, ten laatste in {now}"
    ),
    "found {month}; with stage {stage} this step is to come: the month expected, after {now}, or empty": (
        "gevonden {month}; in fase {stage} moet deze stap nog komen: de verwachte maand, na {now}, of leeg"
    ),
    "found {month}; with stage {stage} it is still to move: the month in which that is expected, after {now}, or empty": (
        "gevonden {month}; in fase {stage} moet het nog in beweging komen: de maand waarin u dat verwacht, na {now}, of leeg"
    ),
    "found {month}; not before {step} ({day})": "gevonden {month}; niet voor {step} ({day})",
    # land
    "found {name!r}, which is no project of {file}; {hint}": "gevonden {name!r}, en dat is geen project van {file}; {hint}",
    "found {name!r}, which is no project, as none are listed": "gevonden {name!r}, en dat is geen project, want er zijn er geen opgegeven",
    "{name!r} is a project in {municipality} (line {line}), this plot lies elsewhere": (
        "{name!r} is een project in {municipality} (regel {line}), dit perceel ligt elders"
    ),
    "{dwellings} dwellings on {places} places ({file} {lines})": "{dwellings} woningen op {places} bouwplaatsen ({file} {lines})",
    "no plot in {file} names this project; with stage {stage} its {dwellings} dwellings need places there, or {other!r} here if the land is "
    "not your own": (
        "geen perceel in {file} noemt dit project; in fase {stage} hebben zijn {dwellings} woningen daar bouwplaatsen nodig, of hier "
        "{other!r} als de grond niet van u is"
    ),
    "found {found!r}, but {file} {lines} has land of your own for this project": (
        "gevonden {found!r}, maar {file} {lines} heeft eigen grond voor dit project"
    ),
    # what is valid, and what is doubtful
    "valid own data of {company}; {filled}": "geldige eigen gegevens van {company}; {filled}",
    "nothing filled in, so all estimates stay": "niets ingevuld, dus alle ramingen blijven gelden",
    "{figure} (municipalities: {count})": "{figure} (gemeenten: {count})",
    "projects under way ({count})": "lopende projecten ({count})",
    "dwellings of projects under way in {municipality}": "woningen van lopende projecten in {municipality}",
    "{figure} of {municipality}": "{figure} van {municipality}",
    "warning: {figure}: {own}, far from the estimate of {estimate} ({low} to {high}); is that right? It is used as it is": (
        "let op: {figure}: {own}, ver van de raming van {estimate} ({low} tot {high}); klopt dat? Er wordt wel mee gerekend"
    ),
}


def say(lang: Lang, message: str, **values: object) -> str:
    """Return an English message in a language, its placeholders filled."""
    return (DUTCH[message] if lang == "nl" else message).format(**values)


def hint(lang: Lang, found: str, known: Iterable[str]) -> str:
    """Return in a language what may have been meant, or what is allowed."""
    return nearest(found, known, *NEAREST[lang])
