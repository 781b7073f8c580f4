"""The GitHub app's place in Django."""

from django.apps import AppConfig


class GitHubConfig(AppConfig):
    name = "chat.github"
    label = "chat_github"
    verbose_name = "GitHub"
