"""The picture of held-out errors in the README is of the rows that ship."""

from __future__ import annotations

from tests.serving.held_out_picture import PICTURE, picture


def test_the_picture_is_of_todays_rows() -> None:
    drawn, stored = picture(), PICTURE.read_text(encoding="utf-8")
    assert stored.count("<circle") == drawn.count("<circle") > 1500
    described = [text[text.index("<desc>") : text.index("</desc>")] for text in (drawn, stored)]
    assert described[0] == described[1], "run python -m tests.serving.held_out_picture"
    assert "http" not in stored.replace("http://www.w3.org/2000/svg", ""), "it asks nothing of the network"
