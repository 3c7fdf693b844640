"""A made-up issuer of sign-ins on this machine's own address, with keys of its own."""

import base64
import hashlib
import json
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

CLIENT = "xinheng"
SHARED = "K7f2-made-up-shared-words-of-a-test"


@cache
def rsa(name, alg="RS256"):
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": alg})


@cache
def elliptic(name):
    return ECKey.generate_key("P-256", {"kid": name, "use": "sig", "alg": "ES256"})


class MadeUpIssuer:
    """Hands out codes, and tokens for them; `spoil` changes the next token's claims or header.

    `pages` are what it answers at its addresses, `sign` makes the next token where it is set.
    """

    def __init__(self, clock):
        self.clock = clock
        self.keys = {"one": rsa("one"), "two": elliptic("two")}
        self.published = ["one", "two"]
        self.signing = "one"
        self.claims, self.header = {}, {}
        self.sign = None
        self.asked, self.codes, self.pages = [], {}, {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.pages["/.well-known/openid-configuration"] = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def authorize(self, address, subject="00u-li", **claims):
        """Let somebody sign in at the address; return the parameters of the way back."""
        asked = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked | {"claims": {"sub": subject} | claims}
        return {"code": code, "state": asked["state"], "iss": self.address}

    def token(self, asked):
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        claims |= asked["claims"] | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.sign is not None:
            return self.sign(claims)
        key = self.keys[self.signing]
        header = {"alg": key.get("alg"), "kid": self.signing} | self.header
        return jwt.encode(header, claims, key, algorithms=[header["alg"]])

    def redeem(self, form, authorization):
        user, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
        asked = self.codes.pop(form.get("code", ""), None)
        shown = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(shown).rstrip(b"=").decode()
        proved = (unquote(user), unquote(secret)) == (CLIENT, SHARED)
        if not proved or asked is None or asked["code_challenge"] != challenge:
            return 400, {"error": "invalid_grant"}
        return 200, {"id_token": self.token(asked), "access_token": "x", "token_type": "Bearer"}

    def answer(self, path, form, authorization):
        self.asked.append(path)
        if path in self.pages:
            return 200, self.pages[path]
        if path == "/token":
            return self.redeem(form, authorization)
        if path == "/keys":
            public = KeySet([self.keys[name] for name in self.published]).as_dict(private=False)
            return 200, public
        return 404, {}

    def handler(outer):  # noqa: N805
        """Return the class that answers requests."""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.reply(*outer.answer(self.path, {}, ""))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: value[0] for name, value in parse_qs(body).items()}
                self.reply(*outer.answer(self.path, form, self.headers.get("Authorization", "")))

            def reply(self, status, content):
                body = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", f"{outer.address}/elsewhere")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler
