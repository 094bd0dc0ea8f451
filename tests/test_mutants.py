"""The faults that ``make mutants`` puts in can be put in: what they change stands where they say, and their tests exist."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.mutants.__main__ import mutants
from tests.mutants.mutant import Mutant

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.name)
def test_a_mutant_fits_the_code(mutant: Mutant) -> None:
    assert (ROOT / mutant.file).read_text("utf-8").count(mutant.old) == 1
    assert mutant.new != mutant.old
    test, _, name = mutant.test.partition("::")
    assert f"def {name.partition('[')[0]}" in (ROOT / test).read_text("utf-8")
