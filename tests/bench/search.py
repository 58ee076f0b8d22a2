"""P14: the first page of a search by two Chinese characters against the look-up of one code by equality."""

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from credit_registry.services import enterprises
from credit_registry.storage.database import Database, Session
from credit_registry.storage.migrations import migrate
from credit_registry.storage.tables.enterprises import EnterpriseCodeRow, EnterpriseRow
from tests.bench.measure import Ratio, compare
from tests.conftest import VAULT
from tests.factories import a_code, a_file, an_import, an_operator
from tests.postgres import start_cluster

NAMES = 300_000
# Two of these make a name: pairs that many names share, and pairs that few do.
_SYLLABLES = "华夏科创恒信远达金泰安顺宏图瑞丰中盛博海天润嘉禾东方明德启航"
_TRADES = ("制造", "建筑工程", "餐饮管理", "物业服务", "化工", "仓储物流")
# Every name holds the first, one in thirty the second, one in a thousand the third, none the last.
QUERIES = ("虚构", "华科", "德启航远", "鑫淼")
_REPEATS = 50


def run(*, quick: bool) -> Iterator[Ratio]:
    count = NAMES // 10 if quick else NAMES
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'search.sqlite3'}", VAULT)
        yield _measured(database, count, "SQLite")
        folder.chmod(0o711)
        (folder / "pg").mkdir()
        cluster = start_cluster(folder / "pg")
        try:
            cluster.create("search")
            yield _measured(Database(cluster.url("search"), VAULT), count, "PostgreSQL")
        finally:
            cluster.stop()


def _measured(database: Database, count: int, engine: str) -> Ratio:
    migrate(database)
    _register(database, count)
    actor = an_operator()

    def ours() -> None:
        with database.read() as session:
            for number in range(_REPEATS):
                enterprises.search(session, actor, QUERIES[number % len(QUERIES)], limit=20)

    def theirs() -> None:
        with database.read() as session:
            for number in range(_REPEATS):
                _by_code(session, a_code(number * 37 % count))

    result = compare(
        f"P14 search by two characters in {count:,} names, {engine}",
        ours,
        theirs,
        kind="time",
        target=4,
        rows=count,
    )
    database.dispose()
    return result


def _by_code(session: Session, code: str) -> EnterpriseRow | None:
    query = select(EnterpriseRow).join(EnterpriseCodeRow).where(EnterpriseCodeRow.uscc == code)
    return session.scalar(query)


def _register(database: Database, count: int) -> None:
    chance = random.Random(14)
    for start in range(0, count, 50_000):
        rows = [
            {
                "name": f"虚构{''.join(chance.choices(_SYLLABLES, k=4))}{chance.choice(_TRADES)}第{number}有限公司",
                "uscc": a_code(number),
            }
            for number in range(start, min(start + 50_000, count))
        ]
        an_import(database, "enterprises", a_file("enterprises", rows))
    with database.begin() as session:
        session.connection().exec_driver_sql("ANALYZE")
