// A value that follows another one when that has rested, so that not every letter asks the server.

import { useEffect, useState } from "react";

/** The value as it was when it last stayed the same for `rest` milliseconds. */
export function useRested<T>(value: T, rest: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), rest);
    return () => clearTimeout(timer);
  }, [value, rest]);
  return rested;
}
