"""`credit-registry serve`: the web server in this process, and a worker in one beside it."""

import socket
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from credit_registry.app import configure_logs, create_app
from credit_registry.cli import context
from credit_registry.domain.errors import Unavailable
from credit_registry.jobs import child
from credit_registry.jobs.child import Keeper
from credit_registry.settings import Settings
from credit_registry.storage.database import Database
from credit_registry.storage.migrations import require_current, vault_of


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn without its command line.

    The application is made inside each worker, after the fork: an engine's connections must not be shared
    between processes.
    """

    def __init__(self, settings: Settings, keeper: Keeper | None = None) -> None:
        self.settings = settings
        self.keeper = keeper
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": self.settings.bind,
            "workers": self.settings.workers,
            "worker_class": "gthread",
            "threads": 4,
            "timeout": 120,
            "graceful_timeout": 20,
            "accesslog": None,
            "loglevel": "warning",
            # Open by default since 25.1, with a deadlock and a leak of descriptors behind it.
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self.settings)

    def run(self) -> None:
        Tending(self).run()


class Tending(Arbiter):  # type: ignore[misc]
    """gunicorn's first process, which looks after the worker of jobs as often as after its own."""

    def manage_workers(self) -> None:
        super().manage_workers()
        if self.app.keeper is not None:
            self.app.keeper.tend()


@click.command()
@click.option("--bind", help="监听地址，如 0.0.0.0:8000；默认取 CREDIT_REGISTRY_BIND。")
@click.option("--workers", type=click.IntRange(1, 64), help="工作进程数；默认取 CREDIT_REGISTRY_WORKERS。")
@context.refusals_explained
def serve(bind: str | None, workers: int | None) -> None:
    """启动公示网站、工作台和数据接口；按 Ctrl-C 停止。"""
    chosen = context.settings()
    settings = replace(chosen, bind=bind or chosen.bind, workers=workers or chosen.workers)
    opened = Database(settings.database_url, vault_of(settings))
    try:
        require_current(opened)
    finally:
        opened.dispose()
    require_free(settings.bind)
    configure_logs(settings.log_level)
    for line in addresses(settings):
        click.echo(line)
    with child.beside() if settings.is_worker_beside else nullcontext() as keeper:
        Server(settings, keeper).run()


def require_free(bind: str) -> None:
    """Refuse before anything is printed when somebody else listens there.

    gunicorn would try five times, print tracebacks of its own and leave; a unix socket it removes by itself.

    Raises:
        Unavailable: ``address-in-use``.
    """
    host, _, port = bind.rpartition(":")
    if bind.startswith("unix:") or not port.isdigit():
        return
    host = host.strip("[]") or "0.0.0.0"  # noqa: S104 - what an empty host means
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            raise Unavailable(
                f"不能在 {bind} 监听：地址已被占用或不属于本机。"
                "请先停止占用它的程序，或用 --bind 127.0.0.1:8001 换一个端口。",
                code="address-in-use",
                facts={"bind": bind, "reason": error.strerror},
            ) from error


def addresses(settings: Settings) -> tuple[str, ...]:
    host, _, port = settings.bind.rpartition(":")
    shown = "127.0.0.1" if host in ("0.0.0.0", "[::]", "") else host  # noqa: S104 - only for printing
    root = f"http://{shown}:{port}"
    return (
        f"公示网站  {root}/",
        f"工作台    {root}/console",
        f"数据接口  {root}/api/docs",
        "按 Ctrl-C 停止。",
    )
