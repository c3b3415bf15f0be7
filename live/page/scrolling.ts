import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { SLOT } from './rows.ts';

export type Scrolling = {
  readonly box: RefObject<HTMLDivElement | null>;
  /** Index of the first and behind the last slot in sight. */
  readonly first: number;
  readonly end: number;
  readonly isFollowing: boolean;
  readonly onScroll: () => void;
  /** Shows the newest rows, and those that come. */
  readonly toNewest: () => void;
  /** Brings a slot into sight. */
  readonly show: (slot: number, isCentred?: boolean) => void;
};

/** Slots above and below those in sight. */
const MARGIN = 8;

/** Which slots of a list are in sight. It follows the newest until the user scrolls back. */
export function useScrolling(count: number, dropped: number): Scrolling {
  const box = useRef<HTMLDivElement>(null);
  const last = useRef({ top: 0, dropped });
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const [isFollowing, setFollowing] = useState(true);

  useEffect(() => {
    if (box.current === null) return undefined;
    const element = box.current;
    const observer = new ResizeObserver(() => {
      setHeight(element.clientHeight);
      // what stands above the rows leaves out the scroll bar too
      element.parentElement?.style.setProperty('--bar', `${element.offsetWidth - element.clientWidth}px`);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const moveTo = (to: number) => {
    if (box.current === null) return;
    box.current.scrollTop = to;
    last.current.top = box.current.scrollTop;
  };

  useLayoutEffect(() => {
    const gone = (dropped - last.current.dropped) * SLOT;
    last.current.dropped = dropped;
    if (isFollowing) moveTo(count * SLOT);
    else if (gone > 0) {
      moveTo(Math.max(0, last.current.top - gone));
      setTop(last.current.top);
    }
  }, [count, dropped, height, isFollowing]);

  const onScroll = () => {
    if (box.current === null) return;
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    const isAtEnd = scrollTop + clientHeight >= scrollHeight - SLOT;
    if (isAtEnd) setFollowing(true);
    else if (scrollTop < last.current.top - 1) setFollowing(false);
    last.current.top = scrollTop;
    if (!isAtEnd) setTop(scrollTop);
  };

  const show = (slot: number, isCentred = false) => {
    const at = slot * SLOT;
    const isInSight = at >= last.current.top + SLOT && at + 4 * SLOT <= last.current.top + height;
    const isAbove = at < last.current.top + SLOT;
    if (!isInSight) moveTo(Math.max(0, isCentred ? at - height / 2 : isAbove ? at - SLOT : at - height + 4 * SLOT));
    setFollowing(false);
    setTop(last.current.top);
  };

  const shownTop = isFollowing ? Math.max(0, count * SLOT - height) : top;
  return {
    box,
    first: Math.max(0, Math.floor(shownTop / SLOT) - MARGIN),
    end: Math.min(count, Math.ceil((shownTop + height) / SLOT) + MARGIN),
    isFollowing,
    onScroll,
    toNewest: () => setFollowing(true),
    show,
  };
}
