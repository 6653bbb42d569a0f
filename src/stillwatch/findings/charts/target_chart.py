"""What the campaign wants against what the public wants, as dumbbells on one scale."""

from collections.abc import Sequence

from markupsafe import Markup

from stillwatch.findings.charts.svg import element, percent
from stillwatch.findings.numerals import share
from stillwatch.findings.statement import Target

HEIGHT_PX = 20
SCALES = (0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)


def widest_share(targets: Sequence[Target]) -> float:
    """Return the end of the scale on which all the shares fit (0-1)."""
    most = max((part for target in targets for part in (target.campaign_share, target.public_share)), default=0.0)
    return next((end for end in SCALES if most <= end), 1.0)


def draw_dumbbell(campaign_share: float, public_share: float, widest: float) -> Markup:
    """Draw one row: a ring for the public, a dot for the campaign. The cells beside it carry the numbers."""
    middle = HEIGHT_PX // 2
    # The margins keep a mark at either end of the scale whole.
    public, campaign = (percent(0.03 + 0.94 * min(part / widest, 1.0)) for part in (public_share, campaign_share))
    return element(
        "svg",
        element("title", f"campaign {share(campaign_share)}, public {share(public_share)}"),
        element("line", class_="rail", x1="0%", x2="100%", y1=middle, y2=middle),
        element("line", class_="span", x1=public, x2=campaign, y1=middle, y2=middle),
        element("circle", class_="share-public", cx=public, cy=middle, r=5),
        element("circle", class_="share-campaign", cx=campaign, cy=middle, r=6),
        class_="dumbbell",
        width="100%",
        height=HEIGHT_PX,
        aria_hidden="true",
    )


def times_public(target: Target) -> str:
    """Write how many times the public's share the campaign's is.

    Examples
    --------
    >>> times_public(Target("coding", 0.46, 0.06)), times_public(Target("vision", 0.1, 0.0))
    ('7.7×', 'not seen in public')
    """
    if target.public_share <= 0:
        return "not seen in public" if target.campaign_share > 0 else "–"
    ratio = target.campaign_share / target.public_share
    if ratio < 0.1:
        return "<0.1×"
    return f"{ratio:.0f}×" if ratio >= 10 else f"{ratio:.1f}×"
