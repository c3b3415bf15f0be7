/** Asks the diagram to show the row of an event. */
let shower: (seq: number) => void = () => undefined;

export function onShow(show: (seq: number) => void): void {
  shower = show;
}

export function showRow(seq: number): void {
  shower(seq);
}
