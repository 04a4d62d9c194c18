"""Gives the tables of these tests a folder."""

from __future__ import annotations

import pytest

from tests.finops.bills import PLACE


@pytest.fixture(scope="session", autouse=True)
def _place(tmp_path_factory: pytest.TempPathFactory) -> None:
    PLACE.append(tmp_path_factory.mktemp("tables"))
