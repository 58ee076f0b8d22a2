"""What each shipped layout understands of its file has been looked at by somebody; a change shows in the diff."""

import pytest

from tests.importers.golden import FOLDER, inputs, understood


@pytest.mark.parametrize(("layout", "file"), inputs(), ids=[layout.name for layout, _ in inputs()])
def test_a_layout_understands_its_file_as_before(layout, file):
    assert understood(layout, file) == file.with_suffix(".json").read_text(encoding="utf-8")


def test_no_file_is_left_of_a_layout_that_is_gone():
    assert {file.stem for file in FOLDER.iterdir()} == {layout.name for layout, _ in inputs()}
