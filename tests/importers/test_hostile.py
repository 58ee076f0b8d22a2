"""Hostile files are refused by name, each in a process that never grows past 300 MB."""

import pytest

from tests.importers.hostile import FILES, refuse

MOST_MEGABYTES = 300


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_with_its_code_in_little_memory(name):
    _, make, expected = FILES[name]

    told = refuse(name, make())

    assert set(told["codes"]) == expected
    assert told["megabytes"] <= MOST_MEGABYTES
