"""Says a finding in a sentence, and what to do next. What was seen, never what anyone intends."""

from collections.abc import Sequence

from stillwatch.findings.statement import Evidence, Member, Pivot, Taken, Target


def sentence(members: Sequence[Member], evidence: Sequence[Evidence], targets: Sequence[Target], taken: Taken) -> str:
    """Return the finding as one sentence with its numbers."""
    wanted = [one.intent for one in targets if one.intent != "other" and one.campaign_share > 2 * one.public_share][:3]
    days = (max(one.last_seen_at for one in members) - min(one.first_seen_at for one in members)).days + 1
    aim = f", above all for {_listed(wanted)}," if wanted else ""
    if len(members) == 1:
        return (
            f"One account asked {taken.exchanges_count:,} times{aim} in {days:,} days "
            f"in a way that the honest reference does not show."
        )
    ties = [one.trait for one in evidence if one.kind == "coordination"][:3]
    return (
        f"{len(members):,} accounts, tied by {_listed([_a(one) for one in ties])}, took {taken.exchanges_count:,} answers "
        f"in {days:,} days{aim} as one operator would."
    ).replace(",,", ",")


def next_steps(evidence: Sequence[Evidence], pivots: Sequence[Pivot]) -> tuple[str, ...]:
    """Return what an operator would do next, the reversible before the irreversible."""
    steps = [
        "Read the example exchanges under the strongest evidence, and check the honest reasons against what you know of "
        "these accounts.",
        "Ask whether the accounts belong to a customer of yours; if so, declare the organisation in the settings and scan again.",
    ]
    if any(one.trait == "payment card" for one in evidence):
        steps.append("Ask the payment provider what it knows of the shared cards; hold new accounts on them for review.")
    if any(one.trait in ("conversation hopping", "carried reasoning") for one in evidence):
        steps.append("Refuse reasoning blocks under accounts that did not receive them: it stops replay and harms no other use.")
    if any(one.trait == "harvest intents" for one in evidence):
        steps.append("Lower the rate limits of these accounts, with a notice that names the reason and a way to appeal.")
    if pivots:
        steps.append("Watch the next release: this campaign moves to new models faster than the public.")
    steps.append("If the evidence stands, suspend the accounts together; single suspensions are replaced within hours.")
    return tuple(steps)


def _a(trait: str) -> str:
    return f"the same {trait}" if not trait.startswith("daily") else "the same hours"


def _listed(words: Sequence[str]) -> str:
    if not words:
        return "what they share"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
