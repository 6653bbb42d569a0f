"""The demonstration: a world is made and scanned as an operator would scan logs, and its truth is held against it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, RenderableType

from stillwatch.errors import CannotWrite, FolderOccupied
from stillwatch.findings.numerals import count, plural, share
from stillwatch.findings.settings import Declared, Price
from stillwatch.findings.statement import Finding, Release
from stillwatch.orders import run_order
from stillwatch.progress import LiveProgress
from stillwatch.record import Order
from stillwatch.scan import Scan
from stillwatch.settings import Settings
from stillwatch.terminal import listed, plain, told
from stillwatch.worlds import World, make_world, write_world

STORY = "february"
_FOLDERS = ("world", "findings")


@dataclass(frozen=True)
class TrueCampaign:
    """A campaign of the truth: how many of its accounts were found, and in which finding the most of them."""

    name: str
    accounts_count: int
    found_count: int
    campaign_id: str | None


@dataclass(frozen=True)
class Comparison:
    """Findings against the truth of a world, in accounts; findings that hold no account of a campaign are false."""

    campaigns: tuple[TrueCampaign, ...]
    honest_count: int
    honest_found_count: int
    false_campaigns: tuple[str, ...]


@dataclass(frozen=True)
class Demonstration:
    """A world that was scanned, and how the findings compare with its truth."""

    scan: Scan
    comparison: Comparison
    findings_folder: Path
    logs: Path


def run_demo(into: Path, console: Console, *, seed: int = 1, threads: int | None = None) -> Demonstration:
    """Make a world in `into/world`, scan it into `into/findings`, and compare with the truth that lies beside the logs.

    Raises
    ------
    FolderOccupied
        `into` holds something else than an earlier demonstration.
    CannotWrite
        `into` cannot be written, or its disk is full.
    """
    if into.exists() and (not into.is_dir() or {one.name for one in into.iterdir()} - {*_FOLDERS}):
        raise FolderOccupied(into)
    folder, findings = (into / name for name in _FOLDERS)
    with LiveProgress(console) as progress:
        progress.stage("making a world", None, "")
        world = make_world(STORY, seed=seed)
        with CannotWrite.told_of(folder):
            write_world(world, folder)
    logs = folder / "exchanges.parquet"
    prices = {model: Price(*price) for model, price in world.prices.items()}
    releases = tuple(Release(one.model, one.at) for one in world.releases)
    order = Order((str(logs),), Settings(declared=Declared(prices=prices)), releases=releases)
    scan = run_order(order, findings, console, threads=threads)
    return Demonstration(scan, compare(scan.findings, truth_of(world)), findings, logs)


def truth_of(world: World) -> dict[str, str | None]:
    """Return the campaign of each account, None for the honest."""
    accounts = world.truth_accounts
    return dict(zip(accounts["account_id"].to_pylist(), accounts["campaign"].to_pylist(), strict=True))


def compare(findings: Sequence[Finding], truth: Mapping[str, str | None]) -> Comparison:
    """Hold findings against the truth.

    Parameters
    ----------
    truth
        The campaign of each account, None for the honest.
    """
    found = {member.account_id: one.campaign_id for one in findings for member in one.members}
    sizes = Counter(name for name in truth.values() if name is not None)
    campaigns = []
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        where = Counter(found[account] for account, campaign in truth.items() if campaign == name and account in found)
        most = min(where, key=lambda campaign_id: (-where[campaign_id], campaign_id), default=None)
        campaigns.append(TrueCampaign(name, sizes[name], where.total(), most))
    honest = [account for account, campaign in truth.items() if campaign is None]
    false = [one.campaign_id for one in findings if not any(truth.get(member.account_id) for member in one.members)]
    return Comparison(tuple(campaigns), len(honest), sum(account in found for account in honest), tuple(sorted(false)))


def show_comparison(comparison: Comparison) -> Iterator[RenderableType]:
    """Yield the parts of a comparison for the terminal."""
    yield plain("Against the truth of this world", "bold")
    rows = [
        (one.name, count(one.accounts_count), count(one.found_count), share(one.found_count / one.accounts_count),
         one.campaign_id or "not found")
        for one in comparison.campaigns
    ]  # fmt: skip
    yield listed(("!true campaign", ">!accounts", ">!found", ">!share", "!as"), rows)
    wrong = f"{count(comparison.honest_found_count)} of {plural(comparison.honest_count, 'account')} flagged"
    yield told("honest    ", f"{wrong}; {plural(len(comparison.false_campaigns), 'false campaign')}")
