"""Says a finding in a sentence, and what to do next. What was seen, never what anyone intends."""

from collections.abc import Sequence

from stillwatch.findings.numerals import plural
from stillwatch.findings.statement import Evidence, Member, Pivot, Taken, Target

_HIGHEST_NAMED = 3


def sentence(members: Sequence[Member], evidence: Sequence[Evidence], targets: Sequence[Target], taken: Taken) -> str:
    """Return the finding as one sentence with its numbers."""
    wanted = [_work(one.intent) for one in targets
              if one.intent != "other" and one.campaign_share > 2 * one.public_share]  # fmt: skip
    aim = f", above all for {listed(wanted[:_HIGHEST_NAMED])}" if wanted else ""
    days = (max(one.last_seen_at for one in members) - min(one.first_seen_at for one in members)).days + 1
    took = f"took {plural(taken.exchanges_count, 'answer')} in {plural(days, 'day')}{aim}"
    if len(members) == 1:
        return f"One account, day and night, {took}; hardly any honest account does so."
    shared = [several(one.trait) for one in evidence if one.kind == "coordination"][:_HIGHEST_NAMED]
    return f"{len(members):,} accounts share {listed(shared)}, and act as one operator would: they {took}."


def next_steps(evidence: Sequence[Evidence], pivots: Sequence[Pivot]) -> tuple[str, ...]:
    """Return what an operator would do next, the reversible before the irreversible."""
    shown = {one.trait for one in evidence}
    alone = all(one.kind != "coordination" for one in evidence)
    who, whose = ("the account", "this account") if alone else ("the accounts", "these accounts")
    steps = [
        f"Read the example exchanges under the strongest evidence, and check the honest reasons against what you know "
        f"of {whose}.",
        f"Ask whether {who} belong{'s' if alone else ''} to a customer of yours; if so, declare "
        f"{'it' if alone else 'the organisation'} in the settings and scan again.",
    ]
    if "payment card" in shown:
        steps.append("Ask the payment provider what it knows of the cards; hold new accounts on them for review.")
    if shown & {"conversation hopping", "carried reasoning"}:
        steps.append(
            "Refuse reasoning blocks under accounts that did not receive them: it stops replay and harms no other use."
        )
    if "harvest intents" in shown:
        steps.append(f"Lower the rate limits of {whose}, with a notice that names the reason and a way to appeal.")
    if any(not one.back for one in pivots):
        steps.append("Watch the next release: this campaign moves to new models faster than the public.")
    together = " together; single suspensions are replaced within hours"
    steps.append(f"If the evidence stands, suspend {who}{'' if alone else together}.")
    return tuple(steps)


def _work(intent: str) -> str:
    return "agentic work" if intent == "agentic" else intent


def thing(trait: str) -> str:
    """Return what an account shows by a trait, as a noun.

    Examples
    --------
    >>> thing("same prompt"), thing("address")
    ('prompt', 'address')
    """
    return trait.removeprefix("same ")


def several(trait: str) -> str:
    """Return the noun of a trait for more than one.

    Examples
    --------
    >>> several("address"), several("wording family"), several("daily rhythm"), several("same prompt")
    ('addresses', 'wording families', 'daily rhythms', 'prompts')
    """
    noun = thing(trait)
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}{'es' if noun.endswith(('s', 'x', 'z', 'ch', 'sh')) else 's'}"


def one_of(trait: str) -> str:
    """Return the noun of a trait with its article.

    Examples
    --------
    >>> one_of("address"), one_of("payment card")
    ('an address', 'a payment card')
    """
    noun = thing(trait)
    return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence.

    Examples
    --------
    >>> listed(["cards"]), listed(["cards", "hours", "tools"])
    ('cards', 'cards, hours and tools')
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
