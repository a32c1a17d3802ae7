#!/usr/bin/env python3
"""Looks at reports as people will: in a browser at three widths, light and dark, and as printed pages.

    look.py FOLDER          every .html file in it; pictures and pages are left beside them with --keep

Prints one line for each fault and exits with 1 if there are any. What is looked for:

- on the screen: a page that scrolls sideways, words beyond its edges, words cut off by their box, words over words, a drawing beyond its page,
  words that do not stand out from what is behind them, in drawings too (WCAG 2.2, 1.4.3: 4.5 to 1, of large words 3 to 1), words of a drawing
  that a line strikes through, that stand half on a bar or on a pattern, series of one drawing that only their colours tell apart, words that are broken
  inside although they are short enough for a line of any column;
- on wide screens: a table with columns that are out of sight;
- on paper (A4 and Letter): words beyond the margins, words over words, a page with next to nothing on it, figures of a grid that
  are not printed, a first page without the figure, its range or the decisions asked of the board; of a page with a mark across it, a sheet without the mark, and words that the mark has moved.

Needs Chromium and pdftotext (poppler-utils). Only files are opened; nothing is fetched.
"""
import argparse
import collections
import html
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

WIDTHS = [1280, 820, 390]
PAPERS = {"A4": (595.28, 841.89), "Letter": (612, 792)}
# The report's own margins (`ReportStyle`), in points, less a hair. The browser draws nothing of what lies far beyond them, but what reaches over the edge.
SIDE = 15 * 72 / 25.4 - 1
# What every mark, number and word below is measured by, in points or pixels.
TOLERANCE = 1.5
# Fewer on a page are a heading and a line or two; on the last one, less than three rows of a table.
LEAST_WORDS = 40
LEAST_WORDS_AT_THE_END = 20
# What every place of a report has room for in one line, in letters.
LONGEST_WORD = 16

