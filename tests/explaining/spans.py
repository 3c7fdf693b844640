"""Events of several rows for one record, as the archive makes them."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from xinheng.features import Events


def events_with(*records: dict[str, Any]) -> Events:
    """Return events of which each row names its record: streams of one, or spans of one."""
    frame = pd.DataFrame(records).astype({"record": np.int64})
    streams = sorted(frame["stream"].unique())
    frame["stream"] = frame["stream"].map(streams.index)
    frame = frame.sort_values(["enterprise", "occurred", "available", "record"])
    vocabulary = [tuple(stream.partition(":")[::2]) for stream in streams]
    return Events.from_table(pa.Table.from_pandas(frame, preserve_index=False), vocabulary)
