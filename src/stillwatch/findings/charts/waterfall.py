"""The waterfall of evidence: what each piece adds, and what the pieces come to."""

from dataclasses import dataclass

from markupsafe import Markup

from stillwatch.findings.charts.svg import element, percent
from stillwatch.findings.numerals import bits
from stillwatch.findings.statement import Evidence, Finding

HEIGHT_PX = 18


@dataclass(frozen=True)
class Step:
    """One piece of the waterfall, from the running total before it to that after it.

    `shown_bits` is the difference of the two rounded totals, so that what is shown adds up to the total that is shown.
    """

    evidence: Evidence | None
    before_bits: float
    after_bits: float

    @property
    def shown_bits(self) -> float:
        """What the step adds, as written (one decimal)."""
        return round(round(self.after_bits, 1) - round(self.before_bits, 1), 1)


def total_bits(finding: Finding, kind: str) -> float:
    """Return the total that the finding states for one kind of evidence."""
    return finding.coordination_bits if kind == "coordination" else finding.extraction_bits


def waterfall_steps(finding: Finding, kind: str) -> list[Step]:
    """List what each piece of one kind adds, in the finding's order.

    Where the pieces do not come to the stated total, a last step without evidence makes up the difference.
    """
    steps: list[Step] = []
    running = 0.0
    for evidence in finding.evidence:
        if evidence.kind == kind:
            steps.append(Step(evidence, running, running + evidence.bits))
            running += evidence.bits
    total = total_bits(finding, kind)
    if round(running, 1) != round(total, 1):
        steps.append(Step(None, running, total))
    return steps


def widest_bits(finding: Finding) -> tuple[float, float]:
    """Return the least and the greatest running total of both kinds, so that both waterfalls share one scale."""
    reached = [
        end for kind in ("coordination", "extraction") for step in waterfall_steps(finding, kind)
        for end in (step.before_bits, step.after_bits)
    ]  # fmt: skip
    return min(0.0, *reached, 0.0), max(1.0, *reached, 1.0)


def draw_step(step: Step, kind: str, scale: tuple[float, float]) -> Markup:
    """Draw one step as a bar from its running total to the next; the row around it says the same in words."""
    low, high = sorted((step.before_bits, step.after_bits))
    bar = element(
        "rect",
        element("title", f"{bits(step.shown_bits)} bits, from {bits(step.before_bits)} to {bits(step.after_bits)}"),
        class_=f"bar {kind}" if step.after_bits >= step.before_bits else "bar against",
        x=percent(_along(low, scale)),
        width=percent(max(_along(high, scale) - _along(low, scale), 0.003)),
        height=HEIGHT_PX,
        rx=2,
    )
    return _row(_zero(scale), _rest(step.before_bits, scale), bar)


def draw_total(total: float, kind: str, scale: tuple[float, float]) -> Markup:
    """Draw the total as a bar from nothing."""
    low, high = sorted((0.0, total))
    bar = element(
        "rect",
        element("title", f"{bits(total)} bits in all"),
        class_=f"bar total {kind}",
        x=percent(_along(low, scale)),
        width=percent(max(_along(high, scale) - _along(low, scale), 0.003)),
        height=HEIGHT_PX,
        rx=2,
    )
    return _row(_zero(scale), bar)


def _along(reached: float, scale: tuple[float, float]) -> float:
    return (reached - scale[0]) / (scale[1] - scale[0])


def _zero(scale: tuple[float, float]) -> Markup:
    at = percent(_along(0.0, scale))
    return element("line", class_="zero", x1=at, x2=at, y1=0, y2=HEIGHT_PX)


def _rest(before: float, scale: tuple[float, float]) -> Markup:
    low, high = sorted((_along(0.0, scale), _along(before, scale)))
    middle = HEIGHT_PX // 2
    return element("line", class_="carried", x1=percent(low), x2=percent(high), y1=middle, y2=middle)


def _row(*children: Markup) -> Markup:
    return element("svg", *children, class_="step", width="100%", height=HEIGHT_PX, aria_hidden="true")