MEASURE = r"""
const frames = %(frames)s, found = [];
function luminance(c) {
  const part = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); };
  return 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
}
const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
function colour(words) {
  // Whatever the notation, the canvas says what is drawn.
  pen.clearRect(0, 0, 1, 1); pen.fillStyle = words; pen.fillRect(0, 0, 1, 1);
  const d = pen.getImageData(0, 0, 1, 1).data;
  return [d[0], d[1], d[2], d[3] / 255];
}
function behind(element, view) {
  const layers = [];
  for (let at = element; at && at.nodeType == 1; at = at.parentElement) {
    const c = colour(view.getComputedStyle(at).backgroundColor);
    if (c[3] > 0) layers.push(c);
    if (c[3] == 1) break;
  }
  let out = [255, 255, 255];
  for (const c of layers.reverse()) out = out.map((v, i) => v * (1 - c[3]) + c[i] * c[3]);
  return out;
}
function outermost(element) {
  let drawing = element.closest("svg");
  for (let above; drawing && (above = drawing.parentElement.closest("svg"));) drawing = above;
  return drawing;
}
function contrast(one, other) {
  const a = luminance(one), b = luminance(other);
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
// The last shape that was drawn under the middle of a text.
function shapeBehind(text, r, view) {
  let found = null;
  for (const shape of outermost(text).querySelectorAll("rect, circle, polygon")) {
    if (shape.closest("defs") || !(text.compareDocumentPosition(shape) & Node.DOCUMENT_POSITION_PRECEDING) || view.getComputedStyle(shape).fill == "none") continue;
    const s = shape.getBoundingClientRect(), x = (r.left + r.right) / 2, y = (r.top + r.bottom) / 2;
    if (x >= s.left && x <= s.right && y >= s.top && y <= s.bottom) found = shape;
  }
  return found;
}
function ends(line) {
  const matrix = line.getScreenCTM(), points = line.tagName == "line"
    ? [{ x: line.x1.baseVal.value, y: line.y1.baseVal.value }, { x: line.x2.baseVal.value, y: line.y2.baseVal.value }] : Array.from(line.points);
  return points.map(p => ({ x: matrix.a * p.x + matrix.c * p.y + matrix.e, y: matrix.b * p.x + matrix.d * p.y + matrix.f }));
}
function crosses(p, q, box) {
  let from = 0, to = 1;
  for (const [start, way, low, high] of [[p.x, q.x - p.x, box.l, box.r], [p.y, q.y - p.y, box.t, box.b]]) {
    if (way == 0) { if (start <= low || start >= high) return false; continue; }
    const a = (low - start) / way, b = (high - start) / way;
    from = Math.max(from, Math.min(a, b)); to = Math.min(to, Math.max(a, b));
  }
  return from < to;
}
function lookAtDrawings(doc, view, add) {
  const isSeen = element => element.getClientRects().length > 0 && !element.closest("defs");
  for (const drawing of doc.body.querySelectorAll("svg")) {
    if (drawing.parentElement.closest("svg") || !isSeen(drawing)) continue;
    const texts = [];
    for (const text of drawing.querySelectorAll("text")) {
      if (!isSeen(text)) continue;
      const r = text.getBoundingClientRect(), slack = Math.max(0, (r.height - parseFloat(view.getComputedStyle(text).fontSize) * 0.72) / 2);
      texts.push({ l: r.left + 1, r: r.right - 1, t: r.top + slack, b: r.bottom - slack, words: text.textContent });
    }
    for (const line of drawing.querySelectorAll("line.line, line.quietline, polyline")) {
      if (!isSeen(line)) continue;
      const points = ends(line);
      for (const box of texts) if (points.some((p, i) => i > 0 && crosses(points[i - 1], p, box))) add("struck through", box.words);
    }
    for (const bar of drawing.querySelectorAll("rect.solid, rect.mid, rect.band, rect.hatched, rect.whisker, rect.tick, rect.plan, rect.g0, rect.g1, rect.g2, rect.g3")) {
      if (!isSeen(bar)) continue;
      const s = bar.getBoundingClientRect();
      for (const box of texts) {
        const x = Math.min(box.r, s.right) - Math.max(box.l, s.left), y = Math.min(box.b, s.bottom) - Math.max(box.t, s.top);
        const isInside = box.l >= s.left - 1 && box.r <= s.right + 1 && box.t >= s.top - 1 && box.b <= s.bottom + 1;
        if (x > %(tolerance)s && y > %(tolerance)s && !isInside) add("half on a bar", box.words);
      }
    }
  }
  // Without colour: two series of one drawing, or of the drawings in one table, differ by pattern, by dashes or plainly by lightness.
  for (const group of [...doc.body.querySelectorAll("table"), ...doc.body.querySelectorAll("figure > svg, .plot > svg, div > svg")]) {
    const series = new Map();
    for (const mark of group.querySelectorAll("rect.solid, rect.hatched, rect.mid, rect.g0, rect.g1, rect.g2, rect.g3, line.line, line.quietline")) {
      if (!isSeen(mark)) continue;
      const style = view.getComputedStyle(mark), isLine = mark.tagName == "line", ink = isLine ? style.stroke : style.fill;
      series.set(mark.getAttribute("class"), { isLine, pattern: ink.startsWith("url") ? ink : isLine && style.strokeDasharray != "none" ? style.strokeDasharray : "", ink });
    }
    const all = [...series];
    all.forEach(([one, a], i) => all.slice(i + 1).forEach(([other, b]) => {
      if (a.isLine == b.isLine && a.pattern == b.pattern && (a.ink.startsWith("url") || contrast(colour(a.ink), colour(b.ink)) < 1.5)) add("alike without colour", one + " and " + other);
    }));
  }
}
// A word that stands in two lines although no line may end between its letters. What is longer between blanks and hyphens fits nowhere.
function lookForBrokenWords(node, doc, add) {
  const range = doc.createRange();
  for (const part of node.data.matchAll(/[^ \n\t-]+/gu)) {
    if (part[0].length > %(longest)s) continue;
    for (const word of part[0].matchAll(/[\p{Script=Latin}\p{M}\p{Nd}]{2,}/gu)) {
      range.setStart(node, part.index + word.index);
      range.setEnd(node, part.index + word.index + word[0].length);
      const rows = Array.from(range.getClientRects()).filter(r => r.width > 0.5);
      if (rows.some(r => r.top > rows[0].top + rows[0].height / 2)) add("broken inside", word[0]);
    }
  }
}
function brief(words) { return words.trim().replace(/\s+/g, " ").slice(0, 40); }
function look(frame) {
  const doc = frame.contentDocument, view = frame.contentWindow, root = doc.documentElement, width = frame.clientWidth;
  const add = (kind, words, more) => found.push({ width, kind, words: brief(words), more: more || "" });
  if (root.scrollWidth > root.clientWidth + 1) add("sideways", "", root.scrollWidth + " > " + root.clientWidth);
  const boxes = [];
  const walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest(".draft, style, defs")) continue;
    const style = view.getComputedStyle(parent);
    if (style.display == "none" || style.visibility == "hidden") continue;
    const range = doc.createRange();
    range.selectNodeContents(node);
    const size = parseFloat(style.fontSize), isScrolled = parent.closest(".scroll") != null, drawing = parent.closest("svg");
    for (const r of range.getClientRects()) {
      if (r.width < 0.5 || r.height < 0.5) continue;
      // A line's box is higher than its letters.
      const slack = Math.max(0, (r.height - size * 0.72) / 2);
      boxes.push({ l: r.left, r: r.right, t: r.top + view.scrollY + slack, b: r.bottom + view.scrollY - slack, words: node.data, node });
      if (!isScrolled && (r.left < -1 || r.right > root.clientWidth + 1)) add("beyond the edge", node.data, Math.round(r.left) + ".." + Math.round(r.right));
      if (drawing && isScrolled == false) {
        const outer = drawing.closest("figure, .plot, main").getBoundingClientRect();
        if (r.left < outer.left - 26 || r.right > outer.right + 26 || r.top < outer.top - 26 || r.bottom > outer.bottom + 26) add("beyond the drawing", node.data);
      }
    }
    if (!drawing) lookForBrokenWords(node, doc, add);
    const ink = colour(drawing ? style.fill : style.color);
    let ground = behind(drawing ? outermost(parent).parentElement : parent, view), shape = drawing && shapeBehind(parent.closest("text"), range.getBoundingClientRect(), view);
    if (shape) {
      const s = view.getComputedStyle(shape), fill = colour(s.fill), share = fill[3] * parseFloat(s.opacity);
      if (s.fill.startsWith("url")) add("on a pattern", node.data);
      else ground = ground.map((v, i) => v * (1 - share) + fill[i] * share);
    }
    {
      const mixed = [0, 1, 2].map(i => ground[i] * (1 - ink[3]) + ink[i] * ink[3]);
      const ratio = contrast(mixed, ground);
      const isLarge = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
      if (ratio < (isLarge ? 3 : 4.5)) add("faint", node.data, ratio.toFixed(2));
    }
  }
  for (const element of doc.body.querySelectorAll("*")) {
    if (element.closest("svg, .draft")) continue;
    const style = view.getComputedStyle(element);
    if (element.matches(".scroll")) {
      if (width >= %(wide)s && element.scrollWidth > element.clientWidth + 1) add("columns out of sight", element.textContent, element.scrollWidth + " > " + element.clientWidth);
      continue;
    }
    if (style.overflowX != "visible" && element.scrollWidth > element.clientWidth + 1) add("cut off", element.textContent);
    if (style.overflowY != "visible" && element.scrollHeight > element.clientHeight + 1) add("cut off", element.textContent);
  }
  lookAtDrawings(doc, view, add);
  boxes.sort((a, b) => a.t - b.t);
  for (let i = 0; i < boxes.length; i++) {
    for (let k = i + 1; k < boxes.length && boxes[k].t < boxes[i].b; k++) {
      const a = boxes[i], b = boxes[k];
      const x = Math.min(a.r, b.r) - Math.max(a.l, b.l), y = Math.min(a.b, b.b) - Math.max(a.t, b.t);
      if (x > %(tolerance)s && y > %(tolerance)s) add("over", a.words, brief(b.words));
    }
  }
  found.push({ width, kind: "looked at", words: String(boxes.length) });
}
Promise.all(frames.map(f => new Promise(done => {
  const frame = document.createElement("iframe");
  frame.style.cssText = "border:0;width:" + f.width + "px;height:900px;display:block";
  frame.onload = () => { look(frame); done(); };
  frame.srcdoc = f.page;
  document.body.append(frame);
}))).then(() => { document.body.innerHTML = ""; const out = document.createElement("pre"); out.id = "found"; out.textContent = JSON.stringify(found); document.body.append(out); });
"""


