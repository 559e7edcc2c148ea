// The box beside a chart's cursor. Owns its element and its place. Written without React because it follows
// every pointer move; all text goes in as text nodes.
import type uPlot from "uplot";

export interface TooltipRow {
  color: string | null;
  label: string;
  value: string;
}

const GAP_PX = 12;

export class Tooltip {
  private readonly box = document.createElement("div");

  constructor(host: HTMLElement) {
    this.box.className =
      "pointer-events-none absolute z-20 hidden max-w-72 rounded-md border border-line bg-raised px-2.5 py-1.5 text-xs shadow-(--shadow)";
    this.box.setAttribute("aria-hidden", "true"); // The live region says the same.
    host.append(this.box);
  }

  show(chart: uPlot, title: string, rows: TooltipRow[]): void {
    this.box.replaceChildren(line("div", "mb-1 text-muted whitespace-nowrap", title), ...rows.map(rowElement));
    this.box.classList.remove("hidden");
    const over = chart.over;
    const cursorLeft = over.offsetLeft + (chart.cursor.left ?? 0);
    const roomRight = chart.root.clientWidth - cursorLeft - GAP_PX;
    const fitsRight = roomRight >= this.box.offsetWidth;
    const left = fitsRight ? cursorLeft + GAP_PX : Math.max(0, cursorLeft - GAP_PX - this.box.offsetWidth);
    const top = Math.min(Math.max(0, (chart.cursor.top ?? 0) - 20), Math.max(0, chart.height - this.box.offsetHeight));
    this.box.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    this.box.style.left = "0";
    this.box.style.top = "0";
  }

  hide(): void {
    this.box.classList.add("hidden");
  }

  remove(): void {
    this.box.remove();
  }
}

function rowElement(row: TooltipRow): HTMLElement {
  const element = document.createElement("div");
  element.className = "flex items-center gap-2 whitespace-nowrap";
  if (row.color) {
    const swatch = document.createElement("span");
    swatch.className = "h-0.5 w-3 shrink-0 rounded-full";
    swatch.style.background = row.color;
    element.append(swatch);
  }
  element.append(
    line("span", "min-w-0 truncate text-muted", row.label),
    line("span", "ml-auto pl-3 font-medium", row.value),
  );
  return element;
}

function line(tag: string, className: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}
