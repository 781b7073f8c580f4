"""GitHub as a service that knows people: where it is, what it is asked for, and what is kept of its answers."""

from typing import Any

import msgspec
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.base.provider import ProviderException
from allauth.socialaccount.providers.github.provider import GitHubProvider as AllauthProvider
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter as AllauthAdapter
from django.conf import settings
from django.http import HttpRequest

from chat.github.addresses import PUBLIC_API, site
from chat.github.credentials import PROVIDER, seal, unseal

# Signing in asks for no permission at all. This one is for cards of private repositories, and asked for by itself.
PRIVATE_SCOPE = "repo"


class Profile(msgspec.Struct):
    """What we read of GitHub's answer about the person."""

    id: int
    login: str
    html_url: str = ""
    name: str | None = None


class GitHubAdapter(AllauthAdapter):
    """The exchange with the GitHub that GITHUB_API_URL names. Its tokens are sealed from the first moment."""

    provider_id = PROVIDER
    headers = {"Accept": "application/json"}

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.authorize_url = f"{site()}/login/oauth/authorize"
        self.access_token_url = f"{site()}/login/oauth/access_token"
        self.profile_url = f"{settings.GITHUB_API_URL}/user"

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Under the name that people use, which is the one that is registered at GitHub."""
        url: str = super().get_callback_url(request, app)
        own = request.build_absolute_uri("/").rstrip("/")
        return settings.PUBLIC_ORIGIN + url.removeprefix(own) if settings.PUBLIC_ORIGIN else url

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        token = super().parse_token(data)
        token.token, token.token_secret = seal(token.token), ""
        return token

    def complete_login(
        self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        login = self.get_provider().sociallogin_from_response(request, self._profile(unseal(token.token)))
        granted = str(kwargs["response"].get("scope", ""))
        login.account.extra_data["scopes"] = granted.replace(",", " ").split()
        return login

    def _profile(self, token: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.profile_url, headers={"Authorization": f"Bearer {token}"})
        answer.raise_for_status()
        try:
            return msgspec.structs.asdict(msgspec.json.decode(answer.content, type=Profile))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise ProviderException("GitHub's answer about the person is malformed.") from error


class GitHubProvider(AllauthProvider):
    oauth2_adapter_class = GitHubAdapter
    pkce_enabled_default = True

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Nothing, or what the page of the linked account offers; never what a foreign link names."""
        return [PRIVATE_SCOPE] if request.GET.get("scope") == PRIVATE_SCOPE else []

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        return {}

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Their number, which outlives a new name. Each GitHub has numbers of its own."""
        return str(data["id"]) if settings.GITHUB_API_URL == PUBLIC_API else f"{site()} {data['id']}"

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"login": data["login"], "html_url": data["html_url"]}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """No e-mail address: that GitHub shows one proves nothing about an account here."""
        return {"username": data["login"], "name": data["name"] or ""}
