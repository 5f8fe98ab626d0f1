const WIDTH = 1000;
const HEIGHT = 100;
const SVG = "http://www.w3.org/2000/svg";

const PREFIXES = [[1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""], [1e-3, "m"], [1e-6, "µ"], [1e-9, "n"], [1e-12, "p"]];

/** Three digits and an SI prefix; a share has none. */
function si(value, unit) {
  if (value === 0) return `0 ${unit}`.trim();
  if (!unit && Math.abs(value) < 1) return String(Number(value.toPrecision(3)));
  const [scale, prefix] = PREFIXES.find(([least]) => Math.abs(value) >= least * 0.9995) ?? PREFIXES.at(-1);
  return `${Number((value / scale).toPrecision(3))} ${prefix}${unit}`.trim();
}

/** The next of 1, 2, 2.5, 5, 10 above a value: the top of a scale. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 1.5, 2, 3, 4, 5, 7.5, 10].find((digit) => digit * power >= value * 0.999);
}

function create(name, attributes = {}, parent = null) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent?.append(element);
  return element;
}

/** One quantity of all runs over the frames. */
class Lane {
  constructor(parent, title, unit, data, seriesOf, band) {
    Object.assign(this, { unit, data, seriesOf, band, title });
    this.root = document.createElement("div");
    this.root.className = "lane";
    this.header = document.createElement("header");
    this.name = document.createElement("span");
    this.value = document.createElement("b");
    this.scale = document.createElement("span");
    this.scale.className = "scale";
    this.header.append(this.name, this.value, this.scale);
    this.svg = create("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    this.root.append(this.header, this.svg);
    parent.append(this.root);
    this.draw();
  }

  draw() {
    const { data } = this;
    const all = data.runs.map(this.seriesOf);
    // The first frame fills the network and would flatten all the others.
    const others = all.map((series) => (series.length > 1 ? series.slice(1) : series));
    const widest = this.band ? this.band().high : 1;
    const largest = others.reduce((most, series) => series.reduce((a, b) => Math.max(a, b), most), 0);
    this.top = roundUp(largest * widest * 1.04 || 1);
    this.name.textContent = typeof this.title === "function" ? this.title() : this.title;
    const firsts = all.map((series) => series[0]).filter((value) => value > this.top);
    const beyond = firsts.length ? `first frame ${firsts.map((value) => si(value, this.unit)).join(", ")}, beyond the ` : "";
    this.scale.textContent = `${beyond}scale: 0 to ${si(this.top, this.unit)}`;
    this.svg.replaceChildren();
    create("line", { class: "grid", x1: 0, x2: WIDTH, y1: HEIGHT / 2, y2: HEIGHT / 2 }, this.svg);
    all.forEach((series, run) => this.drawRun(series, run));
  }

  drawRun(series, run) {
    const points = this.points(series, this.data.runs[run].first);
    const path = (factor, list) => list.map(([x, y]) => `${x.toFixed(1)} ${this.y(y * factor).toFixed(2)}`).join("L");
    if (this.band && this.data.runs.length === 1) {
      const { low, high } = this.band();
      create("path", { class: `band run${run}`, d: `M${path(high, points)}L${path(low, [...points].reverse())}Z` }, this.svg);
    }
    create("path", { class: `curve run${run}`, d: `M${path(1, points)}` }, this.svg);
  }

  y(value) {
    // A little beyond the edge, so that what is cut off is seen to be.
    return Math.max(-5, HEIGHT * (1 - value / this.top));
  }

  /** Where there are more frames than columns: the least and the most of each column, in their order. */
  points(series, first) {
    const { frames, pool } = this.data;
    const x = (index) => (WIDTH * (first - 0.5 + pool * index + (pool - 1) / 2)) / frames;
    const step = Math.ceil(series.length / WIDTH);
    if (step === 1) return series.map((value, index) => [x(index), value]);
    const found = [];
    for (let start = 0; start < series.length; start += step) {
      const part = series.slice(start, start + step);
      const ends = [part.indexOf(Math.min(...part)), part.indexOf(Math.max(...part))].sort((a, b) => a - b);
      found.push(...ends.map((place) => [x(start + place), part[place]]));
    }
    return found;
  }

  show(frame) {
    const values = this.data.runs.map((run) => this.seriesOf(run)[Math.floor((frame - run.first) / this.data.pool)]);
    this.value.textContent = values.map((value) => (value === undefined ? "–" : this.text(value))).join("  /  ");
  }

  text(value) {
    if (this.unit === "J") return si(value, "J");
    return Number.isInteger(value) ? value.toLocaleString("en") : String(Number(value.toPrecision(4)));
  }
}

/** Numbers of frames under the lanes. */
function drawRuler(parent, frames, fps) {
  const ruler = document.createElement("div");
  ruler.className = "ruler";
  const step = roundUp(Math.max(1, frames / 6));
  const marks = [1];
  for (let frame = Math.ceil(step); frame <= frames - step * 0.6; frame += Math.ceil(step)) if (frame > 1 + step / 3) marks.push(frame);
  if (frames > 1) marks.push(frames);
  for (const frame of marks) {
    const label = document.createElement("span");
    label.textContent = frame === frames ? `${frame}  (${(frames / fps).toFixed(1)} s)` : frame;
    label.style.left = `${(100 * (frame - 0.5)) / frames}%`;
    ruler.append(label);
  }
  parent.append(ruler);
}
