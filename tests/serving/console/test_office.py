"""Accounts, keys, the audit and one's own account, in pages: what is read, what comes of it."""

import re

import pytest

from xinheng.ledger import downgrades, reviews, watch
from xinheng.serving.access import Grant, Permission, Role
from xinheng.serving.access.keys import STATES
from xinheng.serving.access.masking import Kind
from xinheng.serving.console import officewords as words
from xinheng.serving.console.once import ONCE
from xinheng.serving.sought import HISTORY

from ..access.world import WORDS
from ..administering import running, service
from ..signing import entered, secret_of

__all__ = ["running", "service"]

SITE = {"Origin": "https://testserver"}
OFFICE = "/console/administration"
CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
SECRET = re.compile(r'class="secret"><code>([^<]+)</code>')
INSPECTOR = {"role": "inspector", "districts": "440304"}


def page(response, status=200):
    """Return what a person reads of a page."""
    assert response.status_code == status, response.text
    return response.text


def sent(browser, path, **fields):
    """Send a form as its page does."""
    csrf = CSRF.search(browser.get("/console/account").text)
    fields = {"csrf": csrf[1] if csrf else ""} | fields
    return browser.post(path, data=fields, headers=SITE)


def led(response):
    """Return where a form led."""
    assert response.status_code == 303, response.text
    return response.headers["location"]


def names(service):
    """Return the names of the accounts that there are."""
    with service.desk() as desk:
        return [each.name for each in desk.accounts.all()]


def secrets(browser, address):
    """Return the secrets that a page shows once."""
    first = SECRET.findall(page(browser.get(address)))
    assert SECRET.findall(page(browser.get(address))) == []
    return first


@pytest.fixture
def wang(service):
    return service.wang.browser


@pytest.fixture
def zhao(service):
    return service.zhao.browser


@pytest.fixture
def li(service):
    browser = service.browser()
    entered(browser, "li")
    return browser


# ---------------------------------------------------------------- words


def test_every_code_has_words():
    assert set(words.PERMISSIONS) == set(Permission)
    assert set(words.WHY) == set(Role)
    assert set(words.KEY_STATES) == set(STATES)
    assert set(words.MASKED) == set(Kind)
    assert set(words.ACTIONS) >= HISTORY
    for acts in (reviews.Act, downgrades.Act, watch.Act):
        assert set(words.VERBS) >= set(acts)


def test_whatever_is_searched_for_has_words_in_both_languages():
    for code in (each for codes in words.SEARCHED.values() for each in codes):
        zh, en = words.of_action(code)
        assert not zh.isascii()
        assert en.isascii()


# ---------------------------------------------------------------- accounts


def test_an_account_is_made_by_two_and_its_code_is_shown_to_each_once(service, wang, zhao):
    address = led(sent(wang, f"{OFFICE}/new-account", name="chen", **INSPECTOR))
    assert address == f"{OFFICE}/accounts/chen?done=add"
    [first] = secrets(wang, address)
    assert "待另一管理员同意" in page(wang.get(address))
    assert "须由另一位管理员同意" in page(wang.get(address))
    [second] = secrets(zhao, led(sent(zhao, f"{OFFICE}/accounts/chen/agree")))
    person = service.browser()
    form = {"name": "chen", "code": f"{first}-{second}", "new": WORDS, "again": WORDS}
    assert led(person.post("/console/set-up", data=form, headers=SITE)).startswith(
        "/console/sign-in?done=set-up"
    )
    assert entered(person, "chen")["districts"] == ["440304"]


def test_what_is_shown_once_is_shown_to_nobody_else_in_the_same_browser(wang, zhao):
    address = led(sent(wang, f"{OFFICE}/new-account", name="chen", **INSPECTOR))
    zhao.cookies.set(f"__Host-{ONCE}", wang.cookies[f"__Host-{ONCE}"])
    assert SECRET.findall(page(zhao.get(address))) == []


def test_acts_on_an_account_are_done_and_stand_in_its_history(service, wang, zhao):
    sent(wang, f"{OFFICE}/new-account", name="chen", **INSPECTOR)
    sent(zhao, f"{OFFICE}/accounts/chen/agree")
    for act, state in (("disable", "disabled"), ("enable", "in use")):
        told = page(wang.get(led(sent(wang, f"{OFFICE}/accounts/chen/{act}"))))
        zh, _ = words.ACCOUNT_STATES[state if state == "disabled" else "set-up"]
        assert zh in told
    told = page(wang.get(f"{OFFICE}/accounts/chen"))
    assert "停用账号" in told
    assert "恢复使用" not in told
    assert f'href="{OFFICE}/accounts/wang"' in told
    actions = [each["action"] for each in service.audited("account chen")]
    assert actions.count("disable account") == actions.count("enable account") == 1


