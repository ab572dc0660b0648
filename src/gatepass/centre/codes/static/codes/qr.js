// QR codes (ISO/IEC 18004) of alphanumeric text at level M, versions 1 to 15. ES2019, no build step.

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
// Table 9, level M: error correction codewords in a block, and blocks, by version.
const CORRECTION = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10];

// GF(256) with x^8 + x^4 + x^3 + x^2 + 1.
const EXP = new Uint8Array(512);
const LOG = new Uint8Array(256);
for (let power = 0, value = 1; power < 255; power++) {
  EXP[power] = EXP[power + 255] = value;
  LOG[value] = power;
  value = (value << 1) ^ (value & 128 ? 0x11d : 0);
}
const times = (a, b) => (a && b ? EXP[LOG[a] + LOG[b]] : 0);

// Of data * x^degree, divided by the product of (x - 2^i).
const remainder = (data, degree) => {
  let divisor = [1];
  for (let i = 0; i < degree; i++) {
    divisor = [...divisor, 0].map((each, place) => each ^ (place ? times(divisor[place - 1], EXP[i]) : 0));
  }
  const rest = [...data, ...new Array(degree).fill(0)];
  for (let i = 0; i < data.length; i++) {
    const factor = rest[i];
    if (factor) divisor.forEach((each, place) => (rest[i + place] ^= times(each, factor)));
  }
  return rest.slice(data.length);
};

const marks = (version) => (version === 1 ? 0 : Math.floor(version / 7) + 2);
const alignment = (version) => {
  const count = marks(version);
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const places = count ? [6] : [];
  for (let i = count - 2; i >= 0; i--) places.push(version * 4 + 10 - i * step);
  return places;
};

// Codewords that are left for data.
const capacity = (version) => {
  const count = marks(version);
  const bits = (16 * version + 128) * version + 64 - (count && (25 * count - 10) * count - 55) - (version < 7 ? 0 : 36);
  return (bits >> 3) - CORRECTION[version - 1] * BLOCKS[version - 1];
};

const codewords = (text, version) => {
  const bits = [];
  const put = (value, width) => {
    for (let i = width - 1; i >= 0; i--) bits.push((value >> i) & 1);
  };
  put(2, 4);
  put(text.length, version < 10 ? 9 : 11);
  const values = [...text].map((character) => ALPHABET.indexOf(character));
  for (let i = 0; i < values.length; i += 2) {
    if (i + 1 < values.length) put(values[i] * 45 + values[i + 1], 11);
    else put(values[i], 6);
  }
  const room = capacity(version) * 8;
  if (bits.length > room) return null;
  put(0, Math.min(4, room - bits.length));
  put(0, -bits.length & 7);
  for (let pad = 0xec; bits.length < room; pad ^= 0xec ^ 0x11) put(pad, 8);
  const data = [];
  for (let i = 0; i < bits.length; i += 8) data.push(parseInt(bits.slice(i, i + 8).join(""), 2));
  return data;
};

// Blocks of data, each with its correction, woven into one another.
const woven = (data, version) => {
  const blocks = BLOCKS[version - 1];
  const short = Math.floor(data.length / blocks);
  const parts = [];
  for (let i = 0, place = 0; i < blocks; i++) {
    const length = short + (i >= blocks - (data.length % blocks) ? 1 : 0);
    parts.push(data.slice(place, (place += length)));
  }
  const checks = parts.map((part) => remainder(part, CORRECTION[version - 1]));
  const out = [];
  for (const columns of [parts, checks]) {
    for (let i = 0; i < Math.max(...columns.map((each) => each.length)); i++) {
      for (const each of columns) if (i < each.length) out.push(each[i]);
    }
  }
  return out;
};

