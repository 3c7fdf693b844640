"""The files of a deployment fit the program: what they copy, set, call and grant exists."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from xinheng.cli import app
from xinheng.core.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PATH = f"{os.environ['PATH']}:/usr/sbin"
ANALYZE = shutil.which("systemd-analyze")
NGINX, OPENSSL = (shutil.which(each, path=PATH) for each in ("nginx", "openssl"))
CONTAINER = (DEPLOY / "Containerfile").read_text("utf-8")
ALERTS = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text("utf-8"))
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
TEXTS = {
    path.relative_to(DEPLOY).as_posix(): path.read_text("utf-8")
    for path in DEPLOY.rglob("*")
    if path.is_file()
}


def exists(words: list[str]) -> bool:
    """Tell whether words begin with a command of xinheng."""
    found = get_command(app)
    for word in words:
        inner = getattr(found, "commands", {})
        if not inner:
            break
        if word not in inner:
            return False
        found = inner[word]
    return True


def instructions(name: str) -> list[str]:
    joined = CONTAINER.replace("\\\n", " ")
    return [line.split(" ", 1)[1] for line in joined.splitlines() if line.startswith(f"{name} ")]


def test_whatever_is_copied_into_the_image_exists_and_is_not_ignored():
    ignored = (ROOT / ".containerignore").read_text("utf-8").splitlines()
    assert (ROOT / ".dockerignore").read_text("utf-8").splitlines() == ignored
    for words in instructions("COPY"):
        if words.startswith("--from"):
            continue
        for each in words.split()[:-1]:
            assert (ROOT / each).exists(), each
            assert f"!{each}" in ignored, each


def test_the_image_is_pinned_by_hashes_and_names_no_index():
    assert "service.lock" in CONTAINER
    assert CONTAINER.count("--require-hashes") == 2
    assert not re.search(r"index-url|https?://(?!127\.0\.0\.1)", CONTAINER)


def test_the_image_runs_as_nobody_in_particular_and_says_how_it_is():
    assert instructions("USER") == ["10001:10001"]
    assert "/readyz" in instructions("HEALTHCHECK")[0]
    assert exists(json.loads(instructions("CMD")[0])[:1])


@pytest.mark.parametrize("name", TEXTS)
def test_every_setting_that_is_named_exists(name):
    known = {f"XINHENG_{each.upper()}" for each in Settings.model_fields} | {"XINHENG_KEY"}
    assert set(re.findall(r"\bXINHENG_[A-Z_]+\b", TEXTS[name])) - known == set()


@pytest.mark.parametrize("name", TEXTS)
def test_every_command_that_is_called_exists(name):
    called = re.findall(r"(?:^|[\s;`\"/])xinheng ((?:[a-z]+)(?: [a-z][a-z-]*)?)", TEXTS[name])
    called = [each.split() for each in called]
    known = get_command(app).commands
    assert [each for each in called if each[0] in known and not exists(each)] == []


def test_every_alert_says_what_is_wrong_and_what_to_do():
    for rule in RULES:
        assert set(rule) >= {"alert", "expr", "labels", "annotations"}
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["annotations"]["action"]
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


def test_commands_that_alerts_advise_exist():
    advised = [
        words.split()
        for rule in RULES
        for words in re.findall(r"xinheng ([a-z]+(?: [a-z]+)?)", rule["annotations"]["action"])
    ]
    assert advised
    assert [each for each in advised if not exists(each)] == []


def test_the_dashboard_has_a_panel_for_each_thing_once():
    found = json.loads(TEXTS["grafana/xinheng.json"])
    panels = found["panels"]
    assert len({each["id"] for each in panels}) == len(panels)
    places = {(each["gridPos"]["x"], each["gridPos"]["y"]) for each in panels}
    assert len(places) == len(panels)
    assert all(target["expr"] for each in panels for target in each["targets"])


@pytest.mark.skipif(ANALYZE is None, reason="there is no systemd-analyze")
def test_systemd_understands_the_units(tmp_path):
    for name, text in TEXTS.items():
        if name.endswith((".service", ".timer")):
            (tmp_path / name).write_text(text.replace("/opt/xinheng/bin/xinheng", "/bin/true"))
    units = [str(each) for each in tmp_path.iterdir()]
    done = subprocess.run([ANALYZE, "verify", *units], capture_output=True, text=True, check=False)
    told = [each for each in done.stderr.splitlines() if str(tmp_path) in each or "xinheng" in each]
    assert told == []


@pytest.mark.skipif(ANALYZE is None, reason="there is no systemd-analyze")
@pytest.mark.parametrize("name", ["xinheng.service", "xinheng-jobs.service"])
def test_the_units_are_closed_off(name):
    done = subprocess.run(
        [ANALYZE, "security", "--offline=true", "--threshold=20", str(DEPLOY / name)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.splitlines()[-1:] + done.stderr.splitlines()[-3:]


def test_whatever_the_units_need_is_made_by_the_steps_that_are_told():
    steps = TEXTS["README.md"]
    text = "".join(TEXTS[each] for each in TEXTS if each.endswith((".service", ".env")))
    told = {"/opt/xinheng", "/opt/xinheng/share/doc", "/etc/xinheng", "/var/backups/xinheng"}
    assert told <= {path.rstrip("/") for path in re.findall(r"/[\w/-]+", steps)}
    for made in re.findall(r"^XINHENG_(?:INBOX|BACKUPS|SOURCES)=(.+)$", text, re.MULTILINE):
        assert made in steps or f"data/{Path(made).name} {Path(made).parent}/" in steps, made
    assert "useradd" in steps
    assert steps.index("useradd") < steps.index("enable --now")


def test_the_proxy_hides_metrics_and_believes_no_header_of_callers():
    text = TEXTS["nginx.conf"]
    assert re.search(r"location = /metrics \{\s*return 404;", text)
    passed = text.count("proxy_pass ")
    assert passed
    for line in ("X-Forwarded-For $remote_addr", 'Forwarded ""', "X-Forwarded-Proto $scheme"):
        assert text.count(f"proxy_set_header {line};") == passed
    assert text.count("{") == text.count("}")
    assert "$request " not in text.split("log_format")[1].split(";")[0]
    assert "$uri" not in text
    assert "proxy_hide_header Strict-Transport-Security;" in text  # as it is added here


@pytest.mark.skipif(NGINX is None, reason="there is no nginx")
@pytest.mark.skipif(OPENSSL is None, reason="there is no openssl")
def test_nginx_understands_its_file(tmp_path):
    pair = tmp_path / "grades.example.key", tmp_path / "grades.example.pem"
    subprocess.run(
        [OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-subj", "/CN=grades.example", "-keyout", pair[0], "-out", pair[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    text = re.sub(r"(listen\s+(?:\[::\]:)?)(80|443)\b", r"\g<1>1\g<2>0", TEXTS["nginx.conf"])
    for folder in ("/etc/nginx/tls", "/var/log/nginx"):
        text = text.replace(folder, str(tmp_path))
    (tmp_path / "site.conf").write_text(text)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid;\nerror_log {tmp_path}/error;\nevents {{}}\n"
        f"http {{ include {tmp_path}/site.conf; }}\n"
    )
    command = [NGINX, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr
