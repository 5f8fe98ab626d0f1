"""Films of synthetic scenes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from neuromorph_track.data.scenes import Scene
from neuromorph_track.training.clips import films_of
from neuromorph_track.training.data_tables import SceneData
from neuromorph_track.training.films import scene_films
from neuromorph_track.training.recipe import Recipe


def test_scenes_have_the_objects_of_the_recipe(recipe: Recipe) -> None:
    (data,) = recipe.data
    assert isinstance(data, SceneData)
    counts = np.random.default_rng(data.first_seed).integers(2, 5, size=2)
    for index, (objects, film) in enumerate(zip(counts, scene_films(data, recipe, quiet=True), strict=True)):
        frame, truth = Scene(data.scene(index, int(objects), recipe.input, recipe.classes))[1]
        np.testing.assert_array_equal(film.pictures(1, 2)[0], frame)
        np.testing.assert_array_equal(film.truths[1].xyxy, truth.xyxy)
        np.testing.assert_array_equal(film.truths[1].identity, truth.track_id)


def test_classes_keep_the_numbers_of_the_recipe(tiny: dict[str, Any]) -> None:
    tiny["data"] = [{"scenes": 1, "frames": 2, "classes": [name]} for name in ("jelly", "walker")]
    tiny["stage"] = [{"steps": 1, "batch": 1}]
    jellies, walkers = films_of(Recipe.model_validate(tiny), Path(), quiet=True)
    assert {int(kind) for film in jellies for truth in film.truths for kind in truth.class_id} == {2}
    assert {int(kind) for film in walkers for truth in film.truths for kind in truth.class_id} == {0}


def test_sizes_of_the_recipe_reach_the_scene(tiny: dict[str, Any]) -> None:
    tiny["data"] |= {"size_min": 9, "size_max": 14, "fps": 5, "noise": 0.0, "occlusion": False}
    recipe = Recipe.model_validate(tiny)
    (data,) = recipe.data
    assert isinstance(data, SceneData)
    scene = data.scene(0, 3, recipe.input, recipe.classes)
    assert (scene.size_min, scene.size_max, scene.fps) == (9, 14, 5)
    assert (scene.noise, scene.occlusion, scene.clutter) == (0.0, False, 9)
