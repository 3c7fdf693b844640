"""Sessions of Spark: the cluster that its configuration names, or else this machine alone."""

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.errors import ClusterError, NotFoundError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["open_session", "quiet"]

ALONE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}
USUAL = {
    "spark.app.name": "xinheng indicators",
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
}


@contextmanager
def open_session() -> Iterator["SparkSession"]:
    """Yield a session, ended afterwards unless it was there before.

    What `spark-submit`, `PYSPARK_SUBMIT_ARGS` or `spark-defaults.conf` say holds. Where none of
    them names a master other than `local`, this machine computes alone and listens to nobody else;
    pages of its own Spark shows only if it is told to.

    Raises
    ------
    NotFoundError
        If PySpark or Java is not there.
    ClusterError
        If Spark does not start.
    """
    _find_java()
    with quiet():
        try:
            from pyspark import SparkConf, SparkContext
            from pyspark.sql import SparkSession
        except ModuleNotFoundError as error:
            message = f"the engine spark needs {error.name}: pip install 'xinheng[spark]'"
            raise NotFoundError(message) from None
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        session = SparkSession.getActiveSession()
        if session is not None:
            yield session
            return
        try:
            SparkContext._ensure_initialized()  # noqa: SLF001  only then is known what was set
            conf = SparkConf()
            master = conf.get("spark.master", "local[*]")  # as `spark-submit` has it
            conf.setIfMissing("spark.master", master)
            alone = master.startswith("local") and not master.startswith("local-cluster")
            for name, value in (USUAL | ALONE if alone else USUAL).items():
                conf.setIfMissing(name, value)
            if not sys.stderr.isatty():
                conf.set("spark.ui.showConsoleProgress", "false")
            session = SparkSession.builder.config(conf=conf).getOrCreate()
        except Exception as error:
            why = (str(error).splitlines() or [type(error).__name__])[0]
            raise ClusterError(
                f"Spark did not start: {why} What it printed above says more; it needs Java 17 or "
                "21, and a master that can be reached"
            ) from error
        try:
            yield session
        finally:
            session.stop()


@contextmanager
def quiet() -> Iterator[None]:
    """Leave out PySpark's warning about pandas: no frame of pandas is handed to it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        yield


def _find_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")):
        where = f"JAVA_HOME is {home}, and has no bin/java" if home else "there is no java to run"
        raise NotFoundError(
            f"the engine spark needs Java 17 or 21, but {where}; install it, as by "
            "`apt install openjdk-17-jre-headless`, or let JAVA_HOME name its folder"
        )
