// Debian's Chromium, without a screen, as a reader of pages: what it complains of, asks for, and where it puts things.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, chromium } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

/** Whether it is on this machine. In CI it has to be. */
export const isThere = existsSync(executablePath) || process.env.CI === 'true';

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** How a page is read. */
export interface Reading {
  readonly scheme: 'light' | 'dark';
  readonly media: 'screen' | 'print';
  /** Pixels. */
  readonly width: number;
}

export interface Seen {
  /** Errors and warnings of the console, and requests for anything but the page itself. */
  readonly complaints: readonly string[];
  /** Pixels by which the page is wider than the window, and the elements that stick out. */
  readonly overflow: { readonly pixels: number; readonly elements: readonly string[] };
  /** Pairs of texts of one picture that lie over each other, and texts that lie outside of it. */
  readonly overlaps: readonly string[];
  /** How many texts the pictures have. */
  readonly labels: number;
  /** What axe-core calls violations. */
  readonly violations: readonly string[];
  /** The page's numbers by their names, as they are read. */
  readonly numbers: { readonly [name: string]: string };
  /** What the page says that it is. */
  readonly stage: string;
  readonly text: string;
}

/** Opens the file and looks at it. */
export async function look(browser: Browser, path: string, { scheme, media, width }: Reading): Promise<Seen> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
  const page = await context.newPage();
  try {
    const url = pathToFileURL(path).href;
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (request.url() !== url) complaints.push(`request: ${request.url().slice(0, 80)}`);
    });
    await page.emulateMedia({ media, colorScheme: scheme });
    await page.goto(url);
    const measured = await page.evaluate<Measured>(measure);
    await page.evaluate(axe.source);
    const violations = await page.evaluate<readonly string[]>(
      `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target).slice(0, 3).join(', ')))`,
    );
    return { ...measured, complaints, violations };
  } finally {
    await context.close();
  }
}

type Measured = Pick<Seen, 'overflow' | 'overlaps' | 'labels' | 'numbers' | 'stage' | 'text'>;

// Runs in the page. What scrolls by itself may be wider than the window.
const measure = `(() => {
  const root = document.documentElement;
  const sticksOut = [...document.querySelectorAll('body *')].filter((element) =>
    !element.closest('.canvas') && getComputedStyle(element).position !== 'absolute' && element.getClientRects().length > 0 && element.getBoundingClientRect().right > root.clientWidth + 1);
  const overlaps = [];
  let labels = 0;
  for (const svg of document.querySelectorAll('svg')) {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')].filter(({ textContent }) => textContent.trim() !== '').map((element) => ({ text: element.textContent, box: element.getBoundingClientRect() }));
    labels += texts.length;
    texts.forEach(({ text, box }, index) => {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) overlaps.push(text + ' lies outside');
      for (const other of texts.slice(index + 1)) {
        const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        // Line boxes of a paragraph touch; letters do not.
        if (wide > 1 && high > 0.3 * Math.min(box.height, other.box.height)) overlaps.push(text + ' / ' + other.text);
      }
    });
  }
  return {
    overflow: { pixels: Math.max(0, root.scrollWidth - root.clientWidth), elements: sticksOut.slice(0, 5).map((element) => element.outerHTML.slice(0, 120)) },
    overlaps,
    labels,
    numbers: Object.fromEntries([...document.querySelectorAll('[data-number]')].map((element) => [element.dataset.number, element.textContent])),
    stage: document.querySelector('.stage').textContent,
    text: document.body.innerText,
  };
})()`;
