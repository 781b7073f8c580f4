"""One repository: its issues, pull requests, commits, releases and files, in GitHub's own form."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from tests.fakes.github.world import pulls
from tests.fakes.github.world.clock import later
from tests.fakes.github.world.people import simple
from tests.fakes.github.world.recorded import recorded

Body = dict[str, Any]
# Told of each move: the kind of event and the payload, as a webhook has them.
Listener = Callable[[str, Body], None]


class Repository:
    """What stands in it is made by `add_…` from a recorded answer and own fields, and altered by `move_…`."""

    def __init__(self, full_name: str, private: bool = False, **own: Any) -> None:
        owner, _, name = full_name.partition("/")
        self.full_name = full_name
        self.private = private
        self.body: Body = recorded("repository", full_name)
        self.body |= {"name": name, "full_name": full_name, "private": private, "owner": simple(owner)}
        self.body |= {"organization": None, "visibility": "private" if private else "public", **own}
        self.issues: dict[int, Body] = {}
        self.pulls: dict[int, Body] = {}
        self.reviews: dict[int, list[Body]] = {}
        self.commits: dict[str, Body] = {}
        self.checks: dict[str, list[Body]] = {}
        self.releases: list[Body] = []
        self.files: dict[tuple[str, str], Body] = {}
        self.contributors: list[Body] = recorded("contributors")
        self.languages: dict[str, int] = recorded("languages")
        self.listeners: list[Listener] = []

    @property
    def branch(self) -> str:
        """The one that files are read from when nobody names another."""
        return str(self.body["default_branch"])

    def add_issue(self, number: int, **own: Any) -> Body:
        """An open issue, unless its own fields say otherwise."""
        issue = self._add_issue(number, own)
        self._tell("issues", "opened", issue=issue)
        return issue

    def _add_issue(self, number: int, own: Body) -> Body:
        issue = self._named("issue", number, {"pinned_comment": None, "state_reason": None, **own})
        issue.pop("pull_request", None)
        issue["html_url"] = f"https://github.com/{self.full_name}/issues/{number}"
        self.issues[number] = issue
        return issue

    def move_issue(self, number: int, state: str, reason: str | None = None) -> None:
        """`state` is `open` or `closed`; `reason` is GitHub's, such as `completed` or `not_planned`."""
        closed_at = later() if state == "closed" else None
        moved = {"state": state, "closed_at": closed_at, "state_reason": reason, "updated_at": later()}
        self.issues[number] = {**self.issues[number], **moved}
        self._tell("issues", "closed" if state == "closed" else "reopened", issue=self.issues[number])

    def add_pull(self, number: int, state: str = "open", **own: Any) -> Body:
        """A pull request, which is also an issue; `state` is one of PULL_STATES."""
        head = self.add_commit(hashlib.sha1(f"{self.full_name}#{number}".encode()).hexdigest())
        pull = self._named("pull", number, own)
        pull["html_url"] = f"https://github.com/{self.full_name}/pull/{number}"
        pull["head"] = {**pull["head"], "sha": head["sha"]}
        pull["requested_reviewers"], pull["requested_teams"] = [], []
        self.pulls[number], self.reviews[number] = pull, []
        self._bring(number, state, "octocat")
        self._tell_pull("opened", number)
        return self.pulls[number]

    def move_pull(self, number: int, state: str, by: str = "octocat") -> None:
        """Bring it into one of PULL_STATES: a review, approval or merge is by `by`."""
        before = self.pulls[number]
        self._bring(number, state, by)
        if action := pulls.action_of(before, state):
            self._tell_pull(action, number, by, requested_reviewer=simple(by))

    def _bring(self, number: int, state: str, by: str) -> None:
        self.pulls[number] = {**self.pulls[number], **pulls.moved(state, by)}
        if verdict := pulls.verdict_of(state):
            self.review(number, by, verdict)
        pull = self.pulls[number]
        issue = self._add_issue(number, {name: pull[name] for name in pulls.SHARED_WITH_ISSUE})
        merged_at = pull["merged_at"]
        issue["pull_request"] = {"html_url": pull["html_url"], "url": pull["url"], "merged_at": merged_at}
        issue["html_url"] = pull["html_url"]

    def change_pull(self, number: int, **own: Any) -> None:
        """Other fields of it, such as labels or title."""
        self.pulls[number] = {**self.pulls[number], "updated_at": later(), **own}
        self._tell_pull("edited", number, changes={})

    def review(self, number: int, login: str, verdict: str) -> None:
        """`verdict` is APPROVED, CHANGES_REQUESTED or COMMENTED."""
        review = recorded("review", self.full_name)[0]
        review |= {"id": len(self.reviews[number]) + 1, "user": simple(login), "state": verdict}
        review |= {"submitted_at": later(), "commit_id": self.pulls[number]["head"]["sha"]}
        self.reviews[number] = [*self.reviews[number], review]
        told = {"review": {**review, "state": verdict.lower()}, "pull_request": self.pulls[number]}
        self._tell("pull_request_review", "submitted", login, **told)

    def add_commit(self, sha: str, message: str = "Fix all the bugs", author: str = "octocat") -> Body:
        """One commit, with the recorded change of one file."""
        commit = recorded("commit", self.full_name)
        commit |= {"sha": sha, "html_url": f"https://github.com/{self.full_name}/commit/{sha}"}
        commit |= {"author": simple(author), "committer": simple(author)}
        commit["commit"]["message"] = message
        self.commits[sha] = commit
        return self.commits[sha]

    def check(
        self, sha: str, name: str, status: str = "completed", conclusion: str | None = "success"
    ) -> None:
        """The state of one check on a commit; a check of the same name is replaced."""
        run = recorded("checks", self.full_name)["check_runs"][0]
        run |= {"name": name, "head_sha": sha, "status": status, "conclusion": conclusion}
        others = [each for each in self.checks.get(sha, []) if each["name"] != name]
        self.checks[sha] = [*others, run]
        heads = [{"number": number} for number, pull in self.pulls.items() if pull["head"]["sha"] == sha]
        self._tell("check_run", "completed", check_run={**run, "pull_requests": heads})

    def add_release(self, tag: str, **own: Any) -> Body:
        """The newest release so far."""
        release = recorded("release", self.full_name)
        release |= {"id": len(self.releases) + 1, "tag_name": tag, "name": tag, "published_at": later()}
        release |= {"html_url": f"https://github.com/{self.full_name}/releases/tag/{tag}", **own}
        self.releases = [release, *self.releases]
        self._tell("release", "published", release=release)
        return self.releases[0]

    def add_file(self, path: str, text: str, ref: str = "") -> None:
        """A file on the usual branch, or at another branch, tag or commit."""
        file = recorded("file", self.full_name)
        raw = text.encode()
        file |= {"name": path.rpartition("/")[2], "path": path, "size": len(raw)}
        file |= {"sha": hashlib.sha1(raw).hexdigest(), "content": base64.encodebytes(raw).decode()}
        file["html_url"] = f"https://github.com/{self.full_name}/blob/{ref or self.branch}/{path}"
        self.files[path, ref or self.branch] = file

    def _tell_pull(self, action: str, number: int, by: str = "octocat", **more: Any) -> None:
        self._tell("pull_request", action, by, number=number, pull_request=self.pulls[number], **more)

    def _tell(self, kind: str, action: str, by: str = "octocat", **named: Any) -> None:
        payload = {"action": action, **named, "repository": self.body, "sender": simple(by)}
        for listener in self.listeners:
            listener(kind, payload)

    def _named(self, example: str, number: int, own: Body) -> Body:
        body: Body = recorded(example, self.full_name)
        moment = later()
        body |= {"number": number, "created_at": moment, "updated_at": moment, "id": number}
        body["url"] = body["url"].replace("1347", str(number))
        return body | own
