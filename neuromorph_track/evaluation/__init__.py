"""How good tracks and detections are, against the truth."""

from neuromorph_track.data.benchmark_rules import (
    PROTOCOLS,
    Protocol,
    benchmark_of,
    protocol_for,
    protocol_named,
)
from neuromorph_track.evaluation.detection import DetectionReport, DetectionScores, evaluate_detections
from neuromorph_track.evaluation.folders import find_truth, load_sequences, load_truth, pair_files, rules_of
from neuromorph_track.evaluation.sequences import EvaluationSequence, rules_classes
from neuromorph_track.evaluation.tracking import Curve, TrackingReport, TrackingScores, evaluate_tracking

__all__ = [
    "PROTOCOLS",
    "Curve",
    "DetectionReport",
    "DetectionScores",
    "EvaluationSequence",
    "Protocol",
    "TrackingReport",
    "TrackingScores",
    "benchmark_of",
    "evaluate_detections",
    "evaluate_tracking",
    "find_truth",
    "load_sequences",
    "load_truth",
    "pair_files",
    "protocol_for",
    "protocol_named",
    "rules_classes",
    "rules_of",
]
