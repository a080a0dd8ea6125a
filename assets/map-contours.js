/* Lines around where tracks lie densest. Pure: points and a view in, lines in map units out. */
(function () {
  "use strict";

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

  /* Levels such that about 90, 70, 50, 30 and 10% of the tracks in view lie inside. */
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

  window.songscapePaint = Object.assign(window.songscapePaint || {}, { contours });
})();
