/* What the map can do besides: contours, a film of the years, and an image of itself. */
(function () {
  "use strict";

  const FRAME_MS = 140;
  const SPAN_SHARE = 1 / 14; // of all years, that a frame of the film shows

  const own = () => window.songscapeMap;
  const make = (tag, props, ...children) => {
    const made = Object.assign(document.createElement(tag), props);
    made.append(...children);
    return made;
  };

  /* Made anew for each catalogue; what Dash draws in between is left alone. */
  function extras(meta) {
    const place = document.getElementById("map-extras");
    if (!place || place.dataset.bundle === meta.bundle) return;
    place.dataset.bundle = meta.bundle;
    stop();
    own().map.showsContours = false;
    place.replaceChildren(contourBox());
    if (meta.years) place.append(filmOf(meta));
  }

  function contourBox() {
    const box = make("input", { type: "checkbox", id: "map-contours" });
    box.addEventListener("change", () => {
      own().map.showsContours = box.checked;
      own().repaint();
    });
    const title = "Lines around the densest 10, 30, 50, 70 and 90 % of the tracks shown";
    return make("label", { title }, box, "Contours of density");
  }

  /* ---- the years ---------------------------------------------------------------------------------------------- */

  let film = null;
  let playing = null;

  function stop() {
    playing = null;
    if (film) sayPlaying(false);
  }

  function sayPlaying(plays) {
    film.button.textContent = plays ? "Pause" : "Play";
    film.button.setAttribute("aria-label", plays ? "Pause the years" : "Play the years");
  }

  function filmOf(meta) {
    const [first, last] = meta.years;
    const button = make("button", { className: "quiet", type: "button" });
    const slider = make("input", { type: "range", min: first, max: last, step: 1, value: last });
    const said = make("output", { textContent: "All years" });
    const whole = make("button", { className: "quiet", type: "button", textContent: "All years", hidden: true });
    slider.setAttribute("aria-label", "Year shown");
    film = { meta, button, slider, said, whole, first, last, years: null, span: Math.max(1, Math.round((last - first) * SPAN_SHARE)) };
    sayPlaying(false);
    button.addEventListener("click", () => (playing ? stop() : play(film)));
    slider.addEventListener("input", () => (stop(), show(film, Number(slider.value)).catch(() => null)));
    whole.addEventListener("click", () => (stop(), showAll(film)));
    return make("div", { className: "map-film" }, button, slider, said, whole);
  }

  const wait = (ms) => new Promise((then) => window.setTimeout(then, ms));

  /* A frame follows when the one before is painted, so that very many tracks play slower and skip none. */
  async function play(mine) {
    const mark = (playing = {});
    const at = Number(mine.slider.value);
    sayPlaying(true);
    for (let year = at >= mine.last ? mine.first : at; year <= mine.last; year++) {
      await show(mine, year).catch(stop);
      await wait(FRAME_MS);
      if (playing !== mark) return;
      if (!mine.slider.isConnected) return void stop();
    }
    stop();
    showAll(mine);
  }

  async function show(mine, year) {
    const from = year - mine.span + 1;
    mine.slider.value = year;
    const n = await (mine.meta.all ? showPoints(mine, from, year) : showView(from, year));
    if (film !== mine || Number(mine.slider.value) !== year) return;
    const where = mine.meta.all ? "" : " in view";
    mine.said.textContent = `${from === year ? year : `${from} to ${year}`}: ${n.toLocaleString("en")} tracks${where}`;
    mine.whole.hidden = false;
  }

  /* All tracks are here: those of other years are not painted. */
  async function showPoints(mine, from, to) {
    const { map, fetched, showOnly } = own();
    mine.years = mine.years || new Int16Array(await fetched("years", {}));
    const { picked, placed } = map.points;
    map.film = Uint8Array.from(mine.years, (year) => (year >= from && year <= to ? 1 : 0));
    showOnly();
    return map.film.reduce((sum, bit, i) => sum + (bit && (!picked || picked[i]) && (!placed || placed[i]) ? 1 : 0), 0);
  }

  /* Very many: the view is asked for with these years highlighted. */
  async function showView(from, to) {
    const { map, refine } = own();
    map.filmYears = [from, to];
    await refine();
    return map.chosenInView;
  }

  function showAll(mine) {
    const { map, refine, showOnly } = own();
    Object.assign(map, { film: null, filmYears: null });
    if (mine.meta.all) showOnly();
    else refine();
    mine.slider.value = mine.last;
    mine.said.textContent = "All years";
    mine.whole.hidden = true;
  }

  /* ---- an image of the map: plotly knows nothing of the canvas ---------------------------------------------------- */

  function image(format) {
    const plot = own().plotOf();
    const canvas = document.getElementById("map-canvas");
    const { width, height } = plot.getBoundingClientRect();
    const ground = { source: canvas.toDataURL("image/png"), xref: "paper", yref: "paper", x: 0, y: 1, sizex: 1, sizey: 1, sizing: "stretch", layer: "below" };
    const figure = { data: plot.data, layout: { ...plot.layout, images: [ground] } };
    window.Plotly.downloadImage(figure, { format, width, height, scale: format === "png" ? 2 : 1, filename: "songscape-map" });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.('.map-controls [data-do="png"], .map-controls [data-do="svg"]');
    if (!button) return;
    event.stopPropagation();
    button.closest("details").open = false;
    image(button.dataset.do);
  }, true);

  window.songscapeMap = Object.assign(window.songscapeMap || {}, { extras });
})();
