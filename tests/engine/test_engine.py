import subprocess
import sys

from stillwatch.engine import open_engine


def test_the_embedded_engine_is_opened_as_ordered_and_leaves_nothing(tmp_path):
    with open_engine(memory_bytes=200_000_000, threads=1, folder=tmp_path) as engine:
        assert (engine.memory_bytes, engine.threads) == (200_000_000, 1)
        assert engine.folder.parent == tmp_path
        assert engine.sql("SELECT 1 AS one")["one"].to_pylist() == [1]
    assert [*tmp_path.iterdir()] == []


def test_the_database_is_loaded_when_it_is_used():
    code = "import sys, stillwatch.engine; sys.exit('duckdb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
