"""A relay where no clock holds the processes together."""

from __future__ import annotations

from neuromorph_track.backends.lava_worker.relays.relay import PyRelayModel


class PromptRelayModel(PyRelayModel):
    """Sends at once what it has: its receiver runs ahead of its sender by the steps that it delays."""

    def run_spk(self) -> None:
        """The zeros of the first steps before anything has arrived; from then on each step as it comes."""
        while self.waiting:
            self.pass_on(self.waiting.popleft())
        super().run_spk()
