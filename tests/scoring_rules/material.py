"""Random facts and random rule sets for the comparisons: small alphabets, days that crowd around the edges."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from scoring_rules import RuleSet, load_ruleset
from scoring_rules.language.checking import walk
from scoring_rules.language.quantities import ROUNDINGS
from tests.scoring_rules.reference import add_months

ON = date(2026, 11, 1)
_EDGES = [add_months(ON, -months) for months in (0, 1, 3, 6, 12, 13, 24, 36, 37)]
DAYS = st.builds(
    lambda edge, move: edge + timedelta(days=move),
    st.sampled_from(_EDGES),
    st.sampled_from([-1, 0, 1, 14, -15]),
)


def values(shape: Any) -> st.SearchStrategy[Any]:
    """Values of a declared attribute, missing ones among them."""
    if shape.type == "date":
        return st.none() | DAYS
    if shape.type == "integer":
        return st.none() | st.sampled_from([0, 1, 2, 3, 100000000]).map(Fraction)
    if shape.type == "decimal":
        return st.none() | st.sampled_from(["0.1", "2.5", "7", "-1"]).map(Fraction)
    if shape.type == "flag":
        return st.sampled_from([None, True, False])
    words = sorted(shape.values) or ["甲", "乙"]
    if shape.type == "codes":
        return st.none() | st.lists(st.sampled_from(words), min_size=1, max_size=2).map(
            lambda w: ";".join(sorted(set(w)))
        )
    return st.sampled_from([*words, *words, None]) if len(words) > 2 else st.sampled_from([*words, None])


def names_read(ruleset: RuleSet) -> set[str]:
    """Every word of the rules that could be an attribute: columns that no rule reads only slow a draw."""
    words: set[str] = set(ruleset.order)
    for part in walk(ruleset):
        for field in dataclasses.fields(part):
            value = getattr(part, field.name)
            words |= {value} if isinstance(value, str) else set()
            words |= {word for word in value if isinstance(word, str)} if isinstance(value, tuple) else set()
    return words


def facts(ruleset: RuleSet, *, most: int = 8, fixed: dict[str, Any] | None = None) -> st.SearchStrategy[Any]:
    """Records of two subjects, and the subjects."""
    read = names_read(ruleset)
    records = {name: values(shape) for name, shape in ruleset.attributes.records.items() if name in read}
    if ruleset.dated is not None:
        records[ruleset.dated] = DAYS
    records |= {name: st.just(value) for name, value in (fixed or {}).items()}
    for name in ruleset.event_attributes:
        records[name] = DAYS if name == ruleset.dated else st.just(None)
    records[ruleset.event] = st.sampled_from([None, None, "事件一", "事件二"])
    subjects = {name: values(shape) for name, shape in ruleset.attributes.subjects.items() if name in read}
    record = st.fixed_dictionaries({"subject": st.sampled_from([1, 2]), **records})
    subject = st.fixed_dictionaries(subjects)
    return st.tuples(st.lists(record, max_size=most), st.tuples(subject, subject)).map(_numbered)


def _numbered(drawn: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    records, subjects = drawn
    return (
        [{**row, "record": at} for at, row in enumerate(records, start=1)],
        [{"subject": at, **row} for at, row in enumerate(subjects, start=1)],
    )


def frame(rows: list[dict[str, Any]], *first: str) -> pd.DataFrame:
    """As the engine takes them: texts for exact numbers, dates as they are."""
    if not rows:
        return pd.DataFrame({name: pd.array([], "int64") for name in first})
    plain = [
        {name: str(value) if isinstance(value, Fraction) else value for name, value in row.items()}
        for row in rows
    ]
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in plain], dtype=_dtype(name)) for name in plain[0]}
    )


def _dtype(name: str) -> str:
    return "int64" if name in ("subject", "record") else "object"


# -- rule sets -----------------------------------------------------------------------------------------------------

RECORDS = {
    "kind": {"type": "text", "values": {"a": "甲", "b": "乙", "c": "丙"}},
    "cause": {"type": "text"},
    "tags": {"type": "codes", "values": {"x": "子", "y": "丑", "z": "寅"}},
    "is_bad": {"type": "flag"},
    "happened_on": {"type": "date"},
    "closed_on": {"type": "date"},
    "amount": {"type": "decimal"},
    "number": {"type": "integer"},
    "area": {"type": "text", "values": {"s": "安全", "f": "消防"}},
}
SUBJECTS = {
    "size": {"type": "text", "values": {"small": "小", "large": "大"}},
    "since": {"type": "date"},
    "staff": {"type": "integer"},
}
POSITIVE = st.sampled_from(["0.5", "1", "1.5", "2", "3", "10"])
PERIODS = st.sampled_from([{"months": 3}, {"months": 12}, {"years": 2}, {"days": 15}, {"calendar_years": 1}])
_TESTS = st.one_of(
    st.sampled_from(["a", "b", "c"]).map(lambda v: {"kind": v}),
    st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=2).map(
        lambda v: {"kind": {"other_than": v}}
    ),
    st.sampled_from(["includes", "includes_all", "only"]).flatmap(
        lambda op: st.lists(st.sampled_from(["x", "y"]), min_size=1, max_size=2).map(
            lambda v: {"tags": {op: v}}
        )
    ),
    st.booleans().map(lambda v: {"is_bad": str(v).lower()}),
    st.sampled_from(["at_least", "at_most", "above", "below"]).flatmap(
        lambda op: st.sampled_from(["1", "2.5"]).map(lambda v: {"amount": {op: v}})
    ),
    st.booleans().map(lambda v: {"closed_on": {"reached": v}}),
    PERIODS.map(lambda p: {"happened_on": {"within": p}}),
    PERIODS.map(lambda p: {"happened_on": {"older_than": p}}),
    st.booleans().map(lambda v: {"cause": {"missing": v}}),
    st.just({"closed_on": {"at_least": {"attribute": "happened_on", "plus": {"months": 1}}}}),
    st.just({"number": {"above": {"attribute": "amount"}}}),
    st.just({"cause": {"mentions": ["甲"]}}),
    st.just({"subject": {"size": "small"}}),
)
CONDITIONS = st.recursive(
    _TESTS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda v: {"all": v}),
        st.lists(inner, min_size=1, max_size=3).map(lambda v: {"any": v}),
        inner.map(lambda v: {"not": v}),
        inner.map(lambda v: {"event_has": v}),
    ),
    max_leaves=4,
)
_STAGES = st.lists(
    st.one_of(
        st.builds(lambda p, f: {**p, "factor": f}, PERIODS, POSITIVE),
        st.builds(
            lambda m, a, b, by: {"months": m, "linear": [a, b], "by": by},
            st.sampled_from([3, 12]),
            POSITIVE,
            st.sampled_from(["0", "1"]),
            st.sampled_from(["months", "days"]),
        ),
        st.just({"until": "closed_on"}),
        st.just({"through": "closed_on", "factor": "0.5"}),
        st.just({"months": 6, "after": "closed_on", "factor": "0.5"}),
    ),
    min_size=1,
    max_size=3,
)
AGEINGS = st.builds(lambda stages: {"from": "happened_on", "stages": stages}, _STAGES)
POINTS = st.recursive(
    st.one_of(
        POSITIVE,
        st.sampled_from(["0", "0", "-1"]),
        st.just({"attribute": {"name": "amount", "missing": "1"}}),
        st.just({"attribute": "number"}),
        st.just({"table": {"attribute": "kind", "values": {"a": "1", "b": "2.5"}, "otherwise": "0.1"}}),
        st.just(
            {
                "table": {
                    "attribute": ["kind", "is_bad"],
                    "values": {"a": {"true": "3", "false": "1"}, "b": {"true": "0.5"}},
                    "otherwise": "2",
                }
            }
        ),
        st.just(
            {
                "table": {
                    "attribute": [{"subject": "size"}, "number"],
                    "values": {"small": {"1": "4", "2": "1.5"}, "large": {"1": "2"}},
                }
            }
        ),
        st.just({"subject": {"name": "staff", "missing": "2"}}),
        st.just({"days": {"from": "happened_on", "to": "closed_on"}}),
        st.just({"months": {"from": "happened_on"}}),
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda v: {"sum": v}),
        st.lists(inner, min_size=2, max_size=2).map(lambda v: {"product": v}),
        st.lists(inner, min_size=2, max_size=2).map(lambda v: {"quotient": v}),
        st.lists(inner, min_size=2, max_size=2).map(lambda v: {"greatest": v}),
        st.lists(inner, min_size=2, max_size=2).map(lambda v: {"least": v}),
        inner.map(lambda v: {"lookup": {"of": v, "points": [["0", "0"], ["3", "6"], ["10", "7"]]}}),
        inner.map(lambda v: {"lookup": {"of": v, "steps": True, "points": [["0", "1"], ["2", "3"]]}}),
        inner.map(lambda v: {"rounded": {"of": v, "scale": 2, "rounding": "half_even"}}),
        st.builds(
            lambda w, a, b: {"choose": {"cases": [{"when": w, "value": a}], "otherwise": b}},
            CONDITIONS,
            inner,
            inner,
        ),
    ),
    max_leaves=3,
)
ALIKES = st.builds(
    lambda same, of, value, take, distinct, near: {
        "alike": {"same": same, **of, "value": value, "take": take, "distinct": distinct, **near}
    },
    st.sampled_from([[], ["event"], ["cause"], ["kind", "event"], ["number"], ["closed_on"]]),
    CONDITIONS.map(lambda w: {"when": w}) | st.just({}),
    POINTS,
    st.sampled_from(["sum", "count", "largest", "smallest", "average", "latest", "earliest"]),
    st.sampled_from([[], ["cause"], ["event"]]),
    st.one_of(
        st.just({}),
        st.builds(lambda way, period: {way: period}, st.sampled_from(["before", "after"]), PERIODS),
        st.builds(lambda period: {"before": period, "dated": "closed_on"}, PERIODS),
    ),
)
MATRICES = st.builds(
    lambda count: {
        "table": {
            "attribute": ["kind", {"value": {"least": [count, "2"]}}],
            "values": {"a": {"0": "1", "1": "2.5", "2": "4"}, "b": {"1": "3"}},
        }
    },
    ALIKES,
)
_SELECTS = st.fixed_dictionaries(
    {
        "per": st.sampled_from([[], ["event"], ["event", "cause"], ["kind"], ["item"], ["record"]]),
        "take": st.sampled_from(["largest", "smallest", "latest", "earliest"]),
    },
    optional={"keep": st.just(2), "items": st.just(["i0"]), "cap": st.just("3")},
)
_MERGES = st.fixed_dictionaries(
    {
        "per": st.sampled_from([[], ["event"], ["kind"], ["item"]]),
        "take": st.sampled_from(["sum", "average", "count"]),
    },
    optional={
        "cap": st.just("4"),
        "floor": st.just("1"),
        "times": st.sampled_from(["2", "0.5"]),
        "cap_after": st.just("5"),
    },
)
GROUPS = st.fixed_dictionaries(
    {
        "steps": st.lists(_SELECTS | _MERGES, max_size=2),
        "take": st.sampled_from(["sum", "sum", "average", "largest", "latest", "count"]),
    },
    optional={"cap": st.just("12"), "floor": st.just("1")},
)
ITEMS = st.fixed_dictionaries(
    {"when": CONDITIONS, "points": st.one_of(POINTS, POINTS, ALIKES, MATRICES)},
    optional={
        "validity": AGEINGS,
        "cap": st.just("5"),
        "domains": st.just(["s"]),
        "repeat": st.builds(
            lambda within, factors: {"same": ["cause"], "within": within, "factors": factors},
            PERIODS,
            st.sampled_from([["1", "1.5", "2"], ["1", "3"]]),
        ),
        "increments": st.builds(
            lambda w, p, u: [{"when": w, "points": p, "unless": u}], CONDITIONS, POSITIVE, CONDITIONS
        ),
    },
)
CASE_CONDITIONS = st.one_of(
    CONDITIONS.map(lambda v: {"has": v}),
    st.just({"live": ["i0"]}),
    st.builds(
        lambda of, within, distinct, bound: {
            "count": {"of": of, "within": within, "distinct": distinct, **bound}
        },
        CONDITIONS,
        PERIODS,
        st.sampled_from([[], ["cause"], ["event"]]),
        st.sampled_from([{"at_least": 2}, {"at_most": 1}, {"at_least": 1, "at_most": 2}]),
    ),
    st.builds(
        lambda of, value, within, lasts, distinct: {
            "cluster": {"of": of, **value, "at_least": 2, "within": within, "distinct": distinct, **lasts}
        },
        CONDITIONS,
        POINTS.map(lambda value: {"value": value}) | st.just({}),
        PERIODS,
        st.sampled_from([{}, {"lasts": {"months": 12}}]),
        st.sampled_from([[], ["event"]]),
    ),
    st.just({"value": {"of": {"group": "g0"}, "above": "2"}}),
    st.just({"subject": {"since": {"within": {"months": 12}}}}),
    st.builds(lambda of: {"not": {"has": of}}, CONDITIONS),
)
PARTS = st.one_of(
    st.builds(
        lambda when, take, distinct: {
            "collect": {"when": when, "value": {"attribute": "amount"}, "take": take, "distinct": distinct}
        },
        CONDITIONS,
        st.sampled_from(["sum", "count", "largest", "smallest", "average", "latest", "earliest"]),
        st.sampled_from([[], ["cause"]]),
    ),
    st.builds(
        lambda months: {"snapshots": {"value": {"attribute": "number"}, "months_ago": months}},
        st.sampled_from([[0], [0, 6, 12]]),
    ),
    st.builds(
        lambda w: {"choose": {"cases": [{"when": w, "value": "3"}], "otherwise": "1"}}, CASE_CONDITIONS
    ),
    st.just({"table": {"attribute": "size", "values": {"small": "1", "large": "2"}}}),
    st.just(
        {
            "table": {
                "attribute": [{"value": {"group": "g1"}}, "size"],
                "values": {"0": {"small": "1", "large": "0.5"}, "1": {"small": "2"}, "3": {"large": "7"}},
            }
        }
    ),
)
SCORES = st.sampled_from(
    [
        {"difference": ["100", {"group": "g0"}, {"group": "g1"}]},
        {"sum": [{"group": "g0"}, {"least": [{"group": "g1"}, "5"]}]},
        {"quotient": [{"group": "g0"}, {"sum": [{"group": "g1"}, "1"]}]},
        {"quotient": [{"group": "g0"}, {"group": "g1"}]},
        {
            "sum": [
                "50",
                {"product": ["0.3", {"group": "g0"}]},
                {"product": ["0.7", {"group": "g1"}]},
                {"part": "p"},
            ]
        },
        {"greatest": [{"group": "g0"}, {"group": "g1"}, {"part": "p"}]},
        {"lookup": {"of": {"group": "g0"}, "points": [["0", "100"], ["10", "0"]]}},
        {"product": [{"group": "g0"}, {"part": "p"}]},
        {"rounded": {"of": {"difference": ["9", {"group": "g0"}]}, "scale": 1}},
    ]
)


@st.composite
def rulesets(draw: st.DrawFn, folder: Path) -> RuleSet:
    """Loaded from a file, as an official's would be: JSON is YAML."""
    two, is_scored = draw(st.booleans()), draw(st.sampled_from([True, True, True, False]))
    items = draw(st.lists(ITEMS, min_size=1, max_size=3))
    document: dict[str, Any] = {
        "id": "random",
        "title": "随机",
        "language": 1,
        "effective_from": "2019-01-01",
        "series": "random",
        "scale": draw(st.sampled_from([1, 10, 100])),
        "rounding": draw(st.sampled_from(ROUNDINGS)),
        "boundary": draw(st.sampled_from(["inclusive", "exclusive"])),
        "records": RECORDS,
        "subjects": SUBJECTS,
        "dated": "happened_on",
        "order": draw(st.sampled_from([["happened_on"], ["happened_on", "cause"], ["cause"]])),
        "groups": [{"id": f"g{at}", "title": "组", **draw(GROUPS)} for at in (0, 1)],
        "items": [
            {"id": f"i{at}", "title": "项", "group": draw(st.sampled_from(["g0", "g1"])), **item}
            for at, item in enumerate(items)
        ],
        "parts": [{"id": "p", "title": "数", "value": draw(PARTS)}],
        "score": {"of": draw(SCORES), **draw(st.sampled_from([{}, {"floor": "0", "ceiling": "100"}]))},
        "grades": [{"grade": "A"}, {"grade": "B"}, {"grade": "C"}],
        "bands": [
            {"grade": "A", "at_least": "50"},
            {"grade": "B", "above": "3", "when": draw(CASE_CONDITIONS)},
            {"grade": "C"},
        ],
        "not_graded": draw(
            st.lists(
                st.builds(lambda w: {"code": "N1", "title": "无", "when": w}, CASE_CONDITIONS), max_size=1
            )
        ),
        "caps": [{"code": "K1", "title": "顶", "not_above": "B", "when": draw(CASE_CONDITIONS)}],
        "step_downs": [{"code": "S1", "title": "降", "down": "1", "when": draw(CASE_CONDITIONS)}],
        "vetoes": [{"code": "V1", "title": "否", "grade": "C", "when": draw(CASE_CONDITIONS)}],
    }
    if not is_scored:
        del document["score"]
        document["bands"] = [
            {"grade": "A", "when": {"not": draw(CASE_CONDITIONS)}},
            {
                "grade": "B",
                "when": {"all": [draw(CASE_CONDITIONS), {"value": {"of": {"group": "g1"}, "at_least": "1"}}]},
            },
            *draw(st.sampled_from([[], [{"grade": "C"}]])),
        ]
    for item in document["items"]:
        if not two:
            item.pop("domains", None)
    if two:
        document["caps"][0]["when"] = {
            "in_domain": "s",
            "any": [document["caps"][0]["when"], {"live": ["i0"]}],
        }
        document |= {
            "domain_attribute": "area",
            "domains": [{"id": "s", "title": "安全"}, {"id": "f", "title": "消防"}],
            "combine": {"by": "worst"},
        }
    folder.mkdir(exist_ok=True)
    (folder / "ruleset.yaml").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return load_ruleset(folder)
