"""The words of a company's workbook: its files, columns, figures and stages, in Dutch and in English. Read in either, written in one."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

Lang = Literal["nl", "en"]


class Words(NamedTuple):
    """What something is called, and what else it may be called when it is read."""

    nl: str
    en: str
    also: tuple[str, ...] = ()


FILES: Mapping[str, Words] = {
    "municipalities": Words("gemeenten.csv", "municipalities.csv"),
    "projects": Words("projecten.csv", "projects.csv"),
    "staff": Words("personeel.csv", "staff.csv"),
    "land": Words("grond.csv", "land.csv"),
}
COLUMNS: Mapping[str, Words] = {
    "company": Words("woonmaatschappij", "company"),
    "nis": Words("nis", "nis"),
    "municipality": Words("gemeente", "municipality"),
    "figure": Words("cijfer", "figure"),
    "unit": Words("eenheid", "unit"),
    "estimate": Words("raming", "estimate"),
    "low": Words("laag", "low"),
    "high": Words("hoog", "high"),
    "own": Words("eigen_waarde", "own_value"),
    "project": Words("project", "project"),
    "dwellings": Words("woningen", "dwellings"),
    "stage": Words("fase", "stage"),
    "on_mjp": Words("op_mjp", "on_mjp"),
    "on_ktp": Words("op_ktp", "on_ktp"),
    "start": Words("start_werken", "start_of_works"),
    "delivered": Words("oplevering", "delivered"),
    "plot": Words("perceel", "plot"),
    "places": Words("bouwplaatsen", "places", ("plaatsen",)),
    "land": Words("grond", "land"),
}
ESTIMATED = ("unit", "estimate", "low", "high")  # for the reader of the file only
TABLES: Mapping[str, tuple[str, ...]] = {  # the columns of every file
    "municipalities": ("nis", "municipality", "figure", *ESTIMATED, "own"),
    "projects": ("project", "nis", "municipality", "dwellings", "stage", "on_mjp", "on_ktp", "start", "delivered", "land"),
    "staff": ("company", "figure", *ESTIMATED, "own"),
    "land": ("plot", "nis", "municipality", "places", "project"),
}
NEEDED: Mapping[str, tuple[str, ...]] = {  # those without which it cannot be read; of nis and municipality one
    "municipalities": ("figure", "own"),
    "projects": ("project", "dwellings", "stage"),
    "staff": ("company", "figure", "own"),
    "land": ("plot", "places"),
}
OF_MUNICIPALITIES: Mapping[str, Words] = {
    "objective_regular": Words("regulier objectief", "regular objective"),
    "sib": Words("SIB", "SIB", ("specifieke inhaalbeweging",)),
    "stock": Words("sociaal patrimonium", "social stock"),
    "rented_in": Words("waarvan ingehuurd", "of which rented in", ("ingehuurd", "rented in")),
}
OF_COMPANY: Mapping[str, Words] = {
    "managers": Words("projectleiders", "project managers"),
    "finance": Words("gefinancierde nieuwe woningen per jaar", "new dwellings financed a year"),
    "bought": Words("aangekochte bouwplaatsen per jaar", "places of land bought a year"),
}
STAGES: Mapping[str, Words] = {
    "dormant": Words("slapend", "dormant", ("asleep",)),
    "preparation": Words("voorbereiding", "preparation", ("in voorbereiding", "in preparation")),
    "MJP": Words("MJP", "MJP", ("op MJP", "on MJP")),
    "KTP": Words("KTP", "KTP", ("op KTP", "on KTP")),
    "construction": Words(
        "uitvoering", "construction", ("in uitvoering", "aanbouw", "in aanbouw", "in construction", "under construction")
    ),
}
OWNERS: Mapping[str, Words] = {  # of the land of a project; another's needs no plot
    "own": Words("eigen", "own"),
    "other": Words("ander", "other", ("andere", "anders", "another")),
}
LAND = Words("vrije bouwplaatsen op eigen grond", "free places on own land")
_DWELLINGS = Words("woningen", "dwellings")
UNITS: Mapping[str, Words] = {
    **dict.fromkeys((*OF_MUNICIPALITIES, *STAGES), _DWELLINGS),
    "land": Words("bouwplaatsen", "places"),
    "managers": Words("voltijds", "full-time"),
    "finance": Words("woningen per jaar", "dwellings a year"),
    "bought": Words("bouwplaatsen per jaar", "places a year"),
}


def plain(text: str) -> str:
    """Return a word without case, accents, and the difference between a space, a hyphen and an underscore."""
    letters = unicodedata.normalize("NFKD", text)
    return " ".join(
        "".join(c for c in letters if not unicodedata.combining(c)).casefold().replace("_", " ").replace("-", " ").split()
    )


def meant(text: str, words: Mapping[str, Words], among: Iterable[str] | None = None) -> str | None:
    """Return the key of what a text calls by one of its names in either language; None for a text that is none of them."""
    asked = plain(text)
    for key in words if among is None else among:
        if asked in (plain(name) for name in (words[key].nl, words[key].en, *words[key].also)):
            return key
    return None


def named(words: Words, lang: Lang) -> str:
    """Return what something is called in a language."""
    return words.nl if lang == "nl" else words.en