def test_a_grant_is_changed_in_a_form_that_shows_the_one_before(service, wang):
    sent(wang, f"{OFFICE}/new-account", name="chen", **INSPECTOR)
    form = page(wang.get(f"{OFFICE}/accounts/chen/grant"))
    assert 'value="440304" checked' in form
    assert '<option value="inspector" selected' in form
    more = {"role": "auditor"}
    assert led(sent(wang, f"{OFFICE}/accounts/chen/grant", **more)).endswith("?done=grant")
    assert service.account("chen").grant.role is Role.AUDITOR


def test_nobody_is_offered_to_change_their_own_account(wang):
    told = page(wang.get(f"{OFFICE}/accounts/wang"))
    assert "由另一位管理员更改" in told
    assert "/disable" not in told
    assert "没有完成" in page(sent(wang, f"{OFFICE}/accounts/wang/disable"), 403)


def test_what_cannot_be_is_told_with_what_was_typed_kept(service, wang):
    fields = {"name": "chen", "role": "inspector", "sources": "city-market"}
    told = page(sent(wang, f"{OFFICE}/new-account", **fields), 422)
    assert "没有完成" in told
    assert 'value="chen"' in told
    assert 'value="city-market"' in told
    assert "chen" not in names(service)


def test_whoever_proved_too_long_ago_is_led_to_prove_it_and_back_to_what_they_typed(service, wang):
    service.clock.wait(minutes=11)
    fields = {"name": "chen", **INSPECTOR}
    way = led(sent(wang, f"{OFFICE}/new-account", **fields))
    assert way.startswith("/console/account?next=")
    assert "why=proof" in way
    assert "chen" not in names(service)
    back = f"{OFFICE}/new-account?name=chen&role=inspector&districts=440304"
    told = page(wang.get(way))
    assert back.replace("&", "&amp;") in told
    code = service.wang._code()
    assert "不正确" in page(sent(wang, "/console/account/proof", password="x" * 12, code=code), 403)
    proof = {"password": WORDS, "code": service.wang._code(), "next": back}
    assert led(sent(wang, "/console/account/proof", **proof)) == back
    form = page(wang.get(back))
    assert 'value="chen"' in form
    assert 'value="440304" checked' in form
    assert led(sent(wang, f"{OFFICE}/new-account", **fields)).endswith("?done=add")


def test_who_administers_without_a_second_factor_is_led_to_set_one_up(service, wang):
    with service.desk() as desk:
        desk.drop_second_factor("wang")
    entered(wang, "wang")
    way = led(sent(wang, f"{OFFICE}/accounts/li/disable"))
    assert "why=factor" in way
    assert "须启用第二因子" in page(wang.get(way))


# ---------------------------------------------------------------- keys


def test_the_text_of_a_key_is_shown_once_and_opens_what_was_granted(service, wang, zhao):
    fields = {"holder": "bureau", "role": "consumer", "channel": "program", "days": "30"}
    address = led(sent(wang, f"{OFFICE}/new-key", **fields))
    [text] = secrets(wang, address)
    name = address.rpartition("/")[2].partition("?")[0]
    assert service.key(name).holder == "bureau"
    led(sent(zhao, f"{OFFICE}/keys/{name}/agree"))
    assert service.by(text).get("/v1/indicators").status_code == 200
    assert led(sent(wang, f"{OFFICE}/keys/{name}/revoke")).endswith("?done=revoke")
    told = page(wang.get(f"{OFFICE}/keys/{name}"))
    assert "已吊销" in told
    assert "/revoke" not in told
    assert service.by(text).get("/v1/indicators").status_code == 401


def test_a_key_is_rotated_and_the_page_of_the_new_one_follows(service, wang):
    key = service.issued("consumer")["key"]["id"]
    address = led(sent(wang, f"{OFFICE}/keys/{key}/rotate", days="60", overlap="3"))
    assert len(secrets(wang, address)) == 1
    assert f"{OFFICE}/keys/{key}" in page(wang.get(address))
    assert "没有完成" in page(sent(wang, f"{OFFICE}/keys/{key}/rotate", days="x", overlap="3"), 422)


