"""Addresses for those who write plans, run them, decide on flags and keep the staff."""

from django.urls import URLPattern, path

from viaggio.web.incentive.views import figures, flags, papers, plan_editor, plans, runs, simulator, staff

urlpatterns: list[URLPattern] = [
    path("plans/", plans.plans, name="plans"),
    path("plans/new/", plan_editor.new, name="new-plan"),
    path("plans/check", plan_editor.check, name="check-plan"),
    path("plans/<str:code>/<int:number>/", plans.plan, name="plan"),
    path("plans/<str:code>/<int:number>/move", plans.move, name="move-plan"),
    path("plans/<str:code>/<int:number>/edit", plan_editor.edit, name="edit-plan"),
    path("plans/<str:code>/<int:number>/simulator", simulator.simulator, name="simulator"),
    path("plans/<str:code>/<int:number>/simulator/<int:pk>/", simulator.simulation, name="simulation"),
    path(
        "plans/<str:code>/<int:number>/simulator/<int:pk>/progress",
        simulator.progress,
        name="simulation-progress",
    ),
    path(
        "plans/<str:code>/<int:number>/simulator/<int:pk>/cancel",
        simulator.cancel,
        name="cancel-simulation",
    ),
    path("plans/<str:code>/<int:number>/figures", figures.figures, name="figures"),
    path("plans/<str:code>/<int:number>/figures/<int:pk>", figures.settle, name="settle-figure"),
    path("plans/<str:code>/<int:number>/papers", papers.papers, name="papers"),
    path("runs/", runs.runs, name="runs"),
    path("runs/new", runs.calculate, name="calculate"),
    path("runs/<str:code>/", runs.run, name="run"),
    path("runs/<str:code>/move", runs.move, name="move-run"),
    path("flags/", flags.flags, name="flags"),
    path("flags/<int:pk>/", flags.flag, name="flag"),
    path("staff/", staff.staff, name="staff"),
    path("staff/import", staff.bring_in, name="staff-import"),
    path("staff/<str:pseudonym>/", staff.employee, name="employee"),
]
