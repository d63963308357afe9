"""What is asked of the workers: a question of levers and its answer, and choices side by side. Every request is one of the same desk."""

import asyncio
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from sim.inputs.errors import CannotGoOn, InputError, shortened
from sim.report.language import Language
from sim.report.messages import in_dutch
from sim.report.outside import one_line
from sim.report.scenario import heads, rows
from sim.runs.tally import Tally
from sim.web import charts, desk, layout, options
from sim.web.answering import FINE, answer_file, answer_script, asks_last, elsewhere, lang_of
from sim.web.desk import Busy, Case, Desk, Wanted
from sim.web.figures import View
from sim.web.levers import BY_NAME, LEVERS, NUMBER, Question, question, relieved
from sim.web.options import BESIDE, OPTION, READY, Option, Options
from sim.web.pages import beside, whatif
from sim.web.pages.causes import CAUSES
from sim.web.refusing import Refused

PATIENCE = 4.0  # seconds that a page without a script waits for its answer, before it says that it is in the queue
PATIENCE_FINE = 20.0
MOST_VIEWS = 16  # answers that are kept as they are shown
HURRY = 0.9  # seconds that a script's request waits before it asks again
WHATIF, SIDE = "/wat-als", "/wat-als/naast"


class Asking:
    """A page that has something computed."""

    def __init__(self, of: Desk) -> None:
        self.desk = of

    async def _computed(
        self, request: Request, wanted: list[Wanted], patience: float, first: int, fine: bool
    ) -> tuple[list[Case], dict[str, Any]]:
        """Return the cases of what is wanted, and what a page says of how it stands with them: a problem, a place in the queue."""
        address = request.client.host if request.client is not None else ""
        client = address, request.headers.get("x-page", "")[:40]
        try:
            cases = await self.desk.ask(wanted, client, patience, first, fine)
        except Busy:
            raise Refused(503) from None
        if wrong := next((case.wrong for case in cases[:first] if case.wrong is not None), None):
            return cases, {"problem": said(wrong, lang_of(request))}
        if slow := next((case for case in cases[:first] if not case.known), None):
            return cases, {"waiting": True, "place": self.desk.place(slow)}
        return cases, {"refining": not all(case.done for case in cases)}


class WhatIf(Asking):
    """The page of the levers, and its answers."""

    async def page(self, request: Request) -> Response:
        """Answer with the levers and what they give. An address that says more than it must leads to the one that does not."""
        lang = lang_of(request)
        asked, others, texts, wrong = read(request, lang)
        if not wrong and (leads := elsewhere(request, WHATIF, address(asked, others))):
            return leads
        shown = await self._shown(request, asked, others, patience_of(request), asks_last(request))
        shown |= _form(asked, texts, wrong, lang)
        html = await asyncio.to_thread(layout.rendered, "whatif.html.j2", lang, layout.on_server, here=WHATIF, **shown)
        return HTMLResponse(html, 400 if wrong or shown["problem"] else 200)

    async def answer(self, request: Request) -> Response:
        """Answer a script: the answer alone, or how it stands with it."""
        lang = lang_of(request)
        asked, others, _, wrong = read(request, lang)
        if wrong:
            raise Refused(400)
        shown = await self._shown(request, asked, others, HURRY, False)
        if shown["state"] and shown["state"] == request.headers.get("x-shown"):
            return Response(status_code=204, headers={"x-answer": "1"})
        form = _form(asked, {}, {}, lang) if not shown["problem"] else {"timeline": None, "tests": None, "years": (), "wrong": {}}
        shown |= {**form, "here": WHATIF}
        html = await asyncio.to_thread(layout.rendered, "fragment.html.j2", lang, layout.on_server, **shown)
        return answer_script(html)

    async def file(self, request: Request) -> Response:
        """Answer with a figure or table of an answer, or with its scenario file."""
        lang = lang_of(request)
        asked, _, _, wrong = read(request, lang)
        if wrong:
            raise Refused(400)
        if request.path_params["kind"] == "toml":
            return PlainTextResponse(asked.toml(), headers={"content-disposition": f'attachment; filename="{asked.file}"'})
        if not asked.moved:
            raise Refused(404)
        main, *reliefs = _wanted(asked)
        cases, _ = await self._computed(request, [main, *reliefs], PATIENCE_FINE, 1, request.path_params["name"] == CAUSES)
        if (answer := cases[0].answer) is None:
            raise Refused(503)
        return await answer_file(request, await asyncio.to_thread(_view, asked, answer, _reliefs(asked, cases), lang))

    async def _shown(self, request: Request, asked: Question, others: Options, patience: float, fine: bool) -> dict[str, Any]:
        lang = lang_of(request)
        language = Language(lang)
        shown = {
            **UNKNOWN,
            "query": address(asked, others),
            "asked": asked.address,
            "others": others.address,
            "beside": others.beside(asked).address,
            "many": len(others.options),
            "full": language.number(desk.FULL),
            "moved": whatif.moved_words(asked, language),
            "file": asked.file,
        }
        try:
            wanted = _wanted(asked) if asked.moved else []
        except (InputError, CannotGoOn) as error:
            return shown | {"problem": said(error, lang)}
        cases, state = await self._computed(request, wanted, patience, 1, fine)
        if not cases or (answer := cases[0].answer) is None or state.get("problem"):
            return shown | state
        count, digest = len(answer.digests), answer.manifest["digest"]
        reliefs = _reliefs(asked, cases)
        view = await asyncio.to_thread(_view, asked, answer, reliefs, lang)
        # by which a script knows that nothing has changed; with the question, as the answer to another may stand there meanwhile
        state |= {"state": f"{digest} {len(reliefs)}-{state['refining']:d} {shown['query']}"}
        return shown | state | {"view": view, "count": str(count), "digest": digest}


