"""What the market regulator delivers: inspections, penalties, samples, licences.

Days look like 2024/3/5, money is in yuan, and the check list of items comes in GB18030.
"""

import numpy as np
import pandas as pd

from .desk import CODE, Desk
from .files import Delivered, dashed, dates, slashed
from .words import said

__all__ = ["bureau_files"]

SOURCE = "sample-market"
DRAFTS = 0.008


def bureau_files(desk: Desk) -> list[Delivered]:
    """Return the files of the market regulator."""
    return [
        _inspections(desk),
        _items(desk),
        _rectifications(desk),
        _penalties(desk),
        _sampling(desk),
        *_severe(desk),
        *_licensing(desk),
    ]


def _inspections(desk: Desk) -> Delivered:
    seen = desk.corrected(desk.known("inspection"), "minor", 2)
    inspections = pd.DataFrame(
        {
            "检查编号": seen["number"],
            CODE: seen["owner"],
            "检查日期": slashed(seen["occurred"]),
            "录入日期": slashed(seen["known"]),
            "检查类型": said("purpose", seen["purpose"]),
            "检查人员": seen["inspector"].map(lambda n: f"执法员{n:03d}"),
            "检查结论": said("result", seen["result"]),
            "得分": seen["score"],
            "关键项不符合数": seen["critical"],
            "重点项不符合数": seen["serious"],
            "一般项不符合数": seen["minor"],
            "状态": "已提交",
        }
    )
    drafts = inspections[desk.rng.random(len(inspections)) < DRAFTS].assign(
        状态="草稿", 检查结论=None
    )
    drafts["检查编号"] = drafts["检查编号"] + "-草稿"
    return Delivered(
        SOURCE,
        "inspections.csv",
        "csv",
        pd.concat([inspections, drafts], ignore_index=True),
        code=CODE,
        day="检查日期",
        word="检查结论",
    )


def _items(desk: Desk) -> Delivered:
    items = desk.known("inspection_item")
    return Delivered(
        SOURCE,
        "items.csv",
        "csv-gb18030",
        pd.DataFrame(
            {
                "检查编号": items["inspection"],
                CODE: items["owner"],
                "检查日期": slashed(items["occurred"]),
                "录入日期": slashed(items["known"]),
                "项目编码": items["code"],
                "次数": items["count"],
            }
        ),
        code=CODE,
        word="项目编码",
    )


def _rectifications(desk: Desk) -> Delivered:
    orders = desk.known("rectification", "closed_known")
    orders["closed"] = orders["closed"].where(orders["closed_known"] >= 0, -1)
    return Delivered(
        SOURCE,
        "rectifications.csv",
        "csv",
        pd.DataFrame(
            {
                "文书号": orders["number"],
                CODE: orders["owner"],
                "责令日期": slashed(orders["occurred"]),
                "录入日期": slashed(orders["known"]),
                "整改期限": slashed(orders["due"]),
                "复核通过日期": slashed(orders["closed"]),
                "复核录入日期": slashed(orders["closed_known"]),
            }
        ),
        code=CODE,
        day="整改期限",
    )


def _penalties(desk: Desk) -> Delivered:
    later = ("performed", "withdrawn", "reinstated", "repaired")
    decided = desk.corrected(desk.known("penalty", *later), "fine", 0.5)
    return Delivered(
        SOURCE,
        "penalties.xlsx",
        "excel",
        pd.DataFrame(
            {
                "决定书文号": decided["number"],
                "案号": decided["case"],
                CODE: decided["owner"],
                "违法行为类型": said("violation", decided["violation"]),
                "食品安全案件": np.where(decided["food"].astype(bool), "是", "否"),
                "处罚种类": said("kind", decided["kind"]),
                "罚款金额(元)": decided["fine"],
                "没收金额(元)": decided["confiscated"],
                "决定日期": dates(decided["occurred"]),
                "公示日期": dates(decided["known"]),
                "履行日期": dates(decided["performed"]),
                "撤销日期": dates(decided["withdrawn"]),
                "恢复日期": dates(decided["reinstated"]),
                "修复日期": dates(decided["repaired"]),
            }
        ),
        code=CODE,
        day="决定日期",
        word="处罚种类",
    )


def _sampling(desk: Desk) -> Delivered:
    lots = desk.known("sampling")
    return Delivered(
        SOURCE,
        "sampling.parquet",
        "parquet",
        pd.DataFrame(
            {
                "抽样编号": lots["lot"],
                CODE: lots["owner"],
                "食品类别": lots["category"].replace("", None),
                "抽样日期": dates(lots["occurred"]),
                "结论日期": dates(lots["known"]),
                "结论": np.where(lots["passed"].astype(bool), "合格", "不合格"),
                "不合格项目": lots["item"],
            }
        ),
        code=CODE,
        word="食品类别",
    )


def _severe(desk: Desk) -> list[Delivered]:
    accidents = desk.known("incident")
    listed = desk.listed("serious_dishonesty")
    return [
        Delivered(
            SOURCE,
            "incidents.csv",
            "csv",
            pd.DataFrame(
                {
                    "事故编号": accidents["number"],
                    CODE: accidents["owner"],
                    "发生日期": slashed(accidents["occurred"]),
                    "确认日期": slashed(accidents["known"]),
                    "等级": said("grade", accidents["grade"]),
                }
            ),
        ),
        Delivered(
            SOURCE,
            "serious.csv",
            "csv",
            pd.DataFrame(
                {
                    "列入决定书文号": listed["number"],
                    CODE: listed["owner"],
                    "列入事由": said("reason", listed["reason"]),
                    "列入日期": slashed(listed["occurred"]),
                    "公示日期": slashed(listed["known"]),
                    "移出日期": slashed(listed["removed"]),
                }
            ),
        ),
    ]


def _licensing(desk: Desk) -> list[Delivered]:
    held, events = desk.known("licence", "lapsed"), desk.known("licence_event")
    made = held["products"] != ""
    return [
        Delivered(
            SOURCE,
            "licences.csv",
            "csv",
            pd.DataFrame(
                {
                    "许可证编号": held["licence"],
                    "期次": held["number"].str.rsplit("-", n=1).str[-1],
                    CODE: held["owner"],
                    "许可种类": np.where(made, "食品生产许可", "食品经营许可"),
                    "食品类别": held["products"].where(made, None),
                    "有效期自": dashed(held["occurred"]),
                    "有效期至": dashed(held["valid_to"]),
                    "录入日期": dashed(held["known"]),
                    "失效日期": dashed(held["lapsed"]),
                }
            ),
            code=CODE,
            day="有效期至",
        ),
        Delivered(
            SOURCE,
            "licence_events.csv",
            "csv",
            pd.DataFrame(
                {
                    "许可证编号": events["licence"],
                    CODE: events["owner"],
                    "许可事项": said("event", events["event"]),
                    "办理日期": dashed(events["occurred"]),
                    "录入日期": dashed(events["known"]),
                }
            ),
            code=CODE,
            word="许可事项",
        ),
    ]
