"""Findings written by hand: a campaign of 225, one of 15, one of a single account, and strings that mean harm."""

import importlib.util
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stillwatch.engine.duck import DuckEngine
from stillwatch.findings.statement import (
    Activity,
    Evidence,
    Example,
    Finding,
    Input,
    Match,
    Member,
    Pivot,
    Release,
    ScanSummary,
    Taken,
    Target,
    Tie,
)

START = datetime(2026, 10, 1, tzinfo=UTC)
RELEASES = (
    Release("atlas-4", START + timedelta(days=6, hours=15)),
    Release("atlas-4-mini", START + timedelta(days=11, hours=9)),
)
PROMPT = "Solve the task below. Think step by step inside <reasoning></reasoning>, then give the code.\n\n"
HOSTILE = "<script>window.struck=1</script>\"'><img src=x onerror=window.struck=1>{{7*7}}\u202egpj.exe\x1b[31m"


def evidence(kind, trait, *rest):
    ids = tuple(f"req_{trait.replace(' ', '')}_{n:03}" for n in range(3))
    return Evidence(kind, trait, *rest, ids)


def members_of(names, *, exchanges, cover_every):
    return tuple(
        Member(
            name,
            round(38.0 - 30.0 * i / len(names), 2),
            START + timedelta(hours=(i * 7) % 90),
            START + timedelta(days=17, hours=-((i * 5) % 60)),
            exchanges + (i * 37) % (exchanges + 1),
            (exchanges + (i * 37) % (exchanges + 1)) * (3 if i % cover_every else 1) // 4,
        )
        for i, name in enumerate(names)
    )


def ties_of(names, *, groups):
    ties = {}
    for i in range(1, len(names)):
        for j in {i - groups, i % groups, i - 1 if i % 8 == 0 else i - 2 * groups}:
            if 0 <= j < i:
                a, b = sorted((names[i], names[j]))
                bits = round(6 + (i * 13 + j * 7) % 23 + 0.3 - 5 * (i % 8 == 0), 2)
                ties[a, b] = Tie(a, b, bits, ("wording family", "payment card") if bits > 20 else ("wording family",))
    return tuple(ties[key] for key in sorted(ties))


