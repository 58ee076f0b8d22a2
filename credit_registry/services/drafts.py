"""Rule sets that can be laid beside each other: the shipped ones that speak of this register, and officials' drafts.

A draft is a folder of YAML that somebody wrote into the drafts' folder of the installation. It is read and checked,
never in force: what is in force ships with the registry.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import scoring_rules
from credit_registry.domain.errors import InvalidInput, NotFound
from credit_registry.domain.permissions import Actor, Permission
from credit_registry.services import rulesets
from scoring_rules import Malformed, RuleSet
from scoring_rules.analysis import cases, completeness
from scoring_rules.language.loader import digest_of, registry_vocabulary

_PREFIX = "draft:"


@dataclass(frozen=True)
class Draft:
    """A folder as it was found.

    Attributes:
        key: by which a draft is chosen; it may bear the id of the rule set it was copied from.
        ruleset: None where it cannot be used; ``problems`` say why, with file and line.
        failed: examples of the draft itself that it does not fulfil; ``remarks`` what is worth a look.
    """

    name: str
    ruleset: RuleSet | None
    problems: tuple[Malformed, ...] = ()
    failed: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{_PREFIX}{self.name}"


def page(actor: Actor, folder: Path) -> tuple[Draft, ...]:
    """Every draft with what is wrong with it; an unchanged one is read once."""
    actor.require(Permission.REGISTER_READ)
    return tuple(_draft(each) for each in _folders(folder))


def comparable(actor: Actor, folder: Path) -> dict[str, RuleSet]:
    """By key: the registry's own series, the newest first, the examples that fit the register, the drafts."""
    found = {info.id: scoring_rules.shipped_ruleset(info) for info in _shipped()}
    return found | {draft.key: draft.ruleset for draft in page(actor, folder) if draft.ruleset is not None}


def find(actor: Actor, key: str, folder: Path) -> RuleSet:
    """The rule set behind a key.

    Raises:
        NotFound: ``unknown-ruleset``.
        InvalidInput: ``ruleset-malformed``; the draft is there but cannot be used.
    """
    actor.require(Permission.REGISTER_READ)
    for info in _shipped():
        if info.id == key:
            return scoring_rules.shipped_ruleset(info)
    for each in _folders(folder):
        if f"{_PREFIX}{each.name}" == key:
            draft = _draft(each)
            if draft.ruleset is None:
                raise malformed(draft.problems)
            return draft.ruleset
    raise rulesets.unknown(key, comparable(actor, folder))


def read(name: str) -> RuleSet:
    """A rule set named at the terminal: the id of a shipped one, or a folder.

    Raises:
        NotFound: ``unknown-ruleset``.
        InvalidInput: ``ruleset-malformed``; also where it reads what this register does not hold.
    """
    folder = Path(name)
    if folder.is_dir():
        draft = _read(folder)
        if isinstance(draft, RuleSet):
            return draft
        raise malformed(draft)
    known = {info.id: info for info in _shipped()}
    if name not in known:
        raise _neither(name, known)
    return scoring_rules.shipped_ruleset(known[name])


def malformed(problems: Iterable[Malformed]) -> InvalidInput:
    told = tuple(problems)
    return InvalidInput(
        "\n".join(map(str, told)),
        code="ruleset-malformed",
        facts={"problems": [vars(problem) for problem in told]},
    )


def _neither(name: str, known: Iterable[str]) -> NotFound:
    ids = list(known)
    return NotFound(
        f"“{name[:120]}”既不是现有评分规则的编号，也不是文件夹。请填写 {'、'.join(ids)}，或规则文件夹的路径。",
        code="unknown-ruleset",
        facts={"known": ids},
    )


def _shipped() -> list[scoring_rules.RuleSetInfo]:
    own = scoring_rules.shipped_rulesets()[::-1]
    examples = (
        info for info in scoring_rules.example_rulesets() if not _strange(scoring_rules.shipped_ruleset(info))
    )
    return [*own, *examples]


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(each for each in folder.iterdir() if each.is_dir() and not each.name.startswith("."))


def _draft(folder: Path) -> Draft:
    try:
        return _checked(folder, digest_of(folder))
    except OSError as error:
        return Draft(folder.name, None, (_unreadable(error),))


@lru_cache(maxsize=32)
def _checked(folder: Path, digest: str) -> Draft:
    found = _read(folder)
    if not isinstance(found, RuleSet):
        return Draft(folder.name, None, found)
    try:
        failed = [str(each) for case in found.cases for each in cases.differences(found, case)]
        remarks = [str(each) for each in completeness.remarks(found)]
    except scoring_rules.InputError as error:
        return Draft(folder.name, None, (Malformed("cases.yaml", 0, f"算例不能计算：{error}"),))
    return Draft(folder.name, found, (), tuple(failed), tuple(remarks))


def _read(folder: Path) -> RuleSet | tuple[Malformed, ...]:
    """The rule set of a folder, or everything that keeps it from being used on this register."""
    try:
        found = scoring_rules.load_ruleset(folder)
    except scoring_rules.RuleSetError as error:
        return error.problems
    except OSError as error:
        return (_unreadable(error),)
    except RecursionError:
        return (Malformed("ruleset.yaml", 0, "嵌套过深，不能读取", "请减少条件的层数"),)
    strange = _strange(found)
    return (strange,) if strange else found


def _strange(ruleset: RuleSet) -> Malformed | None:
    """Why the rule set speaks of another register: it reads what this one does not hold."""
    if ruleset.vocabulary != "registry":
        place = ruleset.place_of("vocabulary")
        return Malformed(place.file, place.line, "规则没有采用本登记的词汇", "请写 vocabulary: registry")
    known = registry_vocabulary()
    others = {**ruleset.record_attributes, **ruleset.subject_attributes, **ruleset.event_attributes}
    for name, shape in others.items():
        if name not in known.records and name not in known.subjects:
            message = f"本登记没有属性 {name}，不能据以测算"
            return Malformed(shape.place.file, shape.place.line, message, "请改用本登记已有的属性")
    return None


def _unreadable(error: OSError) -> Malformed:
    name = Path(str(error.filename or "")).name
    return Malformed(name, 0, f"不能读取：{error.strerror}", "请检查文件权限")
