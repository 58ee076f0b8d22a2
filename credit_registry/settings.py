"""Settings: the only reader of the environment.

Every name begins with ``CREDIT_REGISTRY_``; `docs/deploy.md` lists them (a test compares).
"""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from environs import Env

PREFIX = "CREDIT_REGISTRY_"


class SettingsError(Exception):
    """The environment cannot be used as it is; the message says what to set."""


@dataclass(frozen=True)
class Settings:
    """What an installation may choose.

    ``secret_key`` signs cookies and keys the hash by which identity numbers are matched;
    ``identity_key`` encrypts identity numbers. Losing the second loses the numbers, not the register.
    """

    database_url: str
    var: Path
    secret_key: str = field(repr=False)
    identity_key: bytes = field(repr=False)
    is_demonstration: bool = False
    is_production: bool = False
    trusted_proxies: int = 0
    trusted_hosts: tuple[str, ...] = ()
    bind: str = "127.0.0.1:8000"
    workers: int = 2
    district: str = "北京市海淀区"
    session_idle_minutes: int = 30
    session_hours: int = 12
    proof_minutes: int = 15
    upload_limit_mb: int = 64
    import_at_once_mb: int = 4
    jobs_kept_days: int = 90
    is_worker_beside: bool = True
    log_level: str = "INFO"

    @property
    def attachments(self) -> Path:
        return self.var / "attachments"

    @property
    def uploads(self) -> Path:
        """Files that wait for the worker; gone when they are in the register."""
        return self.var / "uploads"

    @property
    def layouts(self) -> Path:
        """Layouts of files that only this installation gets, beside the shipped ones."""
        return self.var / "layouts"

    @property
    def drafts(self) -> Path:
        """Folders of rule sets that officials write and compare; none of them is ever in force."""
        return self.var / "rulesets"

    @classmethod
    def from_env(cls) -> "Settings":
        """Read the environment; keys that are not given are made once and kept in ``var``.

        Raises:
            SettingsError: production without an explicit secret key, or a value that cannot be read.
        """
        env = Env(prefix=PREFIX)
        var = Path(env.str("VAR", "var")).absolute()
        is_production = env.bool("PRODUCTION", False)
        var.mkdir(parents=True, exist_ok=True)
        secret = env.str("SECRET_KEY", None)
        identity = env.str("IDENTITY_KEY", None)
        if is_production and not (secret and identity):
            raise SettingsError(
                "生产环境必须设置 CREDIT_REGISTRY_SECRET_KEY 和 CREDIT_REGISTRY_IDENTITY_KEY"
                "（各 64 位十六进制，可用 credit-registry key secret 生成）。"
            )
        return cls(
            database_url=env.str("DATABASE_URL", f"sqlite:///{var / 'registry.sqlite3'}"),
            var=var,
            secret_key=secret or _kept(var / "secret.key"),
            identity_key=_hex_key(identity or _kept(var / "identity.key"), "IDENTITY_KEY"),
            is_demonstration=env.bool("DEMONSTRATION", False),
            is_production=is_production,
            trusted_proxies=env.int("TRUSTED_PROXIES", 0),
            trusted_hosts=tuple(env.list("TRUSTED_HOSTS", [])),
            bind=env.str("BIND", "127.0.0.1:8000"),
            workers=env.int("WORKERS", 2),
            district=env.str("DISTRICT", "北京市海淀区"),
            session_idle_minutes=env.int("SESSION_IDLE_MINUTES", 30),
            session_hours=env.int("SESSION_HOURS", 12),
            proof_minutes=env.int("PROOF_MINUTES", 15),
            upload_limit_mb=env.int("UPLOAD_LIMIT_MB", 64),
            import_at_once_mb=env.int("IMPORT_AT_ONCE_MB", 4),
            jobs_kept_days=env.int("JOBS_KEPT_DAYS", 90),
            is_worker_beside=env.bool("WORKER", True),
            log_level=env.str("LOG_LEVEL", "INFO"),
        )


def _kept(file: Path) -> str:
    """The key stored in ``file``; made on first use, readable by its owner alone."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32), encoding="ascii")
    return file.read_text(encoding="ascii").strip()


def _hex_key(text: str, name: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise SettingsError(
            f"{PREFIX}{name} 应为 64 位十六进制（32 字节）。可用 credit-registry key secret 生成。"
        )
    return key
