/** Which frame is looked at: the videos, the cursor and the numbers follow it, and it follows the first video. */
class Playhead {
  constructor(data, videos, lanes, view) {
    Object.assign(this, { data, videos, lanes, view, frame: 1, dragging: false });
    this.rates = data.runs.filter((run) => run.clip).map((run) => run.clip.fps);
    this.cursor = document.createElement("div");
    this.cursor.className = "cursor";
    view.lanes.append(this.cursor);
    this.show(1);
    if (videos.length) this.followVideo();
  }

  get playing() {
    return this.videos.length > 0 && !this.videos[0].paused;
  }

  show(frame) {
    const { data, view } = this;
    this.frame = Math.min(data.frames, Math.max(1, frame));
    this.cursor.style.left = `${(100 * (this.frame - 0.5)) / data.frames}%`;
    const text = `frame ${this.frame.toLocaleString("en")} of ${data.frames.toLocaleString("en")}`;
    view.now.textContent = `${text} · ${((this.frame - 1) / data.runs[0].fps).toFixed(2)} s`;
    view.lanes.setAttribute("aria-valuenow", this.frame);
    view.lanes.setAttribute("aria-valuetext", text);
    this.lanes.forEach((lane) => lane.show(this.frame));
  }

  /** To the middle of a frame's time, where no rounding shows its neighbour. */
  seek(frame) {
    this.show(frame);
    this.videos.forEach((video, index) => {
      const time = (this.frame - 0.5) / this.rates[index];
      video.currentTime = Number.isFinite(video.duration) ? Math.min(time, video.duration) : time;
    });
  }

  toggle() {
    if (!this.videos.length) return;
    if (this.playing) return this.videos.forEach((video) => video.pause());
    if (this.frame >= this.data.frames) this.seek(1);
    this.videos.forEach((video, index) => {
      // Frame by frame together, whatever their rates.
      video.playbackRate = (this.speed ?? 1) * (this.rates[0] / this.rates[index]);
      video.play().catch(() => {});
    });
  }

  setSpeed(speed) {
    this.speed = speed;
    this.videos.forEach((video, index) => (video.playbackRate = speed * (this.rates[0] / this.rates[index])));
  }

  followVideo() {
    const [first] = this.videos;
    const ticked = () => {
      if (this.playing) this.show(Math.floor(first.currentTime * this.rates[0] + 0.01) + 1);
      requestAnimationFrame(ticked);
    };
    requestAnimationFrame(ticked);
    const button = this.view.play;
    const named = () => {
      button.textContent = this.playing ? "❚❚" : "▶";
      button.setAttribute("aria-label", this.playing ? "Pause" : "Play");
    };
    for (const event of ["play", "pause", "ended"]) first.addEventListener(event, named);
    // A shorter run waits at its end for the others.
    first.addEventListener("ended", () => this.show(this.data.runs.length > 1 ? this.frame : this.data.frames));
  }
}

/** Clicks and drags along the lanes, and the keys. */
function setUpSeeking(playhead, lanes) {
  const seekTo = (event) => {
    const box = lanes.getBoundingClientRect();
    playhead.seek(Math.floor(((event.clientX - box.left) / box.width) * playhead.data.frames) + 1);
  };
  lanes.addEventListener("pointerdown", (event) => {
    playhead.dragging = true;
    lanes.setPointerCapture(event.pointerId);
    seekTo(event);
  });
  lanes.addEventListener("pointermove", (event) => playhead.dragging && seekTo(event));
  for (const end of ["pointerup", "pointercancel"]) lanes.addEventListener(end, () => (playhead.dragging = false));
  document.addEventListener("keydown", (event) => {
    // Elsewhere these keys belong to the control that has the focus.
    const inControl = event.target.closest("button, select, summary, a, .scroll, pre");
    if (inControl || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? 10 : 1;
    const moves = {
      ArrowLeft: () => playhead.seek(playhead.frame - step),
      ArrowRight: () => playhead.seek(playhead.frame + step),
      " ": () => playhead.toggle(),
      ...(event.target === lanes && {
        Home: () => playhead.seek(1),
        End: () => playhead.seek(playhead.data.frames),
        PageUp: () => playhead.seek(playhead.frame + 10),
        PageDown: () => playhead.seek(playhead.frame - 10),
      }),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  });
}
