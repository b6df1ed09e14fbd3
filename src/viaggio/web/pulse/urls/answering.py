"""Addresses for those who answer: links, kiosk, widget, unsubscribing."""

from django.urls import URLPattern, path

from viaggio.web.pulse.views import answer, answer_about, answer_call, answer_code, answer_mail, widget

urlpatterns: list[URLPattern] = [
    path("a/<str:token>", answer.answer, name="answer"),
    path("a/<str:token>/use", answer_about.use, name="answer-use"),
    path("a/<str:token>/more", answer_about.more, name="answer-more"),
    path("a/<str:token>/no", answer_about.refuse, name="answer-no"),
    path("a/<str:token>/seen", answer_about.seen, name="answer-seen"),
    path("a/<str:token>/answers", answer_call.answers, name="answer-call"),
    path("a/<str:token>/code.svg", answer_code.code, name="answer-code"),
    path("w/<slug:slug>.js", widget.script, name="widget"),
    path("w/<slug:slug>/answers", widget.answers, name="widget-answers"),
    path("k/<str:token>", answer.kiosk, name="kiosk"),
    path("k/<str:token>/<str:begun>", answer.kiosk, name="kiosk-on"),
    path("u/<str:token>", answer_mail.unsubscribe, name="unsubscribe"),
    path("m/<str:token>", answer_mail.mail, name="mail"),
]
