// Checks pages in headless Chromium over the DevTools protocol, through a pipe:
// no package is needed. For each page, width and theme: nothing overflows, no
// console message, no request but for the page, every chart that is shown has a
// size, labels in charts are large enough and inside, text has a contrast of
// 4.5:1, every chart says in words what it shows, and tables sort. Once without
// script, all text is there. With SHOTS=DIR, pictures are kept to look at.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const WIDTHS = [[360, 740], [1280, 800]];
const THEMES = ["light", "dark"];
const shots = process.env.SHOTS;
if (shots) mkdirSync(shots, { recursive: true });

/** A browser that is spoken to through a pipe. */
class Browser {
  constructor() {
    this.profile = mkdtempSync(join(tmpdir(), "page-check-"));
    const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
      "--no-first-run", "--disable-background-networking", "--disable-component-update",
      "--remote-debugging-pipe", `--user-data-dir=${this.profile}`, "about:blank"];
    this.process = spawn("chromium", flags, { stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"] });
    this.said = "";
    this.process.stderr.on("data", (data) => { this.said += data; });
    this.next = 1;
    this.waiting = new Map();
    this.listeners = [];
    let rest = "";
    this.process.stdio[4].setEncoding("utf8").on("data", (data) => {
      const parts = (rest + data).split("\0");
      rest = parts.pop();
      for (const part of parts) this.heard(JSON.parse(part));
    });
    this.process.on("exit", (code) => {
      for (const { reject } of this.waiting.values()) reject(new Error(`chromium ended (${code}): ${this.said.slice(-400)}`));
    });
  }
  heard(message) {
    const waiting = this.waiting.get(message.id);
    if (waiting) {
      this.waiting.delete(message.id);
      if (message.error) waiting.reject(new Error(message.error.message));
      else waiting.resolve(message.result);
    } else {
      for (const listener of this.listeners) listener(message);
    }
  }
  send(method, params = {}, sessionId = undefined) {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${method}: no answer in 120 s`)), 120000);
      const done = (settle) => (value) => { clearTimeout(timer); settle(value); };
      this.waiting.set(id, { resolve: done(resolve), reject: done(reject) });
      this.process.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
    });
  }
  close() {
    this.process.removeAllListeners("exit");
    this.process.on("exit", () => rmSync(this.profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 }));
    this.process.kill();
  }
}

/** Runs in the page: everything that is wrong with it. */
function look(width) {
  const wrong = [];
  const shown = (element) => element.getClientRects().length > 0;
  document.querySelectorAll("details").forEach((details) => { details.open = true; });
  const root = document.documentElement;
  if (root.scrollWidth > width) {
    wrong.push(`the page is ${root.scrollWidth} px wide`);
    for (const element of document.body.querySelectorAll("*")) {
      const box = element.getBoundingClientRect();
      if (box.right > width + 1 && shown(element) && !element.closest(".scroll")) {
        wrong.push(`  ${element.tagName}.${element.getAttribute("class")} reaches ${Math.round(box.right)} px: ${element.textContent.slice(0, 40)}`);
        if (wrong.length > 8) break;
      }
    }
  }
  for (const cards of width < 768 ? document.querySelectorAll("table.cards") : []) {
    if (cards.scrollWidth > cards.parentElement.clientWidth + 1) wrong.push(`a table overflows: ${cards.caption.textContent}`);
  }
  const figures = [...document.querySelectorAll("figure")];
  for (const figure of figures) {
    const charts = [...figure.querySelectorAll("svg")].filter(shown);
    if (charts.length !== 1) wrong.push(`${figure.id} shows ${charts.length} charts`);
    for (const chart of charts) {
      const box = chart.getBoundingClientRect();
      if (box.width < 200 || box.height < 60) wrong.push(`${figure.id} is ${box.width} by ${box.height} px`);
      if ((chart.getAttribute("aria-label") || "").length < 40) wrong.push(`${figure.id} does not say what it shows`);
      if (!chart.querySelector("path,rect,circle,line")) wrong.push(`${figure.id} is empty`);
      for (const text of chart.querySelectorAll("text")) {
        const label = text.getBoundingClientRect();
        if (label.left < box.left - 6 || label.right > box.right + 6 || label.top < box.top - 6 || label.bottom > box.bottom + 6) {
          wrong.push(`${figure.id}: “${text.textContent}” lies outside by ${Math.round(Math.max(box.left - label.left, label.right - box.right, box.top - label.top, label.bottom - box.bottom))} px`);
        }
        const size = parseFloat(getComputedStyle(text).fontSize) * box.width / chart.viewBox.baseVal.width;
        if (size < 9.5) wrong.push(`${figure.id}: “${text.textContent}” is ${size.toFixed(1)} px high`);
      }
    }
    if (!figure.querySelector("a[download]")) wrong.push(`${figure.id} has no data`);
  }
  if (figures.length === 0) wrong.push("there is no chart");
  // Contrast after WCAG 2.2, of each text against what lies behind it.
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const channels = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below, alpha) => top.slice(0, 3).map((value, place) => value * alpha + below[place] * (1 - alpha));
  const luminance = (colour) => {
    const [r, g, b] = colour.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const ground = (element) => {
    const behind = [];
    for (let here = element; here; here = here.parentElement) behind.push(channels(getComputedStyle(here).backgroundColor));
    return behind.reverse().reduce((below, colour) => over(colour, below, colour[3]), [255, 255, 255]);
  };
  let texts = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || seen.has(element) || element.closest("script,style") || !shown(element)) continue;
    seen.add(element);
    texts += 1;
    const style = getComputedStyle(element);
    const drawn = element.closest("svg");
    let behind = ground(element);
    if (drawn && element.classList.contains("cell")) {
      // In a map, the cell of the text is what was drawn before it.
      const cell = element.previousElementSibling;
      const fill = getComputedStyle(cell);
      behind = over(channels(fill.fill), behind, parseFloat(fill.fillOpacity));
    }
    const colour = channels(drawn ? style.fill : style.color);
    const ratio = contrast(over(colour, behind, colour[3]), behind);
    if (ratio < 4.5) wrong.push(`contrast ${ratio.toFixed(2)}: “${element.textContent.slice(0, 40)}” (${element.getAttribute("class")})`);
  }
  if (texts < 50) wrong.push(`only ${texts} texts`);
  // Sorting, with script.
  const table = document.querySelector("table.sortable");
  if (table) {
    const head = table.tHead.rows[0].cells[0];
    if (head.hasAttribute("aria-sort")) {
      head.click();
      const names = [...table.tBodies[0].rows].map((row) => row.cells[0].textContent);
      if (names.join() !== [...names].sort((a, b) => a.localeCompare(b)).join()) wrong.push("the first table does not sort");
    } else {
      wrong.push("tables do not sort");
    }
  }
  return wrong;
}

async function check(browser, page, [width, height], theme, script) {
  const url = pathToFileURL(resolve(page)).href;
  const { targetId } = await browser.send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await browser.send("Target.attachToTarget", { targetId, flatten: true });
  const send = (method, params) => browser.send(method, params, sessionId);
  const wrong = [];
  let loaded;
  const done = new Promise((resolve) => { loaded = resolve; });
  const listener = (message) => {
    if (message.sessionId !== sessionId) return;
    const { method, params } = message;
    if (method === "Page.loadEventFired") loaded();
    if (method === "Runtime.consoleAPICalled") wrong.push(`console: ${params.args.map((argument) => argument.value).join(" ")}`);
    if (method === "Runtime.exceptionThrown") wrong.push(`error: ${params.exceptionDetails.exception?.description ?? params.exceptionDetails.text}`);
    if (method === "Log.entryAdded") wrong.push(`log: ${params.entry.text}`);
    if (method === "Network.requestWillBeSent" && params.request.url.split("#")[0] !== url && !params.request.url.startsWith("data:")) {
      wrong.push(`asks for ${params.request.url}`);
    }
  };
  browser.listeners.push(listener);
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await send(`${domain}.enable`);
  await send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 768 });
  await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: theme }] });
  await send("Emulation.setScriptExecutionDisabled", { value: !script });
  const { errorText } = await send("Page.navigate", { url });
  if (errorText) throw new Error(`${page}: ${errorText}`);
  await done;
  if (script) {
    const { result, exceptionDetails } = await send("Runtime.evaluate", { expression: `(${look})(${width})`, returnByValue: true });
    if (exceptionDetails) wrong.push(`the check failed: ${exceptionDetails.exception?.description}`);
    else wrong.push(...result.value);
  } else {
    const { root } = await send("DOM.getDocument", { depth: 0 });
    const { outerHTML } = await send("DOM.getOuterHTML", { nodeId: root.nodeId });
    for (const text of ["For the voter", "For the analyst", "For the auditor", "<svg", "<table"]) {
      if (!outerHTML.includes(text)) wrong.push(`without script there is no ${text}`);
    }
  }
  if (shots && script) {
    const { cssContentSize } = await send("Page.getLayoutMetrics");
    const clip = { x: 0, y: 0, width, height: Math.min(cssContentSize.height, 14000), scale: 1 };
    for (const [name, area] of [["page", clip], ["first", { ...clip, height }]]) {
      const { data } = await send("Page.captureScreenshot", { clip: area, captureBeyondViewport: true });
      writeFileSync(join(shots, `${basename(page, ".html")}-${name}-${width}-${theme}.png`), Buffer.from(data, "base64"));
    }
  }
  browser.listeners.splice(browser.listeners.indexOf(listener), 1);
  await browser.send("Target.closeTarget", { targetId });
  return wrong;
}

const browser = new Browser();
let faults = 0;
try {
  for (const page of process.argv.slice(2)) {
    for (const size of WIDTHS) {
      for (const theme of THEMES) {
        const wrong = await check(browser, page, size, theme, true);
        faults += wrong.length;
        console.log(`${page}, ${size[0]} px, ${theme}: ${wrong.length ? wrong.length + " faults" : "sound"}`);
        for (const fault of wrong.slice(0, 40)) console.log(`  ${fault}`);
      }
    }
    const wrong = await check(browser, page, WIDTHS[1], "light", false);
    faults += wrong.length;
    console.log(`${page}, without script: ${wrong.length ? wrong.join("; ") : "all there"}`);
  }
} finally {
  browser.close();
}
process.exitCode = faults ? 1 : 0;
