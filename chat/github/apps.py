"""The GitHub app's place in Django."""

from django.apps import AppConfig
from django.core.checks import register


class GitHubConfig(AppConfig):
    name = "chat.github"
    label = "chat_github"
    verbose_name = "GitHub"
    # What the chat's account menu leads to, as long as this app is here.
    pages = (("/github/users", "GitHub users"),)

    def ready(self) -> None:
        from allauth.socialaccount.providers import registry

        from chat import links, metrics
        from chat.github.budget import housekeeping  # noqa: F401 - importing it registers its job
        from chat.github.budget.measures import GitHubSpending
        from chat.github.cards import jobs as of_cards  # noqa: F401 - importing the jobs registers them
        from chat.github.cards import viewers
        from chat.github.cards.registry import GitHubCards
        from chat.github.hooks import door, jobs  # noqa: F401 - importing the jobs registers them
        from chat.github.signin import trail
        from chat.github.signin.checks import check_app
        from chat.github.signin.provider import GitHubProvider
        from chat.github.words import word  # noqa: F401 - importing it registers /github

        registry.register(GitHubProvider)
        links.use(GitHubCards())
        viewers.listen()
        trail.listen()
        register(check_app)
        door.open_where_wanted()
        metrics.add(GitHubSpending())
