/* What the menu of a card does: image, data, table, an address of its own. */
(() => {
  const cardOf = (element) => element.closest("[data-chart]");
  const plotOf = (card) => (card.querySelector(".js-plotly-plot") || document.querySelector(`#${card.dataset.chart.replace("-tracks", "-graph")} .js-plotly-plot`));

  /* The view is in the address already; what is chosen on the screen stands in its drop-downs and boxes to tick. */
  function queryOf() {
    const query = new URLSearchParams(window.location.search);
    for (const select of document.querySelectorAll("#page select[id]")) {
      if (!select.id.startsWith("{") && select.value) query.set(select.id, select.value);
    }
    for (const box of document.querySelectorAll("#page .form-check > input:checked")) {
      const list = box.parentElement.parentElement;
      if (list.id) query.set(list.id, [query.get(list.id), box.value].filter(Boolean).join(","));
    }
    return query.toString();
  }

  const addressOf = (card, ending) => `/charts/${card.dataset.chart}${ending}?${queryOf()}`;

  function follow(address, name) {
    const link = document.createElement("a");
    link.href = address;
    if (name) link.download = name;
    else link.target = "_blank";
    document.body.append(link);
    link.click();
    link.remove();
  }

  /* ---- pictures: under a heading that says what is shown, of which catalogue and which of its tracks ------------------ */

  const MARGIN = { l: 8, r: 16, t: 12, b: 8 }; // as the template of the figures has it
  const LINE_PX = 16;
  const LETTER_PX = 6.6;

  const plain = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const textOf = (id) => document.getElementById(id)?.textContent.trim() || "";
  const chosenIn = (id) => document.getElementById(id)?.selectedOptions?.[0]?.textContent || "";
  const comparedWith = () => [...document.querySelectorAll("#selection-chips .chip")].map((chip) => chip.textContent).find((text) => text.startsWith("compared with "))?.replace(/\s*×$/, "") || "";

  /* What is selected as lines that fit. */
  function subject(width) {
    const words = [`${chosenIn("catalogue")}: ${textOf("selection-words")}`, comparedWith()].filter(Boolean).join(", ");
    const lines = [""];
    for (const word of words.split(/\s+/)) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (longer.length * LETTER_PX < width - 32 || !lines.at(-1)) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }

  /* The figure has the size that it has on the screen; what is written around it makes the picture larger. */
  function savePicture({ data, layout }, { title, name, format, width, height, beside = 0, colours = {} }) {
    const lines = subject(width + beside);
    const above = 46 + LINE_PX * lines.length;
    const { t, r, ...margin } = { ...MARGIN, ...layout.margin };
    const small = lines.map((line) => `<span style="font-size:12px">${plain(line)}</span>`);
    const heading = { text: [`<b>${plain(title)}</b>`, ...small].join("<br>"), x: 0, xref: "container", xanchor: "left", y: 1, yref: "container", yanchor: "top", pad: { l: 16, t: 26 }, font: { size: 15 } };
    const size = { width: width + beside, height: height + above };
    const legend = { ...layout.legend };
    if (legend.yref === "container") legend.y = (legend.y * height) / size.height;
    const whole = { ...layout, ...colours, legend, margin: { ...margin, t: t + above, r: r + beside }, title: heading, autosize: false };
    window.Plotly.downloadImage({ data, layout: { ...whole, ...size } }, { ...size, format, scale: format === "png" ? 2 : 1, filename: `songscape-${name}` });
  }

  window.songscapePictures = { chosenIn, comparedWith, plain, savePicture };

  function image(card, format) {
    const plot = plotOf(card);
    if (!plot) return;
    const { width, height } = plot.getBoundingClientRect();
    const title = card.querySelector("h2")?.textContent || "";
    savePicture({ data: plot.data, layout: plot.layout }, { title, name: card.dataset.chart, format, width, height });
  }

  function cell(tag, value) {
    const made = document.createElement(tag);
    made.textContent = value === null ? "" : typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value);
    return made;
  }

  function rowOf(tag, values) {
    const row = document.createElement("tr");
    row.append(...values.map((value) => cell(tag, value)));
    return row;
  }

  function tableOf(found) {
    const table = document.createElement("table");
    const caption = document.createElement("caption");
    const shown = found.data.length < found.n_rows ? `, the first ${found.data.length.toLocaleString("en")} are shown` : "";
    caption.textContent = `${found.n_rows.toLocaleString("en")} rows${shown}`;
    table.append(caption, table.createTHead(), table.createTBody());
    table.tHead.append(rowOf("th", found.columns));
    table.tBodies[0].append(...found.data.map((values) => rowOf("td", values)));
    return table;
  }

  async function toggleTable(card, button) {
    const place = card.querySelector(".chart-table") || card.appendChild(Object.assign(document.createElement("div"), { className: "chart-table" }));
    if (place.firstChild) {
      place.replaceChildren();
      button.textContent = "Show as a table";
      return;
    }
    const answer = await window.fetch(addressOf(card, ".json"));
    const found = await answer.json();
    place.replaceChildren(answer.ok ? tableOf(found) : document.createTextNode(found.error.sentence));
    place.tabIndex = 0;
    place.setAttribute("role", "region");
    place.setAttribute("aria-label", found.title || "Table");
    button.textContent = "Hide the table";
  }

  const ACTIONS = {
    png: (card) => image(card, "png"),
    svg: (card) => image(card, "svg"),
    csv: (card) => follow(addressOf(card, ".csv"), ""),
    alone: (card) => follow(addressOf(card, "")),
    table: toggleTable,
  };

  const OF_PICTURES = ["png", "svg"];
  const ENTRIES = { table: "Show as a table", csv: "Save its data (CSV)", png: "Save as PNG", svg: "Save as SVG", alone: "Open alone" };

  function entry([what, label]) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "quiet", textContent: label });
    button.dataset.do = what;
    return button;
  }

  document.addEventListener("toggle", (event) => {
    const menu = event.target.matches?.("details[data-menu][open]") && event.target.querySelector(".menu");
    if (!menu || menu.firstChild) return;
    const isTable = event.target.dataset.menu === "table";
    menu.append(...Object.entries(ENTRIES).filter(([what]) => !isTable || !OF_PICTURES.includes(what)).map(entry));
  }, true);

  function exportView() {
    const screen = window.location.pathname.slice(1) || "overview";
    follow(`/export/${screen}.html?${queryOf()}`, `songscape-${screen}.html`);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-do]");
    const open = document.querySelectorAll("details.card-menu[open]");
    for (const menu of open) if (!menu.contains(event.target) || button) menu.open = false;
    if (button && button.dataset.do === "export") exportView();
    else if (button && cardOf(button)) ACTIONS[button.dataset.do](cardOf(button), button);
  });

  /* A group of radio buttons is one stop of the tab key: the one that was chosen last. */
  function stopAt(event) {
    const radio = event.target.closest?.('[role="radio"]');
    for (const one of radio?.closest('[role="radiogroup"]')?.querySelectorAll('[role="radio"]') || []) one.tabIndex = one === radio ? 0 : -1;
  }
  document.addEventListener("click", stopAt);
  document.addEventListener("focusin", stopAt);

  /* Left and right are heard by `selecting.js`. */
  document.addEventListener("keydown", (event) => {
    const radio = event.target.closest?.('[role="radio"]');
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!radio || !step) return;
    event.preventDefault();
    const all = [...radio.closest('[role="radiogroup"]').querySelectorAll('[role="radio"]')];
    const next = all[(all.indexOf(radio) + step + all.length) % all.length];
    next.click();
    next.focus();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.card-menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
