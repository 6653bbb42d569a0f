"""Stories with a campaign, each hiding in its own way, among strangers."""

from stillwatch.worlds.accounts import Kind
from stillwatch.worlds.campaigns import Harvest, Hiding, Relay
from stillwatch.worlds.honest import Benchmark, Developer, Office, Person, Reseller
from stillwatch.worlds.stories.background import FORTNIGHT, PRICES, STRANGERS
from stillwatch.worlds.stories.february import TACTICS
from stillwatch.worlds.story import Campaign, Story

_PUBLIC: tuple[tuple[Kind, int], ...] = (
    *STRANGERS,
    (Person(talks=2.5), 150),
    (Developer(sessions=1.2), 40),
    (Office(15, declared=False), 1),
    (Reseller(100), 2),
    (Benchmark(200), 2),
)
_AGENTIC = (("coding", 0.4), ("trajectory", 0.35), ("tools", 0.25))
_TRACES = (("reasoning", 0.6), ("rubric", 0.2), ("synthetic", 0.2))


def _attack(name: str, tells: str, campaign: Campaign, *tactics: str) -> Story:
    return Story(name, tells, FORTNIGHT, _PUBLIC, (campaign,), TACTICS | {*tactics}, PRICES)


ATTACKS = (
    _attack(
        "small_hydra",
        "A queue over 40 accounts among unrelated people's requests; closed accounts are replaced at once.",
        Harvest(
            "dogwood", 40, 75, _AGENTIC, templates=4, cover_share=0.5, closed_daily=0.03,
            hiding=Hiding(cards=5, addresses=12, domains=3, stacks=2),
        ),
    ),
    _attack(
        "patient_hydra",
        "Sixty accounts ask little, in human hours, in paraphrased templates.",
        Harvest(
            "elder", 60, 22, _TRACES, wording="paraphrased", hours="evening", cover_share=0.25,
            hiding=Hiding(cards=12, addresses=30, domains=4, stacks=2, pooled_share=0.7),
        ),
    ),
    _attack(
        "pivot_in_a_day",
        "Forty accounts turn to a released model within a day.",
        Harvest(
            "fir", 40, 80, _TRACES, templates=3, pivot_h=20,
            hiding=Hiding(cards=6, addresses=15, domains=3, stacks=2, pooled_share=0.6),
        ),
        "model",
    ),
    _attack(
        "small_relay",
        "A firm forwards its people's conversations, whose turns hop between 30 accounts with their signed reasoning.",
        Relay(
            "gorse", 30, 100, people=300, replays=True,
            hiding=Hiding(cards=6, addresses=12, domains=2, stacks=2, pooled_share=0.6),
        ),
        "reasoning_signatures",
    ),
    _attack(
        "untemplated",
        "A queue over 50 accounts without any template.",
        Harvest(
            "hazel", 50, 70, (("reasoning", 0.4), ("coding", 0.3), ("analysis", 0.3)), wording="none",
            hiding=Hiding(cards=8, addresses=20, domains=3, stacks=2, pooled_share=0.8),
        ),
    ),
    _attack(
        "ghost",
        "A queue over 40 accounts of which each has everything for itself; only wording, timing and the pool remain.",
        Harvest("ivy", 40, 80, _TRACES, templates=3),
    ),
)  # fmt: skip
