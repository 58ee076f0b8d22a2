"""Settings: keys are made once and kept; production takes no key that it was not given."""

from pathlib import Path

import pytest

from credit_registry.settings import Settings, SettingsError


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The environment is the one thing that a settings test must set."""
    monkeypatch.setenv("CREDIT_REGISTRY_VAR", str(tmp_path / "var"))
    return tmp_path


def test_keys_are_made_once_and_readable_by_their_owner_alone(environment: Path) -> None:
    first, second = Settings.from_env(), Settings.from_env()

    assert (first.secret_key, first.identity_key) == (second.secret_key, second.identity_key)
    assert len(first.identity_key) == 32
    assert {file.stat().st_mode & 0o777 for file in (environment / "var").glob("*.key")} == {0o600}


def test_no_key_is_printed(environment: Path) -> None:
    settings = Settings.from_env()

    assert settings.secret_key not in repr(settings)
    assert settings.identity_key.hex() not in repr(settings)


def test_production_refuses_to_invent_its_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDIT_REGISTRY_PRODUCTION", "true")

    with pytest.raises(SettingsError, match="CREDIT_REGISTRY_SECRET_KEY"):
        Settings.from_env()


def test_a_key_of_the_wrong_length_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDIT_REGISTRY_IDENTITY_KEY", "abcd")

    with pytest.raises(SettingsError, match="64 位十六进制"):
        Settings.from_env()
