"""What the other departments deliver, each with its own columns, words, units and dates."""

import pandas as pd

from ..core.codes import CodeTable
from .bureau import bureau_files
from .desk import CODE, Desk
from .files import Delivered, dashed, dates, packed
from .words import said

__all__ = ["department_files"]


def department_files(desk: Desk) -> list[Delivered]:
    """Return the files of all departments: all that was known on the last day."""
    return [
        *bureau_files(desk),
        *_registry(desk),
        _complaints(desk),
        *_court_and_tax(desk),
        *_certification(desk),
    ]


def _registry(desk: Desk) -> list[Delivered]:
    seen = desk.known("enterprise", order="occurred")
    about = desk.city.enterprises.iloc[seen["enterprise"].to_numpy(int)].reset_index(drop=True)
    capital = seen["capital"].astype(float).groupby(seen["enterprise"]).ffill()
    register = pd.DataFrame(
        {
            CODE: seen["owner"],
            "名称": about["name"],
            "监管类别": said("population", about["population"]),
            "业态": said("trade", about["trade"]),
            "静态风险等级": about["tier"],
            "字号": about["brand"],
            "场所编号": about["site"],
            "所属区": CodeTable.load("district").words("zh", about["district"].to_numpy(), 0),
            "经度": about["longitude"],
            "纬度": about["latitude"],
            "成立日期": packed(about["established"]),
            "注册资本(万元)": capital,
            "登记状态": said("status", seen["status"]),
            "变动日期": packed(seen["occurred"]),
            "登记日期": packed(seen["known"]),
        }
    )
    changes, late = desk.known("change"), desk.listed("abnormal")
    registry = "sample-registry"
    return [
        Delivered(
            registry,
            "register.csv",
            "csv-gb18030",
            register,
            code=CODE,
            day="变动日期",
            word="登记状态",
        ),
        Delivered(
            registry,
            "changes.csv",
            "csv-gb18030",
            pd.DataFrame(
                {
                    "变更编号": changes["number"],
                    CODE: changes["owner"],
                    "变更事项": said("item", changes["item"]),
                    "变更前(万元)": changes["before"],
                    "变更后(万元)": changes["after"],
                    "核准日期": packed(changes["occurred"]),
                    "录入日期": packed(changes["known"]),
                }
            ),
            code=CODE,
            word="变更事项",
        ),
        Delivered(
            registry,
            "abnormal.csv",
            "csv-gb18030",
            pd.DataFrame(
                {
                    "列入决定书文号": late["number"],
                    CODE: late["owner"],
                    "列入原因": said("reason", late["reason"]),
                    "列入日期": packed(late["occurred"]),
                    "公示日期": packed(late["known"]),
                    "移出日期": packed(late["removed"]),
                }
            ),
        ),
    ]


def _complaints(desk: Desk) -> Delivered:
    calls = desk.known("complaint", "closed")
    closed = (calls["closed"] > calls["known"]) & (calls["closed"] >= 0)
    return Delivered(
        "sample-complaints",
        "complaints.jsonl",
        "json-lines",
        pd.DataFrame(
            {
                "工单号": calls["number"],
                "被诉主体代码": calls["owner"],
                "类别": said("type", calls["type"]),
                "问题": said("topic", calls["topic"]),
                "经度": calls["longitude"],
                "纬度": calls["latitude"],
                "来电日期": dashed(calls["occurred"]),
                "登记日期": dashed(calls["known"]),
                "办结日期": dashed(calls["closed"].where(closed, -1)),
                "是否属实": calls["verified"]
                .map({True: "属实", False: "不属实"})
                .where(closed, None),
            }
        ),
        code="被诉主体代码",
        day="来电日期",
        word="类别",
    )


def _court_and_tax(desk: Desk) -> list[Delivered]:
    court = desk.listed("judgment_defaulter", "consumption_limit")
    tax, fined = desk.listed("tax_arrears"), desk.known("other_penalty")
    return [
        Delivered(
            "sample-court",
            "defaulters.csv",
            "csv-gb18030",
            pd.DataFrame(
                {
                    "执行案号": court["number"],
                    CODE: court["owner"],
                    "名单": said("list", court["list"]),
                    "情形": said("reason", court["reason"]),
                    "立案日期": packed(court["occurred"]),
                    "发布日期": packed(court["known"]),
                    "屏蔽日期": packed(court["removed"]),
                    "标的额(元)": court["amount"],
                }
            ),
            code=CODE,
            word="名单",
            delimiter=";",
        ),
        Delivered(
            "sample-tax",
            "arrears.csv",
            "csv",
            pd.DataFrame(
                {
                    "公告编号": tax["number"],
                    CODE: tax["owner"],
                    "欠税余额(元)": tax["amount"],
                    "欠税日期": dashed(tax["occurred"]),
                    "公告日期": dashed(tax["known"]),
                    "清缴日期": dashed(tax["removed"]),
                }
            ),
        ),
        Delivered(
            "sample-tax",
            "penalties.csv",
            "csv",
            pd.DataFrame(
                {
                    "CF_WSH": fined["number"],
                    "CF_XDR_SHXYM": fined["owner"],
                    "CF_WFXW": said("violation", fined["violation"]),
                    "CF_NR_FK": fined["fine"],
                    "CF_JDRQ": dashed(fined["occurred"]),
                    "CF_GSRQ": dashed(fined["known"]),
                }
            ),
            code="CF_XDR_SHXYM",
        ),
    ]


def _certification(desk: Desk) -> list[Delivered]:
    held, honoured = desk.known("certificate", "withdrawn"), desk.known("award")
    return [
        Delivered(
            "sample-certification",
            "certificates.parquet",
            "parquet",
            pd.DataFrame(
                {
                    "证书编号": held["number"],
                    "组织代码": held["owner"],
                    "认证项目": said("scheme", held["scheme"]),
                    "发证日期": dates(held["occurred"]),
                    "上报日期": dates(held["known"]),
                    "有效期至": dates(held["valid_to"]),
                    "撤销日期": dates(held["withdrawn"]),
                }
            ),
            code="组织代码",
            word="认证项目",
        ),
        Delivered(
            "sample-certification",
            "awards.csv",
            "csv",
            pd.DataFrame(
                {
                    "表彰编号": honoured["number"],
                    CODE: honoured["owner"],
                    "级别": said("level", honoured["level"]),
                    "表彰日期": dashed(honoured["occurred"]),
                    "公布日期": dashed(honoured["known"]),
                }
            ),
        ),
    ]
