"""`stillwatch traits`: what accounts may show, and what honest accounts have in common by it."""
# ruff: noqa: PLC0415 - imports are late, so that help is quick

from typing import Annotated

import typer

EXAMPLES = "`stillwatch traits` · `stillwatch traits 'payment card'`"


def traits(
    name: Annotated[str | None, typer.Argument(help="One trait, with all that is declared of it.")] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """List the traits that link accounts: family, columns read, honest reasons, and how each could be hidden."""
    from stillwatch.catalogue import trait_facts
    from stillwatch.terminal import listed, plain, results, tell_json, told

    facts = trait_facts(name)
    if json:
        tell_json(facts)
    elif name is None:
        rows = [(one.family, one.name, ", ".join(one.reads), "; ".join(one.honest_reasons)) for one in facts]
        results().print(listed(("family", "trait", "reads", "why honest accounts may share it"), rows))
        results().print(told(f"{len(facts)} traits;", "`stillwatch traits NAME` says how one could be hidden"))
    else:
        (one,) = facts
        results().print(plain(f"{one.name}: {one.about}", "bold"))
        results().print(told("family        ", one.family))
        results().print(told("reads         ", ", ".join(one.reads)))
        results().print(told("honest reasons", "; ".join(one.honest_reasons)))
        results().print(told("hidden by     ", one.evasion))
        results().print(told("value         ", f"{one.value} ({one.compared})"))
