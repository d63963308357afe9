"""The page of a municipality, one HTML file that needs nothing else; and the pages of all, with an index."""

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from sim.report import canvas, estimates
from sim.report.language import Language, labels
from sim.report.page import html, to_save
from sim.report.parts import Bullets, Head, Page, Part, Section, Table, Terms, Text, numbered
from sim.report.saved import file_name
from sim.report.snippets import terms, two
from sim.runs.disk.folders import locked
from sim.runs.disk.folders import write as write_file
from sim.studies.municipality.pictures import draw
from sim.studies.municipality.study import Municipalities
from sim.studies.municipality.words import Words


class MunicipalityPage(Page):
    """What the sections on one municipality share: its words where numbers become <data>, and `plain`, for its picture."""

    def __init__(self, found: Municipalities, nis: int, lang: str) -> None:
        super().__init__(found.folder, lang, {name: found.file_of(name) for name in found.tables}, {}, found.tables)
        self.found, self.nis, self.say = found, nis, self.language.say
        self.words, self.plain = Words(found, nis, self.language), Words(found, nis, Language(lang))

    def heads(self, *names: str, text: int = 1) -> list[Head]:
        """Return the heads of a table, the first ones of text."""
        return [Head(self.language.name("municipality_column", name), n >= text) for n, name in enumerate(names)]

    def listed(self, name: str, heads: Sequence[Head], rows: Sequence[Sequence[str]], csv: str) -> Table:
        """Return a table with its title and note."""
        title, note = (self.language.name(kind, name) for kind in ("municipality_table", "municipality_note"))
        return self.table(f"{name}-table", title, heads, rows, note, [csv])


def write(found: Municipalities, lang: str = "nl") -> Path:
    """Write the page of a municipality beside the results, or those of all and an index in their folder, and return its path, or the index'."""
    if len(found.codes) == 1:
        return _write(found, found.codes[0], lang, "municipality_")
    with locked(found.folder):
        for nis in found.codes:
            _write(found, nis, lang)
        return _index(found, lang)


def _write(found: Municipalities, nis: int, lang: str, prefix: str = "") -> Path:
    """Write the page of a municipality and return its path."""
    page = MunicipalityPage(found, nis, lang)
    title = page.say("{municipality}: what can the tests bring?", municipality=page.plain.name)
    sections = [made for section in SECTIONS if (made := section(page)) is not None]
    return _file(page, title, sections, f"{prefix}{file_name(page.plain.name)}_{lang}.html")


def _file(page: Page, title: str, sections: list[Section], name: str) -> Path:
    status = page.language.say("Estimates by simulation, under a draft law; not definitive, and no official verdict")
    laid_out = numbered(sections)
    text = html(page, title, status, laid_out, to_save(page, title, status, laid_out))
    return write_file(page.folder / name, text.encode(errors="replace"))


def _index(found: Municipalities, lang: str) -> Path:
    """Write the index of all pages and return its path."""
    page = Page(found.folder, lang, {name: found.file_of(name) for name in found.tables}, {}, found.tables)
    say, rows = page.language.say, []
    tests = [int(test) for test in sorted(found.tables["tests"]["test"].unique())] if len(found.tables["tests"]) else []
    places = {(row["nis"], row["test"]): n for n, row in enumerate(found.tables["tests"].to_dict("records"))}
    for nis, name in sorted(
        zip(found.tables["ends"]["nis"], found.tables["ends"]["municipality"], strict=True), key=lambda pair: pair[1].casefold()
    ):
        words = Words(found, int(nis), page.language)
        link = Markup('<a href="{}_{}.html">{}</a>').format(file_name(name), lang, name)
        cells: list[str] = ["–"] * (len(tests) + 3)
        if words.has_objective:
            chances = (words.share_of("tests", places[nis, test], "2B") for test in tests)
            cells = [words.dwellings("ends", words.end, "objective"), words.percent("ends", words.end, "share"), *chances]
            cells.append(words.share_of("ends", words.end, "ever_2B"))
        rows.append([link, words.company, *cells])
    column = page.language.name
    heads = [
        Head(column("municipality_column", name), n > 1) for n, name in enumerate(("municipality", "company", "objective", "share"))
    ]
    heads += [Head(column("municipality_column", "2B_in", test=test)) for test in tests] + [
        Head(column("municipality_column", "ever_2B"))
    ]
    note = column("municipality_note", "index")
    find = say("Find a municipality or company")
    table = page.table(
        "index-table", column("municipality_table", "index"), heads, rows, note, ["ends", "tests"], long=True, find=find
    )
    origin = Bullets([estimates.source_of(found.facts, page.language), estimates.warning(page.language)])
    sections = [Section("index", say("Municipalities"), [table]), Section("limits", say("What the numbers rest on"), [origin])]
    return _file(page, say("What can the tests bring each municipality?"), sections, f"index_{lang}.html")


