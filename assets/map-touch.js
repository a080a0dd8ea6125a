/* Tracks of the map under the pointer, a finger or the arrow keys: named, described and opened. */
(function () {
  "use strict";

  const { api, element, focusTrack } = window.songscape;
  const paint = window.songscapePaint;
  const own = window.songscapeMap;
  const { map, plotOf, repaint, stage, viewNow } = own;

  const HOVER_MS = 30;
  const REACH = 10; // pixels around a pointer
  const CLICK_MS = 600;

  /* ---- hover, click --------------------------------------------------------------------------------------------- */

  const cards = new Map();

  async function cardOf(row) {
    const path = api(`/rows/${row}?bundle=${map.meta.bundle}`);
    if (!cards.has(path)) cards.set(path, window.fetch(path).then((r) => (r.ok ? r.json() : null)).catch(() => null));
    return cards.get(path);
  }

  const rowAt = (i) => (map.points.rows ? map.points.rows[i] : i);

  /* The track nearest to a place on the stage, in pixels. */
  function trackAt(x, y, within) {
    const box = stage().getBoundingClientRect();
    return paint.nearest(map.points, viewNow(), box.width, box.height, x, y, within);
  }

  function pointAt(event) {
    if (!map.points || !map.meta || !event.target.closest?.(map.meta.turns ? "#map-stage" : "#map-graph .nsewdrag, #map-graph .drag")) return -1;
    const box = stage().getBoundingClientRect();
    return trackAt(event.clientX - box.left, event.clientY - box.top, REACH);
  }

  let hovered = -1;
  let hovers = null;

  function hideCard() {
    hovered = -1;
    const card = document.getElementById("hover-card");
    if (card) card.className = "hover-card";
  }

  function showCard(i, left, top) {
    const row = rowAt(i);
    cardOf(row).then((track) => {
      const card = document.getElementById("hover-card");
      if (!track || !card || hovered !== i) return;
      const facts = element("p", "facts", track.facts.join(" · "));
      card.replaceChildren(element("strong", "", track.track_name), element("span", "artists", track.artists), facts);
      card.style.left = `${Math.min(left + 14, window.innerWidth - 276)}px`;
      card.style.top = `${Math.min(top + 14, window.innerHeight - 110)}px`;
      card.className = "hover-card is-shown";
    });
  }

  document.addEventListener("pointermove", (event) => {
    if (!event.target.closest?.("#map-stage") || event.buttons) return hovered >= 0 && hideCard();
    window.clearTimeout(hovers);
    hovers = window.setTimeout(() => {
      const i = stage() ? pointAt(event) : -1;
      if (i === hovered) return;
      hideCard();
      hovered = i;
      if (i >= 0) showCard(i, event.clientX, event.clientY);
    }, HOVER_MS);
    return undefined;
  });

  let pressed = null;
  document.addEventListener("pointerdown", (event) => {
    pressed = event.target.closest?.("#map-stage") ? { x: event.clientX, y: event.clientY, at: Date.now(), i: pointAt(event) } : null;
  }, true);
  document.addEventListener("pointerup", (event) => {
    const was = pressed;
    pressed = null;
    if (!was || was.i < 0 || Date.now() - was.at > CLICK_MS) return;
    if (Math.hypot(event.clientX - was.x, event.clientY - was.y) < 4) choose(was.i);
  }, true);

  function choose(i) {
    cardOf(rowAt(i)).then((track) => track && focusTrack(track.track_id));
  }

  /* ---- keyboard ------------------------------------------------------------------------------------------------- */

  const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const say = (text) => (document.getElementById("map-live").textContent = text);

  function step(direction) {
    if (!map.points) return say("Single tracks can be reached where few are in view: press + to zoom in");
    const box = stage().getBoundingClientRect();
    const next = map.cursor < 0
      ? trackAt(box.width / 2, box.height / 2, box.width)
      : paint.nextTowards(map.points, map.cursor, direction);
    if (next < 0) return say("No track lies further that way");
    map.cursor = next;
    const at = { x: map.points.x[next], y: map.points.y[next] };
    const view = viewNow();
    if (at.x < view.x0 || at.x > view.x1 || at.y < view.y0 || at.y > view.y1) zoom(1, at);
    repaint();
    return pointTo(next);
  }

  /* What a pointer over a track shows, without one: its card, and what it says. */
  function pointTo(i) {
    hideCard();
    if (i < 0) return say("No track here");
    hovered = i;
    const [left, top] = own.placeOf(i);
    showCard(i, left, top);
    return cardOf(rowAt(i)).then((track) => track && hovered === i && say(`${track.track_name}, ${track.artists}. ${track.facts.join(", ")}`));
  }

  function zoom(share, centre) {
    const view = viewNow();
    const { x, y } = centre || { x: (view.x0 + view.x1) / 2, y: (view.y0 + view.y1) / 2 };
    const [w, h] = [((view.x1 - view.x0) * share) / 2, ((view.y1 - view.y0) * share) / 2];
    window.Plotly.relayout(plotOf(), { "xaxis.range": [x - w, x + w], "yaxis.range": [y - h, y + h] });
  }

  function whole() {
    const [x, y] = map.meta.view;
    window.Plotly.relayout(plotOf(), { "xaxis.range": [...x], "yaxis.range": [...y] });
  }

  document.addEventListener("focusout", (event) => event.target.id === "map-stage" && hovered >= 0 && hideCard());

  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "map-stage" || !map.meta || own.crossKey(event)) return undefined;
    if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
    if (map.meta.turns) return own.turnByKey(event);
    const at = map.cursor >= 0 && map.points ? { x: map.points.x[map.cursor], y: map.points.y[map.cursor] } : null;
    const acts = {
      "+": () => zoom(0.5, at), "=": () => zoom(0.5, at), "-": () => zoom(2, at),
      Enter: () => map.cursor >= 0 && choose(map.cursor),
      Escape: () => ((map.cursor = -1), hideCard(), repaint()),
      Home: whole,
      ...Object.fromEntries(Object.entries(ARROWS).map(([key, way]) => [key, () => step(way)])),
    };
    if (!acts[event.key]) return undefined;
    event.preventDefault();
    return acts[event.key]();
  });

  Object.assign(own, { choose, hideCard, pointTo, say, trackAt, zoom });
})();
