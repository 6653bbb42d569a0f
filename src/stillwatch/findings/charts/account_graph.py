"""The accounts of a campaign and what ties them."""

from markupsafe import Markup

from stillwatch.findings.charts.graph_layout import place_accounts, thin_ties
from stillwatch.findings.charts.svg import captioned, element
from stillwatch.findings.numerals import bits, count, plural, share
from stillwatch.findings.statement import Finding, Member, Tie

WIDTH, HEIGHT, MARGIN = 760, 460, 24


def draw_account_graph(finding: Finding, slot: str, most_drawn: int = 300) -> Markup:
    """Draw the accounts of the strongest membership, at most `most_drawn`, and the strongest ties among them.

    An account's area follows its exchanges; its fill says whether most of them are extraction. A tie's width and
    darkness follow its bits.
    """
    members = finding.members[:most_drawn]
    accounts = [member.account_id for member in members]
    ties = thin_ties(finding.ties, accounts)
    spots = {
        account: (
            round(MARGIN + (x + 1) / 2 * (WIDTH - 2 * MARGIN), 1),
            round(MARGIN + (y + 1) / 2 * (HEIGHT - 2 * MARGIN), 1),
        )
        for account, (x, y) in zip(accounts, place_accounts(accounts, ties).tolist(), strict=True)
    }
    strongest = max((tie.bits for tie in ties), default=1.0)
    busiest = max((member.exchanges_count for member in members), default=1)
    # The small ones are drawn last, so that none is hidden under a big one.
    by_size = sorted(members, key=lambda member: (-member.exchanges_count, member.account_id))
    return captioned(
        slot,
        "Accounts and their ties",
        _description(finding, len(members), ties),
        element("g", *(_tie(tie, spots, strongest) for tie in reversed(ties)), class_="ties"),
        *(_account(member, spots[member.account_id], busiest, len(members)) for member in by_size),
        class_="account-graph",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
    )


def _description(finding: Finding, drawn: int, ties: list[Tie]) -> str:
    said = f"{count(drawn)} of {plural(len(finding.members), 'account')} and {plural(len(ties), 'tie')}"
    if not ties:
        return f"{said} are drawn."
    weakest, strongest = ties[-1], ties[0]
    return (
        f"{said} are drawn, from {bits(weakest.bits)} to {bits(strongest.bits)} bits. The strongest tie is between "
        f"{strongest.account_a} and {strongest.account_b}."
    )


def _account(member: Member, spot: tuple[float, float], busiest: int, drawn: int) -> Markup:
    least_px, most_px = (5.0, 15.0) if drawn <= 40 else (2.6, 8.5)
    radius = least_px + (most_px - least_px) * (member.exchanges_count / max(busiest, 1)) ** 0.5
    taken = member.extraction_count / max(member.exchanges_count, 1)
    spoken = (
        f"{member.account_id}: {plural(member.exchanges_count, 'exchange')}, {share(taken)} extraction, "
        f"membership {bits(member.membership_bits)} bits"
    )
    return element(
        "circle",
        element("title", spoken),
        class_="account" if taken >= 0.5 else "account covered",
        cx=spot[0],
        cy=spot[1],
        r=round(radius, 1),
    )


def _tie(tie: Tie, spots: dict[str, tuple[float, float]], strongest: float) -> Markup:
    weight = max(tie.bits, 0.0) / max(strongest, 1e-9)
    (x1, y1), (x2, y2) = spots[tie.account_a], spots[tie.account_b]
    return element(
        "line",
        element("title", f"{tie.account_a} – {tie.account_b}: {bits(tie.bits)} bits ({', '.join(tie.traits)})"),
        x1=x1,
        y1=y1,
        x2=x2,
        y2=y2,
        stroke_width=round(0.5 + 1.5 * weight, 1),
        stroke_opacity=round(0.2 + 0.55 * weight, 1),
    )
