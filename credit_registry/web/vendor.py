"""Front-end packages: copied from ``node_modules`` into the ignored folder that the site serves them from.

Run as ``python -m credit_registry.web.vendor`` after ``npm ci``. Nothing is bundled or changed, so that the
files served are byte for byte those of the lock file.
"""

import shutil
import sys
from pathlib import Path

TARGET = Path(__file__).parent / "static" / "vendor"

FILES = (
    "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js",
    "htmx.org/dist/htmx.min.js",
    "echarts/dist/echarts.common.min.js",
    "swagger-ui-dist/swagger-ui.css",
    "swagger-ui-dist/swagger-ui-bundle.js",
    "swagger-ui-dist/swagger-ui-standalone-preset.js",
    "swagger-ui-dist/favicon-32x32.png",
)


class PackagesMissing(Exception):
    """A package of `package.json` is not installed."""


def copy(packages: Path, target: Path = TARGET) -> list[Path]:
    """Copy every served file; returns where they are now.

    Raises:
        PackagesMissing: naming the file and the command that brings it.
    """
    missing = [name for name in FILES if not (packages / name).is_file()]
    if missing:
        raise PackagesMissing(f"缺少前端文件 {missing[0]}。请先在项目根目录运行 npm ci --ignore-scripts。")
    target.mkdir(parents=True, exist_ok=True)
    copied = []
    for name in FILES:
        place = target / Path(name).name
        shutil.copyfile(packages / name, place)
        copied.append(place)
    return copied


def run() -> int:
    """The command: says what it did, or what to do first."""
    try:
        copied = copy(Path(__file__).parents[2] / "node_modules")
    except PackagesMissing as missing:
        sys.stderr.write(f"{missing}\n")
        return 2
    sys.stdout.write(f"前端文件已就绪：{len(copied)} 个。\n")
    return 0


if __name__ == "__main__":
    sys.exit(run())
