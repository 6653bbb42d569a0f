"""The programs that call: their user agents, TLS fingerprints and call settings, popular and rare."""

from dataclasses import dataclass

import numpy as np

from stillwatch.worlds.seeds import generator, seed_of

_AGENTS = {
    "chat": (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/{major}.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/{minor}.1 Safari/605.1.15",
        "Mozilla/5.0 (Linux; Android {minor}; Mobile) AppleWebKit/537.36 Chrome/{major}.0.0.0",
        "Lantern/{minor}.{patch} (iPhone; iOS {minor}.2)",
        "Mozilla/5.0 (X11; Linux x86_64; rv:{major}.0) Gecko/20100101 Firefox/{major}.0",
    ),
    "sdk": (
        "lantern-python/0.{major}.{patch}",
        "lantern-node/{patch}.{minor}.0",
        "python-httpx/0.{minor}.{patch}",
        "okhttp/4.{patch}.0",
        "Go-http-client/2.0",
        "langkit/0.{minor}.{patch} lantern-python/0.{major}.0",
    ),
    "agent": (
        "trellis-cli/1.{minor}.{patch} (external, cli)",
        "trellis-vscode/0.{minor}.{patch}",
        "lantern-code/2.{patch}.{minor}",
        "lantern-node/{patch}.{minor}.0 agentkit/0.{minor}",
    ),
}
ACCESS_PATHS = {
    "chat": ("app", "app", "app", "education", "team"),
    "sdk": ("api", "api", "api", "cloud", "startup programme"),
    "agent": ("api", "app", "cloud", "team", "api"),
}
_ENDPOINTS = {"chat": "/v1/conversations", "sdk": "/v1/messages", "agent": "/v1/messages"}
_STACKS_COUNT = {"chat": 60, "sdk": 120, "agent": 30}
TOOLS = (
    ("read_file", "edit_file", "grep", "list_dir", "shell", "run_tests"),
    ("open_file", "search", "apply_diff", "run_command"),
    ("search",),
    ("lookup_order", "create_ticket", "refund"),
    ("query_table", "plot"),
)
_MADE_NAMES = (
    "amber", "birch", "copper", "drift", "ember", "fathom", "grain", "heron", "inlet", "juno", "kestrel", "loom",
)  # fmt: skip


@dataclass(frozen=True)
class Stack:
    """A client program with its TLS library."""

    user_agent: str
    ja4: str


@dataclass(frozen=True)
class Habits:
    """How an account calls. `client` is `chat` (people at a page), `sdk` (programs) or `agent` (coding tools)."""

    client: str
    access_path: str
    endpoint: str
    stream: bool
    temperature: float | None
    top_p: float | None
    max_tokens: int | None
    reasoning_effort: str | None
    tools: int
    names_conversations: bool
    names_end_users: bool
    replays_signatures: bool


def _stack(client: str, number: int) -> Stack:
    rng = generator(seed_of("stack", client, number))
    agent = str(rng.choice(_AGENTS[client]))
    filled = agent.format(major=rng.integers(88, 150), minor=rng.integers(10, 40), patch=rng.integers(0, 10))
    return Stack(filled, _ja4(rng))


def _ja4(rng: np.random.Generator) -> str:
    alpn = "h2" if rng.random() < 0.6 else "h1"
    head = f"t13d{rng.integers(10, 20)}{rng.integers(7, 19):02d}{alpn}"
    return f"{head}_{rng.bytes(6).hex()}_{rng.bytes(6).hex()}"


_POPULAR = {client: tuple(_stack(client, i) for i in range(count)) for client, count in _STACKS_COUNT.items()}


def draw_stack(rng: np.random.Generator, client: str) -> Stack:
    """Draw a program: nearly always a popular one (few make up most), one time in sixteen a rare one."""
    popular = _POPULAR[client]
    if rng.random() < 0.06:
        return _stack(client, int(rng.integers(1000, 2**40)))
    return popular[int(len(popular) * rng.random() ** 2.2)]


def draw_own_stack(rng: np.random.Generator, sort: str) -> Stack:
    """Draw a program that somebody made: with a name, version and TLS hello of its own, `sort` at the name's end."""
    name = "".join(rng.choice(_MADE_NAMES, 2, replace=False))
    return Stack(f"{name}-{sort}/{rng.integers(0, 5)}.{rng.integers(0, 30)}.{rng.integers(0, 10)}", _ja4(rng))


def draw_habits(rng: np.random.Generator, client: str) -> Habits:
    """Draw how an account calls."""
    person, draw = client == "chat", rng.random(8)
    paths = ACCESS_PATHS[client]
    return Habits(
        client,
        paths[int(draw[0] * len(paths))],
        "/v1/chat/completions" if client == "sdk" and draw[1] < 0.4 else _ENDPOINTS[client],
        stream=bool(draw[2] < (0.95 if person else 0.45)),
        temperature=None if draw[3] < 0.35 else float(rng.choice([0.0, 0.2, 0.3, 0.7, 0.7, 1.0, 1.0, 1.0])),
        top_p=None if draw[4] < 0.8 else float(rng.choice([0.9, 0.95, 1.0])),
        max_tokens=None if draw[5] < 0.2 else int(rng.choice([512, 1024, 2048, 4096, 4096, 8192, 16384])),
        reasoning_effort=None if draw[6] < 0.6 else str(rng.choice(["low", "medium", "medium", "high"])),
        tools=-1
        if person or (client == "sdk" and draw[7] < 0.7)
        else int(rng.integers(0, 2 if client == "agent" else 5)),
        names_conversations=person or (client == "agent" and draw[7] < 0.3),
        names_end_users=client == "sdk" and bool(draw[6] < 0.3),
        replays_signatures=client == "agent" or draw[7] > 0.8,
    )
