"""What a result may depend on besides the input: the block for a bug report."""

from __future__ import annotations

import json
import os
import platform
import sys
import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from neuromorph_track.backends.lava_python import INTERPRETER, LavaPython, find_lava_python
from neuromorph_track.files import CACHE_VARIABLE, cache_folder
from neuromorph_track.runs.privacy import without_names
from neuromorph_track.runs.provenance import PACKAGE, package_provenance
from neuromorph_track.runs.pythons import answer_of

LIBRARIES = (
    "numpy",
    "scipy",
    "numba",
    "torch",
    "h5py",
    "nir",
    "pydantic",
    "opencv-python-headless",
    "av",
    "trackeval",
    "lava-nc",
    "lava-dl",
    "norse",
)
VARIABLES = (
    CACHE_VARIABLE,
    INTERPRETER,
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "NUMBA_DISABLE_JIT",
    "CUDA_VISIBLE_DEVICES",
    "PYTHONPATH",
)
ORIGINS = {"named": f"named by {INTERPRETER}", "this": "this one", "made": "made by `env lava`"}
LAVA_PROBE = """
import json, platform
from importlib.metadata import PackageNotFoundError, version
try:
    lava = version("lava-nc")
except PackageNotFoundError:
    lava = None
print(json.dumps([platform.python_version(), lava]))
"""


def describe_environment() -> dict[str, Any]:
    """The package, Python, the machine, libraries, and the Python that runs Lava.

    What is absent is None or a text that says so; user names and home folders are left out.
    """
    found = {
        "package": package_provenance(),
        "python": {
            "version": platform.python_version(),
            "implementation": platform.python_implementation(),
            "executable": sys.executable,
        },
        "platform": platform.platform(),
        "cpu": _cpu(),
        "threads": _threads(),
        "devices": _devices(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "lava": _lava(),
        "cache": str(cache_folder()),
        "variables": {name: os.environ[name] for name in VARIABLES if name in os.environ},
    }
    clean: dict[str, Any] = without_names(found)
    return clean


def as_markdown(found: dict[str, Any]) -> str:
    """What :func:`describe_environment` found, as a block of aligned lines."""
    package, python, cpu, lava = (found[part] for part in ("package", "python", "cpu", "lava"))
    lines = {
        PACKAGE: f"{package['version'] or 'not installed'}, {package['origin']}",
        "source": f"{package['source']} ({package['files']} files)",
        "Python": f"{python['version']}, {python['implementation']}, {python['executable']}",
        "platform": found["platform"],
        "CPU": f"{cpu['model']}: {cpu['count']} logical cores, {cpu['usable']} usable",
        "threads": ", ".join(f"{name} {count}" for name, count in found["threads"].items()),
        "torch devices": ", ".join(found["devices"]),
        **{name: version or "not installed" for name, version in found["libraries"].items()},
        "Lava runs in": _lava_line(lava),
        "cache": found["cache"],
        **found["variables"],
    }
    width = max(map(len, lines))
    return "\n".join(["```text", *(f"{name:{width}}  {text}" for name, text in lines.items()), "```"])


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _cpu() -> dict[str, Any]:
    count = os.cpu_count()
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else count
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {"model": named[0] if named else model, "count": count, "usable": usable}


def _threads() -> dict[str, Any]:
    # An installation that is broken is what a report may be about.
    threads: dict[str, Any] = {}
    try:
        import torch

        threads["torch"] = torch.get_num_threads()
    except Exception as error:
        threads["torch"] = _unusable(error)
    try:
        import numba

        threads["numba"] = numba.get_num_threads()
    except Exception as error:
        threads["numba"] = _unusable(error)
    return threads


def _devices() -> list[str]:
    try:
        import torch

        devices = ["cpu"]
        with warnings.catch_warnings():
            # A driver that is too old is told in a warning, beside the answer.
            warnings.simplefilter("ignore")
            if torch.cuda.is_available():
                names = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
                devices += [f"cuda:{index} {name}" for index, name in enumerate(names)]
            if torch.backends.mps.is_available():
                devices.append("mps")
        return devices
    except Exception as error:
        return [_unusable(error)]


def _unusable(error: Exception) -> str:
    return f"cannot be used: {type(error).__name__}: {' '.join(str(error).split())}"


def _lava() -> dict[str, Any]:
    python = find_lava_python()
    if python is None:
        return {"origin": None, "path": None, "python": None, "lava-nc": None, "problem": None}
    return {"origin": python.origin, "path": python.path, **_looked_into(python)}


def _looked_into(python: LavaPython) -> dict[str, Any]:
    if python.origin == "this":
        return {"python": platform.python_version(), "lava-nc": _version("lava-nc"), "problem": None}
    works, answer = answer_of([python.path, "-c", LAVA_PROBE])
    if not works:
        return {"python": None, "lava-nc": None, "problem": answer}
    try:
        number, lava = json.loads(answer)
    except ValueError:
        return {"python": None, "lava-nc": None, "problem": "is no Python"}
    return {"python": number, "lava-nc": lava, "problem": None}


def _lava_line(lava: dict[str, Any]) -> str:
    if lava["origin"] is None:
        return "nothing yet; `neuromorph-track env lava` makes a Python for it"
    where = f"{lava['path']} ({ORIGINS[lava['origin']]})"
    if lava["problem"]:
        return f"{where}: {lava['problem']}"
    return f"{where}: Python {lava['python']}, lava-nc {lava['lava-nc'] or 'not installed'}"
