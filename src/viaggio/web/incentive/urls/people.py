"""Addresses for those who are paid, and for those who look after them: statements, objections, totals."""

from django.urls import URLPattern, path

from viaggio.web.incentive.views import auditor, disputes, mine, papers, payroll, totals, unit

urlpatterns: list[URLPattern] = [
    path("mine/", mine.mine, name="mine"),
    path("mine/goals/<int:pk>/known", mine.acknowledge, name="acknowledge"),
    path("mine/objections/<int:pk>/appeal", mine.appeal, name="appeal"),
    path("mine/notice/<str:code>/<int:number>/", papers.notice, name="notice"),
    path("mine/<str:code>/", mine.statement, name="statement"),
    path("mine/<str:code>/pdf", mine.pdf, name="statement-pdf"),
    path("mine/<str:code>/object", mine.object_to, name="object"),
    path("mine/<str:code>/welfare", mine.welfare, name="welfare"),
    path("mine/<str:code>/figures/<int:number>/", mine.figure, name="figure"),
    path("disputes/", disputes.disputes, name="disputes"),
    path("disputes/<int:pk>/", disputes.dispute, name="dispute"),
    path("disputes/<int:pk>/paper", disputes.attachment, name="dispute-paper"),
    path("disputes/<int:pk>/acknowledge", disputes.acknowledge, name="acknowledge-dispute"),
    path("disputes/<int:pk>/decide", disputes.decide, name="decide-dispute"),
    path("disputes/<int:pk>/settle", disputes.settle, name="settle-dispute"),
    path("unit/", unit.units, name="units"),
    path("unit/<str:run>/", unit.unit, {"code": ""}, name="company-unit"),
    path("unit/<str:run>/<str:code>/", unit.unit, name="unit"),
    path("totals/", totals.totals, name="totals"),
    path("totals/<str:code>/", totals.run_totals, name="run-totals"),
    path("totals/pack/<str:code>/<int:number>/", totals.pack, name="pack"),
    path("statements/", auditor.all_statements, name="statements"),
    path("statements/<str:code>/<str:person>/", auditor.any_statement, name="any-statement"),
    path("statements/<str:code>/<str:person>/pdf", auditor.any_pdf, name="any-statement-pdf"),
    path("ledger/", auditor.the_ledger, name="ledger"),
    path("payroll/", payroll.payroll, name="payroll"),
    path("payroll/<str:period>/", payroll.period, name="payroll-period"),
    path("payroll/<str:period>/<str:form>", payroll.export, name="payroll-export"),
]
