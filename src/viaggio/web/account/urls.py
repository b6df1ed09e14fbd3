"""Addresses of the account face."""

from django.urls import path

from viaggio.web.account import views

app_name = "account"
urlpatterns = [
    path("start", views.start, name="start"),
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("first-run", views.first_run, name="first-run"),
    path("welcome/<str:person>/<str:token>", views.welcome, name="welcome"),
    path("language", views.language, name="language"),
    path("theme", views.theme, name="theme"),
    path("", views.profile, name="profile"),
    path("password", views.password, name="password"),
    path("sessions/<str:mark>/end", views.end_session, name="end-session"),
    path("tokens", views.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke", views.revoke_token, name="revoke-token"),
]
