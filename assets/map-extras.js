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
    if (meta.dated && meta.all) place.append(filmOf(meta));
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
    window.clearInterval(playing);
    playing = null;
    if (film) film.button.textContent = "Play";
  }

  function filmOf(meta) {
    const button = make("button", { className: "quiet", type: "button", textContent: "Play" });
    const slider = make("input", { type: "range", min: 0, max: 1, step: 1, value: 1, disabled: true });
    const said = make("output", { textContent: "All years" });
    slider.setAttribute("aria-label", "Year shown");
    button.setAttribute("aria-label", "Play the years");
    film = { meta, button, slider, said, years: null };
    button.addEventListener("click", () => (playing ? stop() : play()));
    slider.addEventListener("input", () => (stop(), show(Number(slider.value))));
    return make("div", { className: "map-film" }, button, slider, said);
  }

  async function play() {
    const mine = film;
    if (!mine.years) await learnYears(mine);
    if (film !== mine || !mine.years) return;
    const from = Number(mine.slider.value) >= mine.last ? mine.first : Number(mine.slider.value);
    let year = from;
    mine.button.textContent = "Pause";
    show(year);
    playing = window.setInterval(() => {
      year += 1;
      if (!mine.slider.isConnected) return stop();
      if (year > mine.last) {
        stop();
        return showAll();
      }
      mine.slider.value = year;
      return show(year);
    }, FRAME_MS);
  }

  async function learnYears(mine) {
    const years = new Int16Array(await own().fetched("years", {}));
    const known = years.filter((year) => year > 0).sort();
    if (!known.length) return;
    /* A few very old dates would let the film begin with empty decades. */
    [mine.first, mine.last] = [known[Math.floor(known.length * 0.002)], known[known.length - 1]];
    mine.span = Math.max(1, Math.round((mine.last - mine.first) * SPAN_SHARE));
    mine.years = years;
    Object.assign(mine.slider, { min: mine.first, max: mine.last, value: mine.last, disabled: false });
  }

  function show(year) {
    const { map, repaint } = own();
    const { years, span, said, slider } = film;
    if (!map.points || !years) return;
    const from = year - span + 1;
    const shown = new Uint8Array(years.length);
    let n = 0;
    for (let i = 0; i < years.length; i++) {
      if (years[i] < from || years[i] > year) continue;
      shown[i] = 1;
      n += map.points.picked ? map.points.picked[i] : 1;
    }
    map.points.shown = shown;
    map.lines = null;
    slider.value = year;
    said.textContent = `${from === year ? year : `${from} to ${year}`}: ${n.toLocaleString("en")} tracks`;
    repaint();
  }

  function showAll() {
    const { map, repaint } = own();
    map.points.shown = null;
    map.lines = null;
    film.said.textContent = "All years";
    repaint();
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
