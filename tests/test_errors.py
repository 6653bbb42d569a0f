import re

import pytest

from stillwatch import errors, log_errors, state_errors, world_errors
from stillwatch.errors import (
    BadSettings,
    CannotWrite,
    FindingsAmongLogs,
    FindingUnreadable,
    FolderOccupied,
    InputsChanged,
    KeyMismatch,
    KeyUnreadable,
    ListUnreadable,
    MemoryExhausted,
    NoFindings,
    NoSpark,
    NoSuchTrait,
    NotForEngine,
    NothingToExplain,
    RecordUnreadable,
    ReleasesUnreadable,
    StillwatchError,
    TableMismatch,
    WindowIncomparable,
)
from stillwatch.log_errors import (
    BadMapping,
    MissingColumn,
    NoRows,
    NoSuchLogs,
    NoSuchReader,
    SharedIds,
    TimesInFuture,
    TimesWithoutZone,
    TooManyBadRows,
    UnknownFormat,
    UnreadableLog,
    WrongFormat,
)
from stillwatch.state_errors import (
    NothingKept,
    StateAmongFindings,
    StateAmongLogs,
    StateBusy,
    StateMismatch,
    StateUnreadable,
)
from stillwatch.world_errors import (
    BadStory,
    FindingsUnscorable,
    GrammarBroken,
    NoSuchForm,
    PromptsUnreadable,
    StoryUnknown,
    TruthUnreadable,
)

DIFFERENCES = [("asked_at", "timestamp[us]", "timestamp[us, tz=UTC]"), ("email", "string", "no such column")]
REASONS = [("`asked_at` is null", 41, "logs/may.jsonl:7"), ("not JSON", 2, "logs/may.jsonl:90")]
SAMPLES = [
    TableMismatch("exchanges", "the LiteLLM reader", DIFFERENCES),
    ListUnreadable("lists/ranges.csv", "line 3: `10.0.0.0/33`", "one range in CIDR form on each line"),
    FindingUnreadable("the object ends after 41 bytes"),
    KeyMismatch(11),
    NoSuchLogs(["logs/mai", "*.jsnl"], [".jsonl", ".parquet"]),
    NoRows("logs/may.jsonl", "0 rows"),
    MissingColumn(
        ["asked_at", "account_id"], where="logs/may.parquet", found="`time`, `key`", advice="name them in a mapping"
    ),
    UnreadableLog("logs/may.jsonl.gz", "the compressed\n data ends early"),
    UnknownFormat("logs/may.jsonl", "the keys `a`, `b`", ["native", "litellm"]),
    WrongFormat("logs/may.jsonl", "openai", "native"),
    NoSpark("spark://head:7077", "No module named 'pyspark'"),
    NotForEngine("tools_offered[2:3]", "`x[a:]` or `x[-k:]`, to the end of the list"),
    NoSuchReader("lightllm", ["native", "litellm"]),
    BadMapping("mapping.toml", ["no such column `asked`", "`ip` has no path"]),
    TooManyBadRows((43, 900), REASONS, 0.02),
    TimesInFuture((900, 900), [("`asked_at` is 2062-05-01T00:00:00Z", 900, "logs/may.jsonl:1")], 0.02),
    TimesWithoutZone((900, 900), [("`asked_at` has no zone", 900, "logs/may.jsonl:1")], 0.02),
    SharedIds(1_204, 1_300, "chatcmpl-1", 0.05),
    StoryUnknown("febuary", ["february", "one_office"]),
    NoSuchForm("open-ai", ["anthropic", "openai"]),
    BadStory("mine.toml", ["`campaigns[1].wants` names no target", "`calendar.days`: 0 is less than 1"]),
    PromptsUnreadable("prompts/a.parquet", "columns `txt`, `topic`"),
    GrammarBroken("work.txt, line 3", "`{nmae}`, which no file defines"),
    FolderOccupied("findings"),
    CannotWrite("findings", "No space left on device"),
    MemoryExhausted(
        "the engine, with temporary files in tmp/stillwatch-1", "Out of Memory Error: failed to offload a block"
    ),
    BadSettings("stillwatch.toml", ["`widest` is not a setting", "`linking.widest_value`: 0 is less than 1"]),
    KeyUnreadable("stillwatch.key", "15 bytes that are not 32 hexadecimal digits"),
    ReleasesUnreadable("releases.json", ["release 2 has no `time`"]),
    RecordUnreadable("findings/scan.json", "no record of form 1"),
    InputsChanged("findings/scan.json", ["`logs/a.jsonl` is gone", "`logs/b.jsonl` has other bytes"]),
    FindingsAmongLogs("logs/findings", "the logs are all that is in `logs`"),
    NoFindings("findings", "no such folder"),
    NothingToExplain(
        "acct_7",
        "findings",
        "3 campaigns of 3,285 accounts scanned, and nothing by this id in them; "
        "of what is in no campaign nothing is kept",
    ),
    NoSuchTrait("payment cart", ["payment card", "toolset"]),
    TruthUnreadable("world/truth_accounts.parquet", ["no column `campaign`", "`role` is int64"]),
    FindingsUnscorable("findings/accounts.parquet", "no such file"),
    StateUnreadable("kept/state.json", "a state of form 2"),
    StateMismatch("kept", ["it was made with another `key_file`", "it was made with no `context.address_ranges`"]),
    StateBusy("kept", "another scan that adds to it"),
    StateAmongLogs("logs/kept", "the logs are all that is in `logs`"),
    StateAmongFindings("found/kept", "the findings are written to `found`"),
    NothingKept("kept", "31 days, all before 2026-04-01"),
    WindowIncomparable("700 prompts, and an honest window of 500"),
]
FORM = re.compile(
    r"[a-z0-9`][^\n]*[^\n.!?]\n  where:  \S[^\n]*\n  found:  \S[^\n]*\n  needed: \S[^\n]*\n  try:    \S[^\n]*"
)


