"""What comes in from forms: text trimmed and bounded, numbers and days read strictly, local addresses only."""

import re
from collections.abc import Iterable
from datetime import date
from urllib.parse import urlsplit

from werkzeug.datastructures import FileStorage

from credit_registry.domain.errors import InvalidInput, NotFound

_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
# Not \d, which takes the digits of every script.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YUAN = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,2})?")
_NUMBER = re.compile(r"[0-9]{1,15}")


_LARGEST_ID = 2**63 - 1


def require_readable(texts: Iterable[str], numbers: Iterable[int]) -> None:
    """Refuse what no store can hold, whatever page it was sent to.

    Raises:
        InvalidInput: a NUL or half a character.
        NotFound: a number in the address that no row can bear.
    """
    for text in texts:
        # PostgreSQL refuses NUL, and neither engine takes half a surrogate pair.
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise InvalidInput("请求中含有无法保存的字符，请重新输入。", code="field-characters")
    if any(number > _LARGEST_ID for number in numbers):
        raise NotFound("没有这个编号。请核对网址，或从首页重新进入。", code="unknown-number")


def cursor(text: str | None) -> str | None:
    """Where a page begins, as the link of the page before says it.

    Raises:
        InvalidInput: no link of ours is so long or has such numbers.
    """
    if not text:
        return None
    if len(text) > 100 or re.search(r"[0-9]{19}", text):
        raise InvalidInput("翻页参数无效，请回到第一页。", code="bad-cursor")
    return text


def local_address(text: str | None, default: str) -> str:
    """``text`` where it is a path of this site, else ``default``: no open redirect."""
    if not text or not _LOCAL.fullmatch(text):
        return default
    parts = urlsplit(text)
    return default if parts.scheme or parts.netloc else text


def text(value: str | None, title: str, *, limit: int, is_required: bool = True) -> str:
    """A line or paragraph without control characters.

    Raises:
        InvalidInput: missing, too long, or with characters that no text has.
    """
    cleaned = (value or "").replace("\r\n", "\n").strip()
    if not cleaned and is_required:
        raise InvalidInput(f"请填写“{title}”。", code="field-required", facts={"field": title})
    if len(cleaned) > limit:
        raise InvalidInput(f"“{title}”最多 {limit} 字，请精简。", code="field-length", facts={"field": title})
    if any(ord(character) < 32 and character not in "\n\t" for character in cleaned):
        raise InvalidInput(
            f"“{title}”含有无法显示的字符，请重新输入。", code="field-characters", facts={"field": title}
        )
    return cleaned


def day(value: str | None, title: str) -> date | None:
    """A day as ``2026-11-24``; None where nothing is given.

    Raises:
        InvalidInput: no such day.
    """
    cleaned = (value or "").strip()
    if not cleaned:
        return None
    try:
        if not _DAY.fullmatch(cleaned):
            raise ValueError
        return date.fromisoformat(cleaned)
    except ValueError:
        sentence = f"“{title}”应为日期，如 2026-11-24，请修改。"
        raise InvalidInput(sentence, code="field-day", facts={"field": title}) from None


def required_day(value: str | None, title: str) -> date:
    """`day`, which must be given."""
    found = day(value, title)
    if found is None:
        raise InvalidInput(f"请填写“{title}”。", code="field-required", facts={"field": title})
    return found


def number(value: str | None, title: str) -> int | None:
    """A count: digits only.

    Raises:
        InvalidInput: anything else.
    """
    cleaned = (value or "").strip()
    if not cleaned:
        return None
    if not _NUMBER.fullmatch(cleaned):
        raise InvalidInput(f"“{title}”应为整数，请修改。", code="field-number", facts={"field": title})
    return int(cleaned)


def fen(value: str | None, title: str) -> int | None:
    """An amount in yuan with at most two decimals, as integer fen.

    Raises:
        InvalidInput: signs, units, more decimals.
    """
    cleaned = (value or "").strip().replace(",", "")
    if not cleaned:
        return None
    if not _YUAN.fullmatch(cleaned):
        raise InvalidInput(
            f"“{title}”应为金额（元），最多两位小数，如 50000 或 50000.00，请修改。",
            code="field-amount",
            facts={"field": title},
        )
    whole, _, cents = cleaned.partition(".")
    return int(whole) * 100 + int(cents.ljust(2, "0"))


def choice(value: str | None, title: str, options: tuple[str, ...]) -> str | None:
    """One of ``options``; None where nothing is given.

    Raises:
        InvalidInput: something else.
    """
    if not value:
        return None
    if value not in options:
        raise InvalidInput(
            f"“{title}”没有这个选项，请重新选择。", code="field-choice", facts={"field": title}
        )
    return value


def required_choice(value: str | None, title: str, options: tuple[str, ...]) -> str:
    """`choice`, which must be made."""
    found = choice(value, title, options)
    if found is None:
        raise InvalidInput(f"请选择“{title}”。", code="field-required", facts={"field": title})
    return found


def version(value: str | None) -> int:
    """The version that a page was made from, as its form sends it back.

    Raises:
        InvalidInput: it is missing: the form did not come from our page.
    """
    found = number(value, "版本")
    if found is None:
        raise InvalidInput("请刷新页面后重新提交。", code="version-missing")
    return found


def upload(file: FileStorage | None, title: str) -> tuple[str, bytes]:
    """The name and the bytes of an uploaded file.

    Raises:
        InvalidInput: none was chosen.
    """
    if file is None or not file.filename:
        raise InvalidInput(f"请选择“{title}”。", code="file-missing", facts={"field": title})
    return file.filename, file.read()
