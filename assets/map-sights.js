/* The map's crosshair: boxes and tracks by keyboard. B begins it; it stands in the map, so that a zoom takes it along. */
(function () {
  "use strict";

  const { inPolygon } = window.songscapePaint;
  const own = window.songscapeMap;
  const { map, plotOf, scaleNow, stage, viewNow } = own;

  const SVG = "http://www.w3.org/2000/svg";
  const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const [STEP, LEAP] = [10, 60]; // pixels
  const MARGIN = 24; // nearer to the edge the map follows
  const NEAR = 24; // pixels around the crosshair in which a track is named
  const REST_MS = 200;
  const EVERYWHERE = [0, 32000]; // of the map's coordinates
  const KEYS_HIGH = 90; // pixels: what the keys do is said at the other edge
  const KEYS = "Arrow keys move the crosshair, with Shift faster. Enter sets a corner of a box, T opens the nearest track, plus and minus zoom, Escape leaves.";
  const KEYS_OF_BOX = "Arrow keys stretch the box. Enter selects what is in it, Shift+Enter adds it, Alt+Enter takes it out, Escape drops it.";
  const KEYS_TURNED = "Arrow keys move the crosshair, with Shift faster. T opens the nearest track, Escape leaves.";

  let cross = null; // { x, y, corner: { x, y } or null } in the map's coordinates
  let before = null; // where it was last
  let rests = null;

  const number = (value) => value.toLocaleString("en");
  const isIn = ({ x, y }, { x0, x1, y0, y1 }) => x >= x0 && x <= x1 && y >= y0 && y <= y1;

  function pixelsOf({ x, y }) {
    const { kx, ky, ox, oy } = scaleNow();
    return [x * kx + ox, oy - y * ky];
  }

  function begin() {
    const view = viewNow();
    const middle = { x: (view.x0 + view.x1) / 2, y: (view.y0 + view.y1) / 2 };
    const cursor = map.cursor >= 0 && map.points ? { x: map.points.x[map.cursor], y: map.points.y[map.cursor] } : null;
    const place = [cursor, before, middle].find((one) => one && isIn(one, view));
    cross = { x: place.x, y: place.y, corner: null };
    map.cursor = -1;
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "map-lasso map-cross");
    svg.setAttribute("aria-hidden", "true");
    for (const name of ["is-halo", "is-line"]) svg.appendChild(document.createElementNS(SVG, "path")).setAttribute("class", name);
    svg.append(document.createElementNS(SVG, "polygon"));
    stage().append(svg);
    tellKeys();
    own.repaint();
    own.say(stage().dataset.keys);
  }

  function leave() {
    before = cross;
    cross = null;
    window.clearTimeout(rests);
    stage()?.querySelector(".map-cross")?.remove();
    for (const name of ["data-keys", "data-keys-above"]) stage()?.removeAttribute(name);
    own.hideCard();
    own.say("");
  }

  function tellKeys() {
    stage().dataset.keys = map.meta.turns ? KEYS_TURNED : cross.corner ? KEYS_OF_BOX : KEYS;
  }

  const boxNow = () => {
    const [xs, ys] = ["x", "y"].map((axis) => [cross.corner[axis], cross[axis]].map(Math.round));
    return [[xs[0], ys[0]], [xs[1], ys[0]], [xs[1], ys[1]], [xs[0], ys[1]]];
  };

  /* Painted with the map, as each zoom moves it. */
  function placeCross() {
    const svg = cross && stage().querySelector(".map-cross");
    if (!svg) return;
    const { width, height } = scaleNow();
    const [x, y] = pixelsOf(cross);
    stage().toggleAttribute("data-keys-above", y > height - KEYS_HIGH);
    for (const path of svg.querySelectorAll("path")) path.setAttribute("d", `M0 ${y}H${x - 7}M${x + 7} ${y}H${width}M${x} 0V${y - 7}M${x} ${y + 7}V${height}M${x - 7} ${y}a7 7 0 1 0 14 0a7 7 0 1 0 -14 0`);
    const corners = cross.corner ? boxNow().map(([cx, cy]) => pixelsOf({ x: cx, y: cy })) : [];
    svg.querySelector("polygon").setAttribute("points", corners.join(" "));
  }

  /* From the first to the last track along an axis, where all are here; what is not placed lies below 0. */
  const reachOf = (axis, i) => {
    const places = map.meta.all && map.points ? map.points[axis].filter((at) => at >= 0) : EVERYWHERE;
    return places.reduce(([low, high], at) => [Math.min(low, at), Math.max(high, at)], map.meta.view[i]);
  };

  const within = (value, [low, high]) => Math.max(low, Math.min(high, value));

  function move([dx, dy], pixels) {
    const { kx, ky } = scaleNow();
    const view = viewNow();
    const bounds = map.meta.turns ? [[view.x0, view.x1], [view.y0, view.y1]] : ["x", "y"].map(reachOf);
    cross.x = within(cross.x + (dx * pixels) / kx, bounds[0]);
    cross.y = within(cross.y + (dy * pixels) / ky, bounds[1]);
    const xs = followed(cross.x, [view.x0, view.x1], bounds[0], MARGIN / kx);
    const ys = followed(cross.y, [view.y0, view.y1], bounds[1], MARGIN / ky);
    if (xs || ys) window.Plotly.relayout(plotOf(), { ...(xs && { "xaxis.range": xs }), ...(ys && { "yaxis.range": ys }) });
    own.repaint();
    sayAtRest();
  }

  /* A quarter of the view further, where the crosshair comes to its edge and there is more of the map. */
  function followed(at, [low, high], bounds, margin) {
    const quarter = (high - low) / 4;
    if (at < low + margin && low > bounds[0]) return [low - quarter, high - quarter];
    if (at > high - margin && high < bounds[1]) return [low + quarter, high + quarter];
    return null;
  }

  function sayAtRest() {
    window.clearTimeout(rests);
    rests = window.setTimeout(() => {
      if (!cross) return;
      if (cross.corner) own.say(`${countWords(boxNow())} in the box`);
      else if (map.points) own.pointTo(own.trackAt(...pixelsOf(cross), NEAR));
      else own.say("Single tracks can be reached where few are in view: press + to zoom in");
    }, REST_MS);
  }

  /* How many tracks lie in a box, from the positions that are here: of all, of a part of the map, or counts of cells. */
  function countWords(corners) {
    const words = (n) => `${number(n)} ${n === 1 ? "track" : "tracks"}`;
    if (map.points) {
      const { placed, box } = map.points;
      const inside = inPolygon(map.points, corners);
      const n = inside.reduce((sum, bit, i) => sum + (bit && (!placed || placed[i]) ? 1 : 0), 0);
      const isWhole = !box || corners.every(([x, y]) => isIn({ x, y }, { x0: box[0], x1: box[1], y0: box[2], y1: box[3] }));
      return `${isWhole ? "" : "at least "}${words(n)}`;
    }
    return map.raster ? `about ${words(Number(cellsIn(corners).toPrecision(2)))}` : "An unknown number of tracks";
  }

  function cellsIn(corners) {
    const { raster } = map;
    const [xs, ys] = [0, 1].map((axis) => corners.map((one) => one[axis]));
    const area = { x0: Math.min(...xs), x1: Math.max(...xs), y0: Math.min(...ys), y1: Math.max(...ys) };
    return raster.counts.reduce((sum, level, i) => {
      if (!level) return sum;
      const x = raster.x0 + ((i % raster.width) + 0.5) * ((raster.x1 - raster.x0) / raster.width);
      const y = raster.y0 + (Math.floor(i / raster.width) + 0.5) * ((raster.y1 - raster.y0) / raster.height);
      return sum + (isIn({ x, y }, area) ? Math.exp((level - 1) / 254 * Math.log(raster.most)) : 0);
    }, 0);
  }

  function enter(event) {
    if (map.meta.turns) return own.say("A box needs a layout in two dimensions.");
    if (!cross.corner) {
      cross.corner = { x: cross.x, y: cross.y };
      own.hideCard();
      own.say(`Corner set. ${KEYS_OF_BOX}`);
    } else {
      const corners = boxNow();
      if (corners[0][0] === corners[2][0] || corners[0][1] === corners[2][1]) return own.say("The box has no area yet: move the crosshair.");
      window.songscape.hold(event);
      own.say(`Box drawn around ${countWords(corners)}.`);
      cross.corner = null;
      own.selectShape(corners);
    }
    tellKeys();
    return own.repaint();
  }

  function dropCorner() {
    cross.corner = null;
    tellKeys();
    own.repaint();
    own.say("Box dropped.");
  }

  function openNearest() {
    const { width } = scaleNow();
    const found = map.points ? own.trackAt(...pixelsOf(cross), width) : -1;
    if (found < 0) return own.say(map.points ? "No track is in view." : "Single tracks can be reached where few are in view: press + to zoom in");
    Object.assign(cross, { x: map.points.x[found], y: map.points.y[found] });
    own.repaint();
    own.pointTo(found);
    return own.choose(found);
  }

  /* Whether a key was meant for the crosshair: B begins it, and then all that it knows. */
  function crossKey(event) {
    if (event.ctrlKey || event.metaKey || (event.altKey && event.key !== "Enter")) return false;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!cross && key !== "b") return false;
    const acts = cross
      ? {
        b: () => own.say(stage().dataset.keys), Enter: () => enter(event), t: openNearest, Escape: () => (cross.corner ? dropCorner() : leave()),
        ...(map.meta.turns ? {} : { "+": () => own.zoom(0.5, cross), "=": () => own.zoom(0.5, cross), "-": () => own.zoom(2, cross) }),
        ...Object.fromEntries(Object.entries(WAYS).map(([name, way]) => [name, () => move(way, event.shiftKey ? LEAP : STEP)])),
      }
      : { b: begin };
    if (!acts[key]) return false;
    event.preventDefault();
    acts[key]();
    return true;
  }

  document.addEventListener("focusout", (event) => cross && event.target.id === "map-stage" && leave());
  document.addEventListener("pointerdown", () => cross && leave(), true);

  Object.assign(own, { crossKey, placeCross });
})();
