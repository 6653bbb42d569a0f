"""Why a campaign, an account or an exchange is in the findings, in bits, from the folder that a scan wrote."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stillwatch.errors import NoFindings, NothingToExplain
from stillwatch.findings.numerals import plural
from stillwatch.findings.ocsf import finding_from_ocsf
from stillwatch.findings.reasons import honest_reasons_of
from stillwatch.findings.statement import Evidence, Finding, Member, Reason
from stillwatch.findings.weak_points import WEAK_MEMBERSHIP, weak_points
from stillwatch.record import Record, read_record

_SHOWN_TIES = 3


@dataclass(frozen=True)
class SharedTrait:
    """A trait that two accounts share; `is_counted` unless a stronger trait of its family stands for it."""

    trait: str
    family: str
    bits: float
    is_counted: bool
    shared_count: int
    shared_value: str | None


@dataclass(frozen=True)
class AccountTie:
    """All that ties an account to another member; the bits of its counted traits sum to `bits`."""

    account_id: str
    bits: float
    traits: tuple[SharedTrait, ...]


@dataclass(frozen=True)
class CampaignExplained:
    """A campaign: the whole finding, and where its numbers lean on little."""

    finding: Finding
    weak_points: tuple[str, ...]
    kind: str = "campaign"


@dataclass(frozen=True)
class AccountExplained:
    """An account of a campaign.

    Attributes
    ----------
    weakest_bits
        The level that hardly any tie of strangers exceeds; None where the record does not hold it.
    reasons
        Why it is held, the strongest first; their bits sum to `member.membership_bits`.
    strongest_ties
        Its strongest links to other members; none where it agrees with the campaign as a whole only.
    """

    member: Member
    campaign_id: str
    statement: str
    rank: int
    members_count: int
    weakest_bits: float | None
    ties_count: int
    reasons: tuple[Reason, ...]
    strongest_ties: tuple[AccountTie, ...]
    weak_points: tuple[str, ...]
    kind: str = "account"


@dataclass(frozen=True)
class ExchangeExplained:
    """An exchange: the campaign that it belongs to, whether as extraction, and the evidence that names it."""

    exchange_id: str
    campaign_id: str
    statement: str
    is_extraction: bool
    evidence: tuple[Evidence, ...]
    kind: str = "exchange"


Explained = CampaignExplained | AccountExplained | ExchangeExplained


@dataclass(frozen=True)
class FoundBefore:
    """The findings of an earlier scan, opened."""

    folder: Path
    record: Record
    findings: tuple[Finding, ...]

    def explain(self, given: str) -> Explained:
        """Explain a campaign (its id, or a beginning that no other has), an account or an exchange.

        Raises
        ------
        NothingToExplain
            The id names nothing here, or the beginning more than one campaign.
        """
        for finding in self.findings:
            if finding.campaign_id == given:
                return CampaignExplained(finding, tuple(weak_points(finding)))
            for rank, member in enumerate(finding.members, 1):
                if member.account_id == given:
                    return self._account(finding, member, rank)
        if exchange := self._exchange(given):
            return exchange
        begun = [one for one in self.findings if _begins(one.campaign_id, given)]
        if len(begun) == 1:
            return CampaignExplained(begun[0], tuple(weak_points(begun[0])))
        raise NothingToExplain(given, self.folder, self._instead(begun))

    def finding_of(self, account: str) -> Finding | None:
        """Return the finding that holds an account, if any."""
        return next((one for one in self.findings for member in one.members if member.account_id == account), None)

    def _account(self, finding: Finding, member: Member, rank: int) -> AccountExplained:
        ties = sorted(self._ties(member.account_id), key=lambda tie: (-tie.bits, tie.account_id))
        return AccountExplained(
            member, finding.campaign_id, finding.statement, rank, len(finding.members), self.record.weakest_bits,
            len(ties), tuple(self._reasons(finding, member)), tuple(ties[:_SHOWN_TIES]),
            tuple(_against(member, finding.members[0].membership_bits, ties)),
        )  # fmt: skip

    def _reasons(self, finding: Finding, member: Member) -> Iterator[Reason]:
        of = (pc.field("campaign_id") == finding.campaign_id) & (pc.field("account_id") == member.account_id)
        spoken = {one.trait: one.honest_reasons for one in finding.evidence}
        for row in sorted(self._rows("reasons", of), key=lambda row: (-row["evidence_bits"], row["trait"])):
            yield Reason(
                row["account_id"],
                row["trait"], row["family"], row["evidence_bits"], row["seen"], row["expected"],
                spoken.get(row["trait"]) or honest_reasons_of(row["trait"]),
                tuple(row["example_exchange_ids"]),
            )  # fmt: skip

    def _exchange(self, given: str) -> ExchangeExplained | None:
        taken = self._rows("exchanges", pc.field("exchange_id") == given)
        for finding in self.findings:
            named = tuple(one for one in finding.evidence if given in one.example_exchange_ids)
            extraction = any(row["campaign_id"] == finding.campaign_id for row in taken)
            if named or extraction:
                return ExchangeExplained(given, finding.campaign_id, finding.statement, extraction, named)
        return None

    def _ties(self, account: str) -> Iterator[AccountTie]:
        either = (pc.field("account_a") == account) | (pc.field("account_b") == account)
        others: dict[str, list[Mapping[str, Any]]] = {}
        for row in self._rows("links", either):
            others.setdefault(row["account_b"] if row["account_a"] == account else row["account_a"], []).append(row)
        for other, rows in others.items():
            traits = tuple(_shared(rows))
            yield AccountTie(other, sum(one.bits for one in traits if one.is_counted), traits)

    def _rows(self, table: str, wanted: pc.Expression) -> list[dict[str, Any]]:
        path = self.folder / f"{table}.parquet"
        try:
            rows: list[dict[str, Any]] = pq.read_table(path, filters=wanted).to_pylist()
        except (OSError, pa.ArrowException) as error:
            raise NoFindings(self.folder, f"{path.name}: {str(error).splitlines()[0]}") from error
        return rows

    def _instead(self, begun: Sequence[Finding]) -> str:
        if begun:
            return f"{len(begun)} campaigns begin so: {', '.join(f'`{one.campaign_id}`' for one in begun)}"
        held = plural(len(self.findings), "campaign")
        scanned = plural(self.record.summary.accounts_count, "account")
        return f"{held} of {scanned} scanned, and nothing by this id in them; of what is in no campaign nothing is kept"


def open_findings(folder: Path) -> FoundBefore:
    """Open the findings that a scan wrote.

    Raises
    ------
    NoFindings
        The folder is absent, or lacks a file of the findings.
    RecordUnreadable, FindingUnreadable
        A file is not as the scan wrote it.
    """
    lines = folder / "findings.json"
    if not lines.is_file() or not (folder / "scan.json").is_file():
        raise NoFindings(folder, "no `findings.json` with a `scan.json`" if folder.is_dir() else "no such folder")
    found = tuple(finding_from_ocsf(line) for line in lines.read_bytes().splitlines() if line)
    return FoundBefore(folder, read_record(folder), found)


def _begins(campaign_id: str, given: str) -> bool:
    return bool(given) and (campaign_id.startswith(given) or campaign_id.removeprefix("campaign-").startswith(given))


def _shared(rows: Iterable[Mapping[str, Any]]) -> Iterator[SharedTrait]:
    ranked = sorted(rows, key=lambda row: (-row["weight_bits"], row["trait"]))
    seen: set[str] = set()
    for row in ranked:
        counted = row["family"] not in seen
        seen.add(row["family"])
        yield SharedTrait(
            row["trait"], row["family"], row["weight_bits"], counted, row["shared_count"], row["shared_value"]
        )


def _against(member: Member, strongest: float, ties: Sequence[AccountTie]) -> Iterator[str]:
    if member.membership_bits < WEAK_MEMBERSHIP * strongest:
        yield "It is held by less than a quarter of the strongest membership of its campaign."
    if not ties:
        yield "No link to a single member says more than those of strangers do; it agrees with the whole only."
    elif len(ties) <= _SHOWN_TIES:
        yield f"It is tied to {plural(len(ties), 'member')} only."
    if ties and len({one.family for one in ties[0].traits}) <= 2:
        yield "Its strongest tie rests on two families of traits."
    if not member.extraction_count:
        yield "None of its exchanges is told to be extraction."
    elif member.extraction_count < member.exchanges_count / 2:
        yield "Most of its exchanges are not told to be extraction; they may be those of people who know nothing of it."
