/* What the menu of a card does: image, data, table, an address of its own. */
(() => {
  const cardOf = (element) => element.closest("[data-chart]");
  const plotOf = (card) => (card.querySelector(".js-plotly-plot") || document.querySelector(`#${card.dataset.chart.replace("-tracks", "-graph")} .js-plotly-plot`));

  /* The view is in the address already; what is chosen on the screen stands in its drop-downs. */
  function queryOf() {
    const query = new URLSearchParams(window.location.search);
    for (const select of document.querySelectorAll("#page select[id]")) {
      if (!select.id.startsWith("{") && select.value) query.set(select.id, select.value);
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

  function image(card, format) {
    const plot = plotOf(card);
    if (!plot) return;
    const { width, height } = plot.getBoundingClientRect();
    window.Plotly.downloadImage(plot, { format, width, height, scale: format === "png" ? 2 : 1, filename: `songscape-${card.dataset.chart}` });
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

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.card-menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
