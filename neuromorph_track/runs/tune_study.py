"""One search: settings are tried, scored and remembered in a file, so that it can go on after a break."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.evaluation.settings_search import Attempt, SearchResult
from neuromorph_track.runs.tune_space import Range

if TYPE_CHECKING:
    from optuna import Study

IDENTITY = "identity"
# Tries at random before the search begins to learn from what it saw.
RANDOM_TRIALS = 10

Score = Callable[[Mapping[str, float]], float | None]


def search(
    storage: Path,
    name: str,
    identity: str,
    ranges: Sequence[Range],
    trials: int,
    seed: int,
    score: Score,
    progress: Callable[[], None],
) -> SearchResult:
    """Look for the values with the highest score, by Optuna's tree-structured Parzen estimator.

    Each try draws from a generator of its own, of ``seed``, ``name`` and its number: a search that was broken
    off goes on as if it had not been.

    Parameters
    ----------
    storage : Path
        Journal of all tries; more than one search can be in it.
    name : str
        Of this search.
    identity : str
        Of all that decides a score; a search of the same name must have the same.
    ranges : sequence of Range
    trials : int
        How many, the default included.
    seed : int
    score : callable
        Values -> score; None where they do not go together.
    progress : callable
        Called after each try.

    Raises
    ------
    InputError
        When the journal is of another search, or broken.
    JobError
        When it cannot be written.
    """
    study = _study(storage, name, identity, ranges)
    for number in range(trials):
        _try(study, number, ranges, _seed(seed, name, number), score)
        progress()
    attempts = tuple(Attempt(dict(trial.params), trial.value) for trial in study.trials[:trials])
    return SearchResult(attempts, _importance(study))


def _study(storage: Path, name: str, identity: str, ranges: Sequence[Range]) -> Study:
    # Imported here because it takes long, and only tuning needs it.
    with warnings.catch_warnings():
        # In a notebook tqdm, which optuna brings along, asks for widgets.
        warnings.simplefilter("ignore")
        import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        storage.parent.mkdir(parents=True, exist_ok=True)
        journal = JournalStorage(JournalFileBackend(str(storage)))
        study = optuna.create_study(
            storage=journal, study_name=name, direction="maximize", load_if_exists=True
        )
    except OSError as error:
        raise JobError(f"{storage}: cannot be written: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            storage, "journal", f"{type(error).__name__}: {error}", "a search to go on with"
        ) from error
    known = study.user_attrs.get(IDENTITY)
    if known is None:
        study.set_user_attr(IDENTITY, identity)
        study.enqueue_trial({each.name: each.default for each in ranges})
    elif known != identity:
        found = "a search with other sequences, settings, ranges or seed, or of another version"
        raise InputError(storage, "journal", found, "the same search, another -o, or --overwrite")
    return study


def _try(study: Study, number: int, ranges: Sequence[Range], seed: int, score: Score) -> None:
    """Do try ``number``, if it is not done; one that was broken off is done with the values it had."""
    from optuna.samplers import TPESampler
    from optuna.trial import TrialState

    known = study.trials
    begun = number < len(known) and known[number].state != TrialState.WAITING
    if begun and known[number].state.is_finished():
        return
    if begun:
        values = known[number].params
    else:
        study.sampler = TPESampler(seed=seed, n_startup_trials=RANDOM_TRIALS)
        values = study.ask(_distributions(ranges)).params
    found = score(values)
    if found is None:
        study.tell(number, state=TrialState.PRUNED)
    else:
        study.tell(number, found)


def _distributions(ranges: Sequence[Range]) -> dict[str, Any]:
    from optuna.distributions import FloatDistribution, IntDistribution

    return {
        each.name: (
            IntDistribution(int(each.low), int(each.high), log=each.logarithmic)
            if each.whole
            else FloatDistribution(each.low, each.high, log=each.logarithmic)
        )
        for each in ranges
    }


def _seed(seed: int, name: str, number: int) -> int:
    digest = hashlib.sha256(f"{seed}/{name}/{number}".encode()).digest()
    return int.from_bytes(digest[:4], "little")


def _importance(study: Study) -> dict[str, float]:
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
    from optuna.trial import TrialState

    complete = study.get_trials(states=(TrialState.COMPLETE,))
    if len(complete) <= RANDOM_TRIALS or len({trial.value for trial in complete}) < 2:
        return {}
    return get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())
