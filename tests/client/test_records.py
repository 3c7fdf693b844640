"""New records by the client: posted once, and what became of them."""

import httpx2
import pytest

from xinheng.client import ApiError, Client

from ..archive.department import ALPHA, BETA
from ..serving.keyed import issue
from ..serving.posting import by_file, department, fresh, penalty, row
from .conftest import served
from .test_conversation import answering, busy


@pytest.fixture(scope="module")
def deliverer(tmp_path_factory):
    made = fresh(tmp_path_factory.mktemp("posted"))
    key = issue(made, department("bureau"))
    with served(made) as url, Client(url, key, purpose="delivery") as found:
        yield found


def test_records_are_posted_and_settled(deliverer):
    posted = deliverer.post_records("bureau", [penalty("H1"), penalty("H2", fine="much")])
    told = deliverer.settled_receipt(posted.receipt)
    assert (told.state, told.rows) == ("folded", 2)
    assert [each.fate for each in told.fates] == ["accepted", "quarantined"]
    assert told.fates[1].faults[0].field == "fine"
    assert ALPHA in [each.enterprise for each in told.enterprises]


def test_rows_are_posted_as_files_have_them_and_waited_for(deliverer):
    told = deliverer.post_rows("bureau", by_file(row("H7", BETA))["files"], wait=5)
    assert (told.state, told.counts["accepted"]) == ("folded", 1)


def test_what_is_posted_again_by_its_key_is_accepted_once(deliverer):
    first = deliverer.post_records("bureau", [penalty("H9")], key="nine")
    assert deliverer.post_records("bureau", [penalty("H9")], key="nine").receipt == first.receipt
    with pytest.raises(ApiError, match=r"nine|Idempotency-Key"):
        deliverer.post_records("bureau", [penalty("H10")], key="nine")


def test_who_does_not_wait_long_is_given_the_receipt_as_it_is():
    waiting = {**dict.fromkeys(("waits", "settled", "delivery", "reason")), "state": "accepted"}
    told = {"receipt": "r", "source": "bureau", "at": "2026-03-01T02:00:07Z", "rows": 1}
    lists = {"repeated": False, "counts": {}, "fates": [], "enterprises": []}
    client, asked = answering(httpx2.Response(200, json=waiting | told | lists))
    assert client.settled_receipt("r", 0).state == "accepted"
    assert len(asked) == 1


def test_a_posting_that_broke_off_is_sent_again_under_its_key():
    client, asked = answering(httpx2.ReadError("reset"), busy(503), httpx2.Response(403, text="{}"))
    with pytest.raises(ApiError):
        client.post_records("bureau", [penalty()], wait=2)
    assert len(asked) == 3
    assert len({each.headers["idempotency-key"] for each in asked}) == 1
    assert {each.headers["prefer"] for each in asked} == {"wait=2"}
