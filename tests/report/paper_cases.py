"""Papers for tests: of shipped scenarios, of small ones, and one whose every text tries to be a command."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from tco_model.report.paper.document import Block, Column, Contents, Figure, Listing, Paper, Paragraph, Row, Section, Span, Table, plain
from tco_model.report.paper.findings import Findings, find
from tco_model.report.paper.paper import make_paper
from tco_model.scenario.load import load

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests/data/small.yaml"
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))

HOSTILE = (
    "<script>alert(1)</script>",
    "</style></svg><img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "[x](javascript:alert(1))",
    "![x](http://example.com/a.png)",
    "#let x = $1$; @label <label> *bold* _it_ `raw` // no /* comment */",
    '#eval("1") \\u{41} #read("paper.json")',
    "| a | b |\n|---|---|\n# heading\n- point\n1. one\n> said\n---",
    "1. one",
    "1) one",
    "- point",
    "    indented code",
    "&lt;b&gt; &amp; &#60; ]]> --> <!--",
    "\x00\x01\x0b\x1b[31mred\x7f\x85 and \ud800 alone",
    "right \u202e to left \u2066 hidden \u200b zero",
    "word" * 1250,
    "many words " * 450,
    "ünïcode Ω ≤ 中文 עברית 🙂",
    "~~struck~~ ^up^ $$x$$ \\(y\\) {curly} %percent% $HOME",
)


@cache
def findings_of(path: Path, draws: int = 300) -> Findings:
    """Return the findings of a scenario, made once."""
    return find(load(path), draws=draws, command=f"tco report {path.name} -o paper.pdf")


@cache
def paper_of(path: Path, draws: int = 300) -> Paper:
    """Return the paper of a scenario, made once."""
    return make_paper(findings_of(path, draws))


@cache
def hostile_paper() -> Paper:
    """Return a paper with hostile texts in every place a text can stand."""
    base = paper_of(SMALL)
    picture = replace(next(base.figures()).picture, title=HOSTILE[0], alt=HOSTILE[1])
    columns = (Column(HOSTILE[0]), Column(HOSTILE[3], "right"))
    rows = tuple(Row(((Span(text),), (Span(text, strong=True, url="javascript:alert(1)"), Span(text, quiet=True)))) for text in HOSTILE)
    blocks: tuple[Block, ...] = (
        *(Paragraph((Span(text), Span(text, strong=True), Span(text, url=f"https://example.com/?q={text}"))) for text in HOSTILE),
        Listing(tuple((Span(text),) for text in HOSTILE)),
        Table(HOSTILE[5], columns, (Row(((Span(HOSTILE[7]),),), group=True), *rows), HOSTILE[6], 1),
        Figure(HOSTILE[1], picture, 1),
    )
    front = tuple(Section(str(place), plain(text)[:300], (), f"s-{place}") for place, text in enumerate(HOSTILE))
    appendix = (Section("", "Contents", (Contents(),), "contents"), Section("A1", HOSTILE[0], blocks, "all", wide=True))
    return replace(
        base,
        title=HOSTILE[0],
        subtitle=HOSTILE[5],
        description=HOSTILE[1],
        author=HOSTILE[2],
        front=front,
        appendix=appendix,
        colophon=HOSTILE[13],
    )


def texts(paper: Paper) -> list[str]:
    """Return every run of text below the headings, in reading order, pictures apart."""
    found: list[str] = []
    for section in paper.sections:
        for block in section.blocks:
            match block:
                case Paragraph(spans, _):
                    found.append("".join(span.text for span in spans))
                case Listing(items):
                    found += ["".join(span.text for span in item) for item in items]
                case Table():
                    found += [column.title for column in block.columns]
                    found += ["".join(span.text for span in cell) for row in block.rows for cell in row.cells]
                    found.append(block.note)
                case _:
                    pass
    return [text for text in found if text]


def squeezed(text: str) -> str:
    """Return a text without blanks and invisible breaks, so that where lines are broken does not matter."""
    return "".join(letter for letter in text if not letter.isspace() and letter != "\u200b")
