"""What a reader of request and response pairs is: one file may hold pairs of several such APIs."""

import re
from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from stillwatch.exchanges.answers import is_no_talk
from stillwatch.exchanges.decoded import at, count, first, layered
from stillwatch.exchanges.envelope import pair, tell_envelope
from stillwatch.exchanges.reader import Reader, readers

_NO_TALK = re.compile(r"/(embeddings|moderations|images|audio|videos|rerank|count_tokens|files|batches)\b|/models/?$")


class PairReader(Reader):
    """A reader of the pairs of one API, in the envelope in which a gateway writes them.

    A gateway writes the calls of all its providers into one file, so each pair is told by the reader of its own API.
    Calls that are no talk with a model, such as embeddings, are passed over.
    """

    @abstractmethod
    def speaks(self, request: Any, response: Any) -> float:
        """Return how surely (0-1) this request and answer are of this API."""

    @abstractmethod
    def tell_pair(self, request: Any, response: Any, called: str | None, key: bytes) -> dict[str, Any]:
        """Return the columns that a pair fills; `called` is the address of the call, where the log has it."""

    def recognises(self, record: dict[str, Any]) -> float:
        """Return how surely the pair is of this API."""
        return self.speaks(*pair(record))

    def tell(self, record: dict[str, Any], key: bytes) -> Iterable[dict[str, Any]]:
        """Return the exchange of one pair; none when it is no talk."""
        request, response = pair(record)
        named = first(*(at(record, *way) for way in (("url",), ("path",), ("request", "url"), ("request", "path"))))
        called = named if isinstance(named, str) else None
        if is_no_talk(response) or _NO_TALK.search(called or str(record.get("endpoint"))):
            return
        speaker: PairReader = self
        if not self.speaks(request, response):
            others = [self, *(reader for reader in readers() if isinstance(reader, PairReader))]
            speaker = max(others, key=lambda other: other.speaks(request, response))
        # A bare body of a response may have a status in words, which is how it ended and no code.
        told = {"status_code": first(*(count(at(record, "response", name)) for name in ("status_code", "status")))}
        yield layered(speaker.tell_pair(request, response, called, key), told, tell_envelope(record))
