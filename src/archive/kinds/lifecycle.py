"""What happens later to a record of any other kind."""

from ..contract import Contract, Field

__all__ = ["LIFECYCLE"]

LIFECYCLE = Contract(
    "lifecycle",
    "记录变动",
    "What happened later to a record: ended, withdrawn, repaired, reinstated",
    (
        Field("of", "text", "kind of the record", required=True, codes="record_kind"),
        Field("change", "text", "what happened to it", required=True, codes="change"),
    ),
    key=("of", "number", "change", "occurred"),
    day="the day it happened to the record",
    basis="SAMR Order 45 art. 11, 14; 国市监信规〔2021〕3号",
)
