/** The pattern of what nobody knows. */
export function Hatch({ id, color = "var(--unknown)" }: { id: string; color?: string }) {
  return (
    <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <line x1="0" y1="0" x2="0" y2="6" stroke={color} stroke-width="2" />
    </pattern>
  );
}
