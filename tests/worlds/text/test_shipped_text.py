import re
from itertools import chain

import numpy as np
import pytest

from stillwatch.worlds.seeds import mix
from stillwatch.worlds.speech import LANGUAGES, VOICES
from stillwatch.worlds.text import shipped_grammar, write_texts

SCOPES = ("here", "talk", "speaker", "group")
NAMES = shipped_grammar().names
WORDINGS = ("verbatim", "paraphrased", "none")
CAMPAIGNS = (*WORDINGS, "chase", "probe")
# said by hosts of programs or by everybody at once: short labels, commands and greetings
SHORT = {
    "app": (140, 320),
    "benchmark": (140, 320),
    "benchmark2": (40, 120),
    "smalltalk": (90, 250),
    "commits": (110, 320),
    "commands": (80, 240),
}
SCRIPTS = {"zh": re.compile(r"[\u4e00-\u9fff]"), "ja": re.compile(r"[\u3040-\u30ff]")}


def write(symbol, count=2000, salt=1):
    seeds = mix(np.arange(count, dtype=np.uint64), salt)
    scopes = {scope: mix(seeds, number) for number, scope in enumerate(SCOPES)}
    return write_texts(shipped_grammar(), np.full(count, shipped_grammar().numbers[symbol]), scopes).to_pylist()


def mean_bytes(symbol):
    return np.mean([len(text.encode()) for text in write(symbol)])


def reply_to(symbol):
    """Return the reply of the last part that has one."""
    replies = (f"reply.{part}" for part in reversed(symbol.split(".")))
    return next((reply for reply in replies if reply in NAMES), "reply.en")


def first_parts(*parts):
    return [name for name in NAMES if name.split(".")[0] in parts]


REPLIES = first_parts("reply")


@pytest.mark.parametrize("symbol", sorted(set(chain.from_iterable(chain.from_iterable(VOICES.values())))))
def test_every_voice_has_a_reply_of_its_own(symbol):
    assert reply_to(symbol) != "reply.en" or symbol == "follow.en"


@pytest.mark.parametrize("symbol", first_parts(*CAMPAIGNS))
def test_every_campaign_symbol_has_a_reply_of_its_own(symbol):
    assert reply_to(symbol) != "reply.en"


@pytest.mark.parametrize("symbol", [name for name in NAMES if name.startswith("ask.en.")])
def test_every_topic_has_a_reply_of_its_own(symbol):
    assert reply_to(symbol) != "reply.en"


@pytest.mark.parametrize("symbol", [*REPLIES, "thought"])
def test_replies_are_practically_never_identical(symbol):
    assert len(set(write(symbol))) > (0.97 if symbol in ("reply.smalltalk", "thought") else 0.997) * 2000


@pytest.mark.parametrize("symbol", REPLIES)
def test_no_line_stands_in_most_replies(symbol):
    texts = write(symbol, 300)
    lines = chain.from_iterable({line for line in text.split("\n") if len(line) > 20} for text in texts)
    counted = np.unique(list(lines), return_counts=True)[1]
    assert counted.max() < 0.2 * 300


@pytest.mark.parametrize("symbol", REPLIES)
def test_replies_cost_what_they_may(symbol):
    low, high = SHORT.get(symbol.removeprefix("reply."), (240, 600))
    assert low < mean_bytes(symbol) < high


def test_thoughts_are_short():
    assert 180 < mean_bytes("thought") < 320


@pytest.mark.parametrize(
    "symbol",
    [
        "ask.agent",
        "follow.agent",
        *(f"{wording}.{intent}" for wording in WORDINGS for intent in ("coding", "trajectory", "tools")),
    ],
)
def test_agents_carry_files_and_outputs(symbol):
    sizes = np.array([len(text.encode()) for text in write(symbol, 6000)])
    assert 1100 < sizes.mean() < 2000
    assert np.percentile(sizes, 99) > 5 * sizes.mean() > 7 * np.median(sizes)


@pytest.mark.parametrize("symbol", ["ask.code", "ask.nightly", "ask.work", "ask.table"])
def test_pasted_work_is_about_a_page(symbol):
    assert 650 < mean_bytes(symbol) < 1250


@pytest.mark.parametrize("symbol", [name for name in NAMES if name.startswith("ask.en.")])
def test_people_write_little(symbol):
    sizes = [len(text.encode()) for text in write(symbol)]
    assert 70 < np.median(sizes) < 220
    assert np.mean(sizes) < 330


def uses(symbol, seen=None):
    """Return every symbol that a symbol can lead to."""
    seen = set() if seen is None else seen
    for slot in shipped_grammar().symbols[symbol].slots:
        if slot.name is not None and slot.name not in seen:
            seen.add(slot.name)
            uses(slot.name, seen)
    return seen


@pytest.mark.parametrize("intent", ["coding", "trajectory", "tools"])
def test_campaigns_paste_what_honest_developers_paste(intent):
    honest = uses("ask.agent") | uses("follow.agent") | uses("ask.code")
    outputs = {name for name in uses(f"none.{intent}") if name.startswith(("out.", "code.", "agent."))}
    assert len(outputs) > 30
    assert outputs <= honest


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_jobs_of_its_own(language):
    assert {f"{part}.{language}" for part in ("task", *WORDINGS, "chase", "ask", "follow", "reply")} <= set(NAMES)


@pytest.mark.parametrize("language", sorted(SCRIPTS))
@pytest.mark.parametrize("part", ["ask", "reply", *WORDINGS])
def test_chinese_and_japanese_are_written_in_their_script(part, language):
    texts = write(f"{part}.{language}", 500)
    assert sum(bool(SCRIPTS[language].search(text)) for text in texts) > 0.98 * 500


@pytest.mark.parametrize("intent", ["reasoning", "rubric", "coding", "other"])
def test_probes_never_say_the_same_instructions(intent):
    texts = write(f"probe.{intent}")
    assert len(set(texts)) > 0.998 * 2000
    assert len({text[:40] for text in texts}) > 0.5 * 2000


@pytest.mark.parametrize("framework", ["agent", "agent2"])
def test_frameworks_open_every_conversation_alike(framework):
    (opening,) = shipped_grammar().symbols[f"opening.{framework}"].alternatives
    (answer,) = shipped_grammar().symbols[f"answer.{framework}"].alternatives
    assert all(isinstance(part, str) for part in (*opening, *answer))
    assert 300 < len("".join(opening)) < 700


def test_no_text_is_left_half_written():
    for symbol in [*REPLIES, *first_parts(*CAMPAIGNS), "ask.agent", "follow.agent", "ask.code", "thought"]:
        for text in write(symbol, 60):
            assert not re.search(r"\{[#%]\d|\{\w+\.\w+[@*]", text), (symbol, text)
