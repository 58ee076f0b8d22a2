"""`credit-registry worker`: imports handed in at the doors, one after the other."""

import os
import signal
import sys
import threading

import click

from credit_registry.app import configure_logs
from credit_registry.cli import context
from credit_registry.jobs import worker as loop


@click.command()
@click.option("--until-input-ends", is_flag=True, hidden=True)
@click.option("--once", is_flag=True, help="做完正在等待的任务就退出。")
@context.refusals_explained
def worker(*, until_input_ends: bool, once: bool) -> None:
    """逐个完成后台导入任务；按 Ctrl-C 做完手头的任务后停止。

    serve 自带一个；这个命令用于单独运行，可以同时运行几个。
    """
    settings = context.settings()
    configure_logs(settings.log_level)
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stop.set())
    if until_input_ends:
        threading.Thread(target=_wait_for_end, args=(stop,), daemon=True).start()
    with context.database() as database:
        if once:
            loop.sweep(database, settings.uploads)
            while not stop.is_set() and loop.run_next(database, settings.uploads):
                pass
        else:
            loop.work(database, settings.uploads, stop)


def _wait_for_end(stop: threading.Event) -> None:
    # Not through sys.stdin, whose lock a thread must not hold when the interpreter ends.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop.set()