const MASKS = [
  (r, c) => (r + c) % 2,
  (r) => r % 2,
  (r, c) => c % 3,
  (r, c) => (r + c) % 3,
  (r, c) => ((r >> 1) + Math.floor(c / 3)) % 2,
  (r, c) => ((r * c) % 2) + ((r * c) % 3),
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2,
  (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2,
];

const bch = (value, width, generator) => {
  let rest = value << width;
  for (let i = 31 - Math.clz32(rest); i >= width; i--) if ((rest >> i) & 1) rest ^= generator << (i - width);
  return (value << width) | rest;
};

// 1 dark, 0 light, undefined not yet decided.
const frame = (version) => {
  const size = version * 4 + 17;
  const grid = Array.from({ length: size }, () => new Array(size));
  const square = (row, column, reach, dark) => {
    for (let r = -reach; r <= reach; r++) {
      for (let c = -reach; c <= reach; c++) {
        const line = grid[row + r];
        if (line && column + c >= 0 && column + c < size) line[column + c] = dark(Math.max(Math.abs(r), Math.abs(c)));
      }
    }
  };
  for (let i = 0; i < size; i++) grid[6][i] = grid[i][6] = (i + 1) % 2;
  const places = alignment(version);
  const last = places.length - 1;
  places.forEach((row, i) =>
    places.forEach((column, j) => {
      const corner = (!i && !j) || (!i && j === last) || (i === last && !j);
      if (!corner) square(row, column, 2, (ring) => Number(ring !== 1));
    })
  );
  for (const [row, column] of [[3, 3], [3, size - 4], [size - 4, 3]]) {
    square(row, column, 4, (ring) => Number(ring !== 2 && ring !== 4));
  }
  if (version >= 7) {
    const word = bch(version, 12, 0x1f25);
    for (let i = 0; i < 18; i++) {
      const [low, high] = [Math.floor(i / 3), size - 11 + (i % 3)];
      grid[low][high] = grid[high][low] = (word >> i) & 1;
    }
  }
  format(grid, 0);
  return grid;
};

// Level M is 00, so that the five bits are the mask alone.
const format = (grid, mask) => {
  const size = grid.length;
  const word = bch(mask, 10, 0x537) ^ 0x5412;
  for (let i = 0; i < 15; i++) {
    const bit = (word >> i) & 1;
    if (i < 6) grid[i][8] = bit;
    else if (i < 8) grid[i + 1][8] = bit;
    else grid[8][i === 8 ? 7 : 14 - i] = bit;
    if (i < 8) grid[8][size - 1 - i] = bit;
    else grid[size - 15 + i][8] = bit;
  }
  grid[size - 8][8] = 1;
};

const filled = (version, words, mask) => {
  const grid = frame(version);
  const size = grid.length;
  let place = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    const up = ((right + 1) & 2) === 0;
    for (let i = 0; i < size; i++) {
      const row = up ? size - 1 - i : i;
      for (const column of [right, right - 1]) {
        if (grid[row][column] !== undefined) continue;
        const bit = place < words.length * 8 ? (words[place >> 3] >> (7 - (place & 7))) & 1 : 0;
        grid[row][column] = bit ^ Number(MASKS[mask](row, column) === 0);
        place++;
      }
    }
  }
  format(grid, mask);
  return grid;
};

const penalty = (grid) => {
  const size = grid.length;
  let points = 0;
  let dark = 0;
  const columns = grid.map((_, c) => grid.map((line) => line[c]));
  for (const line of [...grid, ...columns]) {
    const text = line.join("");
    for (const run of text.match(/0{5,}|1{5,}/g) || []) points += run.length - 2;
    for (let i = text.indexOf("1011101"); i >= 0; i = text.indexOf("1011101", i + 1)) {
      const clear = (from, to) => !text.slice(Math.max(from, 0), to).includes("1");
      if (clear(i - 4, i) || clear(i + 7, i + 11)) points += 40;
    }
  }
  grid.forEach((line, r) =>
    line.forEach((bit, c) => {
      dark += bit;
      if (r && c && bit === line[c - 1] && bit === grid[r - 1][c] && bit === grid[r - 1][c - 1]) points += 3;
    })
  );
  return points + Math.floor(Math.abs(dark * 20 - size * size * 10) / (size * size)) * 10;
};

/** Rows of 0 (light) and 1 (dark), without quiet zone. RangeError: too long, or not alphanumeric. */
export const modules = (text) => {
  if ([...text].some((character) => !ALPHABET.includes(character))) throw new RangeError("text");
  for (let version = 1; version <= BLOCKS.length; version++) {
    const data = codewords(text, version);
    if (!data) continue;
    const words = woven(data, version);
    const grids = MASKS.map((_, mask) => filled(version, words, mask));
    const points = grids.map(penalty);
    return grids[points.indexOf(Math.min(...points))];
  }
  throw new RangeError("length");
};

/** Draws into an <svg> element, black on white, with the quiet zone of four modules. */
export const draw = (svg, text) => {
  const grid = modules(text);
  const size = grid.length + 8;
  let path = "";
  grid.forEach((line, r) =>
    line.forEach((bit, c) => {
      if (bit) path += `M${c + 4} ${r + 4}h1v1h-1z`;
    })
  );
  const paper = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const ink = paper.cloneNode();
  paper.setAttribute("fill", "#fff");
  paper.setAttribute("d", `M0 0h${size}v${size}h-${size}z`);
  ink.setAttribute("fill", "#000");
  ink.setAttribute("d", path);
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("shape-rendering", "crispEdges");
  while (svg.firstChild) svg.removeChild(svg.firstChild);
  svg.append(paper, ink);
};
