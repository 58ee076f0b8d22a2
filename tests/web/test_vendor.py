"""Front-end packages are copied as they are, or the command says what is missing."""

from pathlib import Path

import pytest

from credit_registry.web import vendor


def test_every_file_is_copied_byte_for_byte(tmp_path: Path) -> None:
    packages, target = tmp_path / "packages", tmp_path / "served"
    for name in vendor.FILES:
        (packages / name).parent.mkdir(parents=True, exist_ok=True)
        (packages / name).write_bytes(name.encode())

    copied = vendor.copy(packages, target)

    assert {file.name for file in copied} == {Path(name).name for name in vendor.FILES}
    assert all(file.read_bytes().decode().endswith(file.name) for file in copied)


def test_a_missing_package_is_named_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(vendor.PackagesMissing, match="npm ci"):
        vendor.copy(tmp_path, tmp_path / "served")
