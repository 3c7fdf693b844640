"""Turn the city's public R files into the tables that this source delivers.

The files lie under `DATA/` of the City of Chicago's open repository on the evaluation of food
inspections, and `dat_model` in its history of 2015. Trading names and street addresses are
replaced by codes that only tell which are equal; columns that the mapping does not use are
left out. Run it with the package `rdata` beside pandas and pyarrow::

    pip install rdata
    python data/sources/chicago/tables_from_public_files.py DATA_FOLDER DELIVERY_FOLDER
"""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import rdata
from rdata.conversion import DEFAULT_CLASS_MAP

FLAGS = [
    "consumption_on_premises_incidental_activity",
    "tobacco",
    "package_goods",
    "outdoor_patio",
    "public_place_of_amusement",
    "limited_business_license",
    "childrens_services_facility_license",
    "tavern",
    "regulated_business_license",
    "filling_station",
    "caterers_liquor_license",
    "mobile_food_license",
]
TABLES: dict[str, tuple[str, list[str] | None]] = {
    "food_inspections_canvass": (
        "23_food_insp_features",
        [
            "Inspection_ID",
            "License",
            "Facility_Type",
            "Risk",
            "Inspection_Date",
            "Inspection_Type",
            "Results",
            "Latitude",
            "Longitude",
            "criticalCount",
            "seriousCount",
            "minorCount",
            "brand",
            "site",
        ],
    ),
    "violation_matrix": ("21_food_inspection_violation_matrix_nums", None),
    "business_features": (
        "24_bus_features",
        [
            "Inspection_ID",
            "ID",
            "LICENSE_ID",
            "LICENSE_DESCRIPTION",
            "LICENSE_TERM_START_DATE",
            "LICENSE_TERM_EXPIRATION_DATE",
            "minDate",
            *FLAGS,
        ],
    ),
    "sanitation_complaints_raw": (
        "sanitation_code",
        ["Creation_Date", "Status", "Service_Request_Number", "Latitude", "Longitude"],
    ),
    "inspector_assignments": ("19_inspector_assignments", None),
    "visits": ("inspectors", None),
    "model_frame_2015": ("dat_model", None),
}


def days(values: object, _: object) -> pd.Series:
    """Read R's dates, which are days since 1970 as integers or as floating-point numbers."""
    return pd.Series(pd.to_datetime(pd.Series(values), unit="D"))


def moments(values: object, _: object) -> pd.Series:
    """Read R's moments, which are seconds since 1970."""
    return pd.Series(pd.to_datetime(pd.Series(values), unit="s"))


CONSTRUCTORS = {
    **DEFAULT_CLASS_MAP,
    "Date": days,
    "IDate": days,
    "POSIXct": moments,
    "data.table": DEFAULT_CLASS_MAP["data.frame"],
}


def codes(texts: pd.Series) -> pd.Series:
    """Replace texts by numbers that are equal where the texts are, in no telling order."""
    folded = texts.str.strip().str.casefold()
    order = sorted(
        folded.dropna().unique(), key=lambda text: hashlib.sha256(text.encode()).digest()
    )
    return folded.map({text: number for number, text in enumerate(order)}).astype("Int64")


def table(frame: pd.DataFrame, columns: list[str] | None) -> pd.DataFrame:
    """Return the columns to deliver, whole numbers as such, names and addresses as codes."""
    for name, code in (("DBA_Name", "brand"), ("Address", "site")):
        if name in frame:
            frame = frame.assign(**{code: codes(frame[name])})
    frame = frame if columns is None else frame[columns]
    return frame.convert_dtypes()


def main(source: Path, target: Path, read: Callable[..., pd.DataFrame] = rdata.read_rds) -> None:
    """Write every table to `target` from the R files in `source`."""
    target.mkdir(parents=True, exist_ok=True)
    for name, (stem, columns) in TABLES.items():
        found = [path for path in source.iterdir() if path.stem.casefold() == stem.casefold()]
        if len(found) != 1:
            sys.exit(f"expected one file {stem}.Rds in {source}, found {len(found)}")
        frame = read(found[0], constructor_dict=CONSTRUCTORS)
        table(frame, columns).to_parquet(target / f"{name}.parquet", index=False)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