# ---------------------------------------------------------------- who sees what


@pytest.fixture
def auditor(service):
    service.add("sun", Grant(Role.AUDITOR))
    browser = service.browser()
    entered(browser, "sun")
    return browser


def test_the_auditor_searches_the_trail_and_is_offered_no_act(auditor, li):
    li.get("/v1/model")
    found = page(auditor.get(f"{OFFICE}/audit?actor=account+li&action=read+model"))
    assert "查看模型" in found
    assert found.count("<tr>") == 2
    assert "未安排检查" in found or "从未检查" in found
    assert "查看审计" in page(auditor.get(f"{OFFICE}/audit?action=read+audit"))
    assert "没有完成" in page(auditor.get(f"{OFFICE}/audit?enterprise=x&subject=account+li"), 422)
    told = page(auditor.get(f"{OFFICE}/accounts/li"))
    assert "/disable" not in told
    assert "没有完成" in page(sent(auditor, f"{OFFICE}/accounts/li/disable"), 403)


def test_the_trail_is_read_a_page_at_a_time(auditor):
    for _ in range(60):
        auditor.get("/v1/roles")
    found = page(auditor.get(f"{OFFICE}/audit?actor=account+sun"))
    onward = re.search(r'href="([^"]+)" rel="next"', found)[1].replace("&amp;", "&")
    assert "actor=account+sun" in onward
    assert "回到第一页" in page(auditor.get(onward))


@pytest.mark.parametrize("path", ["", "/accounts", "/keys", "/roles", "/channels", "/history"])
def test_an_administrator_reads_every_page_of_the_office_in_both_languages(wang, path):
    assert "管理" in page(wang.get(f"{OFFICE}{path}?lang=zh"))
    assert "What waits" in page(wang.get(f"{OFFICE}{path}?lang=en"))


@pytest.mark.parametrize("path", ["", "/accounts", "/keys", "/roles", "/history", "/audit"])
def test_a_supervisor_is_shown_nothing_of_it(li, path):
    told = page(li.get(f"{OFFICE}{path}"), 403)
    assert "account wang" not in told


def test_an_administrator_does_not_read_the_audit(wang):
    assert "没有权限" in page(wang.get(f"{OFFICE}/audit"), 403)
    assert f"{OFFICE}/audit" not in page(wang.get(OFFICE))


# ---------------------------------------------------------------- one's own account


def test_whoever_is_signed_in_reads_who_they_are(li):
    told = page(li.get("/console/account"))
    assert "监管人员" in told
    assert "作出决定" in told


def test_a_password_is_changed_and_signs_in_from_then_on(service, li):
    new = "noodles in the rain at dusk"
    fields = {"password": WORDS, "new": new, "again": new + "!"}
    assert "两次输入的新口令不同" in page(sent(li, "/console/account/password", **fields), 422)
    wrong = fields | {"password": "noodles of nobody", "again": new}
    assert "不正确" in page(sent(li, "/console/account/password", **wrong), 403)
    way = led(sent(li, "/console/account/password", **(fields | {"again": new})))
    assert way == "/console/sign-in?done=password"
    assert "口令已设置" in page(li.get(way))
    assert li.get("/console/account").status_code == 303
    assert entered(service.browser(), password=new)["actor"] == "account li"


def test_a_second_factor_is_set_up_and_asked_for_from_then_on(service, li):
    told = page(sent(li, "/console/account/factor", password=WORDS, code=""))
    [secret, uri] = SECRET.findall(told)
    assert secret_of(uri.replace("&amp;", "&")) == secret
    assert "不正确" in page(sent(li, "/console/account/factor/confirm", code="000000"), 403)
    code = service.code(secret)
    way = led(sent(li, "/console/account/factor/confirm", code=code))
    assert "第二因子已启用" in page(li.get(way))
    assert service.account("li").secret == secret


def test_a_form_that_was_not_made_for_the_session_changes_nothing(service, li):
    fields = {"password": WORDS, "new": "noodles in the rain", "again": "noodles in the rain"}
    forged = li.post("/console/account/password", data=fields, headers=SITE)
    assert forged.status_code == 403
    assert entered(service.browser())["actor"] == "account li"


def test_where_a_form_was_sent_leads_to_its_page(li, wang):
    assert led(li.get("/console/account/password?lang=en")) == "/console/account?lang=en"
    assert led(wang.get(f"{OFFICE}/accounts/li/reset")) == f"{OFFICE}/accounts/li"
