// Numbers that may be left out, as they are typed. Pure.

/** Null for nothing, undefined for what is no number above zero. */
export function readNumber(text: string, factor: number): number | null | undefined {
  const plain = text.trim().replace("%", "").replace(",", ".").trim();
  if (plain === "") return null;
  const number = Number(plain);
  return Number.isFinite(number) && number > 0 ? Number((number / factor).toPrecision(12)) : undefined;
}

export function writeNumber(value: number | null, factor: number): string {
  return value === null ? "" : String(Number((value * factor).toPrecision(12)));
}
