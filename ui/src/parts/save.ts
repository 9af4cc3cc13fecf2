/** Files out of the page: what the service has, and pictures of charts. */
import { call, Refusal } from "../api/client";
import { session } from "../api/session";
import { refusalText } from "./basics";

export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * Saves what an address answers. Without a token this is an ordinary link, which the browser streams to the disk; only a
 * token, which a link cannot carry, makes the page fetch the file itself.
 */
export async function saveAddress(address: string): Promise<void> {
  const token = session.value?.token;
  if (!token) {
    const link = document.createElement("a");
    link.href = address;
    link.download = "";
    document.body.append(link);
    link.click();
    link.remove();
    return;
  }
  let response: Response;
  try {
    response = await fetch(address, { headers: { Authorization: `Bearer ${token}` }, credentials: "omit" });
    // What is wrong stands in the body, which `call` knows to read.
    if (!response.ok) await call(address);
  } catch (error) {
    return alert(refusalText(error instanceof Refusal ? error : new Refusal(0, {})));
  }
  const named = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "");
  saveBlob(await response.blob(), named?.[1] ?? "homeward");
}

const LOOKS = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "paint-order", "opacity",
  "font-size", "font-weight", "font-family", "text-anchor", "dominant-baseline",
];

/** A chart as it looks now, with its title above and a line about the record below, as PNG. */
export async function savePicture(chart: SVGSVGElement, title: string, note: string, name: string): Promise<void> {
  const style = getComputedStyle(document.body);
  const { width, height } = chart.getBoundingClientRect();
  const copy = chart.cloneNode(true) as SVGSVGElement;
  const from = [chart, ...chart.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, at) => {
    const looks = getComputedStyle(from[at] as Element);
    for (const look of LOOKS) element.setAttribute(look, looks.getPropertyValue(look));
    element.removeAttribute("class");
    element.removeAttribute("style");
  });
  const [head, foot, edge] = [48, 36, 20];
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  const scale = 2;
  canvas.width = (width + 2 * edge) * scale;
  canvas.height = (height + head + foot) * scale;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.scale(scale, scale);
  pen.fillStyle = style.backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, edge, head, width, height);
  const rtl = document.documentElement.dir === "rtl";
  pen.direction = rtl ? "rtl" : "ltr";
  pen.textAlign = "start";
  const start = rtl ? width + edge : edge;
  pen.fillStyle = style.color;
  pen.font = `600 18px ${style.fontFamily}`;
  pen.fillText(title, start, 30, width);
  pen.globalAlpha = 0.75;
  pen.font = `12px ${style.fontFamily}`;
  pen.fillText(note, start, height + head + 22, width);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob) saveBlob(blob, `${name}.png`);
}
