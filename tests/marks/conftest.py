"""What the tests of the marks stage share: the slow reference, texts to try, and weights."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import strategies as st

from stillwatch.marks.mark import mark_exchanges
from stillwatch.marks.meanings import LARGEST, MEANING_DIMENSIONS, MEANING_ROWS, PAIRS, Meanings, meanings_of
from stillwatch.marks.scoring import Model, model_of
from stillwatch.marks.words import ROWS
from stillwatch.tables import EXCHANGES


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"marks_{name}", Path(__file__).parent / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def reference() -> ModuleType:
    return _load("reference")


@pytest.fixture(scope="session")
def weights() -> np.ndarray:
    return np.random.default_rng(3).integers(-128, 128, (ROWS, 12)).astype(np.int8)


@pytest.fixture(scope="session")
def model(weights: np.ndarray) -> Model:
    leaning = np.random.default_rng(4).integers(-128, 128, (MEANING_DIMENSIONS, 12)).astype(np.int8)
    return model_of(weights, np.linspace(-1, 1, 12), 0.004, leaning, 0.0001)


@pytest.fixture(scope="session")
def meanings() -> Meanings:
    """Vectors for half of all rows, some as long as they may be, and a quarter of all pairs."""
    draw = np.random.default_rng(5)
    rows = np.sort(draw.permutation(MEANING_ROWS)[: MEANING_ROWS // 2])
    vectors = draw.integers(-LARGEST, LARGEST + 1, (len(rows), MEANING_DIMENSIONS)).astype(np.int8)
    return meanings_of(rows, vectors, draw.integers(0, 2**63, PAIRS >> 6).astype(np.uint64))


@pytest.fixture(scope="session")
def exchanges():
    """Make a batch of exchanges from rows of some columns; what is not given is null."""

    def make(rows: list[dict]) -> pa.RecordBatch:
        filled = [{"exchange_id": str(i), "asked_at": 0, "account_id": "a", **row} for i, row in enumerate(rows)]
        arrays = [_array([row.get(f.name) for row in filled], f.type) for f in EXCHANGES.schema]
        return pa.RecordBatch.from_arrays(arrays, schema=EXCHANGES.schema)

    return make


def _array(values: list, kind: pa.DataType) -> pa.Array:
    if not pa.types.is_large_string(kind):
        return pa.array(values, kind)
    given = [v.encode() if isinstance(v, str) else v for v in values]
    binary = pa.array(given, pa.large_binary())
    return pa.Array.from_buffers(kind, len(binary), binary.buffers(), binary.null_count, binary.offset)


SNIPPETS = [
    "hello World", "don't stop", 'say "yes" or "no" now', '{"name": "Ann", "age": 31}', "`x = 1` and ```py\ncode\n```",
    "gpt4o costs 1,200.50", "3a5017c1", "中文字符，测试。", "ひらがな カタカナ", "한국어 문장", "مرحبا بالعالم",
    "Привет мир", "🎉👩‍👩‍👧 ok", "naïve café «oui»", "ΑΒΓ δ", "สวัสดี", "\u00a0nbsp\u00a0", "ＡＢＣ１２３！",
    "“curly” don’t", "\r\n\n", "\t  \x0b ", "aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ=", "a_b_c", '""', "``",
    '"' + "x" * 200 + '"', '"' + "y" * 201 + '"', "é" * 9, "/home/ann/shop/src/x.py", "git@github.com:acme/api.git",
    "averyveryverylongword" * 3, "12345678", "abcdefgh", "x年3",
]  # fmt: skip


@pytest.fixture(scope="session")
def some_bytes():
    """Texts of all kinds as bytes: any Unicode, code, quotations, and bytes that are not UTF-8."""
    whole = st.one_of(
        st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.text(alphabet='ab "`:\n1é年_', max_size=60).map(str.encode),
        st.sampled_from([snippet.encode() for snippet in SNIPPETS]),
        st.binary(max_size=30),
    )
    return st.lists(whole, max_size=8).map(b" ".join) | st.lists(whole, max_size=8).map(b"".join)


@pytest.fixture
def paths_of(exchanges, model, reference):
    """Return the names behind the digests, looked up among those that a test expects."""

    def read(*expected: str, **texts: str) -> list[str]:
        names = {reference.siphash(name.encode(), bytes(16)): name for name in expected}
        (found,) = mark_exchanges(exchanges([texts]), key=bytes(16), model=model)["path_digests"].to_pylist()
        assert found == sorted(found)
        return sorted(names.get(digest, "something else") for digest in found)

    return read
