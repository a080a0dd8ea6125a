/* What hangs on the view alone: the line that says it in words, and cards. The browser asks for all of a screen in one
 * question at the moment the view changes, and draws the answer; Dash's renderer would only then begin to ask. */
(function () {
  "use strict";

  const { addressOf, element, noUpdate, setProps, view, wasRead } = window.songscape;
  const SLOW_MS = 600;
  const byId = (id) => document.getElementById(id);

  /* ---- what a card shows --------------------------------------------------------------------------------------- */

  function say(card, text, state) {
    const sentence = byId(`${card}-sentence`);
    if (sentence) Object.assign(sentence, { textContent: text, className: `sentence ${state}`.trim() });
  }

  /* The first chart goes through Dash, which may still have to load what draws it; then plotly is told itself. */
  function show(card, { figure, sentence, height }) {
    const graph = byId(`${card}-graph`);
    if (!graph) return;
    say(card, sentence, figure ? "" : "is-empty");
    if (!figure) return;
    const plot = graph.querySelector(".js-plotly-plot");
    const sized = { ...figure.layout, autosize: true, height: undefined };
    graph.style.height = height ? `${height}px` : "100%";
    if (plot?.data?.length) window.Plotly.react(plot, figure.data, sized, plot._context);
    else setProps(`${card}-graph`, { figure });
  }

  /* Asks, and marks the cards where it takes long; returns what was answered, or under `failed` why not. */
  async function answerTo(address, cards, signal) {
    const slow = window.setTimeout(() => cards.forEach((card) => byId(`${card}-sentence`)?.classList.add("is-waiting")), SLOW_MS);
    try {
      const answer = await window.fetch(address, { signal });
      const told = await answer.json();
      return told.error ? { failed: told.error.sentence, isUnbuilt: told.error.is_unbuilt } : told;
    } catch {
      return { failed: "The server did not answer. Try again in a moment." };
    } finally {
      window.clearTimeout(slow);
    }
  }

  function fail(cards, { failed, isUnbuilt }) {
    cards.forEach((card) => say(card, failed, "is-empty is-failed"));
    setProps("notice", { children: failed, className: `notice is-shown ${isUnbuilt ? "is-unbuilt" : ""}` });
  }

  /* ---- the line that says what is selected ------------------------------------------------------------------------ */

  function chipOf([key, text]) {
    const chip = element("button", "chip", text);
    Object.assign(chip, { type: "button", title: "Remove this filter" });
    chip.dataset.key = key;
    chip.setAttribute("aria-label", `Remove filter: ${text}`);
    chip.append(element("span", "cross", "×"));
    chip.lastChild.setAttribute("aria-hidden", "true");
    return chip;
  }

  function showLine(words, chips) {
    const isFocused = byId("selection-chips").contains(document.activeElement);
    byId("selection-words").textContent = words;
    byId("selection-chips").replaceChildren(...Object.entries(chips).map(chipOf));
    byId("clear").disabled = !Object.keys(chips).length;
    if (isFocused) (byId("selection-chips").querySelector("button") || byId("undo")).focus();
  }

  /* ---- when they are asked ------------------------------------------------------------------------------------- */

  let asking = null;
  let asked = {};

  /* Only the newest view counts: what was asked before is given up. */
  async function follow(selection = view.selection) {
    const sections = [...document.querySelectorAll("#page [data-by=view]")];
    const cards = sections.map((section) => section.dataset.chart);
    const query = new URLSearchParams(addressOf({ ...view, selection, point: {} }));
    if (cards.length) query.set("cards", cards.join(","));
    const address = `/data/view?${query}`;
    const isAsked = asked.address === address && asked.section === sections[0]; // else they were laid out anew
    if (!wasRead() || isAsked) return;
    asked = { address, section: sections[0] };
    asking?.abort();
    const mine = (asking = new AbortController());
    const told = await answerTo(address, cards, mine.signal);
    if (asking !== mine) return;
    if (told.failed) {
      asked = {};
      return fail(cards, told);
    }
    showLine(told.words, told.chips);
    cards.forEach((card) => show(card, told.cards[card]));
  }

  /* A screen was laid out. */
  window.dash_clientside.songscape.askCards = () => {
    window.setTimeout(() => follow(), 0);
    return noUpdate();
  };

  window.songscapeCards = { answerTo, fail, follow, show };
})();
