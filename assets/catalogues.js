/* The bench of the catalogues screen: bring files, correct what their columns are taken for, build, watch, cancel.
 * What changes something goes to the API, with the header that pages of other hosts cannot send. Sentences about tables
 * come from the server and are written as text, never as markup. */
(function () {
  "use strict";

  const API = "/api/v1";
  const KEPT = "songscape-builds"; // ids of the builds that this browser has started, newest first
  const DRAFT = "songscape-draft"; // id of the draft with its files, and what was said about its columns
  const POLL_MS = 700;
  const MOST_KEPT = 12;
  const MOST_COLUMNS = 60;
  const STEPS = {
    fetching: "Download", reading: "Read", clusters: "Clusters", map: "Map", neighbours: "Similar tracks",
    genre: "Genres", popularity: "Popularity", trends: "Trends", bundle: "Write",
  };
  const stepName = (step) => STEPS[step] || step.replace(/^./, (c) => c.toUpperCase()).replaceAll("_", " ");
  const LABELS = { auto: "Genre labels: found out", "as published": "Genre labels: as published", families: "Genre labels: families of tags" };
  const NOTHING_SAID = () => ({ fields: {}, units: {}, ignored: [], labels: "auto" });

  const noUpdate = () => window.dash_clientside.no_update;
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  const at = (id) => document.getElementById(id);
  const count = (n) => Number(n).toLocaleString("en-US");
  const megabytes = (n) => (n >= 1e5 ? `${(n / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(n / 1e3))} KB`);

  function kept(key, otherwise) {
    try {
      return JSON.parse(window.localStorage.getItem(key)) ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  function keep(key, value) {
    if (value === null) window.localStorage.removeItem(key);
    else window.localStorage.setItem(key, JSON.stringify(value));
  }

  /* An element with properties, attributes (in `aria` and `data`) and children. */
  function el(tag, props = {}, ...children) {
    const { aria = {}, data = {}, ...rest } = props;
    const made = Object.assign(document.createElement(tag), rest);
    for (const [name, value] of Object.entries(aria)) made.setAttribute(name === "role" ? name : `aria-${name}`, value);
    Object.assign(made.dataset, data);
    made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return made;
  }

  const hidden = (text) => el("span", { className: "visually-hidden", textContent: text });
  const button = (text, onclick, className = "quiet") => el("button", { type: "button", className, onclick }, ...[text].flat());

  class Refused extends Error {
    constructor(sentence, status) {
      super(sentence);
      this.status = status;
    }
  }

  const sentenceOf = (answer) => answer?.error?.sentence || "The server did not answer. Try again in a moment.";

  async function ask(method, path, { body, signal } = {}) {
    const headers = { "X-Songscape": "page", ...(body ? { "Content-Type": "application/json" } : {}) };
    let answer;
    try {
      answer = await window.fetch(API + path, { method, headers, signal, body: body && JSON.stringify(body) });
    } catch (failure) {
      if (failure.name === "AbortError") throw failure;
      throw new Refused("The server cannot be reached. Try again in a moment.", 0);
    }
    const said = await answer.json().catch(() => null);
    if (!answer.ok) throw new Refused(sentenceOf(said), answer.status);
    return said;
  }

  /* ---- the draft: files, and what is said about their columns --------------------------------------------------- */

  const draft = { job: null, said: NOTHING_SAID(), found: null, asking: null, name: "", arriving: [] };
  let choices = null;

  function keepDraft() {
    keep(DRAFT, draft.job ? { id: draft.job.id, said: draft.said } : null);
  }

  function forgetDraft() {
    draft.asking?.abort();
    Object.assign(draft, { job: null, said: NOTHING_SAID(), found: null, asking: null, name: "", arriving: [] });
    keepDraft();
    at("catalogues-draft")?.replaceChildren();
  }

  function sendFile(file, onprogress) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const job = draft.job ? `&job=${draft.job.id}` : "";
      request.open("POST", `${API}/uploads?file=${encodeURIComponent(file.name)}${job}`);
      request.setRequestHeader("X-Songscape", "upload");
      request.responseType = "json";
      request.upload.onprogress = (event) => onprogress(event.loaded / (event.total || file.size || 1));
      request.onload = () => (request.status === 200 ? resolve(request.response) : reject(new Refused(sentenceOf(request.response), request.status)));
      request.onerror = () => reject(new Refused(`${file.name} could not be sent. Try again in a moment.`, 0));
      request.send(file);
    });
  }

  async function bring(files) {
    const most = choices.upload_mb * 1e6;
    draft.arriving = draft.arriving.filter((one) => one.share < 1 && !one.failed);
    const coming = [...files].map((file) => ({ file, name: file.name, share: 0, failed: "" }));
    draft.arriving.push(...coming);
    showDraft();
    for (const one of coming) {
      if (one.file.size > most) one.failed = `${one.name} is larger than ${choices.upload_mb} MB, the most that is taken here. Compress it, or save it as Parquet.`;
      else await arrive(one);
      showFiles();
    }
    if (draft.job) inspect();
  }

  async function arrive(one) {
    try {
      draft.job = await sendFile(one.file, (share) => {
        one.share = Math.min(share, 0.99);
        showFiles();
      });
      one.share = 1;
      if (!draft.name) nameDraft(draft.job.name);
      keepDraft();
    } catch (refusal) {
      if (draft.job && (refusal.status === 404 || refusal.status === 409)) {
        draft.job = null; // removed after a day, or built in another tab
        return arrive(one);
      }
      one.failed = refusal.message;
    }
  }

  function nameDraft(name) {
    draft.name = name;
    if (at("draft-name")) at("draft-name").value = name;
  }

  async function removeFile(name) {
    try {
      draft.job = await ask("DELETE", `/jobs/${draft.job.id}/files/${encodeURIComponent(name)}`);
    } catch (refusal) {
      return said("draft-trouble", refusal.message);
    }
    if (!draft.job.files.length) return startOver();
    draft.found = null;
    showDraft();
    inspect();
  }

  function startOver() {
    if (draft.job) ask("DELETE", `/jobs/${draft.job.id}`).catch(() => null);
    forgetDraft();
    at("catalogues-files")?.focus();
  }

  async function inspect() {
    draft.asking?.abort();
    const mine = (draft.asking = new AbortController());
    showDraft();
    try {
      const found = await ask("POST", `/jobs/${draft.job.id}/inspection`, { body: draft.said, signal: mine.signal });
      if (draft.asking !== mine) return;
      draft.found = found;
      draft.trouble = "";
    } catch (refusal) {
      if (refusal.name === "AbortError" || draft.asking !== mine) return;
      draft.trouble = refusal.message;
    }
    draft.asking = null;
    showDraft();
  }

  function sayField(column, was, field) {
    const known = draft.said;
    known.ignored = known.ignored.filter((name) => name !== column);
    delete known.fields[column];
    for (const one of [was, field]) delete known.units[one];
    if (field) known.fields[column] = field;
    else known.ignored.push(column);
    keepDraft();
    inspect();
  }

  function sayUnit(field, unit) {
    draft.said.units[field] = unit;
    keepDraft();
    inspect();
  }

  function sayLabels(how) {
    draft.said.labels = how;
    keepDraft();
    inspect();
  }

  /* ---- showing the draft ------------------------------------------------------------------------------------------- */

  function said(id, text) {
    const place = at(id);
    if (!place) return;
    place.textContent = text || "";
    place.hidden = !text;
  }

  function showDraft() {
    const place = at("catalogues-draft");
    if (!place) return;
    if (!draft.job && !draft.arriving.length) return place.replaceChildren();
    if (!at("draft-files")) {
      place.replaceChildren(
        el("ul", { id: "draft-files", className: "files", aria: { label: "Files" } }),
        el("p", { id: "draft-doing", className: "doing", aria: { role: "status" } }),
        el("p", { id: "draft-trouble", className: "failure", hidden: true, aria: { role: "alert" } }),
        el("div", { id: "draft-tables" }),
        el("div", { id: "draft-account" }),
        buildLine(),
      );
    }
    showFiles();
    at("draft-doing").textContent = draft.asking ? "Reading …" : "";
    place.classList.toggle("is-reading", Boolean(draft.asking));
    said("draft-trouble", draft.trouble);
    if (draft.found) {
      showTables();
      showAccount();
    } else {
      at("draft-tables").replaceChildren();
      at("draft-account").replaceChildren();
    }
    at("draft-build").hidden = !draft.job;
    at("draft-start").disabled = !draft.found || Boolean(draft.found.refusal) || Boolean(draft.trouble) || Boolean(draft.asking);
  }

  function showFiles() {
    const place = at("draft-files");
    if (!place) return;
    const there = (draft.job?.files || []).map((file) =>
      el("li", {}, el("span", { className: "file", dir: "auto", textContent: file.name }), el("span", { className: "count", textContent: megabytes(file.bytes) }),
        button(["×", hidden(`Remove ${file.name}`)], () => removeFile(file.name), "quiet icon")));
    const coming = draft.arriving.filter((one) => one.share < 1).map((one) =>
      el("li", { className: one.failed ? "is-failed" : "" }, el("span", { className: "file", dir: "auto", textContent: one.name }),
        one.failed ? el("span", { className: "failure", textContent: one.failed, aria: { role: "alert" } }) : bar(one.share, `Sending ${one.name}`)));
    place.replaceChildren(...there, ...coming);
  }

  function bar(share, label) {
    const filled = el("span");
    filled.style.width = `${100 * share}%`;
    return el("div", { className: "bar", aria: { role: "progressbar", label, valuemin: 0, valuemax: 100, valuenow: Math.round(100 * share) } }, filled);
  }

  const kindOf = (field) => ({ x_: "feature", c_: "context", m_: "metadata" })[field.slice(0, 2)] || field;
  const sureness = (confidence) => (confidence >= 0.9 ? "sure" : confidence >= 0.7 ? "likely" : "unsure");
  const signature = (file) => JSON.stringify([file.source, file.mapping.columns.map((one) => one.column)]);

  function showTables() {
    const place = at("draft-tables");
    const files = draft.found.files;
    const wanted = JSON.stringify(files.map(signature));
    if (place.dataset.shows !== wanted) {
      place.dataset.shows = wanted;
      place.replaceChildren(...files.map((file, i) => fileTable(file, i)));
    }
    files.forEach((file, i) => {
      at(`draft-file-${i}-said`).textContent = fileSaid(file);
      file.mapping.columns.forEach((column, j) => showColumn(i, j, column));
    });
  }

  function fileSaid(file) {
    const malformed = file.malformed ? `, ${count(file.malformed)} of them do not fit the header` : "";
    return [`${count(file.rows)} rows${malformed}.`, ...file.notes].join(" ");
  }

  function fileTable(file, i) {
    const titles = ["Column", "For example", "Taken for", "Unit", "How sure"];
    const rows = file.mapping.columns.map((column, j) => columnRow(i, j, column));
    const table = el("table", { className: "plain-table mapping" },
      el("caption", { className: "visually-hidden", textContent: `Columns of ${file.source}` }),
      el("thead", {}, el("tr", {}, ...titles.map((title) => el("th", { scope: "col", textContent: title })))),
      el("tbody", {}, ...rows));
    const more = rows.length > MOST_COLUMNS ? button(`Show all ${count(rows.length)} columns`, (event) => {
      rows.forEach((row) => (row.hidden = false));
      event.currentTarget.remove();
    }) : null;
    rows.slice(MOST_COLUMNS).forEach((row) => (row.hidden = true));
    return el("section", { className: "mapped-file" },
      el("h3", { dir: "auto", textContent: file.source }),
      el("p", { id: `draft-file-${i}-said`, className: "nothing" }),
      el("div", { className: "scrolls", tabIndex: 0, aria: { role: "region", label: `Columns of ${file.source}` } }, table), more);
  }

  function columnRow(i, j, column) {
    const of = `draft-${i}-${j}`;
    const field = el("select", { id: `${of}-field`, className: "form-select choice", aria: { label: `${column.column} is taken for` } },
      el("optgroup", { label: "Fields" }, ...Object.entries(choices.fields).map(([value, text]) => el("option", { value, textContent: text }))),
      el("optgroup", { label: "Otherwise, keep it as" }, ...Object.entries(choices.keep).map(([value, text]) => el("option", { value, textContent: text }))));
    field.onchange = () => sayField(column.column, field.dataset.field, field.value);
    return el("tr", { id: of },
      el("th", { scope: "row", dir: "auto", textContent: column.column }),
      el("td", { className: "samples", dir: "auto", textContent: (column.samples || []).join(" · ") }),
      el("td", {}, field), el("td", { id: `${of}-unit` }), el("td", { id: `${of}-why`, className: "why" }));
  }

  function showColumn(i, j, column) {
    const of = `draft-${i}-${j}`;
    const field = at(`${of}-field`);
    field.value = kindOf(column.field);
    field.dataset.field = column.field;
    at(of).className = column.field ? sureness(column.confidence) : "is-out";
    const sure = el("strong", { textContent: column.field ? sureness(column.confidence) : "left out" });
    at(`${of}-why`).replaceChildren(sure, column.why ? `: ${column.why}` : "");
    showUnit(at(`${of}-unit`), column);
  }

  function showUnit(cell, column) {
    const known = choices.units[column.field];
    if (!known) return cell.replaceChildren();
    let select = cell.querySelector("select");
    if (!select || select.dataset.field !== column.field) {
      select = el("select", { className: "form-select choice", data: { field: column.field }, aria: { label: `Unit of ${column.column}` } },
        ...Object.entries(known).map(([value, text]) => el("option", { value, textContent: text })));
      select.onchange = () => sayUnit(column.field, select.value);
      cell.replaceChildren(select);
    }
    select.value = column.unit || "own";
  }

  function showAccount() {
    const { found } = draft;
    const told = found.provenance;
    const listed = (title, counts) => Object.entries(counts).filter(([, n]) => n).map(([why, n]) => el("li", { textContent: `${title} ${count(n)}: ${why}` }));
    const lost = Object.entries(told.set_missing).map(([field, n]) => `${choices.fields[field] || field}: ${count(n)} impossible ${n === 1 ? "value is" : "values are"} set missing`);
    const recipes = Object.entries(found.recipes);
    const runs = recipes.filter(([, why]) => !why).map(([name]) => stepName(name));
    const skipped = recipes.filter(([, why]) => why);
    at("draft-account").replaceChildren(
      found.refusal ? el("p", { className: "failure", aria: { role: "alert" }, textContent: `Nothing can be built yet. ${found.refusal}` }) : "",
      el("h3", { textContent: "What would become of it" }),
      el("p", { className: "account", textContent: accountOf(told) }),
      el("ul", { className: "notes" }, ...listed("Merged", told.by_rule), ...listed("Rejected", told.by_reason),
        ...[...lost, ...told.notes].map((text) => el("li", { textContent: text }))),
      recipes.length ? el("p", { className: "nothing", textContent: runs.length ? `Would be learned: ${runs.join(", ")}.` : "Nothing could be learned." }) : "",
      skipped.length ? el("ul", { className: "notes" }, ...skipped.map(([name, why]) => el("li", { textContent: `Skipped, ${stepName(name)}: ${why}` }))) : "",
    );
  }

  function accountOf(told) {
    const parts = [["kept", told.rows_kept], ["merged", told.rows_merged], ["rejected", told.rows_rejected]];
    if (told.rows_joined) parts.push(["joined to a track", told.rows_joined]);
    return `${count(told.rows_read)} rows read = ${parts.map(([what, n]) => `${count(n)} ${what}`).join(" + ")}.`;
  }

  function buildLine() {
    const name = el("input", { id: "draft-name", className: "form-control", value: draft.name, maxLength: 40, autocomplete: "off", spellcheck: false });
    name.oninput = () => (draft.name = name.value);
    const labels = el("select", { id: "draft-labels", className: "form-select choice", aria: { label: "How genres are labelled" } },
      ...Object.entries(LABELS).map(([value, text]) => el("option", { value, textContent: text })));
    labels.value = draft.said.labels;
    labels.onchange = () => sayLabels(labels.value);
    const start = button("Build", startBuild, "primary");
    start.id = "draft-start";
    return el("form", { id: "draft-build", className: "build-line", onsubmit: (event) => event.preventDefault() },
      labels, el("label", { htmlFor: "draft-name", textContent: "Name" }), name, start, button("Start over", startOver));
  }

  async function startBuild() {
    const order = { job: draft.job.id, name: at("draft-name").value.trim(), wishes: draft.said };
    at("draft-start").disabled = true;
    try {
      follow(await ask("POST", "/jobs", { body: order }));
      forgetDraft();
      at("catalogues-builds").scrollIntoView({ block: "nearest" });
    } catch (refusal) {
      said("draft-trouble", refusal.message);
      at("draft-start").disabled = false;
    }
  }

  /* ---- builds ------------------------------------------------------------------------------------------------------- */

  const builds = new Map(); // id -> what is known of it, newest first
  let polling = null;
  const ended = (job) => ["done", "failed", "cancelled"].includes(job?.state);

  function follow(job) {
    const others = [...builds].filter(([id]) => id !== job.id);
    builds.clear();
    for (const [id, one] of [[job.id, job], ...others].slice(0, MOST_KEPT)) builds.set(id, one);
    keep(KEPT, [...builds.keys()]);
    window.history.replaceState(window.history.state, "", `${window.location.pathname}${window.location.search}#job=${job.id}`);
    showBuilds();
    poll();
  }

  function dismiss(id) {
    builds.delete(id);
    keep(KEPT, [...builds.keys()]);
    if (window.location.hash === `#job=${id}`) window.history.replaceState(window.history.state, "", window.location.pathname + window.location.search);
    showBuilds();
  }

  /* Goes on while a build is under way, on every screen, so that the switch between catalogues learns of its end. */
  function poll() {
    if (polling === null) polling = window.setTimeout(look, 0);
  }

  async function look() {
    await Promise.all([...builds].filter(([, job]) => !ended(job)).map(([id, job]) => lookAt(id, job)));
    showBuilds();
    const more = [...builds.values()].some((job) => !ended(job));
    polling = more ? window.setTimeout(look, POLL_MS) : null;
  }

  async function lookAt(id, before) {
    try {
      const job = await ask("GET", `/jobs/${id}`);
      if (!builds.has(id)) return;
      builds.set(id, job);
      if (job.state === "done" && before) changed();
    } catch (refusal) {
      if (refusal.status === 404) dismiss(id);
    }
  }

  function changed() {
    setProps("built", { data: Date.now() });
    setProps("notice", { className: "notice" });
  }

  async function cancel(id) {
    try {
      builds.set(id, await ask("DELETE", `/jobs/${id}`));
    } catch (refusal) {
      tell(refusal.message);
    }
    showBuilds();
  }

  const tell = (sentence) => setProps("notice", { children: sentence, className: "notice is-shown" });

  function showBuilds() {
    const place = at("catalogues-jobs");
    if (!place) return;
    const shown = [...builds].filter(([, job]) => job);
    at("catalogues-builds").hidden = !shown.length;
    const cards = shown.map(([id, job]) => {
      const card = at(`build-${id}`) || el("article", { id: `build-${id}`, className: "build" }, el("header"), el("p", { className: "nothing", aria: { role: "status" } }), el("ol", { className: "steps" }));
      showBuild(card, job);
      return card;
    });
    const same = cards.length === place.children.length && cards.every((card, i) => place.children[i] === card);
    if (!same) place.replaceChildren(...cards);
  }

  const WORDS = { draft: "", waiting: "waits", running: "is being built", done: "is built", failed: "failed", cancelled: "was cancelled" };

  function showBuild(card, job) {
    const [header, sentence, steps] = card.children;
    if (card.dataset.state !== job.state) {
      card.dataset.state = job.state;
      const title = el("h3", {}, el("span", { dir: "auto", textContent: job.name }), ` ${WORDS[job.state]}`);
      const open = job.state === "done" ? openLink(job.name) : null;
      const end = ended(job) ? button(["×", hidden(`Forget the build of ${job.name}`)], () => dismiss(job.id), "quiet icon") : button(["Cancel", hidden(` the build of ${job.name}`)], () => cancel(job.id));
      header.replaceChildren(title, open || "", end);
    }
    if (sentence.textContent !== job.sentence) sentence.textContent = job.sentence;
    sentence.className = job.state === "failed" ? "failure" : "nothing";
    for (const step of job.steps) showStep(steps, step, job);
    steps.hidden = job.state === "done";
  }

  function showStep(steps, step, job) {
    let row = steps.querySelector(`[data-step="${CSS.escape(step.step)}"]`);
    const name = stepName(step.step);
    if (!row) {
      row = el("li", { data: { step: step.step } }, el("span", { className: "step", textContent: name }), bar(0, `${name} of ${job.name}`), el("span", { className: "doing" }));
      steps.append(row);
    }
    const progress = row.querySelector(".bar");
    progress.setAttribute("aria-valuenow", Math.round(100 * step.share));
    progress.firstChild.style.width = `${100 * step.share}%`;
    row.querySelector(".doing").textContent = step.doing;
  }

  function openLink(name) {
    const href = `/?catalogue=${encodeURIComponent(name)}`;
    const link = el("a", { href, className: "primary" }, "Open it", hidden(`: ${name}`));
    link.onclick = (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      window.history.pushState({}, "", href);
      window.dispatchEvent(new CustomEvent("_dashprivate_pushstate")); // as dcc.Link does
      window.scrollTo(0, 0);
    };
    return link;
  }

  /* ---- public catalogues, deletion ----------------------------------------------------------------------------------- */

  function showPublic() {
    const allowed = choices.upload_mb > 0;
    at("catalogues-public").replaceChildren(...choices.public.map((one) =>
      el("article", { className: "public" }, el("h3", { textContent: one.name }), el("p", { textContent: one.meaning }),
        el("p", { className: "nothing", textContent: `Licence: ${one.licence}. Hash: ${one.hash}.` }),
        allowed ? button(["Get and build", hidden(` ${one.name}`)], (event) => getPublic(one.name, event.currentTarget), "quiet outlined") : null)));
  }

  async function getPublic(name, pressed) {
    pressed.disabled = true;
    try {
      follow(await ask("POST", "/jobs", { body: { source: name, name } }));
      at("catalogues-builds").scrollIntoView({ block: "nearest" });
    } catch (refusal) {
      tell(refusal.message);
    }
    pressed.disabled = false;
  }

  function confirmRemoval(name) {
    const dialog = el("dialog", { className: "confirm", aria: { label: `Delete ${name}` } },
      el("h2", { textContent: `Delete ${name}?` }),
      el("p", { textContent: "What was learned from it is removed from this server, for everybody. Its source files are not touched." }),
      el("div", { className: "card-actions" }, button("Keep it", () => dialog.close()), button("Delete", () => remove(name, dialog), "danger")));
    dialog.onclose = () => dialog.remove();
    document.body.append(dialog);
    dialog.showModal();
  }

  async function remove(name, dialog) {
    dialog.close();
    try {
      await ask("DELETE", `/catalogues/${encodeURIComponent(name)}`);
    } catch (refusal) {
      return tell(refusal.message);
    }
    const shown = new URLSearchParams(window.location.search).get("catalogue");
    if (!shown || shown === name) setProps("view-catalogue", { data: null });
    changed();
  }

  document.addEventListener("click", (event) => {
    const name = event.target.closest && event.target.closest("[data-remove]")?.dataset.remove;
    if (name) confirmRemoval(name);
  });

  /* ---- the screen ------------------------------------------------------------------------------------------------------ */

  function dropZone() {
    const zone = at("catalogues-drop");
    const input = el("input", { type: "file", id: "catalogues-files", multiple: true, className: "visually-hidden" });
    input.onchange = () => {
      const files = [...input.files];
      input.value = "";
      if (files.length) bring(files);
    };
    zone.replaceChildren(input, el("label", { htmlFor: "catalogues-files", className: "outlined", textContent: "Choose files" }), el("span", { textContent: "or drop them here" }));
    const over = (is) => zone.classList.toggle("is-over", is);
    const bench = at("catalogues-bench");
    bench.ondragover = (event) => (event.preventDefault(), over(true));
    bench.ondragleave = (event) => bench.contains(event.relatedTarget) || over(false);
    bench.ondrop = (event) => {
      event.preventDefault();
      over(false);
      if (event.dataTransfer.files.length) bring(event.dataTransfer.files);
    };
  }

  async function restoreDraft() {
    const before = kept(DRAFT, null);
    if (!before || draft.job) return draft.job && showDraft();
    try {
      const job = await ask("GET", `/jobs/${before.id}`);
      if (job.state !== "draft") throw new Refused("started elsewhere", 409);
      Object.assign(draft, { job, name: job.name, said: { ...NOTHING_SAID(), ...before.said } });
      inspect();
    } catch (refusal) {
      if (refusal.status) keep(DRAFT, null);
    }
  }

  function restoreBuilds() {
    const linked = /^#job=([\w-]{22})$/.exec(window.location.hash);
    const ids = [...(linked ? [linked[1]] : []), ...kept(KEPT, [])];
    for (const id of ids) if (!builds.has(id)) builds.set(id, null);
    if (builds.size) poll();
  }

  function openBench(given) {
    if (!given) return noUpdate();
    choices = given;
    const allowed = choices.upload_mb > 0;
    at("catalogues-bounds").textContent = allowed
      ? `CSV, TSV, JSON, XLSX, Parquet or Arrow, also compressed; at most ${choices.upload_mb} MB together. Files of the same columns are stacked, different ones joined by id, or by artist and title.`
      : "This server takes no uploads, builds nothing and deletes nothing. Run Songscape yourself to build catalogues of your own.";
    at("catalogues-drop").hidden = !allowed;
    showPublic();
    if (allowed) {
      dropZone();
      restoreDraft();
    }
    restoreBuilds();
    showBuilds();
    return noUpdate();
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.songscape = Object.assign({}, window.dash_clientside.songscape, { openBench });
})();
