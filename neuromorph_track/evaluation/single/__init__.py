"""How well one object was followed: success, precision, overlap, with intervals over sequences."""

from neuromorph_track.evaluation.single.folders import load_found
from neuromorph_track.evaluation.single.intervals import difference_interval, mean_interval
from neuromorph_track.evaluation.single.report import SingleReport, compare, evaluate_single
from neuromorph_track.evaluation.single.rules import RULES, SingleRules, rules_for
from neuromorph_track.evaluation.single.scores import MEASURES, SingleScores, score_sequence

__all__ = [
    "MEASURES",
    "RULES",
    "SingleReport",
    "SingleRules",
    "SingleScores",
    "compare",
    "difference_interval",
    "evaluate_single",
    "load_found",
    "mean_interval",
    "rules_for",
    "score_sequence",
]
