"""Addresses for those who ask: pulses, questionnaires, waves."""

from django.urls import URLPattern, path

from viaggio.web.pulse.views import pulses, questionnaires, responses, waves

urlpatterns: list[URLPattern] = [
    path("pulses/", pulses.pulses, name="pulses"),
    path("pulses/new/", pulses.new, name="new-pulse"),
    path("pulses/planner/", pulses.look_ahead, name="look-ahead"),
    path("pulses/<slug:slug>/", pulses.pulse, name="pulse"),
    path("pulses/<slug:slug>/edit/", pulses.edit, name="edit-pulse"),
    path("pulses/<slug:slug>/move/", pulses.move, name="move-pulse"),
    path("pulses/<slug:slug>/mail/<slug:language>/", pulses.mail, name="pulse-mail"),
    path("pulses/<slug:slug>/answers/", responses.answers, name="answers"),
    path("pulses/<slug:slug>/answers/<slug:key>/", responses.answer, name="answer-page"),
    path("pulses/<slug:slug>/<slug:code>/", waves.wave, name="wave"),
    path("questionnaires/", questionnaires.questionnaires, name="questionnaires"),
    path("questionnaires/new/", questionnaires.new, name="new-questionnaire"),
    path("questionnaires/<slug:slug>/", questionnaires.questionnaire, name="questionnaire"),
    path("questionnaires/<slug:slug>/frame/", questionnaires.frame, name="questionnaire-frame"),
    path("questionnaires/<slug:slug>/add/", questionnaires.add, name="add-item"),
    path("questionnaires/<slug:slug>/items/<slug:key>/", questionnaires.item, name="item"),
    path("questionnaires/<slug:slug>/arrange/", questionnaires.arrange, name="arrange"),
    path("questionnaires/<slug:slug>/publish/", questionnaires.publish, name="publish-questionnaire"),
    path("questionnaires/<slug:slug>/put-away/", questionnaires.put_away, name="put-away"),
    path("questionnaires/<slug:slug>/export/", questionnaires.export, name="export-questionnaire"),
]
