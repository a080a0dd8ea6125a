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
    const title = "Lines around the densest 10, 30, 50, 70 and 90% of the tracks shown";
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

  const ENTRY_PX = 19;
  const LONGEST = 44; // letters of a name

  function image(format) {
    const { chosenIn, savePicture } = window.songscapePictures;
    const plot = own().plotOf();
    const canvas = document.getElementById("map-canvas");
    const { width, height } = plot.getBoundingClientRect();
    const style = window.getComputedStyle(document.documentElement);
    const [ink, ground] = ["--ink", "--surface-2"].map((name) => style.getPropertyValue(name).trim());
    const painted = { source: canvas.toDataURL("image/png"), xref: "paper", yref: "paper", x: 0, y: 1, sizex: 1, sizey: 1, sizing: "stretch", layer: "below" };
    const names = (plot.layout.annotations || []).map((one) => ({ ...one, bgcolor: ground, opacity: 0.85, borderpad: 1 }));
    const { entries, beside } = legendOf(height, ink);
    const layout = { ...plot.layout, images: [painted], annotations: [...names, ...entries] };
    const colours = { paper_bgcolor: ground, font: { color: ink } };
    const title = `Map of tracks, coloured by ${chosenIn("map-colour").toLowerCase()}`;
    savePicture({ data: plot.data, layout }, { title, name: "map", format, width, height, beside, colours });
  }

  /* The legend as it stands beside the map, in columns as high as the map; the bar of a number plotly draws itself. */
  function legendOf(height, ink) {
    const { comparedWith, plain } = window.songscapePictures;
    const found = [...document.querySelectorAll("#map-legend .legend-entry")].map((entry) => [entry.querySelector(".label").textContent, window.getComputedStyle(entry.querySelector(".swatch")).backgroundColor]);
    if (comparedWith()) found.push([comparedWith(), own().map.meta.against]);
    if (!found.length) return { entries: [], beside: 0 };
    const texts = found.map(([name]) => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name));
    const wide = textWidth(texts) + 36;
    const rows = Math.max(1, Math.floor((height - 24) / ENTRY_PX));
    const entries = texts.map((text, i) => ({
      text: `<span style="color:${found[i][1]}">●</span> ${plain(text)}`,
      xref: "paper", yref: "paper", x: 1, y: 1, xanchor: "left", yanchor: "top", align: "left", showarrow: false, font: { size: 12, color: ink },
      xshift: 14 + wide * Math.floor(i / rows), yshift: -10 - ENTRY_PX * (i % rows),
    }));
    return { entries, beside: 14 + wide * Math.ceil(texts.length / rows) };
  }

  function textWidth(texts) {
    const context = document.createElement("canvas").getContext("2d");
    context.font = "12px Inter, 'Noto Sans', sans-serif";
    return Math.ceil(Math.max(...texts.map((text) => context.measureText(text).width)) * 1.08);
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
