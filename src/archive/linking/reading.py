"""What a name, an address and a licence number say, read alike in the register and in a hint.

A name is a district, a core (trade word and line of business), numbers and a legal form; an
address is a district, a road, a door and what lies behind the door. All is SQL over columns, so
that a register of millions is read in seconds.
"""

from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ...core.codes import CodeTable

__all__ = ["Places", "addresses", "licences", "names", "uniform"]

NUMERALS, DIGITS = "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖", "00123456789123456789"
TRADITIONAL = (
    "廣東門飲館雞鴨鵝魚蝦蠔麵飯餅飴樓閣園莊貿業農產務發興華榮寶龍鳳馬"
    "財達遠順豐銀國際實藝術設備電網絡運車輛歡樂記號廠點總連鎖燒臘湯滷"
    "蘭葉萬億愛親聖義禮長開關無與雲嶺島灣區縣鎮鄉棟單層鋪檔"
)
SIMPLIFIED = (
    "广东门饮馆鸡鸭鹅鱼虾蚝面饭饼饴楼阁园庄贸业农产务发兴华荣宝龙凤马"
    "财达远顺丰银国际实艺术设备电网络运车辆欢乐记号厂点总连锁烧腊汤卤"
    "兰叶万亿爱亲圣义礼长开关无与云岭岛湾区县镇乡栋单层铺档"
)
TENS = (
    ("([1-9])十([1-9])", r"\1\2"),
    ("([1-9])十", r"\10"),
    ("十([1-9])", r"1\1"),
    ("十", "10"),
)
FREQUENT = 0.01
PROVINCE = r"(?:\p{Han}{2,3}省)?"
CITY = PROVINCE + r"(\p{Han}{2,4}?市)[^场集井民政]"
OFFICE = r"(?:[^0-9]{1,12}?街道|[^0-9]{2,3}镇)?(?:[^0-9]{1,8}?社区)?"
DOOR = r"^(.*?)([0-9]+)([^0-9路街道大巷弄村里坊期环横].*|)$"
BRANCH = r"第?[0-9]+号?分?(?:店|公司|厂|号)$"
HOUSE = r"(店|馆|公司|厂|行|部|中心|超市|食堂|社|吧|坊)" + BRANCH
SHOP = r"第?[0-9]+号?分?(店|公司|厂)$"
NOISE = r"[^\p{L}\p{N}]"
PARTED = r"([0-9A-Z])[ \-#/,.]+([0-9A-Z])"
FLOOR = "[0-9]+[层楼F]"
OWNER = "个体工?商?户?$"
FORM = "(股份有限公司|有限公司|公司|有限合伙|普通合伙|合伙企业)$"


@dataclass(frozen=True, slots=True)
class Places:
    """The places that names and addresses of a register begin with.

    Attributes
    ----------
    cities
        Cities that at least one name in a hundred begins with.
    districts
        Their districts.
    """

    cities: tuple[str, ...]
    districts: tuple[str, ...]

    @classmethod
    def known(cls, connection: duckdb.DuckDBPyConnection, table: str) -> "Places":
        """Return the places of the column `name` of a table."""
        cities = connection.sql(
            f"""SELECT city FROM (SELECT regexp_extract(name, '^{CITY}', 1) AS city FROM {table}
                WHERE name IS NOT NULL) GROUP BY city
            QUALIFY city <> '' AND count(*) >= {FREQUENT} * sum(count(*)) OVER () ORDER BY city"""
        ).fetchall()
        zh = CodeTable.load("district").table["zh"].unique().to_pylist()
        return cls(tuple(city for (city,) in cities), tuple(sorted(zh)))

    def formal(self) -> str:
        """Return the pattern of places as a register writes them; group 1 is the city."""
        return f"^{PROVINCE}({_any(self.cities)})?({_any(self.districts)})?"

    def loose(self) -> str:
        """Return the pattern that also finds a city without 市 and a district without 区."""
        cities = _any(tuple(city.removesuffix("市") for city in self.cities))
        return f"^{PROVINCE}(?:({cities})市?)?(?:({_any(self.short)})(?:新区|区|县)?)?"

    @property
    def short(self) -> tuple[str, ...]:
        """The districts without 区."""
        ends = ("新区", "区", "县")
        short = []
        for district in self.districts:
            end = next((end for end in ends if district.endswith(end)), "")
            short.append(district.removesuffix(end) if len(district) - len(end) > 1 else district)
        return tuple(short)


