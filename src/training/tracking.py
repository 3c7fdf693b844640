"""Tracking: one MLflow run for each kind of model, and the registry whose alias names the champion.

Everything lies in one folder: `mlflow.db` and `artifacts/`. The registered model is the bundle
as it is, text and JSON, behind an `MLmodel` file that states its signature; nothing is pickled.
MLflow's telemetry is switched off before it is imported.
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ..core.errors import IntegrityError
from ..grading import Purpose

__all__ = ["MODELS", "Run", "Tracked", "Tracker", "mirror"]

MODELS = {Purpose.GRADE: "xinheng-grade", Purpose.SCHEDULING: "xinheng-schedule"}

EXPERIMENT = "xinheng"
ALIAS = "champion"
FOLDER = "model"
DATABASE = "mlflow.db"


@dataclass(frozen=True, slots=True)
class Run:
    """What is recorded of a run; `texts` become files of it."""

    name: str
    parameters: Mapping[str, object]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tracked:
    """What MLflow calls a run, and the version of the model registered from it, if one was."""

    run: str
    version: str | None = None


class Tracker:
    """Runs and models of one MLflow folder.

    Parameters
    ----------
    folder
        Holds `mlflow.db` and `artifacts/`; created when missing.
    """

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        logging.getLogger("alembic").setLevel(logging.WARNING)
        from mlflow import MlflowClient

        logging.getLogger("mlflow").setLevel(logging.WARNING)
        folder.mkdir(parents=True, exist_ok=True)
        self._artifacts = (folder / "artifacts").resolve()
        self.address = f"sqlite:///{(folder / DATABASE).resolve()}"
        self._client = MlflowClient(self.address, self.address)

    def record(self, run: Run, *, at: datetime) -> Tracked:
        """Record a run that began and ended at a moment."""
        moment = int(at.timestamp() * 1000)
        number = self._client.create_run(
            self._experiment(), start_time=moment, tags=dict(run.tags), run_name=run.name
        ).info.run_id
        for key, value in run.parameters.items():
            self._client.log_param(number, key, value)
        for key, metric in run.metrics.items():
            self._client.log_metric(number, key, metric, timestamp=moment)
        for file, text in run.texts.items():
            self._client.log_text(number, text, file)
        self._client.set_terminated(number, end_time=moment)
        return Tracked(number)

    def register(
        self,
        tracked: Tracked,
        model: str,
        bundle: Path,
        *,
        digest: str,
        columns: Sequence[str],
        at: datetime,
    ) -> Tracked:
        """Register a bundle as a new version of a model, made from a run.

        Parameters
        ----------
        tracked
            The run.
        model
            Name of the registered model; created when missing.
        bundle, digest
            The bundle's folder and digest.
        columns
            Inputs of the booster, each a double; the output is `probability`.
        at
            When it was made.

        Raises
        ------
        IntegrityError
            If MLflow did not keep the signature.
        """
        from mlflow.exceptions import MlflowException
        from mlflow.models import Model, ModelSignature
        from mlflow.types import ColSpec, Schema

        signature = ModelSignature(
            inputs=Schema([ColSpec("double", column) for column in columns]),
            outputs=Schema([ColSpec("double", "probability")]),
        )
        description = Model(
            artifact_path=FOLDER,
            run_id=tracked.run,
            signature=signature,
            flavors={"xinheng": {"bundle": "bundle", "digest": digest}},
            utc_time_created=at.isoformat(),
            model_uuid=digest[:32],
        )
        with tempfile.TemporaryDirectory() as made:
            shutil.copytree(bundle, Path(made) / "bundle")
            description.save(str(Path(made) / "MLmodel"))
            if Model.load(made).signature is None:
                raise IntegrityError(f"MLflow kept no signature of the bundle {digest}")
            self._client.log_artifacts(tracked.run, made, FOLDER)
        try:
            self._client.get_registered_model(model)
        except MlflowException:
            self._client.create_registered_model(model)
        version = self._client.create_model_version(
            model,
            source=f"runs:/{tracked.run}/{FOLDER}",
            run_id=tracked.run,
            tags={"digest": digest},
        ).version
        return Tracked(tracked.run, str(version))

    def mirror(self, model: str, digest: str) -> None:
        """Let the alias name the newest version of a bundle; none, if it was never registered.

        The ledger stays the authority.
        """
        from mlflow.exceptions import MlflowException

        try:
            self._client.get_registered_model(model)
        except MlflowException:
            return
        wanted = f"name='{model}' and tags.digest='{digest}'"
        found = self._client.search_model_versions(wanted)
        if found:
            newest = max(found, key=lambda each: int(each.version))
            self._client.set_registered_model_alias(model, ALIAS, newest.version)
        else:
            self._client.delete_registered_model_alias(model, ALIAS)

    def champion(self, model: str) -> str:
        """Return the digest of the bundle that the alias names."""
        return str(self._client.get_model_version_by_alias(model, ALIAS).tags["digest"])

    def _experiment(self) -> str:
        found = self._client.get_experiment_by_name(EXPERIMENT)
        if found is not None:
            return str(found.experiment_id)
        self._artifacts.mkdir(parents=True, exist_ok=True)
        return self._client.create_experiment(EXPERIMENT, self._artifacts.as_uri())


def mirror(folder: Path, purpose: Purpose, digest: str) -> None:
    """Let the alias of an MLflow folder follow the ledger; nothing where nothing is tracked."""
    if (folder / DATABASE).exists():
        Tracker(folder).mirror(MODELS[purpose], digest)
