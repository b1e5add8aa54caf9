export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" />
      <path d="M16 6.5 24.5 11v10L16 25.5 7.5 21V11z" />
      <path d="M7.8 11.2 16 15.6l8.2-4.4M16 15.6v9.6" />
    </svg>
  );
}
