"""The Django admin: operators read everything here, and act through chat.actions, so that open browsers follow.

History is read-only: nothing here adds, edits or deletes a row of the log. The way in is `accounts.views.admin_login`.
"""

from django.contrib import admin

from chat.admin import audit, jobs, log, members, messages, people, rights, rooms

__all__ = ["audit", "jobs", "log", "members", "messages", "people", "rights", "rooms"]

admin.site.site_header = "Chat administration"
admin.site.site_title = "Chat"
admin.site.index_title = "What there is"
