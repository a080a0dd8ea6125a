/* Paints tracks on a canvas: points as stamps of a few pixels, or a raster of counts, whichever the view holds. Pure:
 * arrays, a view and colours in, pixels out. A hundred thousand points take a few milliseconds, without a graphics
 * card, so that every highlight, zoom and frame of a film is simply painted anew. */
(function () {
  "use strict";

  const MISSING = 255;
  const GHOST_SHARE = 0.7; // of the diameter
  const RIM_SHARE = 1.7;
  const [FAINT, MANY] = [0.65, 0.25]; // of the opacity, where more than this share of all are compared with
  const HOLE_SHARE = 0.5; // of what is compared with, painted as rings beneath what is selected
  const OTHER_SHARE = 0.4; // of brown, at most, in a cell of a raster that holds both
  const LAYERS = 6; // of depth

  function rgb(text) {
    const hex = text.trim().replace("#", "");
    if (/^[0-9a-f]{6}$/i.test(hex)) return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
    const numbers = text.match(/[\d.]+/g) || [128, 128, 128];
    return numbers.slice(0, 3).map(Number);
  }

  /* How much of each pixel around its middle a disc covers, or a ring around a hole, and how far down and right that
   * pixel lies. */
  function stamp(diameter, opacity, width, hole = 0) {
    const radius = diameter / 2;
    const reach = Math.ceil(radius);
    const found = { shift: [], cover: [], reach };
    for (let y = -reach; y <= reach; y++) {
      for (let x = -reach; x <= reach; x++) {
        const disc = (r) => Math.min(1, Math.max(0, r + 0.5 - Math.hypot(x, y)));
        const cover = (disc(radius) - (hole ? disc(hole / 2) : 0)) * opacity;
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

  /* points: {x, y, colour, picked (a byte each, or null for all), shown (or null for all), other (or null for none)}:
   * what is picked has its own colour, what it is compared with is hollow, beneath it and in the colour of comparisons,
   * and what is both has a rim of that.
   * look: {palette, ghost, ground, against, size, opacity, ghostOpacity}, size in pixels of the canvas. */
  function paintPoints(sheet, points, view, width, height, look) {
    sheet.begin(width, height, look.ground);
    const ghost = stamp(look.size * GHOST_SHARE, look.ghostOpacity, width);
    const pen = penOf(points, look, width, 1, 1);
    if (points.picked || points.other) paintGhosts(sheet, points, view, width, height, look, ghost);
    if (points.other) eachInView(points, view, width, height, pen.margin, (i, at) => pen.drawOther(sheet, i, at));
    eachInView(points, view, width, height, pen.margin, (i, at) => pen.draw(sheet, i, at));
    sheet.end();
  }

  function paintGhosts(sheet, { x, y, picked, shown, other }, view, width, height, look, ghost) {
    if (!picked) return; // all have a colour of their own
    eachInView({ x, y }, view, width, height, ghost.reach + 1, (i, at) => {
      if (!picked[i] && !other?.[i] && (!shown || shown[i])) sheet.dab(at, ghost, ...look.ghost);
    });
  }

  const isMany = (bits) => bits.reduce((sum, bit) => sum + bit, 0) > MANY * bits.length;

  /* Draws a point that is picked or compared with, at a share of its size and opacity. */
  function penOf({ colour, picked, shown, other }, look, width, share, seen) {
    const size = look.size * share;
    const shape = stamp(size, Math.min(1, look.opacity + (picked ? 0.15 : 0)) * seen, width);
    const rim = other && stamp(size * RIM_SHARE, Math.min(1, look.opacity + 0.15) * seen, width);
    const ring = other && stamp(size, seen * (isMany(other) ? FAINT * look.opacity : Math.min(1, look.opacity + 0.15)), width, size * HOLE_SHARE);
    const colours = Array.from({ length: 256 }, (_, code) => look.palette[code] || look.other);
    const drawOther = (sheet, i, at) => {
      if (other[i] && picked && !picked[i] && (!shown || shown[i])) sheet.dab(at, ring, ...look.against);
    };
    const draw = (sheet, i, at) => {
      if ((picked && !picked[i]) || (shown && !shown[i])) return;
      if (other && other[i]) sheet.dab(at, rim, ...look.against);
      const [r, g, b] = colours[colour[i]];
      sheet.dab(at, shape, r, g, b);
    };
    return { draw, drawOther, margin: (rim || shape).reach + 1 };
  }

  /* The same from far to near, what is nearer larger and denser. points.depth: from -1, the farthest, to 1. */
  function paintDeep(sheet, points, view, width, height, look) {
    sheet.begin(width, height, look.ground);
    const layers = Array.from({ length: LAYERS }, () => []);
    const layerOf = (depth) => Math.max(0, Math.min(LAYERS - 1, Math.floor(((depth + 1) / 2) * LAYERS)));
    const pens = layers.map((_, k) => penOf(points, look, width, 0.65 + (0.7 * k) / (LAYERS - 1), 0.4 + (0.6 * k) / (LAYERS - 1)));
    paintGhosts(sheet, points, view, width, height, look, stamp(look.size * GHOST_SHARE, look.ghostOpacity, width));
    eachInView(points, view, width, height, pens[LAYERS - 1].margin, (i, at) => layers[layerOf(points.depth[i])].push(i, at));
    for (const how of points.other ? ["drawOther", "draw"] : ["draw"]) {
      layers.forEach((layer, k) => {
        for (let n = 0; n < layer.length; n += 2) pens[k][how](sheet, layer[n], layer[n + 1]);
      });
    }
    sheet.end();
  }

  const mixed = (one, two, share) => one.map((part, k) => part + (two[k] - part) * share);

  /* raster: {width, height, counts, chosen, other, colour, x0, x1, y0, y1}, rows from the lowest up; other may be null.
   * A cell with tracks of both sides has a mixture of their colours, mostly that of what is selected. Painted once cell
   * by cell, then laid under any view: a zoom stretches it until a finer one has come. */
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
        const other = raster.other ? raster.other[from] : 0;
        const level = Math.max(chosen, other) || raster.counts[from];
        if (!level) continue;
        const own = chosen ? look.palette[raster.colour[from]] || look.other : other ? look.against : look.ghost;
        const [r, g, b] = chosen && other ? mixed(own, look.against, OTHER_SHARE * other / (chosen + other)) : own;
        const to = 4 * (row * raster.width + column);
        const share = chosen ? 0.45 + (0.55 * level) / 255 : other ? 0.2 + (0.45 * level) / 255 : 0.08 + (0.3 * level) / 255;
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

  window.songscapePaint = Object.assign(window.songscapePaint || {}, {
    MISSING, Sheet, rgb, scaleOf, paintPoints, paintDeep, rasterImage, paintRaster, nearest, nextTowards, inPolygon, paintLines, paintRing,
  });
})();
