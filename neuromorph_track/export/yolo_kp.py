"""YOLO-KP, the sigma-delta detector that lava-dl 0.6.0 ships trained on COCO."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from typing import Any

from neuromorph_track.errors import JobError
from neuromorph_track.export.report import Export
from neuromorph_track.export.sigma_delta import sigma_delta_network
from neuromorph_track.export.tensors import Tensors
from neuromorph_track.netx import Head, InputSpec, RunContract

CHECKPOINT = "lava/lib/dl/slayer/object_detection/models/Trained_yolo_kp/network.pt"
# kernel, stride of blocks 0 to 8 (lava-dl object_detection/models/yolo_kp.py).
BLOCKS = ((3, 2), (3, 2), (3, 2), (3, 2), (3, 1), (3, 2), (3, 1), (1, 1), (3, 1))
THRESHOLD = 6

COCO_CLASSES = tuple(
    [
        "person",
        "bicycle",
        "car",
        "motorcycle",
        "airplane",
        "bus",
        "train",
        "truck",
        "boat",
        "traffic light",
        "fire hydrant",
        "stop sign",
        "parking meter",
        "bench",
        "bird",
        "cat",
        "dog",
        "horse",
        "sheep",
        "cow",
        "elephant",
        "bear",
        "zebra",
        "giraffe",
        "backpack",
        "umbrella",
        "handbag",
        "tie",
        "suitcase",
        "frisbee",
        "skis",
        "snowboard",
        "sports ball",
        "kite",
        "baseball bat",
        "baseball glove",
        "skateboard",
        "surfboard",
        "tennis racket",
        "bottle",
        "wine glass",
        "cup",
        "fork",
        "knife",
        "spoon",
        "bowl",
        "banana",
        "apple",
        "sandwich",
        "orange",
        "broccoli",
        "carrot",
        "hot dog",
        "pizza",
        "donut",
        "cake",
        "chair",
        "couch",
        "potted plant",
        "bed",
        "dining table",
        "toilet",
        "tv",
        "laptop",
        "mouse",
        "remote",
        "keyboard",
        "cell phone",
        "microwave",
        "oven",
        "toaster",
        "sink",
        "refrigerator",
        "book",
        "clock",
        "vase",
        "scissors",
        "teddy bear",
        "hair drier",
        "toothbrush",
    ]
)

CONTRACT = RunContract(
    name="yolo-kp",
    input=InputSpec(height=448, width=448, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)),
    # With 6 the head's sums leave 24 bits; with 5 they take 0.94 of them while the pipeline fills, and
    # 0.4 with real frames.
    spike_exp=5,
    head=Head(anchors=((0.28, 0.22), (0.38, 0.48), (0.90, 0.78))),
    classes=COCO_CLASSES,
    score_threshold=0.4,
    nms_threshold=0.5,
    provenance={
        "checkpoint": "Trained_yolo_kp/network.pt of lava-dl 0.6.0",
        "data": "COCO, 80 classes",
        "licence": "BSD-3-Clause",
    },
)


def wheel_checkpoint() -> Path:
    """Path of the checkpoint inside the installed lava-dl; nothing of lava-dl is imported.

    Raises
    ------
    JobError
        When lava-dl is not installed here.
    """
    try:
        distribution = importlib.metadata.distribution("lava-dl")
    except importlib.metadata.PackageNotFoundError as error:
        raise JobError(
            "yolo-kp comes with lava-dl 0.6.0, which is not installed here: "
            "install neuromorph-track[lava] on Python 3.10"
        ) from error
    return Path(str(distribution.locate_file(CHECKPOINT)))


def is_yolo_kp(state: dict[str, object]) -> bool:
    """Whether a checkpoint's names are those of lava-dl's YOLO-KP."""
    return "heads.0.weight" in state and "blocks.8.synapse.weight_g" in state


def yolo_kp_network(state: dict[str, Any], source: str) -> Export:
    """Build the network from lava-dl's state dictionary.

    Raises
    ------
    InputError
        When a tensor is missing or has another shape than YOLO-KP for the 80 COCO classes.
    """
    tensors = Tensors(state, source)
    convolutions, channels = [], 3
    for index, (kernel, stride) in enumerate(BLOCKS):
        convolutions.append(tensors.normed_conv(f"blocks.{index}", channels, None, kernel, stride))
        channels = convolutions[-1].weight.shape[0]
    outputs = len(CONTRACT.head.anchors) * (5 + len(CONTRACT.classes))
    convolutions.append(tensors.head_conv("heads.0.weight", channels, outputs))
    return sigma_delta_network(convolutions, THRESHOLD, CONTRACT, source)
