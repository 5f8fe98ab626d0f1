"""Which neuromorph-track this is."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import neuromorph_track

PACKAGE = "neuromorph-track"
DIGEST_LENGTH = 12


def package_provenance() -> dict[str, Any]:
    """Version, where it was installed from, and a digest of its source.

    The digest tells which code runs where nobody can ask git: installed, edited or copied.
    """
    folder = Path(neuromorph_track.__file__).parent
    try:
        package = distribution(PACKAGE)
        version, origin = package.version, origin_of(package)
    except PackageNotFoundError:
        version, origin = None, f"run from {folder.parent}"
    return {
        "version": version,
        "origin": origin,
        "source": source_digest(),
        "files": sum(1 for _ in folder.rglob("*.py")),
    }


def source_digest(*rooms: str) -> str:
    """Digest of the source of these rooms of the package; of all of it without a name."""
    folder = Path(neuromorph_track.__file__).parent
    files = sorted(path for place in rooms or (".",) for path in (folder / place).rglob("*.py"))
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:DIGEST_LENGTH]


def origin_of(package: Distribution) -> str:
    """Where pip or uv had the package from; format of ``direct_url.json``: PEP 610."""
    text = package.read_text("direct_url.json")
    if text is None:
        return "from a package index"
    try:
        content = json.loads(text)
        url = urlsplit(content["url"])
        # Without user and password.
        place = f"{url.scheme}://{url.hostname}{url.path}" if url.hostname else url.path
        if "vcs_info" in content:
            return f"commit {content['vcs_info']['commit_id']} of {place}"
        return f"{'editable at' if content.get('dir_info', {}).get('editable') else 'from'} {place}"
    except (ValueError, LookupError, TypeError, AttributeError):
        return "from an unknown place"
