"""GitHub's side of signing in: the question to the person, the token for a code, and what a token is good for."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from tests.fakes.github.messages import Answer, Request, json_answer
from tests.fakes.github.world.world import World

CLIENT_ID, CLIENT_SECRET = "Iv1.of-the-tests", "a-secret-of-the-tests"


@dataclass
class Grant:
    """What one person allowed us when they came by."""

    login: str
    challenge: str
    redirect_uri: str
    scopes: str


class SignIn:
    """The person at GitHub is `login`, and says yes at once; with `says_no` they do not."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.login = "octocat"
        self.says_no = False
        # Private repositories that they may see, when they let us.
        self.private: list[str] = []
        self.codes: dict[str, Grant] = {}
        self.tokens: dict[str, Grant] = {}
        self.withdrawn: list[str] = []
        # By login, as GitHub keeps them over all tokens.
        self.scopes: dict[str, str] = {}

    def answer(self, request: Request) -> Answer | None:
        """The answer to what belongs to signing in; None to everything else."""
        path = request.path
        if path == "/login/oauth/authorize":
            return self._authorize(request.query)
        if path == "/login/oauth/access_token" and request.method == "POST":
            return self._exchange(dict(parse_qsl(request.body.decode())))
        if path == f"/applications/{CLIENT_ID}/grant" and request.method == "DELETE":
            return self._withdraw(request)
        return None

    def _authorize(self, asked: dict[str, str]) -> Answer:
        back, state = asked["redirect_uri"], asked["state"]
        if self.says_no:
            return _to(back, error="access_denied", state=state)
        code = secrets.token_hex(8)
        if asked.get("scope"):
            self.scopes[self.login] = asked["scope"]
        self.codes[code] = Grant(self.login, asked["code_challenge"], back, self.scopes.get(self.login, ""))
        return _to(back, code=code, state=state)

    def _exchange(self, told: dict[str, str]) -> Answer:
        grant = self.codes.pop(told.get("code", ""), None)
        ours = (told.get("client_id"), told.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
        if grant is None or not ours or not _fits(grant, told):
            return json_answer({"error": "bad_verification_code"})
        token = f"gho_{secrets.token_hex(18)}"
        self.tokens[token] = grant
        self.world.add_token(token, grant.login, self.private if "repo" in grant.scopes else ())
        return json_answer({"access_token": token, "token_type": "bearer", "scope": grant.scopes})

    def _withdraw(self, request: Request) -> Answer:
        us = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        token = json.loads(request.body)["access_token"]
        if request.headers.get("authorization") != f"Basic {us}" or token not in self.tokens:
            return json_answer({"message": "Not Found"}, 404)
        login = self.tokens[token].login
        self.world.revoked |= {token for token, grant in self.tokens.items() if grant.login == login}
        self.tokens = {token: grant for token, grant in self.tokens.items() if grant.login != login}
        self.scopes.pop(login, None)
        self.withdrawn.append(login)
        return Answer(204, length=0)


def _fits(grant: Grant, told: dict[str, str]) -> bool:
    """PKCE: whoever brings the code is who asked for it."""
    digest = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return challenge == grant.challenge and told.get("redirect_uri") == grant.redirect_uri


def _to(url: str, **told: str) -> Answer:
    return Answer(302, {"location": f"{url}?{urlencode(told)}"}, length=0)
