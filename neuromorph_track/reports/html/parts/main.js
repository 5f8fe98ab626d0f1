function setUpFrames(data) {
  const find = (id) => document.getElementById(id);
  const view = { lanes: find("lanes"), now: find("now"), play: find("play"), chip: find("chip") };
  const videos = [...document.querySelectorAll(".stage video")];
  document.querySelectorAll("script.clip").forEach((holder, index) => (videos[index].src = clipUrl(holder)));
  const chip = () => data.chips.find((each) => each.id === (view.chip?.value ?? data.chosen));
  const add = (...about) => new Lane(view.lanes, about[0], about[1], data, about[2], about[3]);
  const lanes = [add("Spikes", "", (run) => run.spikes), add("Synops", "", (run) => run.synops)];
  if (data.chips.length) {
    const title = () => (chip().figure === "dynamic" ? "Dynamic energy" : "Energy, all in");
    lanes.push(add(title, "J", (run) => run.joules[chip().id], chip));
  }
  if (data.runs.every((run) => run.score)) lanes.push(add("Score of the box", "", (run) => run.score));
  drawRuler(view.lanes, data.frames, data.runs[0].fps);
  const playhead = new Playhead(data, videos, lanes, view);
  setUpSeeking(playhead, view.lanes);
  view.play?.addEventListener("click", () => playhead.toggle());
  videos.forEach((video) => video.addEventListener("click", () => playhead.toggle()));
  find("speed")?.addEventListener("change", (event) => playhead.setSpeed(Number(event.target.value)));
  view.chip?.addEventListener("change", () => {
    lanes.forEach((lane) => lane.draw());
    playhead.show(playhead.frame);
  });
}

function setUpCopying(button) {
  button.addEventListener("click", async () => {
    const text = button.parentElement.querySelector("code");
    getSelection().selectAllChildren(text);
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = "Copied";
    } catch {
      // A page from a disk may not be let: the text is selected, a key copies it.
      button.textContent = "Selected";
    }
  });
}

setUpTheme(document.getElementById("theme"));
document.querySelectorAll("table.sortable").forEach(setUpSorting);
document.querySelectorAll(".mapping").forEach(setUpMapping);
document.querySelectorAll(".copy").forEach(setUpCopying);
setUpFrames(JSON.parse(document.getElementById("player").textContent));
// On paper nothing can be opened.
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => (each.open = true)));
