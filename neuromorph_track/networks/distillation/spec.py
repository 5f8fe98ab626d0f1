"""Which terms a distillation has."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from neuromorph_track.networks.distillation.feature import FeatureKind
from neuromorph_track.networks.distillation.ground import Distance
from neuromorph_track.networks.distillation.similarity import SimilarityKind
from neuromorph_track.networks.distillation.spatial import Objects

Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]

TERMS = ("response", "boxes", "feature", "similarity", "transport", "tokens", "temporal")


class DistillationSpec(BaseModel):
    """Factors of the terms, 0 for none, and their settings.

    Attributes
    ----------
    objects : str
        What a score map is about: ``one`` object a picture (centre head) or ``many`` (grid head).
    response : float
        Of the score map.
    boxes : float
        Of the boxes where the teacher's score is at least ``sure``.
    feature, similarity : float
        Of the cells of each level, and of the relations between them.
    transport, tokens : float
        Spatial alignment of the score maps, and of the tokens of each level.
    temporal : float
        Temporal alignment of the objects' tracks.
    temperature : float
        Of the response.
    feature_kind, similarity_kind : str
    near : bool
        Features and similarities in the neighbourhood of the object alone: what frames show of all that is
        behind it, a student of events can never say.
    distance : str
        On the grid.
    epsilon, token_epsilon : float
        Entropy of ``transport`` and of ``tokens``, in units of cost.
    grid : float
        What a distance on the grid weighs against one of features, for ``tokens``.
    side : int
        Finer maps are made coarser for transports and similarities.
    released : bool
        Instead of all terms the faulty ones of HAD's released code, as a control.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    objects: Objects = "one"
    response: Weight = 0.0
    boxes: Weight = 0.0
    feature: Weight = 0.0
    similarity: Weight = 0.0
    transport: Weight = 0.0
    tokens: Weight = 0.0
    temporal: Weight = 0.0
    temperature: Positive = 2.0
    sure: Annotated[float, Field(ge=0, le=1)] = 0.3
    feature_kind: FeatureKind = "mse"
    similarity_kind: SimilarityKind = "gram"
    near: bool = False
    distance: Distance = "squared"
    epsilon: Annotated[float, Field(ge=0.005, le=10)] = 0.05
    token_epsilon: Annotated[float, Field(ge=0.005, le=10)] = 0.2
    grid: Weight = 1.0
    side: Annotated[int, Field(ge=2, le=32)] = 16
    released: bool = False

    @model_validator(mode="after")
    def _one_or_the_other(self) -> DistillationSpec:
        if self.released and self.weights():
            raise ValueError("no terms beside released = true, which has its own")
        return self

    def weights(self) -> dict[str, float]:
        """Factors of the terms that are on."""
        return {name: weight for name in TERMS if (weight := getattr(self, name))}