class Beside(Asking):
    """The page on which choices stand side by side."""

    async def page(self, request: Request) -> Response:
        """Answer with the choices, what they change, and how each differs from the draft."""
        lang, held = lang_of(request), compared(request)
        if leads := elsewhere(request, SIDE, held.address):
            return leads
        shown = await self._shown(request, held, patience_of(request), asks_last(request))
        html = layout.rendered("beside.html.j2", lang, layout.on_server, here=SIDE, **shown)
        return HTMLResponse(html, 400 if shown["problem"] else 200)

    async def answer(self, request: Request) -> Response:
        """Answer a script: the answer alone, or how it stands with it."""
        lang = lang_of(request)
        shown = await self._shown(request, compared(request), HURRY, False)
        html = layout.rendered("compared.html.j2", lang, layout.on_server, here=SIDE, **shown)
        return answer_script(html)

    async def file(self, request: Request) -> Response:
        """Answer with a figure or the table of what is compared."""
        held = compared(request)
        if not held.options:
            raise Refused(404)
        shown = await self._shown(request, held, PATIENCE_FINE, False)
        if shown["view"] is None:
            raise Refused(503)
        return await answer_file(request, shown["view"])

    async def _shown(self, request: Request, held: Options, patience: float, fine: bool) -> dict[str, Any]:
        lang = lang_of(request)
        language = Language(lang)
        shown = {**UNKNOWN, **_choices(held, language), "query": held.address, "full": language.number(desk.FULL)}
        try:
            wanted = [_wanted(option.question)[0] for option in held.options]
        except (InputError, CannotGoOn) as error:
            return shown | {"problem": said(error, lang)}
        cases, state = await self._computed(request, wanted, patience, len(wanted), fine)
        answers = [case.answer for case in cases if case.answer is not None]
        if not answers or len(answers) < len(wanted) or state.get("problem"):
            return shown | state
        view = await asyncio.to_thread(beside.compared, held, answers, language)
        return shown | state | {"view": view, "count": str(min(len(answer.digests) for answer in answers))}


UNKNOWN: dict[str, Any] = {
    "problem": "",
    "waiting": False,
    "refining": False,
    "place": 0,
    "state": "",
    "view": None,
    "count": "",
    "digest": "",
}


def patience_of(request: Request) -> float:
    """Return the seconds that a page waits for its answer: longer where it asks for the last."""
    return PATIENCE_FINE if asks_last(request) else PATIENCE


def address(asked: Question, others: Options) -> str:
    """Return the query of a question's address, with the choices beside which it is to stand."""
    return "&".join(filter(None, (asked.address, urlencode({BESIDE: others.address}) if others.options else "")))


def said(error: Exception, lang: str) -> str:
    """Return what is wrong with levers, in a line and in the reader's language."""
    place, problem = (error.place, error.problem) if isinstance(error, InputError) else ("", str(error))
    if place == "law" and (within := re.match(r"([\w.]+): ", problem)):
        place, problem = within[1], problem[within.end() :]
    problem = in_dutch(problem) if lang == "nl" else problem
    return shortened(one_line(f"{lever_name(place, Language(lang))}: {problem}" if place else problem), 300)


