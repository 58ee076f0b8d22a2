import pytest

from credit_registry.domain.industries import SECTIONS, section_of


@pytest.mark.parametrize(
    ("code", "section"),
    [
        ("C2669", "C"), ("c2669", "C"), ("2669", "C"), ("13", "C"), ("43", "C"), ("44", "D"), ("0111", "A"), ("9700", "T"),
        ("6511", "I"), ("", None), (None, None), ("98", None), ("00", None), ("U12", None), ("制造业", None), ("６５", None),
    ],
)  # fmt: skip
def test_the_section_is_the_letter_or_follows_from_the_division(
    code: str | None, section: str | None
) -> None:
    assert section_of(code) == section


def test_every_division_has_a_section_in_order() -> None:
    found = [section_of(f"{division:02}") for division in range(1, 98)]

    assert list(dict.fromkeys(found)) == list(SECTIONS)
