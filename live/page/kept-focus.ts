import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Keeps the keyboard on a side whose focused control is gone: the focus goes to the summary instead of the body. */
export function useKeptFocus(panel: RefObject<HTMLElement | null>): { onFocusIn: (event: FocusEvent) => void } {
  const last = useRef<Node | undefined>(undefined);
  useLayoutEffect(() => {
    if (last.current === undefined || last.current.isConnected) return;
    last.current = undefined;
    if (document.activeElement === document.body) panel.current?.querySelector('summary')?.focus();
  });
  return {
    onFocusIn: ({ target }) => {
      last.current = target instanceof Node ? target : undefined;
    },
  };
}
