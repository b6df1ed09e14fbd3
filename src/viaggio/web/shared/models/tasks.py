"""Leases of background work: who is at it, and until when it counts as alive."""

from django.db import models


class TaskLease(models.Model):
    """A worker's claim on a running task; it is renewed while the worker lives."""

    task = models.OneToOneField(
        "django_tasks_database.DBTaskResult", on_delete=models.CASCADE, primary_key=True, related_name="lease"
    )
    worker = models.CharField(max_length=64)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.task_id} by {self.worker} until {self.until}"
