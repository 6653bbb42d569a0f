"""What every test may ask for: stored samples, the shared folder, an engine, and one fixed hypothesis profile."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from stillwatch.cli import run
from stillwatch.engine.duck import DuckEngine
from stillwatch.findings.statement import Release
from stillwatch.scanning import Scan, scan
from stillwatch.settings import read_settings
from stillwatch.worlds import Making, find_story, make

ROOT = Path(__file__).parent.parent

settings.register_profile("fixed", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fixed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="renew the stored samples; read the diff as prose")


@pytest.fixture
def stored(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the sample of that name in the folder `stored` beside the test."""
    folder = request.path.parent / "stored"
    rewrite = request.config.getoption("--rewrite")

    def compare(name: str, text: str) -> None:
        sample = folder / name
        if rewrite:
            sample.parent.mkdir(parents=True, exist_ok=True)
            sample.write_text(text, encoding="utf-8")
        assert sample.exists(), f"no sample {sample.relative_to(ROOT)}: run pytest --rewrite and read what it wrote"
        assert text == sample.read_text(encoding="utf-8"), "if the change is meant, run pytest --rewrite"

    return compare


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `../shared` of measured data, where there is one; nothing in it is part of the repository."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared is not here: it holds data that the repository may not carry")
    return folder


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckEngine]:
    """The embedded engine on two threads, its temporary files in the test's own folder."""
    with DuckEngine(threads=2, folder=tmp_path) as engine:
        yield engine


@dataclass(frozen=True)
class Scanned:
    """A small world that was scanned with settings so loose that its campaign is told whatever the calibration."""

    folder: Path
    logs: Path
    settings: Path
    findings: Path
    scan: Scan


@pytest.fixture(scope="session")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    folder = tmp_path_factory.mktemp("scanned")
    story = find_story("hydra")
    make(Making(story, scale=0.25), folder / "world")
    settings = folder / "stillwatch.toml"
    settings.write_text("[judging]\nfalse_discovery_rate = 1.0\nleast_evidence_bits = 0.0\nfewest_families = 1\n")
    logs, findings = folder / "world" / "exchanges.parquet", folder / "findings"
    releases = tuple(Release(one.model, one.at) for one in story.calendar.releases)
    done = scan([str(logs)], into=findings, settings=read_settings(settings), releases=releases)
    return Scanned(folder, logs, settings, findings, done)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command as it is typed; return its exit code, what it told, and what it noted."""

    def typed(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([str(one) for one in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return typed


def java_version() -> int:
    """The version of the Java that Spark would start; 0 where there is none."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which(Path(home, "bin", "java") if home else "java")
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr if java else ""
    version = re.search(r'version "(\d+)', told)
    return int(version[1]) if version else 0


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A real Spark cluster: a master and two workers on the loopback; see `standalone.py`."""
    pytest.importorskip("pyspark", reason="pyspark is not here: nothing is tested on Spark; `make .venv/spark` adds it")
    if (version := java_version()) < 17:
        found = f"Java {version} is" if version else "Java is not"
        pytest.skip(f"{found} here: nothing is tested on Spark, which needs Java 17 or newer; .ci/run installs it")
    spec = importlib.util.spec_from_file_location("standalone", ROOT / "tests" / "standalone.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.Standalone(tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture(scope="session")
def spark(cluster: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Spark session on the cluster, for small tables."""
    from stillwatch.engine.spark import start_spark  # noqa: PLC0415 - Spark may be absent

    # Few rows: compiling each query would take longer than answering it.
    quick = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    settings = {"spark.sql.shuffle.partitions": 2, "spark.sql.codegen.wholeStage": "false",
                "spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.ui.enabled": "false",
                "spark.driver.extraJavaOptions": quick, "spark.executor.extraJavaOptions": quick,
                "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse"))}  # fmt: skip
    told = " ".join(f"--conf '{name}={value}'" for name, value in settings.items())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("SPARK_LOCAL_DIRS", str(tmp_path_factory.mktemp("local")))
        patch.setenv("PYSPARK_SUBMIT_ARGS", f"{told} pyspark-shell")
        with start_spark(cluster.url) as session:
            yield session


@pytest.fixture
def spark_engine(spark: Any, tmp_path: Path) -> Iterator[Any]:
    """The engine of a cluster, its tables in the test's own folder."""
    from stillwatch.engine.spark import SparkEngine  # noqa: PLC0415 - Spark may be absent

    with SparkEngine(spark, folder=str(tmp_path / "tables")) as engine:
        yield engine
