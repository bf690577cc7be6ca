// Photographs the report of a run that was applied and verified, as a reader on a light and on a dark screen sees it first.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

// Without these Chromium looks for hosts of its own.
const alone = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

/** Writes report-light.png and report-dark.png. `folder`: where `apply` ran on the sandbox until the bucket policy. */
export async function takeReport({ root, folder, pictures, choices }) {
  const run = (...args) => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'bin', 'quilt-perimeter.js'), ...args, ...choices, '--sandbox'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`quilt-perimeter ${args[0]} ended with ${status}:\n${stderr}`);
  };
  run('apply', '--yes', '--sandbox-speed', '100');
  run('verify', '--wait', '2h', '--sandbox-speed', '2000');
  run('report', '--out', 'report.html');
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: alone });
  try {
    for (const colorScheme of ['light', 'dark']) {
      const page = await browser.newPage({ viewport: { width: 1180, height: 1500 }, colorScheme });
      await page.goto(`file://${join(folder, 'report.html')}`);
      await page.screenshot({ path: join(pictures, `report-${colorScheme}.png`) });
    }
  } finally {
    await browser.close();
  }
}
