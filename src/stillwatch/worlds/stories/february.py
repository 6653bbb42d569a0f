"""The demonstration: three small campaigns with the targets published in February 2026, in honest traffic.

Sizes are kept small (12, 60 and about 200 accounts); targets, tactics and the pivot follow the public report:
reasoning, rubric grading and sensitive rewriting; agentic reasoning, tools, coding, data and vision; agentic coding and
orchestration in a hydra that mixes in unrelated people and replaces closed accounts at once.
"""

from stillwatch.worlds.campaigns import Harvest, Hiding
from stillwatch.worlds.honest import (
    App,
    Benchmark,
    CarrierNat,
    Developer,
    Household,
    Migration,
    Office,
    Person,
    Reseller,
    SharedVpn,
    UniversityClass,
    ViralCrowd,
)
from stillwatch.worlds.stories.background import FORTNIGHT, PRICES
from stillwatch.worlds.story import Story

TACTICS = frozenset({"asked_at", "account_created_at", "prompt_text", "input_tokens"})

FEBRUARY = Story(
    "february",
    "Three campaigns of 12, 60 and 200 accounts among honest accounts of every kind.",
    FORTNIGHT,
    (
        (Person(talks=2.4), 430),
        (Person(talks=2.0, pays=False), 210),
        (Household(), 15),
        (Developer(sessions=1.5), 120),
        (Developer(sessions=1.5, newest=True), 15),
        (Developer(sessions=0.8, loops=True), 5),
        (Developer(sessions=0.8, parallel=4), 8),
        (App(calls=14), 80),
        (App(calls=700, hours="always"), 1),
        (App(calls=120, hours="night", batch=True), 2),
        (Office(25), 2),
        (Office(18, declared=False), 2),
        (UniversityClass(45), 1),
        (Reseller(120), 4),
        (CarrierNat(60), 1),
        (SharedVpn(40), 1),
        (ViralCrowd(50), 1),
        (Benchmark(220), 4),
        (Migration(15), 2),
    ),
    (
        Harvest(
            "ash", 12, 95, (("reasoning", 0.5), ("rubric", 0.3), ("sensitive", 0.2)), templates=2,
            hours="office", days=(2, 13), hiding=Hiding(cards=2, addresses=4, stacks=1),
        ),
        Harvest(
            "birch", 60, 80,
            (("trajectory", 0.3), ("tools", 0.2), ("coding", 0.2), ("analysis", 0.15), ("vision", 0.15)),
            wording="paraphrased", templates=5, hours="evening", days=(1, 14),
            hiding=Hiding(cards=9, addresses=25, domains=4, stacks=3, pooled_share=0.7),
        ),
        Harvest(
            "cedar", 160, 70, (("coding", 0.4), ("trajectory", 0.4), ("tools", 0.2)), templates=6, cover_share=0.4,
            closed_daily=40 / 160 / 14, pivot_h=20,
            hiding=Hiding(cards=20, addresses=60, domains=6, stacks=4, pooled_share=0.75),
        ),
    ),
    tactics=TACTICS | {"model"},
    prices=PRICES,
)  # fmt: skip
