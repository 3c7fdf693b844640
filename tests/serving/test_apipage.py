"""The page about the API lists what there is, and its examples are answered."""

import json
import re
from pathlib import Path

from xinheng.serving.problem import KINDS
from xinheng.serving.questions import RecordsPosted

from ..archive.department import ALPHA

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
HEADER = r"-H '(Content-Type|Accept): ([^']+)'"
HOST = "http://127.0.0.1:8000"


def rows(head):
    """The rows of the table with a head."""
    table = PAGE.split(f"| {head} |")[1].split("\n\n")[0]
    return [
        tuple(cell.strip(" `") for cell in line.strip("|").split("|"))
        for line in table.splitlines()[2:]
    ]


def test_every_route_is_listed_as_it_is_described(client):
    description = client.get("/openapi.json").json()
    assert rows("route | answer") == [
        (f"{method.upper()} {path}", operation["summary"])
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
    ]


def test_every_error_is_listed():
    listed = [
        (name, (int(status), title)) for status, name, title in rows("status | type | meaning")
    ]
    assert listed == list(KINDS.items())


def test_the_examples_are_answered(client):
    urls = re.findall(r"""^curl ['"]([^'"]+)['"]$""", PAGE, re.MULTILINE)
    assert len(urls) == 14
    for url in urls:
        asked = url.removeprefix(HOST).replace("$E", ALPHA)
        assert client.get(asked).status_code == 200


def test_a_header_of_the_examples_stands_once():
    """What `curl` stands for has a purpose, so that no example names another."""
    for line in PAGE.replace("\\\n", " ").splitlines():
        assert not (line.startswith("curl ") and "X-Purpose" in line), line


def test_the_enterprise_of_the_examples_is_the_one_that_the_readme_asks_about():
    [code] = re.findall(r"^E=(\w+)$", PAGE, re.MULTILINE)
    assert f"/v1/enterprises/{code}/explanation" in README


def bodies():
    """The JSON of the examples, in their order."""
    return re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


def test_the_webhook_of_the_example_can_be_had(client):
    question, sent, *_ = map(json.loads, bodies())
    made = client.post("/v1/webhooks", json=question).json()
    assert client.delete(f"/v1/webhooks/{made['id']}").json() == made
    assert (sent["type"], set(sent["data"])) == ("changes", {"changes", "next"})


def test_the_file_of_the_example_is_graded(client):
    [(url, more)] = re.findall(r"^curl -X POST '([^']+)' --data-binary ([^`]+)", PAGE, re.MULTILINE)
    named = dict(re.findall(HEADER, more))
    body = b"enterprise\n91440300MA5XNG010A\n"
    answer = client.post(url.removeprefix(HOST), content=body, headers=named)
    assert answer.headers["content-type"] == named["Accept"]


def test_the_records_of_the_example_can_be_supposed(client):
    *_, body, _ = bodies()
    found = client.post("/v1/what-if?lang=en", json=json.loads(body)).json()
    assert found["levels"][0] != found["levels"][1]
    assert found["parts"]


def test_the_records_of_the_example_can_be_posted():
    *_, body = bodies()
    assert RecordsPosted.model_validate_json(body).rows == 1
