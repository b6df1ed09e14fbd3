"""The designed journey: how customers should travel, step by step, to be held against how they do."""

from viaggio.journey.design.model import BadDesign, Design, Step
from viaggio.journey.design.reading import design_from_bpmn, design_from_csv, design_to_csv

__all__ = ["BadDesign", "Design", "Step", "design_from_bpmn", "design_from_csv", "design_to_csv"]
