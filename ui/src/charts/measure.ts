/** How wide text is that will be drawn, so that room is left for it. */
const SIZE = 13;
let pen: CanvasRenderingContext2D | null | undefined;

export function textWidth(text: string): number {
  pen ??= document.createElement("canvas").getContext("2d");
  if (!pen) return text.length * SIZE * 0.6;
  pen.font = `600 ${SIZE}px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

/** The text, cut where it is wider than the room. */
export function fitted(text: string, room: number): string {
  if (textWidth(text) <= room) return text;
  const letters = [...text];
  while (letters.length > 1 && textWidth(`${letters.join("")}…`) > room) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}