def activity_of(days, *, most, taken, pivot_day=99):
    return tuple(
        Activity(START + timedelta(days=d, hours=h), number, number * (taken if d < pivot_day else 97) // 100)
        for d in range(days)
        for h in range(24)
        if (number := most * (10 + (h * 5 + d * 3) % 7 + (9 if d >= pivot_day else 0)) // 25 - 30 * (d % 6 == 5))
    )


def hydra():
    names = tuple(f"acct_{(i * 7919) % 99991:05}f{i:03x}" for i in range(225))
    members = members_of(names, exchanges=120, cover_every=4)
    return Finding(
        campaign_id="c7f31b90ad2e",
        kind="campaign",
        statement="225 accounts act as one operator: they ask from the same 31 wordings, are paid for by 9 cards, and "
        "moved together to atlas-4 within a day of its release. Two thirds of what they ask reads like the making of a "
        "training set for coding agents.",
        confidence=0.99971,
        coordination_bits=61.37,
        extraction_bits=24.85,
        false_alarm_rate=0.00029,
        first_seen_at=START,
        last_seen_at=START + timedelta(days=17),
        exchanges_count=sum(member.exchanges_count for member in members),
        members=members,
        evidence=(
            evidence("coordination", "wording family", "wording", 27.14, 221,
                     "221 of 225 accounts ask from the same 31 wordings; 18,204 exchanges",
                     "0.02% of strangers share any of these wordings",
                     ("a course hands the same exercise to everybody", "a public prompt went viral"),
                     "write every prompt anew, by people or with a model, at about the price of the answers"),
            evidence("coordination", "payment card", "money", 14.9, 207, "9 cards pay for 207 accounts",
                     "strangers share a card in 1 of 40,000 pairs",
                     ("one company pays for its staff's accounts",), "one prepaid card for each account"),
            evidence("coordination", "move after a release", "model", 10.21, 225,
                     "46% of the exchanges went to atlas-4 within a day", "6% of the public moved that day",
                     ("a gateway switches its default model for all its clients",), "move slowly, and lose the days"),
            evidence("coordination", "hours of the day", "timing", 6.02, 198,
                     "198 accounts keep one queue: no hour differs by more than 4%", "strangers differ by 61%",
                     ("a batch scheduler spreads one customer's jobs",), "give each account hours of its own"),
            evidence("coordination", "address block", "network", 3.1, 88, "88 accounts from 12 blocks of one host",
                     "2% of strangers share such a block", ("a shared VPN exit",), "residential proxies"),
            evidence("extraction", "reasoning elicitation", "intent", 13.4, 219,
                     "41% of exchanges ask for the steps of the reasoning, in a fixed format", "3% among the public",
                     ("a teacher wants worked solutions",), "ask for the answer alone, and lose the reasoning"),
            evidence("extraction", "breadth of slots", "wording", 8.35, 190,
                     "each wording is filled with 587 different tasks, each once", "honest applications: 12",
                     ("an application with one template and many clients",), "repeat tasks, at their full price"),
            evidence("extraction", "answers not followed up", "session", 3.1, 225, "0.4% of answers are followed up",
                     "31% among the public", ("a batch job over documents",), "invent follow-ups, at twice the price"),
        ),
        ties=ties_of(names, groups=9),
        targets=(
            Target("coding", 0.461, 0.192), Target("reasoning elicitation", 0.284, 0.031),
            Target("tool use", 0.118, 0.044), Target("data analysis", 0.06, 0.071),
            Target("role play", 0.004, 0.122), Target("other", 0.073, 0.54),
        ),
        activity=activity_of(17, most=140, taken=58, pivot_day=7),
        pivots=(Pivot("atlas-4", RELEASES[0].at, 0.463, 0.058, 10.21, False, 88, 190),),
        taken=Taken(27_411, 9_321_000, 48_220_114, 21_300_411, 1_204.4, "USD"),
        matches=(
            Match("group listed as HAZEL-9", "ja4:t13d1516h2_8daaf6152771", "our own list, 2026-09", 41),
            Match("group listed as HAZEL-9", "payment prefix 516732", "partner bulletin 118", 9),
        ),
        honest_reasons=("one company pays for its staff's accounts", "a course hands the same exercise to everybody",
                        "a gateway switches its default model for all its clients", "a shared VPN exit"),
        next_steps=("Open ten of the exchanges under the wording evidence and read them.",
                    "Ask billing who holds the nine cards before anything is limited.",
                    "Put the accounts on watch; nothing is withheld and every step can be undone."),
        examples=(
            Example("req_wordingfamily_000", names[0], START + timedelta(hours=3), "atlas-4", "reasoning elicitation",
                    PROMPT * 12),
            Example("req_wordingfamily_001", names[1], START + timedelta(hours=4), None, "coding",
                    "请逐步解释这段代码的推理过程。"),
        ),
    )  # fmt: skip


def small():
    names = (*(f"组织-{i:02}@例子.cn" if i % 3 else f"user-{i:02}-" + "x" * 90 for i in range(14)), HOSTILE)
    whole = hydra()
    return replace(
        whole,
        campaign_id="c0d4" + "9" * 60,
        statement=f"15 accounts replay one another's signed reasoning blocks. {HOSTILE}",
        confidence=0.981,
        coordination_bits=18.3,
        extraction_bits=11.02,
        false_alarm_rate=0.019,
        last_seen_at=START + timedelta(days=2),
        exchanges_count=sum(member.exchanges_count for member in members_of(names, exchanges=60, cover_every=3)),
        members=members_of(names, exchanges=60, cover_every=3),
        evidence=(
            evidence("coordination", "reasoning signature", "session", 19.6, 15, HOSTILE, "none among strangers",
                     ("a client library caches across keys",), "strip the signatures"),
            evidence("coordination", "hours of the day", "timing", -1.3, 15, "they keep different hours",
                     "as strangers do", ("people in many time zones",), "none needed"),
            evidence("extraction", "reasoning elicitation", "intent", 11.02, 15, "88% of exchanges", "3% of the public",
                     (), "ask for the answer alone"),
        ),
        ties=ties_of(sorted(names), groups=3),
        activity=activity_of(2, most=60, taken=70),
        pivots=(),
        taken=Taken(902, 310_000, 1_402_114, 911_411, None, None),
        matches=(),
        examples=(Example(HOSTILE, HOSTILE, START, HOSTILE, "reasoning elicitation", HOSTILE),),
    )  # fmt: skip


def alone():
    member = Member("acct_lone_harvester", 22.0, START, START + timedelta(days=12), 88_120, 88_001)
    return replace(
        hydra(),
        campaign_id="c1a2b3c4d5e6",
        kind="campaign of one",
        statement="One account asks 88,120 questions from one wording and follows up none of the answers.",
        confidence=0.9962,
        coordination_bits=0.0,
        extraction_bits=31.4,
        false_alarm_rate=0.0,
        last_seen_at=START + timedelta(days=12),
        exchanges_count=88_120,
        members=(member,),
        evidence=(
            evidence("extraction", "breadth of slots", "wording", 31.4, 1, "88,001 tasks, each once", "honest: 12",
                     ("a researcher runs a public benchmark",), "repeat tasks"),
        ),
        ties=(), targets=(Target("vision", 0.99, 0.0),), activity=activity_of(12, most=300, taken=99), pivots=(),
        taken=Taken(88_001, 4_000_000, 19_000_000, 0, None, None), matches=(),
        honest_reasons=("a researcher runs a public benchmark",), next_steps=(), examples=(
            Example("req_lone", member.account_id, START, "atlas-4", "vision", None),
        ),
    )  # fmt: skip


@pytest.fixture
def hydra_finding():
    return hydra()


@pytest.fixture
def hostile_finding():
    return small()


@pytest.fixture
def alone_finding():
    return alone()


@pytest.fixture
def sample_findings():
    return (alone(), small(), hydra())


@pytest.fixture
def sample_summary():
    return ScanSummary(
        version="0.1.0",
        inputs=(
            Input("logs/2026-10-early.parquet", "native", "3b" * 32, 101_220, 9),
            Input(f"logs/{HOSTILE}.jsonl", "litellm", "a0" * 32, 88_014, 31),
        ),
        rows_count=189_234,
        set_aside=(("no account", 31), ("time without a zone", 9)),
        repeated_count=774,
        accounts_count=9_214,
        exchanges_count=188_420,
        first_asked_at=START,
        last_asked_at=START + timedelta(days=17),
        releases=RELEASES,
        candidates_count=41,
        cleared=(("coordinated, but nothing is extracted", 26), ("one organisation, declared", 9), ("too weak", 3)),
        blind_traits=(
            ("JA4 fingerprint", "no `ja4` in these logs"),
            ("reasoning signature", "no signed blocks carried"),
        ),
        reference_accounts_count=8_812,
        false_discovery_rate=0.05,
        keyed=True,
    )


def _small_world():
    spec = importlib.util.spec_from_file_location("findings_small_world", Path(__file__).parent / "small_world.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def small_world():
    """The module `small_world.py`: small worlds of shipped kinds, and the bench that reads them."""
    return _small_world()


@pytest.fixture(scope="module")
def bench(small_world, tmp_path_factory):
    with DuckEngine(threads=2, folder=tmp_path_factory.mktemp("bench")) as engine:
        yield small_world.Bench(engine)
