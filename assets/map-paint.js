/* Paints tracks on a canvas: points as stamps of a few pixels, or a raster of counts, whichever the view holds. Pure:
 * arrays, a view and colours in, pixels out. A hundred thousand points take a few milliseconds, without a graphics
 * card, so that every highlight, zoom and frame of a film is simply painted anew. */
(function () {
  "use strict";

  const MISSING = 255;
  const GHOST_SHARE = 0.7; // of the diameter

  function rgb(text) {
    const hex = text.trim().replace("#", "");
    if (/^[0-9a-f]{6}$/i.test(hex)) return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
    const numbers = text.match(/[\d.]+/g) || [128, 128, 128];
    return numbers.slice(0, 3).map(Number);
  }

  /* How much of each pixel around its middle a disc covers, and how far down and right that pixel lies. */
  function stamp(diameter, opacity, width) {
    const radius = diameter / 2;
    const reach = Math.ceil(radius);
    const found = { shift: [], cover: [], reach };
    for (let y = -reach; y <= reach; y++) {
      for (let x = -reach; x <= reach; x++) {
        const cover = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(x, y))) * opacity;
        if (cover < 0.02) continue;
        found.shift.push(y * width + x);
        found.cover.push(Math.round(256 * cover));
      }
    }
    return found;
  }

  /* A picture of one size, blended over an opaque ground. */
  class Sheet {
    constructor(canvas) {
      this.canvas = canvas;
      this.context = canvas.getContext("2d", { alpha: false, willReadFrequently: true }); // in memory, where its pixels are made
    }

    begin(width, height, ground) {
      if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
      if (!this.image || this.image.width !== width || this.image.height !== height) {
        this.image = this.context.createImageData(width, height);
        this.pixels = new Uint32Array(this.image.data.buffer);
      }
      const [r, g, b] = ground;
      this.pixels.fill((255 << 24) | (b << 16) | (g << 8) | r);
    }

    end() {
      this.context.putImageData(this.image, 0, 0);
    }

    dab(at, shape, r, g, b) {
      const data = this.image.data;
      const { shift, cover } = shape;
      for (let k = 0; k < shift.length; k++) {
        const to = (at + shift[k]) << 2;
        const share = cover[k];
        data[to] += ((r - data[to]) * share) >> 8;
        data[to + 1] += ((g - data[to + 1]) * share) >> 8;
        data[to + 2] += ((b - data[to + 2]) * share) >> 8;
      }
    }
  }

  /* From map units to pixels of the canvas; y grows downwards there. */
  function scaleOf(view, width, height) {
    const kx = width / (view.x1 - view.x0);
    const ky = height / (view.y1 - view.y0);
    return { kx, ky, ox: -view.x0 * kx, oy: height + view.y0 * ky };
  }

  /* Calls `draw(i, at)` for every point that lies on the canvas, `at` being its pixel. */
  function eachInView(points, view, width, height, margin, draw) {
    const { kx, ky, ox, oy } = scaleOf(view, width, height);
    const { x, y } = points;
    const right = width - margin;
    const bottom = height - margin;
    for (let i = 0; i < x.length; i++) {
      const px = (x[i] * kx + ox) | 0;
      if (px < margin || px >= right) continue;
      const py = (oy - y[i] * ky) | 0;
      if (py < margin || py >= bottom) continue;
      draw(i, py * width + px);
    }
  }

  /* points: {x, y, colour, picked (a byte each, or null for all), shown (or null for all)}.
   * look: {palette, ghost, ground, size, opacity, ghostOpacity}, size in pixels of the canvas. */
  function paintPoints(sheet, points, view, width, height, look) {
    sheet.begin(width, height, look.ground);
    const { colour, picked, shown } = points;
    const full = stamp(look.size, look.opacity, width);
    const strong = stamp(look.size, Math.min(1, look.opacity + 0.15), width);
    const ghost = stamp(look.size * GHOST_SHARE, look.ghostOpacity, width);
    const margin = full.reach + 1;
    const shape = picked ? strong : full;
    const colours = Array.from({ length: 256 }, (_, code) => look.palette[code] || look.other);
    if (picked) {
      eachInView(points, view, width, height, margin, (i, at) => {
        if (!picked[i] && (!shown || shown[i])) sheet.dab(at, ghost, ...look.ghost);
      });
    }
    eachInView(points, view, width, height, margin, (i, at) => {
      if ((picked && !picked[i]) || (shown && !shown[i])) return;
      const [r, g, b] = colours[colour[i]];
      sheet.dab(at, shape, r, g, b);
    });
    sheet.end();
  }

  /* raster: {width, height, counts, chosen, colour, x0, x1, y0, y1}, rows from the lowest up. Painted once cell by
   * cell, then laid under any view: a zoom stretches it until a finer one has come. */
  function rasterImage(raster, look) {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: raster.width, height: raster.height });
    const context = canvas.getContext("2d");
    const image = context.createImageData(raster.width, raster.height);
    const { data } = image;
    for (let row = 0; row < raster.height; row++) {
      for (let column = 0; column < raster.width; column++) {
        const from = (raster.height - 1 - row) * raster.width + column;
        const chosen = raster.chosen[from];
        const level = chosen || raster.counts[from];
        if (!level) continue;
        const [r, g, b] = chosen ? look.palette[raster.colour[from]] || look.other : look.ghost;
        const to = 4 * (row * raster.width + column);
        const share = chosen ? 0.45 + (0.55 * level) / 255 : 0.08 + (0.3 * level) / 255;
        data[to] = r;
        data[to + 1] = g;
        data[to + 2] = b;
        data[to + 3] = 255 * share;
      }
    }
    context.putImageData(image, 0, 0);
    return canvas;
  }

  function paintRaster(sheet, raster, image, view, width, height, look) {
    const { context, canvas } = sheet;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.fillStyle = `rgb(${look.ground.join()})`;
    context.fillRect(0, 0, width, height);
    const { kx, ky, ox, oy } = scaleOf(view, width, height);
    const left = raster.x0 * kx + ox;
    const top = oy - raster.y1 * ky;
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "medium";
    context.drawImage(image, left, top, (raster.x1 - raster.x0) * kx, (raster.y1 - raster.y0) * ky);
  }

  /* The point nearest to a place on the canvas, within a distance in pixels; -1 where there is none. */
  function nearest(points, view, width, height, px, py, within) {
    const { kx, ky, ox, oy } = scaleOf(view, width, height);
    const { x, y, picked, shown } = points;
    let best = -1;
    let least = within * within;
    for (let i = 0; i < x.length; i++) {
      const dx = x[i] * kx + ox - px;
      if (dx > within || dx < -within) continue;
      const dy = oy - y[i] * ky - py;
      const off = dx * dx + dy * dy;
      if (off < least && (!shown || shown[i]) && (!picked || picked[i] || off < 9)) [best, least] = [i, off];
    }
    return best;
  }

  /* The nearest point within 45 degrees of a direction, as an arrow key asks for it; nearer to the line counts as nearer. */
  function nextTowards(points, from, [dx, dy]) {
    const { x, y, picked, shown } = points;
    let best = -1;
    let least = Infinity;
    for (let i = 0; i < x.length; i++) {
      if ((picked && !picked[i]) || (shown && !shown[i])) continue;
      const ahead = (x[i] - x[from]) * dx + (y[i] - y[from]) * dy;
      const aside = Math.abs((x[i] - x[from]) * dy - (y[i] - y[from]) * dx);
      if (ahead <= 0 || aside > ahead) continue;
      const off = ahead + 2 * aside;
      if (off < least) [best, least] = [i, off];
    }
    return best;
  }

  /* Which points lie in a polygon, by the even-odd rule; the same rule as the server's. */
  function inPolygon(points, corners) {
    const { x, y } = points;
    const found = new Uint8Array(x.length);
    const xs = corners.map((c) => c[0]);
    const ys = corners.map((c) => c[1]);
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    const [bottom, top] = [Math.min(...ys), Math.max(...ys)];
    for (let i = 0; i < x.length; i++) {
      if (x[i] < left || x[i] > right || y[i] < bottom || y[i] > top) continue;
      let inside = 0;
      for (let a = 0, b = xs.length - 1; a < xs.length; b = a++) {
        /* From corner b to corner a, as the server goes from each corner to the next. */
        if (ys[b] > y[i] !== ys[a] > y[i] && x[i] < ((xs[a] - xs[b]) * (y[i] - ys[b])) / (ys[a] - ys[b]) + xs[b]) inside ^= 1;
      }
      found[i] = inside;
    }
    return found;
  }

  /* ---- contours ----------------------------------------------------------------------------------------------- */

  const GRID = 96;

  /* Counts on a grid over the view, smoothed by boxes three times, which is nearly a bell. */
  function densityGrid(points, view) {
    const grid = new Float32Array(GRID * GRID);
    const { x, y, picked, shown, weight } = points;
    const [kx, ky] = [GRID / (view.x1 - view.x0), GRID / (view.y1 - view.y0)];
    for (let i = 0; i < x.length; i++) {
      if ((picked && !picked[i]) || (shown && !shown[i])) continue;
      const [column, row] = [Math.floor((x[i] - view.x0) * kx), Math.floor((y[i] - view.y0) * ky)];
      if (column >= 0 && column < GRID && row >= 0 && row < GRID) grid[row * GRID + column] += weight ? weight[i] : 1;
    }
    return [1, 2, 3].reduce((smooth) => smoothed(smoothed(smooth, 1), GRID), grid);
  }

  function smoothed(grid, step) {
    const found = new Float32Array(grid.length);
    const other = step === 1 ? GRID : 1;
    for (let line = 0; line < GRID; line++) {
      for (let at = 0; at < GRID; at++) {
        let sum = 0;
        for (let off = -1; off <= 1; off++) {
          const to = at + off;
          if (to >= 0 && to < GRID) sum += grid[line * other + to * step];
        }
        found[line * other + at * step] = sum / 3;
      }
    }
    return found;
  }

  /* Levels such that about 90, 70, 50, 30 and 10 % of the tracks in view lie inside. */
  function levelsOf(grid) {
    const sorted = Float32Array.from(grid).sort().reverse();
    const total = sorted.reduce((sum, v) => sum + v, 0);
    const found = [];
    let sum = 0;
    let at = 0;
    for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      while (at < sorted.length && sum < share * total) sum += sorted[at++];
      found.push(sorted[Math.max(at - 1, 0)]);
    }
    return [...new Set(found)].filter((level) => level > 0);
  }

  /* Marching squares: [x0, y0, x1, y1] in cells of the grid. */
  function linesAt(grid, level) {
    const found = [];
    const cut = (a, b) => (level - a) / (b - a);
    for (let row = 0; row < GRID - 1; row++) {
      for (let column = 0; column < GRID - 1; column++) {
        const at = row * GRID + column;
        const [a, b, c, d] = [grid[at], grid[at + 1], grid[at + GRID + 1], grid[at + GRID]];
        const ends = [];
        if (a > level !== b > level) ends.push(column + cut(a, b), row);
        if (b > level !== c > level) ends.push(column + 1, row + cut(b, c));
        if (d > level !== c > level) ends.push(column + cut(d, c), row + 1);
        if (a > level !== d > level) ends.push(column, row + cut(a, d));
        for (let k = 0; k + 3 < ends.length; k += 4) found.push(ends.slice(k, k + 4));
      }
    }
    return found;
  }

  /* The lines of a view, to be drawn over any view: {view, levels: [[[x0, y0, x1, y1] in map units]]}. */
  function contours(points, view) {
    const grid = densityGrid(points, view);
    const [sx, sy] = [(view.x1 - view.x0) / GRID, (view.y1 - view.y0) / GRID];
    const placed = ([x0, y0, x1, y1]) => [
      view.x0 + (x0 + 0.5) * sx, view.y0 + (y0 + 0.5) * sy, view.x0 + (x1 + 0.5) * sx, view.y0 + (y1 + 0.5) * sy,
    ];
    return levelsOf(grid).map((level) => linesAt(grid, level).map(placed));
  }

  function paintLines(sheet, levels, view, width, height, colour, lineWidth) {
    const { kx, ky, ox, oy } = scaleOf(view, width, height);
    const { context } = sheet;
    context.lineWidth = lineWidth;
    context.strokeStyle = colour;
    for (const lines of levels) {
      context.beginPath();
      for (const [x0, y0, x1, y1] of lines) {
        context.moveTo(x0 * kx + ox, oy - y0 * ky);
        context.lineTo(x1 * kx + ox, oy - y1 * ky);
      }
      context.stroke();
    }
  }

  function paintRing(sheet, x, y, view, width, height, colour, ground, ratio) {
    const { kx, ky, ox, oy } = scaleOf(view, width, height);
    const { context } = sheet;
    for (const [stroke, lineWidth] of [[`rgb(${ground.join()})`, 6], [colour, 3]]) {
      context.beginPath();
      context.arc(x * kx + ox, oy - y * ky, 9 * ratio, 0, 2 * Math.PI);
      context.strokeStyle = stroke;
      context.lineWidth = lineWidth * ratio;
      context.stroke();
    }
  }

  window.songscapePaint = {
    MISSING, Sheet, rgb, scaleOf, paintPoints, rasterImage, paintRaster, nearest, nextTowards, inPolygon, contours, paintLines, paintRing,
  };
})();
