/* The ends that are chosen, beside the name of each range: the sliders say them to those who hear the page. */
(() => {
  function clock(milliseconds) {
    const seconds = Math.round(milliseconds / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  const rounded = (value) => (Math.abs(value) < 1000 ? String(Number(value.toPrecision(4))) : Math.round(value).toLocaleString("en"));

  /* As the field is written elsewhere (components/written.py): by names of codes, as minutes and seconds, with its unit. */
  function written(value, { words, first, clock: isTime, digits, unit }) {
    if (words !== undefined) return words.split("|")[Math.round(value - Number(first))] ?? String(value);
    if (isTime !== undefined) return clock(value);
    const number = digits === undefined ? rounded(value) : value.toFixed(Number(digits));
    return `${number}${unit ?? ""}`.replace(/^-/, "−");
  }

  /* Slider tooltips, by field (dcc calls them by name). */
  window.dccFunctions = Object.assign({}, window.dccFunctions, {
    durationText: clock,
    keyText: (code) => ["C", "C♯/D♭", "D", "D♯/E♭", "E", "F", "F♯/G♭", "G", "G♯/A♭", "A", "A♯/B♭", "B"][code],
  });

  window.songscape.written = written; // What-if's sliders say their values too

  /* A limit outside of what the catalogue holds stands alone: the slider's other end is none that was chosen. */
  function span([low, high], [least, most], how) {
    if (high > most && low === most) return `from ${written(high, how)}`;
    if (low < least && high === least) return `up to ${written(low, how)}`;
    return `${written(low, how)} – ${written(high, how)}`;
  }

  function write(range) {
    const said = range.querySelector(".range-title .count");
    const thumbs = [...range.querySelectorAll("[role=slider]")];
    const ends = thumbs.map((thumb) => Number(thumb.getAttribute("aria-valuenow")));
    if (!said || ends.length !== 2) return;
    const bounds = ["min", "max"].map((end) => Number(thumbs[0].getAttribute(`aria-value${end}`)));
    const text = span(ends.sort((one, other) => one - other), bounds, said.dataset);
    if (said.textContent !== text) said.textContent = text;
    said.classList.toggle("is-chosen", text !== said.dataset.whole);
  }

  new MutationObserver((changes) => {
    const ranges = new Set(changes.map((change) => change.target.closest(".rail-range")));
    ranges.delete(null);
    ranges.forEach(write);
  }).observe(document.documentElement, { subtree: true, attributes: true, attributeFilter: ["aria-valuenow"] });
})();
