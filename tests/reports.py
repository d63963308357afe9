"""What the tests of the report share: a comparison, the page read back, numbers checked against their CSV, texts that are drawn."""

from html.parser import HTMLParser
from pathlib import Path

from babel.numbers import parse_decimal

from sim.inputs.scenario import load_scenario
from sim.show.language import Language
from sim.study.comparison import compare_scenarios
from sim.study.options import from_scenario

SCENARIOS = Path(__file__).parent.parent / "scenarios"


def compared(folder, *names, replications=8, with_blame=True):
    """Compare scenarios in a folder."""
    options = [from_scenario(load_scenario(SCENARIOS / f"{name}.toml", None, replications), Path(name)) for name in names]
    return compare_scenarios(options, folder, 2, with_blame=with_blame)


class Page(HTMLParser):
    """What the tests read of a page: numbers with their text, links, identifiers, texts and addresses."""

    def __init__(self, text):
        super().__init__()
        self.data, self.links, self.ids, self.addresses, self.words, self.drawn = [], [], [], [], [], []
        self.stack, self.open_data, self.open_cell = [], None, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Note what opens."""
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.addresses += [(tag, name, value) for name, value in attrs if name in ("src", "href", "action", "srcset", "poster")]
        self.links += [found["href"]] if tag == "a" else []
        if tag == "data":
            self.open_data = [found, ""]
        if tag == "g" and "cell:" in found.get("id", ""):
            self.open_cell = [found["id"].split("cell:")[1].split(":"), ""]
        if tag not in ("meta", "link", "input", "br", "path", "use", "rect"):
            self.stack.append(tag)

    def handle_endtag(self, tag):
        """Note what closes."""
        if tag == "data":
            self.data.append(self.open_data)
            self.open_data = None
        if tag == "g" and self.open_cell and self.open_cell[1].strip():
            self.drawn.append(self.open_cell)
            self.open_cell = None
        while self.stack and self.stack.pop() != tag:
            pass

    def handle_data(self, data):
        """Note a text."""
        if self.open_data:
            self.open_data[1] += data
        if self.open_cell:
            self.open_cell[1] += data
        if data.strip() and not {"script", "style", "svg"} & set(self.stack):
            self.words.append(data.strip())


def check_text(text, value, scale, step, sign, lang):
    """A text is a number as the language writes it, that of the CSV to within half a step."""
    text = text.strip()
    plain = text.removesuffix("%").strip().removeprefix("+")
    number = float(parse_decimal(plain, locale=Language(lang).locale, strict=True))
    expected = value * scale
    assert abs(number - (abs(expected) if sign == "size" else expected)) <= step / 2 + 1e-6, (text, value)
    assert text.startswith("+") == (sign == "signed" and number > 0), text


def tick_beyond(figure, text):
    """Return whether a text labels a tick beyond its axis, or one of an axis that is off: matplotlib keeps those, and draws them not."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if text in (tick.label1, tick.label2):
                    return not axes.axison or not low <= tick.get_loc() <= high
    return False
