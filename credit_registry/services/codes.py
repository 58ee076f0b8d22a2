"""A unified code as somebody wrote it, made readable or refused: a malformed code is not an unknown one."""

import re
from dataclasses import dataclass

from credit_registry.domain.errors import InvalidInput
from credit_registry.domain.identity import mask_number, mask_text
from importers import uscc as codes
from importers.checks.persons import is_identity_number

# Long enough and with too many digits for a name: somebody means a code.
_LIKE_A_CODE = re.compile(r"(?=(?:.*[0-9]){8})[0-9A-Z]{15,21}")


@dataclass(frozen=True)
class Slip:
    """What is wrong with a code that was typed, and what to check.

    Attributes:
        is_person: it is the number of a person, which must not be repeated.
    """

    says: str
    hint: str
    is_person: bool


def slip(text: str) -> Slip | None:
    """The mistake in a text that was meant as a code; None for names, parts of codes, and codes that are right."""
    code = codes.normalise(text)
    if not _LIKE_A_CODE.fullmatch(code) or codes.is_valid(code):
        return None
    if is_identity_number(code) or mask_text(code) != code:
        return Slip("您输入的像是居民身份证号码", "这里只按企业查询，请勿输入个人证件号码", is_person=True)
    finding = codes.check(code)[0]
    return Slip(finding.says, finding.hint, is_person=False)


def readable(text: str) -> str:
    """The normalised code.

    Raises:
        InvalidInput: ``invalid-uscc``, with what is wrong and, where one can tell, what was probably meant.
    """
    code = codes.normalise(text)
    if codes.is_valid(code):
        return code
    finding = codes.check(code)[0] if code else None
    problem = finding.code if finding else "R-USCC-LENGTH"
    what = finding.says if finding else "没有填写"
    raise InvalidInput(
        f"统一社会信用代码无效：{what}。请对照营业执照核对这18位代码。",
        code="invalid-uscc",
        facts={
            # Whoever typed a person's number by mistake must not find it in answers and logs.
            "query": mask_number(code) if is_identity_number(code) else mask_text(code[:64]),
            "problem": problem,
            "hint": finding.hint if finding else "请填写18位代码",
        },
    )


def shown(code: str) -> str:
    """A code as a log may keep it: one that is also a person's number is masked."""
    return mask_number(code) if is_identity_number(code) else code
