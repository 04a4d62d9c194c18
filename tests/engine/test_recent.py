"""What was worked out last is held, what was used longest ago is let go of, and an error is never held."""

from __future__ import annotations

import pytest

from tco_model.engine.recent import Recent


def test_what_was_used_longest_ago_goes_first() -> None:
    made: list[int] = []
    held: Recent[int, int] = Recent(2)

    def ask(key: int) -> int:
        def work() -> int:
            made.append(key)
            return 10 * key

        return held.get(key, work)

    assert [ask(key) for key in (1, 2, 1, 3, 1, 2)] == [10, 20, 10, 30, 10, 20]
    assert made == [1, 2, 3, 2]
    assert 1 in held and 2 in held and 3 not in held


def test_what_could_not_be_worked_out_is_not_held() -> None:
    held: Recent[str, float] = Recent(2)
    with pytest.raises(ZeroDivisionError):
        held.get("a", lambda: 1.0 / 0.0)
    assert "a" not in held
    assert held.get("a", lambda: 2.0) == 2.0


def test_all_but_what_is_wanted_goes() -> None:
    held: Recent[int, int] = Recent(9)
    for key in range(6):
        held.get(key, lambda: 0)
    held.keep(lambda key: key % 2 == 0)
    assert [key for key in range(6) if key in held] == [0, 2, 4]
