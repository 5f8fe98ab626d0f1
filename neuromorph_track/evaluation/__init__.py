"""How good tracks and detections are, against the truth."""

from neuromorph_track.evaluation.detection import DetectionReport, DetectionScores, evaluate_detections
from neuromorph_track.evaluation.folders import load_sequences, pair_files
from neuromorph_track.evaluation.protocol import PROTOCOLS, Protocol, protocol_for
from neuromorph_track.evaluation.sequences import EvaluationSequence
from neuromorph_track.evaluation.tracking import TrackingReport, TrackingScores, evaluate_tracking

__all__ = [
    "PROTOCOLS",
    "DetectionReport",
    "DetectionScores",
    "EvaluationSequence",
    "Protocol",
    "TrackingReport",
    "TrackingScores",
    "evaluate_detections",
    "evaluate_tracking",
    "load_sequences",
    "pair_files",
    "protocol_for",
]
