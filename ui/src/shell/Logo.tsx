// The mark: an eye whose pupil is a pulse.
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true" className="shrink-0">
      <path
        d="M2 16c3.900-6.300 8.500-9.500 14-9.500S26.100 9.700 30 16c-3.900 6.300-8.500 9.500-14 9.500S5.900 22.300 2 16Z"
        stroke="var(--accent)"
        strokeWidth="2.4"
        strokeLinejoin="round"
      />
      <path
        d="M8.500 17h3.700l2-5.300 3.500 9.200 2.300-6h3.500"
        stroke="var(--series-3)"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
