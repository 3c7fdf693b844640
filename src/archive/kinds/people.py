"""Who is in charge of an enterprise and of its food safety, and who may not be.

A person is stored as a number that stands for the same person everywhere; streams carry that
number as their case, so that an indicator can tell the same person from another and no more.
"""

from ..contract import Contract, Field, Stream

__all__ = ["PEOPLE"]

POST = Contract(
    "post",
    "任职",
    "Post that a person holds in an enterprise",
    (
        Field("person", "person", "who holds it", required=True),
        Field("role", "text", "which post", required=True, codes="post_role"),
        Field("until", "date", "last day in it; empty while it is held"),
    ),
    (Stream("post", "role", case="person", ended="until"),),
    day="the first day in the post",
    basis="市场主体登记管理条例; 食品安全法 art. 135",
)

BAN = Contract(
    "ban",
    "从业限制",
    "Ban of a person from running a food business, or judgment that a person defaults on",
    (
        Field("person", "person", "who is banned", required=True),
        Field("type", "text", "which ban", required=True, codes="ban"),
        Field("until", "date", "last day on which it holds; empty while no end is set"),
    ),
    (Stream("ban", "type", severity="ordinal('ban', type)", case="person", ended="until"),),
    instead=("person",),
    day="the day it was decided",
    basis="食品安全法 art. 135; SPC rules on judgment defaulters",
)

STAFF = Contract(
    "staff",
    "食品安全人员配备",
    "Food-safety director or officer that an enterprise has appointed",
    (
        Field("person", "person", "who is appointed", required=True),
        Field("role", "text", "to which task", required=True, codes="staff_role"),
        Field("until", "date", "last day in it; empty while it is held"),
    ),
    (Stream("staff", "role", case="person", ended="until"),),
    day="the day of the appointment",
    basis="食品安全法 art. 44; SAMR Order 60",
)

STAFF_EXAM = Contract(
    "staff_exam",
    "监督抽查考核",
    "Spot exam of food-safety staff by the supervisor",
    (
        Field("person", "person", "who was examined"),
        Field("role", "text", "as what", codes="staff_role"),
        Field("passed", "boolean", "whether it was passed", required=True),
        Field("score", "number", "points given", low=0),
    ),
    (
        Stream(
            "staff_exam",
            "coalesce(role, '') || CASE WHEN passed THEN '.passed' ELSE '.failed' END",
            severity="CASE WHEN passed THEN 0 ELSE 1 END",
            value="score",
            case="person",
        ),
    ),
    day="the day of the exam",
    basis="食品安全法 art. 44, 126(2); Order 49 art. 29",
)

PEOPLE = (POST, BAN, STAFF, STAFF_EXAM)
