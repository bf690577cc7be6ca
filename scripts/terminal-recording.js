// Runs the program in a pseudo-terminal and reads the screen as a terminal shows it, colours included.
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

/**
 * Runs Node with these arguments until it ends.
 * @returns the rows of the screen and of what scrolled off it, each as runs of characters that look the same
 */
export async function recordTerminal(args, { columns, cwd }) {
  const screen = new xterm.Terminal({ cols: columns, rows: 60, scrollback: 10_000, allowProposedApi: true });
  const child = spawn(process.execPath, args, {
    cols: columns,
    rows: 60,
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, TERM: 'xterm-256color', COLORFGBG: '15;0' },
  });
  child.onData((data) => screen.write(data));
  await new Promise((resolve) => child.onExit(resolve));
  await new Promise((resolve) => screen.write('', resolve));
  const { active } = screen.buffer;
  return Array.from({ length: active.length }, (_, index) => rowOf(active.getLine(index), columns));
}

function rowOf(line, columns) {
  const runs = [];
  for (let column = 0; column < columns; column += 1) {
    const cell = line.getCell(column);
    if (cell.getWidth() === 0) continue;
    const look = [...(cell.isBold() ? ['bold'] : []), ...(cell.isFgPalette() ? [`c${cell.getFgColor()}`] : [])].join(' ');
    const text = cell.getChars() || ' ';
    const last = runs.at(-1);
    if (last?.look === look) last.text += text;
    else runs.push({ look, text, column });
  }
  return runs;
}