def chromium(folder: pathlib.Path, *words: str) -> str:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        sys.exit("Chromium is missing: Scripts/prepare chromium installs it.")
    command = [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
               "--disable-background-networking", "--hide-scrollbars", f"--user-data-dir={folder / 'profile'}", *words]
    # A browser that hangs is ended; its own complaints about a missing desktop are nobody's concern.
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=180, text=True, errors="replace", env={**os.environ, "HOME": str(folder)})
    if done.returncode != 0:
        sys.exit(f"Chromium ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout


def on_screen(page: str, folder: pathlib.Path, is_dark: bool):
    frames = json.dumps([{"width": width, "page": page} for width in WIDTHS]).replace("<", "\\u003c")
    holder = folder / "holder.html"
    holder.write_text("<!DOCTYPE html><meta charset=utf-8><body style='margin:0'><script>" + MEASURE % {"frames": frames, "tolerance": TOLERANCE, "wide": 800, "longest": LONGEST_WORD} + "</script>", encoding="utf-8")
    out = chromium(folder, "--window-size=1400,1000", f"--blink-settings=preferredColorScheme={0 if is_dark else 1}", "--virtual-time-budget=20000", "--dump-dom", holder.as_uri())
    match = re.search(r'<pre id="found">(.*?)</pre>', out, re.S)
    if not match:
        sys.exit("The browser did not answer.")
    return json.loads(html.unescape(match.group(1)))


SPACE = "{http://www.w3.org/1999/xhtml}"


def printed(page: str, paper: str, folder: pathlib.Path, pdf: pathlib.Path):
    """Each sheet's size, and its words with their edges, less what stands above and below their letters."""
    copy = folder / "paper.html"
    copy.write_text(page.replace("</style>", "@page{size:%s}</style>" % paper, 1), encoding="utf-8")
    chromium(folder, "--no-pdf-header-footer", f"--print-to-pdf={pdf}", copy.as_uri())
    boxes = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, stdout=subprocess.PIPE).stdout
    tree = xml.etree.ElementTree.fromstring(re.sub(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", b"", boxes))
    sheets = []
    for sheet in tree.iter(SPACE + "page"):
        words = []
        for word in sheet.iter(SPACE + "word"):
            l, t, r, b = (float(word.get(key)) for key in ("xMin", "yMin", "xMax", "yMax"))
            slack = (b - t) * 0.22
            words.append((l, t + slack, r, b - slack, word.text or ""))
        sheets.append((float(sheet.get("width")), float(sheet.get("height")), words))
    return sheets


def beside_the_mark(marked, bare):
    """What the mark across a page does to it: it is on every sheet, and moves nothing. Its letters stand among the words, slanted and in pieces."""
    if len(marked) != len(bare):
        return [(1, "moved by the mark", "", f"{len(marked)} sheets with it and {len(bare)} without")]
    faults = []
    for number, ((_, _, with_mark), (_, _, without)) in enumerate(zip(marked, bare), 1):
        if sum(len(word[4]) for word in with_mark) < sum(len(word[4]) for word in without) + 5:
            faults.append((number, "no mark", "", ""))
        places = {(round(word[0] + x), round(word[1] + y), word[4]) for word in with_mark for x in (-0.5, 0, 0.5) for y in (-0.5, 0, 0.5)}
        moved = [word for word in without if (round(word[0]), round(word[1]), word[4]) not in places]
        # Where the mark's letters touch a word, the two are read as one.
        if len(moved) > 0.2 * len(without):
            faults.append((number, "moved by the mark", moved[0][4], f"{len(moved)} of {len(without)} words"))
    return faults


def plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", markup))


def letters(words: str):
    return re.findall(r"[^\W_]+", words)


def missing(page: str, sheets):
    """What must be on paper: the figure, its range and what the board is asked for on the first sheet, and every figure of a grid."""
    faults = []
    figure = re.search(r'<div class="figure">(.*?)</div>', page)
    first = set(" ".join(word[4] for word in sheets[0][2]).split())
    if figure and not set(plain(figure.group(1)).split()) <= first:
        faults.append((1, "no figure on the first page", plain(figure.group(1)), ""))
    bar = figure and re.compile(r'<figure class="keep">(.*?)</svg>\s*(?:<figcaption|</figure>)', re.S).search(page, figure.end())
    if bar and not set(plain(bar.group(1)).split()) <= first:
        faults.append((1, "no range on the first page", plain(bar.group(1)), ""))
    asked = re.search(r'<div class="asked.*?</div>', page, re.S)
    elsewhere = set(letters(plain(asked.group(0)))) - set(letters(" ".join(first))) if asked else set()
    if elsewhere:
        faults.append((1, "decisions not on the first page", plain(asked.group(0))[:60], f"{len(elsewhere)} words"))
    said = collections.Counter(number for grid in re.findall(r'<table class="grid">(.*?)</table>', page, re.S) for number in re.findall(r"[0-9][0-9,.]*", plain(grid)))
    seen = collections.Counter(number for _, _, words in sheets for word in words for number in re.findall(r"[0-9][0-9,.]*", word[4]))
    for number, count in said.items():
        if seen[number] < count:
            faults.append((0, "not printed", number, f"{seen[number]} of {count}"))
    return faults


def on_paper(page: str, paper: str, folder: pathlib.Path, name: pathlib.Path):
    """The faults of a report on one kind of paper. The slanted mark of a draft lies under the words on purpose: it is judged by itself."""
    width, height = PAPERS[paper]
    pdf = name.with_suffix(f".{paper}.pdf")
    faults = []
    marked = printed(page, paper, folder, pdf)
    bare = re.sub(r'<div class="draft".*?</div>\n', "", page, flags=re.S)
    pages = marked
    if bare != page:
        pages = printed(bare, paper, folder, folder / "bare.pdf")
        faults += beside_the_mark(marked, pages)
    faults += missing(page, pages)
    for number, (wide, high, words) in enumerate(pages, 1):
        if abs(wide - width) > 2 or abs(high - height) > 2:
            faults.append((number, "other paper", "", f"{wide} x {high}"))
        body = [word for word in words if word[3] < height - 45]
        if len(body) < (LEAST_WORDS_AT_THE_END if number == len(pages) else LEAST_WORDS):
            faults.append((number, "next to nothing on the page", " ".join(word[4] for word in body), ""))
        for l, t, r, b, text in words:
            if l < SIDE or r > width - SIDE or t < 15 or b > height - 12:
                faults.append((number, "beyond the margin", text, f"{l:.0f},{t:.0f}..{r:.0f},{b:.0f}"))
        words.sort(key=lambda word: word[1])
        for place, a in enumerate(words):
            for b in itertools.takewhile(lambda b: b[1] < a[3], words[place + 1:]):
                if min(a[2], b[2]) - max(a[0], b[0]) > TOLERANCE and min(a[3], b[3]) - max(a[1], b[1]) > TOLERANCE:
                    faults.append((number, "over", a[4], b[4]))
    return len(pages), faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--keep", action="store_true", help="leave pictures and printed pages beside the reports")
    options = parser.parse_args()
    reports = sorted(options.folder.glob("*.html"))
    if not reports:
        sys.exit("There is no report in the folder.")
    count = 0
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        for report in reports:
            page = report.read_text(encoding="utf-8")
            looked = []
            for is_dark in (False, True):
                for fault in on_screen(page, folder, is_dark):
                    if fault["kind"] == "looked at":
                        looked.append(f"{fault['words']} words' boxes at {fault['width']}")
                        continue
                    count += 1
                    print(f"{report.name}, {fault['width']} wide, {'dark' if is_dark else 'light'}: {fault['kind']}: {fault['words']!r} {fault['more']!r}")
            if len(looked) != 2 * len(WIDTHS):
                sys.exit("The browser did not look at every width.")
            for paper in PAPERS:
                pages, faults = on_paper(page, paper, folder, report if options.keep else folder / report.name)
                looked.append(f"{pages} pages of {paper}")
                for number, kind, words, more in faults:
                    count += 1
                    print(f"{report.name}, {paper}, page {number}: {kind}: {words!r} {more!r}")
            if options.keep:
                for width in WIDTHS:
                    chromium(folder, f"--window-size={max(width, 500)},5000", f"--screenshot={report.with_suffix(f'.{width}.png')}", report.resolve().as_uri())
            print(f"{report.name}: {'; '.join(looked[:3] + looked[6:])}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