def answer(page: MunicipalityPage) -> Section:
    """Return what the tests can bring, and the picture."""
    words = page.words
    first, *others = words.answer()
    company = page.say("Housing company: {company}.", company=words.company)
    parts: list[Part] = [Text(first, "answer"), Bullets([*others, company])]
    if words.has_objective and words.rows("tests"):
        with canvas.style():
            figure = draw(page.plain, page.say("{municipality} at each test", municipality=words.name))
            reading = page.language.name("municipality_note", "picture")
            parts.append(page.picture("chances", figure, reading, ["tests", "asked"], nis=page.nis))
    return Section("answer", page.say("The answer"), parts)


def tests(page: MunicipalityPage) -> Section | None:
    """Return the chances at each test, and what it pays."""
    words = page.words
    rows = []
    for row in words.rows("tests") if words.has_objective else ():
        years, paid = int(words.value("tests", row, "charged_years")), words.euro(row, "euro")
        if paid != "–":
            low, high = (words.euro(row, end) for end in ("euro_p10", "euro_p90"))
            paid = paid if low == "–" else two(paid, page.say("{low} to {high}", low=low, high=high))
        shares = (words.share_of("tests", row, name) for name in ("1", "2A", "2B"))
        rows.append(
            [
                str(words.value("tests", row, "test")),
                *shares,
                paid,
                words.euro(row, "euro", years),
                str(words.value("tests", row, "years")),
            ]
        )
    if not rows:
        return None
    heads = page.heads("test", "1", "2A", "2B", "euro", "each")
    heads.append(Head(page.language.name("municipality_column", "years"), False))
    return Section("tests", page.say("Progress tests"), [page.listed("tests", heads, rows, "tests")])


def asked(page: MunicipalityPage) -> Section | None:
    """Return what each test asks, and what is there."""
    words = page.words
    rows = [
        [
            str(words.value("asked", row, "test")),
            words.asked(row),
            *(words.dwellings("asked", row, name) for name in ("asked", "has", "lacks")),
            words.share_of("asked", row, "failed"),
        ]
        for row in words.rows("asked")
    ]
    heads = page.heads("test", "what", "asked", "has", "lacks", "failed", text=2)
    return (
        Section("asked", page.say("What is asked, and what is there"), [page.listed("asked", heads, rows, "asked")])
        if rows
        else None
    )


def why(page: MunicipalityPage) -> Section | None:
    """Return why it falls into 2B, and the least change that would have given category 1."""
    words = page.words
    tests = list(dict.fromkeys(int(words.value("plans", row, "test")) for row in words.rows("plans")))
    parts: list[Part] = []
    if tests:
        cells = {(words.value("plans", row, "criterion"), words.value("plans", row, "test")): row for row in words.rows("plans")}
        names = [name for name in labels()["plan_part"] if any(criterion == name for criterion, _ in cells)]
        rows = [[words.criterion(name), *(words.share_of("plans", cells[name, test], "short") for test in tests)] for name in names]
        heads = [*page.heads("criterion"), *(Head(str(test)) for test in tests)]
        parts.append(page.listed("plans", heads, rows, "plans"))
    if changes := [change for row in words.rows("changes") if (change := words.change(row))]:
        parts += [Text(page.say("The least change that would have given category 1, most often:"), "lead"), Bullets(changes)]
    return Section("why", page.say("Why in category 2B, and what would have been enough"), parts) if parts else None


def figures(page: MunicipalityPage) -> Section:
    """Return what it starts from, and what of that is estimated."""
    words, rows = page.words, []
    for row in words.rows("figures"):
        status = str(words.value("figures", row, "status"))
        shown: str = words.dwellings("figures", row, "value")
        if status == "estimated":
            low, high = (words.dwellings("figures", row, end) for end in ("low", "high"))
            shown = two(shown, page.say("{low} to {high}", low=low, high=high))
        name = page.language.name("start_figure", str(words.value("figures", row, "figure")))
        rows.append([name, shown, page.language.name("figure_status", status)])
    heads = [*page.heads("figure", "value"), Head(page.language.name("municipality_column", "status"), False)]
    return Section("figures", page.say("What it starts from"), [page.listed("figures", heads, rows, "figures")])


def limits(page: MunicipalityPage) -> Section:
    """Return what the numbers rest on."""
    facts, language = page.found.facts, page.language
    digest = page.say("Fingerprint of all results: {digest}.", digest=str(facts["digest"])[:16])
    items = [*page.words.notes(), estimates.source_of(facts, language), estimates.warning(language), digest]
    return Section(
        "limits",
        page.say("What the numbers rest on"),
        [Bullets(items), Text(language.name("no_verdict", "all", figures=estimates.figures_of(facts, language)), "note")],
    )


def glossary(page: MunicipalityPage) -> Section:
    """Return what the words mean."""
    return Section("glossary", page.say("Words"), [Terms(terms(page.language))])


SECTIONS = (answer, tests, asked, why, figures, limits, glossary)  # in the order in which an alderman reads
