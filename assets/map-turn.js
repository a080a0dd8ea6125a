/* Three dimensions on the same canvas: turned by hand or by arrow keys, seen without perspective. Nothing turns by itself. */
(function () {
  "use strict";

  const paint = window.songscapePaint;
  const own = window.songscapeMap;
  const { fitted, map, repaint, stage, viewNow } = own;

  const SEEN_WHOLE = 0.99; // of the tracks, whichever way they are turned
  const first = { yaw: 0.5, pitch: 0.35, zoom: 1, x: 0, y: 0 };
  const RADIANS_PER_PIXEL = 0.008;
  const STEP = Math.PI / 24;
  const ZOOMS = [0.5, 40];

  map.turn = { ...first };

  /* ---- from three dimensions to two ------------------------------------------------------------------------------ */

  /* To the right, upwards, and towards the eye. */
  function projection() {
    const { yaw, pitch } = map.turn;
    const [mx, my, mz] = map.middle;
    const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
    return (x, y, z) => {
      const [a, b, c] = [x - mx, y - my, z - mz];
      const near = c * cy - a * sy;
      return [a * cy + c * sy, b * cp - near * sp, b * sp + near * cp];
    };
  }

  function project() {
    const { axes: [xs, ys, zs], x, y, depth } = map.points;
    const placed = projection();
    for (let i = 0; i < xs.length; i++) {
      const [right, up, near] = placed(xs[i], ys[i], zs[i]);
      x[i] = right;
      y[i] = up;
      depth[i] = near / map.reach;
    }
    map.lines = null;
  }

  /* Points are held as they are seen, so that hovering, clicking and highlights need not know of depth. */
  function beginTurning(axes) {
    const n = axes[0].length;
    Object.assign(map.points, { axes, x: new Float32Array(n), y: new Float32Array(n), depth: new Float32Array(n) });
    const [mx, my, mz] = (map.middle = axes.map((axis) => axis.reduce((sum, at) => sum + at, 0) / n));
    const far = Float32Array.from(axes[0], (x, i) => Math.hypot(x - mx, axes[1][i] - my, axes[2][i] - mz)).sort();
    map.reach = far[Math.floor(SEEN_WHOLE * (n - 1))] || 1;
    project();
    if (map.turnedFor === map.bundle) return;
    map.turnedFor = map.bundle;
    first.zoom = zoomToFit();
    turnTo(first);
  }

  /* As near as what is seen at first allows. */
  function zoomToFit() {
    Object.assign(map.turn, first);
    project();
    const box = stage().getBoundingClientRect();
    const side = Math.min(box.width, box.height);
    const half = (axis) => Float32Array.from(axis, Math.abs).sort()[Math.floor(SEEN_WHOLE * (axis.length - 1))] || 1;
    const [across, along] = [half(map.points.x) / (box.width / side), half(map.points.y) / (box.height / side)];
    return Math.max(1, Math.min(3, (0.75 * map.reach) / Math.max(across, along)));
  }

  function turnedView(box) {
    const { zoom, x, y } = map.turn;
    const reach = (1.04 * (map.reach || 1)) / zoom;
    return fitted([[x - reach, x + reach], [y - reach, y + reach]], box.width, box.height);
  }

  function paintMarks(view, width, height, look, ratio) {
    if (!map.middle) return;
    const { x = [], y = [], z = [], kind = [] } = map.marks || {};
    const placed = projection();
    z.forEach((_, i) => {
      const [right, up] = placed(x[i], y[i], z[i]);
      const colour = kind[i] === "track" ? look.accent : look.ink;
      paint.paintRing(map.sheet, right, up, view, width, height, colour, look.ground, ratio * (kind[i] === "track" ? 1 : 0.6));
    });
  }

  /* ---- by hand --------------------------------------------------------------------------------------------------- */

  const isTurning = () => Boolean(map.meta?.turns && map.points?.axes && stage());

  function turnTo(turn) {
    if (!isTurning()) return;
    Object.assign(map.turn, turn);
    map.turn.pitch = Math.max(-Math.PI / 2, Math.min(Math.PI / 2, map.turn.pitch));
    map.turn.zoom = Math.max(ZOOMS[0], Math.min(ZOOMS[1], map.turn.zoom));
    project();
    repaint();
  }

  /* What lies under the pointer stays there. */
  function zoomBy(factor, event) {
    const view = viewNow();
    const box = stage().getBoundingClientRect();
    const [x, y] = event
      ? [view.x0 + ((event.clientX - box.left) / box.width) * (view.x1 - view.x0), view.y1 - ((event.clientY - box.top) / box.height) * (view.y1 - view.y0)]
      : [map.turn.x, map.turn.y];
    const before = map.turn.zoom;
    const zoom = Math.max(ZOOMS[0], Math.min(ZOOMS[1], before * factor));
    const kept = before / zoom;
    turnTo({ zoom, x: x + (map.turn.x - x) * kept, y: y + (map.turn.y - y) * kept });
  }

  const fingers = new Map();
  const apart = () => {
    const [a, b] = [...fingers.values()];
    return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  };

  function dragged(event, before) {
    const [dx, dy] = [event.clientX - before.clientX, event.clientY - before.clientY];
    if (!event.shiftKey) return turnTo({ yaw: map.turn.yaw + dx * RADIANS_PER_PIXEL, pitch: map.turn.pitch + dy * RADIANS_PER_PIXEL });
    const view = viewNow();
    const scale = (view.x1 - view.x0) / stage().getBoundingClientRect().width;
    return turnTo({ x: map.turn.x - dx * scale, y: map.turn.y + dy * scale });
  }

  document.addEventListener("pointerdown", (event) => {
    if (!isTurning() || !event.target.closest?.("#map-stage")) return;
    fingers.set(event.pointerId, event);
    event.target.setPointerCapture?.(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before || !isTurning()) return;
    const width = fingers.size === 2 ? apart() : 0;
    fingers.set(event.pointerId, event);
    if (fingers.size === 1) dragged(event, before);
    if (width) zoomBy(apart() / width);
  });
  for (const type of ["pointerup", "pointercancel"]) document.addEventListener(type, (event) => fingers.delete(event.pointerId));

  document.addEventListener("wheel", (event) => {
    if (!isTurning() || !event.target.closest?.("#map-stage")) return;
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY * 0.0015), event);
  }, { passive: false });

  /* ---- by keys, and by buttons --------------------------------------------------------------------------------------- */

  function turnByKey(event) {
    const { yaw, pitch } = map.turn;
    const acts = {
      ArrowLeft: () => turnTo({ yaw: yaw - STEP }), ArrowRight: () => turnTo({ yaw: yaw + STEP }),
      ArrowUp: () => turnTo({ pitch: pitch - STEP }), ArrowDown: () => turnTo({ pitch: pitch + STEP }),
      "+": () => zoomBy(1.5), "=": () => zoomBy(1.5), "-": () => zoomBy(1 / 1.5), Home: () => turnTo({ ...first, yaw: 0, pitch: 0 }), Escape: () => turnTo(first),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }

  function turnButtons() {
    const made = [["−", "Zoom out", () => zoomBy(1 / 1.5)], ["+", "Zoom in", () => zoomBy(1.5)], ["Front", "Seen from the front", () => turnTo({ ...first, yaw: 0, pitch: 0 })]];
    const buttons = made.map(([text, title, act]) => {
      const button = Object.assign(document.createElement("button"), { className: "quiet", type: "button", textContent: text, title });
      button.setAttribute("aria-label", title);
      button.addEventListener("click", act);
      return button;
    });
    const place = Object.assign(document.createElement("div"), { className: "map-turn" });
    place.append(...buttons);
    return place;
  }

  let flatLabel = null;

  function readyToTurn(meta) {
    const here = stage();
    flatLabel = flatLabel || here.getAttribute("aria-label");
    here.classList.toggle("is-turned", Boolean(meta.turns));
    here.setAttribute("aria-label", meta.turns ? "Map of tracks in three dimensions. Arrow keys turn it, plus and minus zoom, Home shows the front. B shows a crosshair to open tracks." : flatLabel);
    const extras = document.getElementById("map-extras");
    const there = extras.querySelector(".map-turn");
    if (meta.turns && !there) extras.append(turnButtons());
    else if (!meta.turns && there) there.remove();
  }

  Object.assign(own, { beginTurning, paintMarks, readyToTurn, turnByKey, turnedView });
})();