def named(error: StillwatchError) -> str:
    return type(error).__name__


@pytest.mark.parametrize("error", SAMPLES, ids=named)
def test_an_error_reads_as_its_stored_sample(error, stored):
    stored(f"errors/{named(error)}.txt", f"{error}\n")


@pytest.mark.parametrize("error", SAMPLES, ids=named)
def test_an_error_has_five_lines_and_names_in_backticks(error):
    assert FORM.fullmatch(str(error))
    assert not re.search(r"\w_\w", re.sub(r"`[^`]*`", "", error.problem))


def test_every_error_has_a_sample():
    kinds = [
        kind
        for module in (errors, log_errors, state_errors, world_errors)
        for kind in vars(module).values()
        if isinstance(kind, type)
    ]
    own = (errors.__name__, log_errors.__name__, state_errors.__name__, world_errors.__name__)
    declared = {kind for kind in kinds if kind.__module__ in own and issubclass(kind, StillwatchError)}
    assert declared == {type(error) for error in SAMPLES}


@pytest.mark.parametrize(
    "line", [{"problem": "No rows"}, {"problem": "no rows."}, {"problem": "two\nlines"}, {"found": ""}, {"try_": "\n"}]
)
def test_another_form_is_not_taken_for_this_one(line):
    lines = {"problem": "no rows", "where": "a", "found": "b", "needed": "c", "try_": "d"}
    assert FORM.fullmatch(str(StillwatchError(**lines)))
    assert not FORM.fullmatch(str(StillwatchError(**lines | line)))


def test_all_differences_are_told_at_once():
    told = TableMismatch("exchanges", "the LiteLLM reader", DIFFERENCES)
    assert told.problem == "2 columns of `exchanges` do not keep the declaration"
    assert told.found == "1. `asked_at`: timestamp[us]; 2. `email`: string"
    assert told.needed == "1. timestamp[us, tz=UTC]; 2. no such column"
