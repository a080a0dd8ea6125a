/* What-if: draws the sliders, asks the server about the newest point, and draws what it answers. The renderer of Dash
 * would ask every component on the screen several times for each answer. */
(function () {
  "use strict";

  const { view, element, noUpdate, pointText, same, setProps, written } = window.songscape;
  const { answerTo, fail, show } = window.songscapeCards;
  const CARDS = ["whatif-genres", "whatif-popularity", "whatif-why-genre", "whatif-why-popularity"];
  const byId = (id) => document.getElementById(id);

  /* What the sliders are drawn from, by field; where each stands; what they were drawn for. */
  let features = {};
  let values = {};
  let drawnFor = {};
  let explained = null;

  const controlOf = (field) => document.querySelector(`#whatif-sliders [data-field="${CSS.escape(field)}"]`);

  /* ---- sliders ------------------------------------------------------------------------------------------------- */

  const isAllowed = ([low, high], value) => (low === null || value >= low) && (high === null || value <= high);

  const isMoved = (field) => Math.abs(values[field] - features[field].start) > 1e-9;

  /* What differs from the start. */
  const changed = () => Object.fromEntries(Object.entries(values).filter(([field]) => isMoved(field)));

  function optionOf([code, label]) {
    const option = element("option", "", label);
    option.value = code;
    return option;
  }

  function listOf(feature) {
    const list = element("select", "choice form-select form-select-sm", "");
    list.append(...feature.codes.map(optionOf));
    return list;
  }

  /* Wide enough for where the point starts and stands, be it further out than the catalogue's tracks. */
  function rangeOf(feature) {
    const range = element("input", "", "");
    const inside = [...feature.ends, feature.start, values[feature.field]];
    Object.assign(range, { type: "range", min: Math.min(...inside), max: Math.max(...inside), step: feature.step });
    return range;
  }

  function sliderOf(feature) {
    const control = feature.codes.length ? listOf(feature) : rangeOf(feature);
    control.id = `whatif-${feature.field}`;
    control.dataset.field = feature.field;
    const label = element("label", "", feature.label);
    label.htmlFor = control.id;
    const title = element("div", "range-title", "");
    title.append(label, element("span", "now", ""), element("span", "count", feature.words));
    const made = element("div", "whatif-slider", "");
    made.title = feature.meaning;
    made.append(title);
    if (feature.outline) {
      const spread = made.appendChild(element("div", "spread", ""));
      spread.style.clipPath = feature.outline;
      spread.setAttribute("aria-hidden", "true");
    }
    made.append(control);
    return made;
  }

  function drawSliders(sliders) {
    const shown = sliders.filter((one) => !one.is_folded).map(sliderOf);
    const folded = sliders.filter((one) => one.is_folded).map(sliderOf);
    if (folded.length) {
      const more = element("details", "more-sliders", "");
      more.append(element("summary", "", `${folded.length} more, which matter less to the models`), ...folded);
      shown.push(more);
    }
    byId("whatif-sliders").replaceChildren(...shown);
    Object.keys(features).forEach(showValue);
  }

  /* A slider shows the nearest value that it can set; the value itself is kept as it is. */
  function showValue(field) {
    const control = controlOf(field);
    if (Number(control.value) !== values[field]) control.value = values[field];
    const now = control.closest(".whatif-slider").querySelector(".now");
    now.classList.toggle("is-chosen", isMoved(field));
    if (control.tagName === "SELECT") return; // says it itself
    now.textContent = written(values[field], features[field].writing);
    control.setAttribute("aria-valuetext", now.textContent);
  }

  const valueAt = (point, { field, start, allowed }) => (field in point && isAllowed(allowed, point[field]) ? point[field] : start);

  function move(point) {
    for (const feature of Object.values(features)) {
      const value = valueAt(point, feature);
      if (value === values[feature.field]) continue;
      values[feature.field] = value;
      showValue(feature.field);
    }
  }

  /* ---- questions: one at a time, and then about the newest point ------------------------------------------------- */

  let asking = null;
  let asked = null;
  let isNewer = false;

  function question() {
    const { catalogue, track, kind } = drawnFor;
    const parts = { catalogue, track, point: pointText(changed()), "whatif-model": kind, "whatif-explain": explained };
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(parts)) if (value) query.set(name, value);
    return query.toString();
  }

  async function ask() {
    const now = question();
    if (asking) {
      isNewer = now !== asked;
      return;
    }
    if (now === asked) return;
    asked = now;
    const mine = (asking = new AbortController());
    const answer = await answerTo(`/data/what-if?${now}`, CARDS, mine.signal);
    if (asking !== mine) return; // another track, other models: nobody waits for it
    asking = null;
    if (byId("whatif-usual")) showAll(answer);
    if (telling) tell();
    if (isNewer) {
      isNewer = false;
      ask();
    }
  }

  function askAnew() {
    if (asking) asking.abort();
    asking = asked = null;
    isNewer = false;
    ask();
  }

  function showAll(answer) {
    if (answer.failed) {
      asked = null;
      return fail(CARDS, answer);
    }
    byId("whatif-usual").textContent = answer.usual;
    byId("whatif-usual").classList.toggle("is-unusual", answer.is_unusual);
    CARDS.forEach((card) => show(card, answer.cards[card]));
  }

  /* ---- what happens ------------------------------------------------------------------------------------------------ */

  const LATEST_MS = 400;
  let telling = null;
  let lastTold = {};

  /* The address and Undo hear of it after the picture: what Dash does about it would take the time of drawing. */
  function tell() {
    window.clearTimeout(telling);
    telling = window.setTimeout(tellNow, asking ? LATEST_MS : 0);
  }

  function tellNow() {
    telling = null;
    lastTold = changed();
    if (!same(lastTold, view.point)) setProps("view-point", { data: lastTold });
  }

  document.addEventListener("input", ({ target }) => {
    const field = target.dataset?.field;
    if (!field || !features[field] || !target.closest("#whatif-sliders")) return;
    values[field] = Number(target.value);
    showValue(field);
    ask();
  });

  /* Fires once a slider is let go, so that a drag is one step back. */
  document.addEventListener("change", ({ target }) => {
    if (target.closest?.("#whatif-sliders")) tell();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-point], #whatif-reset");
    if (!button || !byId("whatif-sliders")) return;
    move(button.dataset.point ? { ...changed(), ...JSON.parse(button.dataset.point) } : {});
    ask();
    tell();
  });

  const isDrawn = () => byId("whatif-sliders")?.firstChild && same([view.catalogue, view.track], [drawnFor.catalogue, drawnFor.track]);

  /* The point was changed elsewhere: by an address, or by the way back. */
  function follow() {
    if (!isDrawn() || same(view.point, lastTold)) return;
    lastTold = view.point;
    move(view.point);
    ask();
  }

  /* The server says what there is to be moved, for this track and these models; or another genre is to be explained. */
  function askWhatIf(data, genre) {
    if (!data || !byId("whatif-sliders")) return noUpdate();
    explained = genre;
    if (data.sliders !== drawnFor.sliders || !byId("whatif-sliders").firstChild) {
      drawnFor = { ...data, catalogue: view.catalogue };
      features = Object.fromEntries(data.sliders.map((one) => [one.field, one]));
      lastTold = view.point || {};
      values = Object.fromEntries(data.sliders.map((one) => [one.field, valueAt(lastTold, one)]));
      drawSliders(data.sliders);
    }
    askAnew();
    return noUpdate();
  }

  window.dash_clientside.songscape.askWhatIf = askWhatIf;
  window.songscapeWhatIf = { follow };
})();
