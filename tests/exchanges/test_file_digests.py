from concurrent.futures import CancelledError
from hashlib import sha256
from threading import Event

import pytest

from stillwatch.exchanges import file_digests
from stillwatch.exchanges.file_digests import FileDigests, digest_file
from stillwatch.log_errors import UnreadableLog


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 3_500_000])
def test_a_digest_is_of_all_bytes(size, tmp_path):
    text = bytes(place % 251 for place in range(1000)) * (size // 1000 + 1)
    (tmp_path / "log").write_bytes(text[:size])
    assert digest_file(str(tmp_path / "log")) == sha256(text[:size]).hexdigest()


def test_files_are_digested_beside_other_work(tmp_path):
    for name in "abc":
        (tmp_path / name).write_text(name)
    with FileDigests() as digests:
        waiting = [digests.begin(str(tmp_path / name)) for name in "abc"]
        assert [one.result() for one in waiting] == [sha256(name.encode()).hexdigest() for name in "abc"]


def test_why_a_file_cannot_be_read_is_told_when_its_digest_is_asked_for(tmp_path):
    with FileDigests() as digests:
        waiting = digests.begin(str(tmp_path / "gone"))
        with pytest.raises(UnreadableLog, match="No such file"):
            waiting.result()


def test_nothing_is_waited_for_once_digests_are_left(tmp_path, monkeypatch):
    begun, go = Event(), Event()
    real = file_digests.digest_file

    def held(path, stop):
        begun.set()
        assert go.wait(60)
        assert stop.is_set()
        return real(path, stop)

    (tmp_path / "log").write_bytes(b"x" * 5_000_000)
    monkeypatch.setattr(file_digests, "digest_file", held)
    digests = FileDigests()
    monkeypatch.setattr(digests._stop, "set", lambda stop=digests._stop.set: (stop(), go.set()))
    with digests:
        first, second = (digests.begin(str(tmp_path / "log")) for _ in range(2))
        assert begun.wait(60)
    assert first.result() != sha256(b"x" * 5_000_000).hexdigest()
    with pytest.raises(CancelledError):
        second.result()
