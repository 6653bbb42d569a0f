"""An explanation as it is shown on the terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import RenderableType

from stillwatch.explain import AccountExplained, AccountTie, CampaignExplained, ExchangeExplained, Explained
from stillwatch.findings.numerals import bits, count, day, instant, odds, plural, share
from stillwatch.findings.statement import Evidence
from stillwatch.outline import few
from stillwatch.terminal import listed, plain, told

_TIES_SHOWN = 8


def show_explained(explained: Explained, rows: Sequence[Mapping[str, Any]] = ()) -> Iterator[RenderableType]:
    """Yield the parts of an explanation for the terminal, the rows of the logs last."""
    if isinstance(explained, CampaignExplained):
        yield from _show_campaign(explained)
    elif isinstance(explained, AccountExplained):
        yield from _show_account(explained)
    else:
        yield from _show_exchange(explained)
    for row in rows:
        yield plain(f"\n{row['exchange_id']}", "bold")
        yield from (told(f"  {name}", str(value)) for name, value in row.items() if name != "exchange_id")


def _show_campaign(explained: CampaignExplained) -> Iterator[RenderableType]:
    one = explained.finding
    yield plain(one.campaign_id, "bold")
    yield plain(one.statement)
    yield told("seen       ", f"{instant(one.first_seen_at)} to {instant(one.last_seen_at)}")
    yield told("took       ", f"{plural(one.taken.exchanges_count, 'exchange')} of {count(one.exchanges_count)}")
    yield told("coordination", f"{bits(one.coordination_bits)} bits; extraction {bits(one.extraction_bits)} bits")
    yield told("false alarms", odds(one.false_alarm_rate))
    yield from _show_evidence(one.evidence)
    if one.ties:
        rows = [(t.account_a, t.account_b, bits(t.bits), ", ".join(t.traits)) for t in one.ties[:_TIES_SHOWN]]
        yield listed(("!strongest ties", "!", ">bits", "what both show"), rows)
    yield from _show_against((*explained.weak_points, *one.honest_reasons))
    strongest = one.members[0].account_id
    yield told("further", f"`stillwatch explain {strongest}` takes the strongest account apart")


def _show_account(explained: AccountExplained) -> Iterator[RenderableType]:
    one = explained.member
    yield plain(one.account_id, "bold")
    yield plain(f"in {explained.campaign_id}: {explained.statement}")
    yield told("membership", f"{bits(one.membership_bits)} bits, number {explained.rank} of {explained.members_count}")
    part = share(one.extraction_count / max(one.exchanges_count, 1))
    yield told("exchanges ", f"{count(one.exchanges_count)}, {part} of them told to be extraction")
    yield told("seen      ", f"{day(one.first_seen_at)} to {day(one.last_seen_at)}")
    rows = [(bits(r.bits), r.trait, r.seen, r.expected, few(r.example_exchange_ids)) for r in explained.reasons]
    yield listed((">!bits", "reason", "it", "expected", "exchange"), rows)
    yield plain(
        "Its membership is the sum of these: of each family, how few strangers agree with the others as much.", "dim"
    )
    if explained.strongest_ties:
        reach = ""
        if explained.weakest_bits is not None:
            reach = f"; hardly any tie of strangers exceeds {bits(explained.weakest_bits)} bits"
        yield plain(f"The strongest of its {plural(explained.ties_count, 'tie')} to single members{reach}.", "dim")
        yield listed((">!bits", "!tied to", "by"), [_tie(tie) for tie in explained.strongest_ties])
    honest = dict.fromkeys(reason for one in explained.reasons for reason in one.honest_reasons)
    yield from _show_against((*explained.weak_points, *honest))


def _tie(tie: AccountTie) -> tuple[str, str, str]:
    parts = [
        f"{one.trait} {bits(one.bits)}" if one.is_counted else f"({one.trait} {bits(one.bits)})" for one in tie.traits
    ]
    return bits(tie.bits), tie.account_id, ", ".join(parts)


def _show_exchange(explained: ExchangeExplained) -> Iterator[RenderableType]:
    yield plain(explained.exchange_id, "bold")
    yield plain(f"in {explained.campaign_id}: {explained.statement}")
    yield told("told to be", "extraction" if explained.is_extraction else "cover: it is not told to be extraction")
    if explained.evidence:
        yield from _show_evidence(explained.evidence)
    else:
        yield told("evidence  ", "none names it as an example; it counts as one of the exchanges of its campaign")


def _show_evidence(evidence: Sequence[Evidence]) -> Iterator[RenderableType]:
    rows = [
        (bits(one.bits), f"{one.kind}: {one.trait}", one.seen, one.expected, few(one.example_exchange_ids))
        for one in evidence
    ]
    yield listed((">!bits", "evidence", "seen", "expected", "exchanges"), rows)


def _show_against(reasons: Sequence[str]) -> Iterator[RenderableType]:
    if reasons:
        yield plain("What speaks against it", "bold")
        yield from (plain(f"  {reason}") for reason in reasons)
