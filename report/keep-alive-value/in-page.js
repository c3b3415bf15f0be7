// Computes the recommendation again when the reader changes an input. Without this script the page shows the defaults.

import { batteryPlot, delayPlot, plotText, svgOf } from './drawing.js';
import { profileRows, recommendationText, sweepRows } from './text.js';

const form = document.getElementById('keep-alive-form');
if (form !== null) {
  const measured = JSON.parse(form.dataset.measured);
  form.parentElement.hidden = false;
  form.addEventListener('input', () => {
    if (form.checkValidity()) showValue(measured, inputsOf(form));
  });
  form.addEventListener('reset', () => setTimeout(() => showValue(measured, inputsOf(form))));
  form.addEventListener('submit', (event) => event.preventDefault());
}

function inputsOf(form) {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, Number(value)]));
}

function showValue(measured, inputs) {
  document.getElementById('keep-alive-recommended').textContent = recommendationText(measured, inputs);
  showRows('keep-alive-sweep', sweepRows(measured, inputs));
  showRows(
    'keep-alive-profiles',
    profileRows(measured, inputs).map((cells) => ({ cells, isRecommended: false })),
  );
  showPlot('figure-keep-alive-delay', delayPlot(measured, inputs));
  showPlot('figure-keep-alive-battery', batteryPlot(measured, inputs));
}

/** The first cell of a row is its heading; the classes of the columns stay. */
function showRows(id, rows) {
  const body = document.querySelector(`#${id} tbody`);
  const classes = [...body.rows[0].cells].map((cell) => cell.className);
  const made = rows.map(({ cells, isRecommended }) => {
    const row = document.createElement('tr');
    row.className = isRecommended ? 'recommended' : '';
    row.append(
      ...cells.map((text, index) => {
        const cell = document.createElement(index === 0 ? 'th' : 'td');
        if (index === 0) cell.scope = 'row';
        cell.className = classes[index];
        cell.textContent = text;
        return cell;
      }),
    );
    return row;
  });
  body.replaceChildren(...made);
}

function showPlot(id, plotted) {
  const drawing = document.querySelector(`#${id} .drawing`);
  drawing.innerHTML = svgOf(plotted);
  drawing.setAttribute('aria-label', plotText(plotted));
}
