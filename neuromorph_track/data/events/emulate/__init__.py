"""Events made from pictures: by pixels of our own, or by v2e's emulator as visionsim ships it."""

from neuromorph_track.data.events.emulate.pixels import PixelEmulator
from neuromorph_track.data.events.emulate.settings import SensorSettings
from neuromorph_track.data.events.emulate.stream import (
    EMULATORS,
    EmulatedStream,
    Emulator,
    Intensities,
    VideoIntensities,
)
from neuromorph_track.data.events.emulate.v2e import V2eEmulator

__all__ = [
    "EMULATORS",
    "EmulatedStream",
    "Emulator",
    "Intensities",
    "PixelEmulator",
    "SensorSettings",
    "V2eEmulator",
    "VideoIntensities",
]