def lever_name(place: str, language: Language) -> str:
    """Return what the page calls the lever that a key of a scenario belongs to; the key where there is none."""
    keys = {f"{lever.key}.{lever.part}" if lever.part else lever.key: lever.name for lever in LEVERS}
    known = next(
        (name for key, name in keys.items() if place == key or key.endswith(f".{place}") or place.startswith(f"{key}.")), ""
    )
    return language.name("lever_of_page", known) if known else place


def read(request: Request, lang: str) -> tuple[Question, Options, dict[str, str], dict[str, str]]:
    """Return what an address asks, beside which choices, its texts, and what is wrong with any, by lever.

    Raises Refused for an address that asks nothing known.
    """
    given = [(name, text) for name, text in request.query_params.multi_items() if name not in (FINE, BESIDE)]
    if len(given) > 2 * len(BY_NAME):
        raise Refused(400)
    try:
        asked, faults = question(given)
        others = options.held(request.query_params.get(BESIDE, ""))
    except InputError:
        raise Refused(400) from None
    language, wrong = Language(lang), dict[str, str]()
    for fault in faults:
        lever = BY_NAME[fault.place]
        key = "whole_from_to" if lever.kind == NUMBER else "from_to"
        ends = {
            end: language.number(value) if value < 1900 or value > 2100 else f"{value:g}"
            for end, value in (("low", lever.low), ("high", lever.high))
        }
        wrong[lever.name] = language.name("web", key, **ends)
    return asked, others, dict(given), wrong


def compared(request: Request) -> Options:
    """Return the choices that an address asks to compare. Raises Refused for those that cannot be."""
    try:
        return options.options((name, text) for name, text in request.query_params.multi_items() if name != FINE)
    except InputError:
        raise Refused(400) from None


def _choices(held: Options, language: Language) -> dict[str, Any]:
    """Return the choices as the page lists them, and those that may be added."""
    listed = [
        {
            "name": option.name,
            "called": beside.called(option, language),
            "letter": letter,
            "moves": whatif.moved_words(option.question, language),
            "option": option.question.address,
            "file": option.question.file,
            "change": address(option.question, held.without(place)),
            "without": held.without(place).address,
        }
        for place, (letter, option) in enumerate(zip(options.LETTERS, held.options, strict=False))
    ]
    ready = [question(parse_qsl(text))[0] for text in READY]
    more = [(beside.called(Option("", asked), language), added.address) for asked in ready if (added := held.beside(asked)) != held]
    own = urlencode({BESIDE: held.address}) if held.options else ""
    return {"choices": listed, "ready": more, "own": own, "option_name": OPTION, "enough": held.full}


def _wanted(asked: Question) -> list[Wanted]:
    """Return what a question asks the workers for: its own scenario, and later that with each relief."""
    reliefs = [Wanted(key, scenario, desk.FIRST, later=True) for key, scenario in relieved(asked).values()]
    return [Wanted(asked.key, asked.scenario, desk.FULL), *reliefs]


def _reliefs(asked: Question, cases: list[Case]) -> dict[str, Tally]:
    """Return the answers with each relief, if all are there."""
    answers = {name: case.answer for name, case in zip(relieved(asked), cases[1:], strict=True) if case.answer is not None}
    return answers if len(answers) == len(cases) - 1 else {}


def _form(asked: Question, texts: dict[str, str], wrong: dict[str, str], lang: str) -> dict[str, Any]:
    language = Language(lang)
    try:
        scenario, shown = asked.scenario, asked
    except InputError:  # levers that cannot be together
        shown = question(())[0]
        scenario = shown.scenario
    years = scenario.start.year + 1, scenario.end.year
    drawn = charts.timeline(scenario.law.rhythm, *years, language, charts.NARROW)
    tests = {
        "heads": heads(language),
        "rows": [*rows(scenario.law, language)],
        "rates": whatif.rates(shown, texts if wrong else {}),
    }
    groups = whatif.controls(asked, texts, wrong, language)
    return {"groups": groups, "timeline": drawn, "years": years, "tests": tests, "wrong": wrong}


_views: dict[tuple[str, str, bool, str], View] = {}


def _view(asked: Question, answer: Tally, reliefs: dict[str, Tally], lang: str) -> View:
    """Return an answer as a view; the last few are kept."""
    key = (asked.address, answer.manifest["digest"], bool(reliefs), lang)
    if key not in _views:
        while len(_views) >= MOST_VIEWS:
            _views.pop(next(iter(_views)), None)
        _views[key] = whatif.answered(asked, answer, reliefs, Language(lang))
    return _views[key]
