"""The page beside the scenarios says what the program says today."""

from __future__ import annotations

from tests.scenarios.answers import PAGE, page


def test_the_page_is_what_the_program_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.scenarios.answers"
