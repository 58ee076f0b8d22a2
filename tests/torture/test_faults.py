"""T2, T3, T12: killed at a system call, the power cut, the disk full."""

import pytest

from tests.torture.faults import Ground, a_ground, full_disks, kills
from tests.torture.power import cuts
from tests.torture.uploads import upload_kills


@pytest.fixture
def ground(sqlite_template, tmp_path) -> Ground:
    return a_ground(sqlite_template, tmp_path)


def test_killed_at_a_write_a_sync_or_an_unlink_an_import_is_whole_or_absent(ground, tmp_path):
    count, found = kills(ground, tmp_path / "kills", step=9)

    assert found == []
    assert count >= 8


def test_the_kills_catch_an_import_that_commits_as_it_goes(ground, tmp_path):
    _, found = kills(ground, tmp_path / "kills", step=16, commits_each=True)

    assert any("half" in each for each in found)


def test_killed_at_a_rename_a_file_handed_in_is_worked_off_once_and_leaves_nothing_behind(ground, tmp_path):
    count, found = upload_kills(ground, tmp_path / "uploads")

    assert found == []
    assert count >= 5


def test_the_upload_kills_catch_a_door_that_keeps_the_file_after_it_has_answered(ground, tmp_path):
    _, found = upload_kills(ground, tmp_path / "uploads", keeps_late=True)

    assert any("refused" in each and "upload-missing" in each for each in found)


def test_a_power_cut_loses_no_import_that_was_acknowledged(ground, tmp_path):
    count, found = cuts(ground, tmp_path / "cuts", images=60, seed=1)

    assert found == []
    assert count == 60


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
def test_the_power_cuts_catch_a_setting_that_does_not_wait_for_the_disk(ground, tmp_path, synchronous):
    _, found = cuts(ground, tmp_path / "cuts", images=20, seed=1, synchronous=synchronous)

    assert any("lost" in each for each in found)


def test_a_full_disk_is_refused_with_a_code_and_leaves_nothing_half_written(ground, tmp_path):
    count, found = full_disks(ground, tmp_path / "full", step=14)

    assert found == []
    assert count >= 4


def test_the_full_disks_catch_an_import_that_commits_as_it_goes(ground, tmp_path):
    _, found = full_disks(ground, tmp_path / "full", step=25, commits_each=True)

    assert any("half" in each for each in found)
