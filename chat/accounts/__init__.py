"""The account pages, over django-allauth: sign up, sign in and out, passwords, and the first administrator.

Rows are changed by chat.actions; here are forms, pages, and what allauth asks us through its adapter.
"""
