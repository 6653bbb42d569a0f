"""A real Spark cluster on this machine: a master and two workers, each a process of its own on the loopback."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Self

MASTER, WORKER = "org.apache.spark.deploy.master.Master", "org.apache.spark.deploy.worker.Worker"


def home() -> Path:
    """Return where Spark lies: looked for when it is used, since this file is collected where there is none."""
    return Path(find_spec("pyspark").origin).parent


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


class Standalone:
    """A master, and workers of one core and 2 GB that may be killed and replaced."""

    # The shell waits for the end of its input, which comes with the end of pytest, however that ends.
    guarded = ("sh", "-c", '"$@" < /dev/null & cat > /dev/null; kill -9 0', "sh")

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"spark://127.0.0.1:{self.port}"
        self.master = self._start(MASTER, "--port", str(self.port))
        self.workers = [self.add_worker(), self.add_worker()]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for process in (*self.workers, self.master):
            end(process)

    def add_worker(self) -> subprocess.Popen[bytes]:
        return self._start(WORKER, self.url, "--cores", "1", "--memory", "2g", "--work-dir", str(self.folder / "work"))

    def replace_worker(self) -> None:
        """Kill a worker and all it has started, as when its machine is lost, and start another."""
        lost = self.workers.pop(0)
        end(lost)
        self.workers.append(self.add_worker())

    def _start(self, kind: str, *given: str) -> subprocess.Popen[bytes]:
        log = self.folder / f"{kind.rsplit('.', maxsplit=1)[-1]}-{free_port()}.log"
        program = home() / "bin" / "spark-class"
        command = [program, kind, *given, "--host", "127.0.0.1", "--webui-port", str(free_port())]
        environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_HOME": str(home())}
        environment |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_DIRS": str(self.folder / "local")}
        environment |= {"SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
        with log.open("wb") as told:
            return subprocess.Popen(
                [*self.guarded, *command], env=environment, stdin=subprocess.PIPE, stdout=told, stderr=told,
                start_new_session=True,
            )  # fmt: skip


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that was started here, and the processes of its session."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdin.close()
