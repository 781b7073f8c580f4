"""What a browser does with cookies: forms of the account pages, and sockets with a session."""

import httpx

from tests.wire import PATIENCE_S, Wire

PASSWORD = "correct-horse-battery-9"


class Browser:
    """Somebody with cookies, at one of the servers."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=PATIENCE_S, follow_redirects=True)

    def post(self, path: str, page: str | None = None, **form: str) -> httpx.Response:
        """Open the page with the form, and send it, as a browser does."""
        self.http.get(page or path)
        form = {"csrfmiddlewaretoken": self.http.cookies["csrftoken"], **form}
        return self.http.post(path, data=form).raise_for_status()

    async def socket(self, at: str) -> Wire:
        """A socket at a server of the same installation."""
        cookie = f"sessionid={self.http.cookies['sessionid']}"
        return await Wire.connect(at, headers={"Cookie": cookie, "Origin": at})

    def make_administrator(self, name: str) -> None:
        """On the first page of a fresh installation."""
        self.post("/accounts/first/", username=name, password1=PASSWORD)

    def sign_up(self, name: str) -> None:
        self.post("/accounts/signup/", username=name, password1=PASSWORD)