def uniform(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return texts in capitals, with full-width and compatible characters made plain.

    Examples
    --------
    >>> uniform(pa.chunked_array([["ｊｙ１２（a）"]])).to_pylist()
    ['JY12(A)']
    """
    return pc.utf8_upper(pc.utf8_normalize(texts, "NFKC"))


def licences(text: str) -> str:
    """Return the SQL of a licence number as it is compared."""
    return f"nullif(regexp_replace({text}, '[^A-Z0-9]', '', 'g'), '')"


def names(table: str, pattern: str, keep: str) -> str:
    """Return the query of what the names of a table say.

    Parameters
    ----------
    table
        With `name`, by `uniform`.
    pattern
        What names begin with, of `Places`.
    keep
        Other columns of the table to be kept.
    """
    plain = _simple(table, "name", keep, f"regexp_replace(name, '{NOISE}', '', 'g')")
    return f"""
    SELECT {keep}, name, regexp_extract(plain, '{pattern}', 1) AS city,
        left(regexp_extract(plain, '{pattern}', 2), 2) AS district,
        CASE WHEN length(trade) < 2 THEN rest ELSE trade END AS core,
        trim(regexp_replace(bare, '[^0-9]+', ' ', 'g')) AS numbers,
        regexp_extract(rest, '{FORM}', 1) AS form
    FROM (SELECT *, regexp_replace(rest, '{FORM}', '') AS trade FROM (
        SELECT *, regexp_replace(regexp_replace(bare, '{HOUSE}', '\\1'), '{SHOP}', '\\1') AS rest
        FROM (SELECT *, replace(CASE WHEN length(short) < 2 THEN plain ELSE short END,
                '有限责任公司', '有限公司') AS bare
            FROM (SELECT *, regexp_replace(plain, '{pattern}', '') AS short FROM (
                SELECT {keep}, name, regexp_replace(simple, '{OWNER}', '') AS plain
                FROM ({plain}))))))
    WHERE core <> ''"""


def addresses(table: str, places: Places, keep: str) -> str:
    """Return the query of what the addresses of a table say, by `uniform`; other columns kept."""
    parted = f"regexp_replace(address, '{PARTED}', '\\1-\\2', 'g')"
    simple = _simple(table, "address", keep, parted)
    head = places.formal()
    return rf"""
    SELECT {keep}, address, left(regexp_extract(clean, '{head}', 2), 2) AS district,
        replace(parts.road, '-', '') AS road, parts.door AS door, array_to_string(
            regexp_extract_all(regexp_replace(parts.behind, '{FLOOR}', ''), '[A-Z]+|[0-9]+'), ' '
        ) AS behind
    FROM (SELECT *, regexp_extract(regexp_replace(clean, '{head}{OFFICE}', ''), '{DOOR}',
            ['road', 'door', 'behind']) AS parts
        FROM (SELECT *, regexp_replace(simple, '[^\p{{L}}\p{{N}}\-]', '', 'g') AS clean
            FROM ({simple})))
    WHERE parts.door <> '' AND length(parts.road) > 1"""


def _any(words: tuple[str, ...]) -> str:
    return "|".join(words) or "-"


def _simple(table: str, column: str, keep: str, text: str) -> str:
    """Return the query of a column, and of a text of it with simplified signs and digits."""
    numbered = "digits"
    for pattern, by in TENS:
        numbered = f"regexp_replace({numbered}, '{pattern}', '{by}', 'g')"
    return f"""
    SELECT *, CASE WHEN contains(digits, '十') THEN {numbered} ELSE digits END AS simple
    FROM (SELECT *, {_replaced("modern", NUMERALS, DIGITS)} AS digits
        FROM (SELECT *, {_replaced("text", TRADITIONAL, SIMPLIFIED)} AS modern
            FROM (SELECT {keep}, {column}, {text} AS text FROM {table}
                WHERE {column} IS NOT NULL)))"""


def _replaced(text: str, old: str, new: str) -> str:
    """Return the SQL that translates characters, and looks for any of them first."""
    return f"""CASE WHEN regexp_matches({text}, '[{old}]')
        THEN translate({text}, '{old}', '{new}') ELSE {text} END"""
