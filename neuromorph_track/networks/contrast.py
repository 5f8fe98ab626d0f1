"""Contrastive loss of embeddings: what shows one object should look alike, what shows two should not."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

# All pairs are compared: a few thousand rows would be a gigabyte with its gradients.
MOST_ROWS = 1024


def contrastive_loss(embedding: Tensor, identity: Tensor | None, temperature: float) -> Tensor:
    """InfoNCE (van den Oord et al. 2018, arXiv 1807.03748, eq. 4) on cosines, summed over rows.

    Of row i with partners P (other rows of its identity) and strangers S (rows of other identities), with
    s = cosine / temperature:

        mean over p in P of  −log( exp(s_ip) / (exp(s_ip) + Σ over n in S of exp(s_in)) )

    Rows without a partner or of unknown identity (below 0) add nothing; the latter are strangers to nobody
    either. Of more than :data:`MOST_ROWS` rows that many are taken at even distances, and stand for all.

    Parameters
    ----------
    embedding : (M, E) float
        Of any length.
    identity : (M,) int64 or None
        None where none is known: the loss is zero.
    temperature : float
    """
    if identity is None:
        return embedding.sum() * 0
    known = torch.nonzero(identity >= 0).squeeze(1)
    count = len(known)
    if count > MOST_ROWS:
        known = known[torch.linspace(0, count - 1, MOST_ROWS, device=known.device).round().long()]
    direction, who = F.normalize(embedding[known], dim=1, eps=1e-6), identity[known]
    cosine = direction @ direction.T / temperature
    same = who[:, None] == who
    partner = same & ~torch.eye(len(who), dtype=torch.bool, device=who.device)
    # Finite, so that a row without strangers has a gradient.
    strangers = cosine.masked_fill(same, -1e4).logsumexp(1, keepdim=True)
    # −log(a / (a + b)) = log(1 + b / a)
    pairs = F.softplus(strangers - cosine) * partner
    each = pairs.sum(1) / partner.sum(1).clamp(min=1)
    return each.sum() * (count / max(len(known), 1))
