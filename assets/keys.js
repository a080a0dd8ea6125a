/* Charts by keyboard. Arrow keys go from point to point of the chart that has the focus: a ring stands around it, its
 * label is shown as under a pointer and read aloud. Enter does what a click does. */
(function () {
  "use strict";

  const HOVER_MS = 80; // plotly waits 50 before it shows a label
  const RING = 3; // pixels around a mark
  const SAME = 0.5; // pixels
  const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const ZOOMS = { "+": 0.5, "=": 0.5, "-": 2 };
  const PICKS = "Enter selects, Shift+Enter adds, Alt+Enter takes out";

  /* What Enter does, where a click does something. */
  const ACTS = {
    "clusters-apart-graph": PICKS, "clusters-genres-graph": PICKS, "clusters-sizes-graph": PICKS,
    "genres-confusion-graph": "Enter selects the tracks of a cell", "genres-pairs-graph": "Enter compares the two genres", "genres-scores-graph": PICKS,
    "overview-balance-graph": PICKS, "overview-box-graph": PICKS, "overview-correlation-graph": "Enter draws the two features",
    "overview-pairs-graph": "Enter draws the two features", "overview-scatter-graph": "Enter opens the track", "whatif-genres-graph": PICKS,
  };

  let now = null; // { body, plot, stops, at, ring }, at -1 before the first arrow

  const bodyAt = (target) => (target.matches?.(".chart-body") ? target : null);
  const plotIn = (body) => body.querySelector(".js-plotly-plot");

  /* ---- points that a pointer could be over: their place in pixels of the chart, and the box of their mark ------------- */

  const placeOn = (axis, value) => axis._offset + axis.c2p(axis.d2c(value));
  const ends = (a, b) => [Math.min(a, b), Math.abs(a - b)];

  function boxAround(x0, x1, y0, y1) {
    const [[left, width], [top, height]] = [ends(x0, x1), ends(y0, y1)];
    return { left, top, width, height };
  }

  const stopAt = (x, y, box, parts) => ({ x, y, box: box || boxAround(x - 7, x + 7, y - 7, y + 7), ...parts });

  /* Several features against each other are one picture, whose layout names them: a panel is a stop. */
  function panelsIn(plot, { xa, ya }) {
    const { pairs, step } = plot.layout.meta;
    const names = xa.ticktext || pairs;
    const cells = step - 2;
    return pairs.flatMap((_, row) => pairs.flatMap((__, column) => {
      if (row === column) return [];
      const [left, top] = [column * step, row * step];
      const box = boxAround(placeOn(xa, left), placeOn(xa, left + cells), placeOn(ya, top), placeOn(ya, top + cells));
      const point = { x: left + cells / 2, y: top + cells / 2 };
      return stopAt(box.left + box.width / 2, box.top + box.height / 2, box, { point, index: [row, column], text: `${names[column]} and ${names[row]}`, isRow: true, isColumn: true });
    }));
  }

  function cellsIn(plot, { trace, xa, ya }) {
    if (plot.layout.meta?.pairs) return panelsIn(plot, { xa, ya });
    const [columns, rows] = [trace.x, trace.y].map((names) => Array.from(names || []));
    const [wide, high] = [columns, rows].map((names, i) => (names.length > 1 ? Math.abs(placeOn([xa, ya][i], names[1]) - placeOn([xa, ya][i], names[0])) : [xa, ya][i]._length) / 2);
    return Array.from(trace.z).flatMap((values, row) => Array.from(values).flatMap((value, column) => {
      if (!Number.isFinite(value)) return [];
      const [x, y] = [placeOn(xa, columns[column]), placeOn(ya, rows[row])];
      const point = { x: columns[column], y: rows[row], z: value };
      return stopAt(x, y, boxAround(x - wide, x + wide, y - high, y + high), { point, index: [row, column], isRow: true, isColumn: true });
    }));
  }

  /* A bar is reached where it begins, so that arrow keys meet all bars of a chart in their order. */
  function barsIn(plot, { curve, trace, xa, ya }) {
    const lies = trace.orientation === "h";
    const [along, across] = lies ? [xa, ya] : [ya, xa];
    return plot.calcdata[curve].flatMap((bar, index) => {
      if (!Number.isFinite(bar.s)) return [];
      const [from, to] = [bar.s0 ?? bar.b, bar.s1 ?? bar.b + bar.s].map((value) => along._offset + along.c2p(value));
      const [low, high] = [bar.p0, bar.p1].map((value) => across._offset + across.c2p(value));
      const middle = (low + high) / 2;
      const box = lies ? boxAround(from, to, low, high) : boxAround(low, high, from, to);
      return stopAt(lies ? from : middle, lies ? middle : from, box, { index, isRow: lies, isColumn: !lies });
    });
  }

  /* An area is a single stop, a line is walked along, marks stand for themselves. */
  function marksIn(plot, { trace, xa, ya }) {
    const places = Array.from(trace.x || [], (x, i) => [placeOn(xa, x), placeOn(ya, trace.y[i])]);
    const isThere = ([x, y]) => Number.isFinite(x) && Number.isFinite(y);
    if (String(trace.hoveron) === "fills") {
      const [xs, ys] = [0, 1].map((axis) => places.filter(isThere).map((one) => one[axis]));
      if (!xs.length) return [];
      const box = boxAround(Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys));
      const peak = xs[ys.indexOf(Math.min(...ys))];
      return [stopAt(box.left, box.top + box.height / 2, box, { isArea: true, isRow: true, peak: [peak - xa._offset, box.top + box.height / 2 - ya._offset] })];
    }
    const isLine = /lines/.test(trace.mode);
    const reach = isLine ? 6 : Math.max(6, (typeof trace.marker?.size === "number" ? trace.marker.size : 8) / 2 + 2);
    return places.flatMap(([x, y], index) => {
      if (!isThere([x, y]) || x < xa._offset - 1 || x > xa._offset + xa._length + 1 || y < ya._offset - 1 || y > ya._offset + ya._length + 1) return [];
      return stopAt(x, y, boxAround(x - reach, x + reach, y - reach, y + reach), { index, isLine, isRow: ya.type === "category", isColumn: xa.type === "category" });
    });
  }

  const axesOf = (plot, trace) => [trace.xaxis, trace.yaxis].map((name) => plot._fullLayout[`${name[0]}axis${name.slice(1)}`]);

  function stopsOf(plot) {
    const found = plot._fullData.flatMap((trace, curve) => {
      const isSilent = trace.hoverinfo === "skip" || (trace.hoverinfo === "none" && !actOf(plot));
      if (trace.visible !== true || isSilent || !trace.xaxis) return [];
      const [xa, ya] = axesOf(plot, trace);
      const stopsIn = { bar: barsIn, heatmap: cellsIn }[trace.type] || marksIn;
      return stopsIn(plot, { curve, trace, xa, ya }).map((stop) => ({ ...stop, curve, panel: trace.xaxis + trace.yaxis }));
    });
    return inOrder(withoutTwins(found));
  }

  /* Rows from the top, each from the left. */
  const inOrder = (stops) => (stops.some((one) => one.isRow) ? stops.sort((a, b) => Math.round(a.y) - Math.round(b.y) || a.x - b.x) : stops);

  /* A bar over a bar, a mark over its like: the one that reaches further. */
  function withoutTwins(stops) {
    const kept = new Map();
    for (const stop of stops) {
      const key = `${Math.round(stop.x)} ${Math.round(stop.y)}`;
      const other = kept.get(key);
      if (!other || stop.box.width * stop.box.height > other.box.width * other.box.height) kept.set(key, stop);
    }
    return [...kept.values()];
  }

  /* ---- from one to the next ------------------------------------------------------------------------------------------- */

  const least = (stops, cost) => stops.reduce((best, one) => (!best || cost(one) < cost(best) ? one : best), null);

  /* The next stop that way: of a table's row or column, along a line, from line to line, or in a cloud. */
  function nextTo(from, [dx, dy], stops) {
    const ahead = (one) => (one.x - from.x) * dx + (one.y - from.y) * dy;
    const aside = (one) => Math.abs((one.x - from.x) * dy - (one.y - from.y) * dx);
    const there = stops.filter((one) => one !== from && ahead(one) > SAME);
    const here = there.filter((one) => one.panel === from.panel);
    if (from.isLine && dx) return least(here.filter((one) => one.curve === from.curve), ahead) || crossed(there, from, ahead, aside);
    if (from.isLine) return least(here.filter((one) => one.curve !== from.curve), (one) => 1000 * aside(one) + ahead(one)) || crossed(there, from, ahead, aside);
    if (dx ? from.isColumn : from.isRow) {
      const first = least(here, ahead);
      return first ? least(here.filter((one) => ahead(one) < ahead(first) + SAME), aside) : crossed(there, from, ahead, aside);
    }
    const inRow = dx && from.isRow ? here.filter((one) => aside(one) < SAME) : dy && from.isColumn ? here.filter((one) => aside(one) < SAME) : null;
    if (inRow) return least(inRow, ahead) || crossed(there, from, ahead, aside);
    return least(here.filter((one) => aside(one) <= ahead(one)), (one) => ahead(one) + 2 * aside(one)) || crossed(there, from, ahead, aside);
  }

  const crossed = (stops, from, ahead, aside) => least(stops.filter((one) => one.panel !== from.panel), (one) => ahead(one) + 2 * aside(one));

  /* ---- the ring and the words ----------------------------------------------------------------------------------------- */

  let voice = null;

  function say(text) {
    if (!voice) {
      voice = Object.assign(document.createElement("p"), { id: "keys-live", className: "visually-hidden" });
      voice.setAttribute("role", "status");
      document.body.append(voice);
    }
    voice.textContent = text;
  }

  function ringAround({ box }) {
    const { body, plot } = now;
    if (!now.ring?.isConnected) {
      now.ring = Object.assign(document.createElement("div"), { className: "key-ring" });
      now.ring.setAttribute("aria-hidden", "true");
      body.append(now.ring);
    }
    const [inside, frame] = [plot.getBoundingClientRect(), body.getBoundingClientRect()];
    const [left, top] = [box.left + inside.left - frame.left + body.scrollLeft, box.top + inside.top - frame.top + body.scrollTop];
    Object.assign(now.ring.style, { left: `${left - RING}px`, top: `${top - RING}px`, width: `${box.width + 2 * RING}px`, height: `${box.height + 2 * RING}px` });
  }

  const pointOf = ({ curve, index, isArea, point }) => {
    const { data, _fullData } = now.plot;
    const trace = _fullData[curve];
    const own = isArea ? {} : point || { x: trace.x[index], y: trace.y[index] };
    return { curveNumber: curve, ...(isArea ? {} : { pointNumber: index }), ...own, data: data[curve], fullData: trace };
  };

  /* As a pointer's label says it, else as the axes do. */
  function textOf(stop) {
    if (stop.text) return stop.text;
    const lines = [...now.plot.querySelectorAll(".hoverlayer .hovertext text")].flatMap((text) => {
      const parts = [...text.querySelectorAll("tspan.line")].map((line) => line.textContent);
      return parts.length ? parts : [text.textContent];
    });
    if (lines.some(Boolean)) return lines.filter(Boolean).join(", ");
    const { x, y } = pointOf(stop);
    return [x, y].filter((one) => one !== undefined).join(", ");
  }

  function label(stop) {
    const { curve, index, isArea, panel, peak } = stop;
    const { plot } = now;
    const trace = plot._fullData[curve];
    if (stop.text || trace.hoverinfo === "none") return window.Plotly.Fx.unhover(plot);
    const [xa, ya] = axesOf(plot, trace);
    const { x, y } = pointOf(stop);
    const isByPlace = ["heatmap", "scattergl"].includes(trace.type);
    const place = isArea ? { xval: xa.p2c(peak[0]), yval: ya.p2c(peak[1]) } : isByPlace ? { xval: xa.d2c(x), yval: ya.d2c(y) } : { pointNumber: index };
    return window.Plotly.Fx.hover(plot, [{ curveNumber: curve, ...place }], panel);
  }

  function goTo(stop) {
    Object.assign(now, { at: now.stops.indexOf(stop), name: nameOf(stop) });
    ringAround(stop);
    now.ring.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    label(stop);
    const mine = now;
    window.clearTimeout(now.saying);
    now.saying = window.setTimeout(() => now === mine && mine.stops[mine.at] === stop && say(textOf(stop)), HOVER_MS);
  }

  /* ---- focus, keys ---------------------------------------------------------------------------------------------------- */

  const actOf = (plot) => ACTS[plot.closest(".dash-graph").id];

  function begin(body) {
    const plot = plotIn(body);
    const stops = plot?._fullLayout && !body.querySelector("#map-graph") ? stopsOf(plot) : [];
    if (!stops.length) return false;
    now = { body, plot, stops, at: -1, ring: null };
    if (!plot._songscapeKeys) {
      plot._songscapeKeys = true;
      plot.on("plotly_afterplot", () => now?.plot === plot && redrawn());
    }
    return true;
  }

  /* What lies under a pointer keeps its label: its click is told what plotly has there. */
  function leave(pointed) {
    now.ring?.remove();
    window.clearTimeout(now.saying);
    if (now.at >= 0 && now.plot.isConnected && !now.plot.contains(pointed)) window.Plotly.Fx.unhover(now.plot);
    now.body.setAttribute("role", "figure");
    now.body.removeAttribute("aria-roledescription");
    delete now.body.parentElement?.dataset.keys;
    now = null;
  }

  /* What a stop is called, whatever order the chart has. */
  function nameOf({ curve, index, point }) {
    const trace = now.plot._fullData[curve];
    if (point) return `${point.x} ${point.y}`;
    if (typeof trace.meta === "string") return trace.meta;
    return typeof trace.y?.[index] === "string" ? `${curve} ${trace.y[index]}` : `${curve} ${index}`;
  }

  /* The chart was drawn anew, perhaps by what Enter did: the ring stays at what it was around. */
  function redrawn() {
    now.stops = stopsOf(now.plot);
    now.at = now.at < 0 ? -1 : now.stops.findIndex((one) => nameOf(one) === now.name);
    if (now.at < 0) return now.ring?.remove();
    ringAround(now.stops[now.at]);
    return label(now.stops[now.at]);
  }

  document.addEventListener("focusin", (event) => {
    const body = bodyAt(event.target);
    if (!body || now?.body === body || !body.matches(":focus-visible") || !begin(body)) return;
    const act = actOf(now.plot);
    const hint = `${["Arrow keys go from point to point", act, canZoom(now.plot) && "Plus and minus zoom"].filter(Boolean).join(". ")}.`;
    body.parentElement.dataset.keys = hint;
    body.setAttribute("role", "application"); // so that a screen reader hands the arrow keys over
    body.setAttribute("aria-roledescription", "chart");
    say(hint);
  });

  document.addEventListener("focusout", (event) => now && event.target === now.body && leave(null));
  document.addEventListener("pointerdown", (event) => now && leave(event.target), true);

  function press(event) {
    window.songscape.hold(event);
    now.plot.emit("plotly_click", { points: [pointOf(now.stops[now.at])], event });
  }

  /* The ranges before the first zoom, of the fields that are drawn. */
  function wholeOf(plot, axes) {
    const key = axes.map((axis) => axis.title?.text).join();
    if (plot._songscapeWhole?.key !== key) plot._songscapeWhole = { key, ranges: axes.map((axis) => [axis._rangeInitial0 ?? axis.range[0], axis._rangeInitial1 ?? axis.range[1]]) };
    return plot._songscapeWhole.ranges;
  }

  /* Where a chart can be zoomed: about the point with the ring, and back to where it began. */
  function zoom(share) {
    const { plot, stops, at } = now;
    const axes = [plot._fullLayout.xaxis, plot._fullLayout.yaxis];
    const whole = wholeOf(plot, axes);
    const changes = axes.map((axis, i) => {
      const [low, high] = axis.range;
      const middle = at < 0 ? (low + high) / 2 : axis.p2c(stops[at][axis._id[0]] - axis._offset);
      const half = ((high - low) * share) / 2;
      return [`${axis._name}.range`, Math.abs(2 * half) >= Math.abs(whole[i][1] - whole[i][0]) ? [...whole[i]] : [middle - half, middle + half]];
    });
    window.Plotly.relayout(plot, Object.fromEntries(changes));
  }

  const canZoom = (plot) => plot._fullLayout.dragmode === "zoom" && plot._fullLayout.xaxis.fixedrange === false;

  function stepped(event) {
    const { at, stops } = now;
    if (event.key === "Escape") return at >= 0 && (now.ring.remove(), window.Plotly.Fx.unhover(now.plot), (now.at = -1));
    if (ZOOMS[event.key]) return zoom(ZOOMS[event.key]);
    if (event.key === "Home" || event.key === "End") return goTo(stops[event.key === "Home" ? 0 : stops.length - 1]);
    const found = at < 0 ? stops[0] : nextTo(stops[at], WAYS[event.key], stops);
    return found ? goTo(found) : say("No point further that way");
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.querySelector(".notice.is-shown")) window.songscape.setProps("notice", { className: "notice" });
    const body = bodyAt(event.target);
    if (!body || event.ctrlKey || event.metaKey || (event.altKey && event.key !== "Enter")) return;
    const isEnter = event.key === "Enter";
    if (!isEnter && !WAYS[event.key] && !ZOOMS[event.key] && !["Home", "End", "Escape"].includes(event.key)) return;
    if (now?.body !== body && !begin(body)) return;
    if (ZOOMS[event.key] && !canZoom(now.plot)) return;
    if (isEnter && (now.at < 0 || !actOf(now.plot))) return;
    event.preventDefault();
    if (isEnter) press(event);
    else stepped(event);
  });
})();
